from django.urls import path

from enrollments.views import (
    attendance,
    courses,
    groups,
    journal,
    lessons,
    nudges,
    paths,
    readiness,
    sessions,
    team,
)

app_name = "enrollments"

urlpatterns = [
    path("mes-gens/", team.teams, name="teams"),
    path("mes-gens/<slug:handle>/", team.team, name="team"),
    path("ma-municipalite/", readiness.towns, name="towns"),
    path("ma-municipalite/<slug:handle>/", readiness.readiness, name="readiness"),
    path("ma-municipalite/<slug:handle>/resume.pdf", readiness.summary, name="summary"),
    path("mes-gens/<slug:handle>/<slug:what>.<slug:extension>", team.export, name="export-people"),
    path("mes-gens/<slug:handle>/inscrire/", groups.choose, name="enroll-people"),
    path("mes-gens/<slug:handle>/attribuer/", groups.assign, name="assign"),
    path("mes-gens/groupes/<int:pk>/", groups.group, name="group"),
    path("mes-gens/groupes/<int:pk>/faire/", groups.enroll, name="group-enroll"),
    path("mes-gens/groupes/<int:pk>/annuler/", groups.undo, name="group-undo"),
    path("mes-gens/<slug:handle>/relancer/", nudges.nudge, name="nudge"),
    path("mes-gens/<slug:handle>/relancer/reprendre/", nudges.take_back, name="take-back"),
    path("mes-cours/", courses.index, name="index"),
    path("rencontres/", sessions.sessions, name="sessions"),
    path("rencontres/<uuid:uuid>/", sessions.session, name="session"),
    path("rencontres/<uuid:uuid>/place/", sessions.register, name="register"),
    path("rencontres/<uuid:uuid>/liberer/", sessions.cancel, name="cancel"),
    path("rencontres/<uuid:uuid>/agenda.ics", sessions.calendar, name="calendar"),
    path("rencontres/<uuid:uuid>/presences/", attendance.attendance, name="attendance"),
    path("rencontres/<uuid:uuid>/presences/ajout/", attendance.at_the_door, name="door"),
    path("parcours/", paths.paths, name="paths"),
    path("parcours/<slug:code>/", paths.path, name="path"),
    path("parcours/<slug:code>/suivre/", paths.follow, name="follow-path"),
    path("parcours/<slug:code>/quitter/", paths.leave, name="leave-path"),
    path("hors-ligne/journal/", journal.journal, name="journal"),
    path("cours/<slug:code>/", courses.course, name="course"),
    # Not under /cours/: any word there may be the key of a lesson.
    path("inscription/<slug:code>/", courses.enroll, name="enroll"),
    path("inscription/<slug:code>/mettre-de-cote/", courses.leave, name="leave"),
    path("cours/<slug:code>/<slug:key>/", lessons.lesson, name="lesson"),
    path("cours/<slug:code>/<slug:key>/terminer/", lessons.complete, name="complete"),
    path("cours/<slug:code>/<slug:key>/reponses/<uuid:uuid>/", lessons.answer, name="answer"),
    path("cours/<slug:code>/<slug:key>/reflexion/<uuid:uuid>/", lessons.note, name="note"),
    path("cours/<slug:code>/<slug:key>/choix/<uuid:uuid>/", lessons.choose, name="choose"),
]
