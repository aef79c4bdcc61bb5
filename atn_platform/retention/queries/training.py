"""What is kept of training: answers less long than results."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from atn_platform.core.personal import Words
from atn_platform.interop.models import Cmi5Session, PackagePlace
from atn_platform.reports.periods import ZONE
from atn_platform.retention.queries.rule import YEAR, Rule
from certificates.models import Certificate
from enrollments.enums import Status
from enrollments.models import (
    Appointment,
    BlockState,
    CoachAction,
    CoachNote,
    Enrollment,
    GroupEnrollment,
    HelpThread,
    LearningEvent,
    LessonNote,
    PaperSheet,
    PathEnrollment,
    Recognition,
    Registration,
    Slot,
)


def year_start(limit: datetime) -> datetime:
    """First moment of the civil year of a limit: years of training go whole, as reports count."""
    day = limit.astimezone(ZONE).date()
    return datetime(day.year, 1, 1, tzinfo=ZONE)


def enrollments_over(limit: datetime) -> QuerySet[Enrollment]:
    """Enrolments without an attestation that ended, by a choice or with the function, long ago."""
    first = year_start(limit)
    ended = Q(status=Status.WITHDRAWN) | Q(mandate__ends_on__lt=first.date())
    younger = Registration.objects.filter(
        Q(registered_at__gte=first) | Q(session__ends_at__gte=first), enrollment=OuterRef("pk")
    )
    return Enrollment.objects.filter(
        ended,
        Q(last_activity_at__isnull=True) | Q(last_activity_at__lt=first),
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__lt=first),
        ~Exists(younger),
        ~Exists(Certificate.objects.filter(enrollment=OuterRef("pk"))),
        # The one that goes on goes last.
        ~Exists(Enrollment.objects.filter(duplicate_of=OuterRef("pk"))),
        enrolled_at__lt=first,
        completed_at__isnull=True,
    )


def _of_course(key: str, title: Words, model: type[Any]) -> Rule:
    """What hangs from an enrolment, and has a shorter time than its result."""
    return Rule(
        key,
        title,
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: model.objects.filter(enrollment__completed_at__lt=limit),
        ("enrollment__learner",),
    )


RULES = (
    _of_course("answers", _("réponses et gestes dans les cours terminés"), LearningEvent),
    _of_course("block-states", _("essais et résultats des questionnaires"), BlockState),
    _of_course(
        "places", _("places dans les modules interactifs des cours terminés"), PackagePlace
    ),
    _of_course(
        "launches", _("séances et énoncés des modules interactifs des cours terminés"), Cmi5Session
    ),
    _of_course("notes", _("notes personnelles des cours terminés"), LessonNote),
    _of_course("questions", _("questions posées dans les cours terminés"), HelpThread),
    Rule(
        "results",
        _("résultat et dernière leçon ouverte des cours terminés"),
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: Enrollment.objects.filter(
            Q(best_score__isnull=False) | Q(current_lesson__isnull=False), completed_at__lt=limit
        ),
        ("learner",),
        empties=("best_score", "current_lesson"),
    ),
    Rule(
        "needs",
        _("besoins d’adaptation dits pour une rencontre"),
        2 * YEAR,
        _("24 mois après la rencontre"),
        lambda limit: Registration.objects.filter(session__ends_at__lt=limit).exclude(
            accessibility_needs=""
        ),
        ("learner",),
        empties=("accessibility_needs",),
    ),
    Rule(
        "enrollments",
        _("inscriptions finies sans attestation, et leurs présences"),
        7 * YEAR,
        _("7 ans après l’année de la fin"),
        enrollments_over,
        ("learner",),
    ),
    Rule(
        "papers",
        _("feuilles de réponses saisies, des cours terminés"),
        7 * YEAR,
        _("7 ans après l’année de la fin"),
        lambda limit: PaperSheet.objects.filter(enrollment__completed_at__lt=year_start(limit)),
        ("enrollment__learner", "entered_by", "undone_by"),
    ),
    Rule(
        "attendance",
        _("présences aux rencontres"),
        7 * YEAR,
        _("7 ans après l’année de la rencontre"),
        lambda limit: Registration.objects.filter(session__ends_at__lt=year_start(limit)),
        ("learner",),
    ),
    Rule(
        "paths",
        _("parcours quittés"),
        7 * YEAR,
        _("7 ans après le départ"),
        lambda limit: PathEnrollment.objects.filter(withdrawn_at__lt=limit),
        ("learner",),
    ),
    Rule(
        "groups",
        _("inscriptions de groupe"),
        7 * YEAR,
        _("7 ans après l’inscription"),
        lambda limit: GroupEnrollment.objects.filter(chosen_at__lt=limit),
        ("by", "lines__mandate__user"),
    ),
    Rule(
        "recognitions",
        _("formations suivies ailleurs"),
        7 * YEAR,
        _("7 ans après la déclaration"),
        lambda limit: Recognition.objects.filter(declared_at__lt=limit),
        ("learner",),
    ),
    Rule(
        "appointments",
        _("rendez-vous avec qui accompagne"),
        2 * YEAR,
        _("24 mois après le rendez-vous"),
        lambda limit: Appointment.objects.filter(slot__ends_at__lt=limit),
        ("person", "slot__coach", "cancelled_by"),
    ),
    Rule(
        "slots",
        _("plages offertes sans rendez-vous gardé"),
        7 * YEAR,
        _("7 ans après le moment offert"),
        lambda limit: Slot.objects.filter(ends_at__lt=limit, appointments__isnull=True),
        ("coach",),
    ),
    Rule(
        "coach-notes",
        _("notes d’accompagnement"),
        2 * YEAR,
        _("24 mois après la note"),
        lambda limit: CoachNote.objects.filter(written_at__lt=limit),
        ("author",),
    ),
    Rule(
        "coach-actions",
        _("suites à donner"),
        2 * YEAR,
        _("24 mois après la note"),
        lambda limit: CoachAction.objects.filter(noted_at__lt=limit),
        ("author",),
    ),
)
