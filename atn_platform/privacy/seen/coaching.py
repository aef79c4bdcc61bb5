"""What whoever trains and accompanies sees of a person: the desk, questions and reviews."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.core.office_hours import QUEBEC
from atn_platform.privacy.seen.sights import Facts, Sight, facts, shown, sight
from enrollments.models import Appointment, Enrollment, ScoreReview
from enrollments.queries import coaching, helping, reviews


def sights(user: User, *, at: datetime) -> list[Sight]:
    return shown(
        sight(_("vos questions"), _questions(user)),
        sight(_("vos demandes de révision, avec l’essai dont elles parlent"), _reviews(user)),
        sight(_("les formations arrêtées en chemin"), _stopped(user, at)),
        sight(_("le nombre de vos essais, quand un questionnaire résiste"), _tried(user, at)),
        sight(_("vos rendez-vous"), _appointments(user, at)),
    )


def _beside(enrollment: Enrollment) -> Facts:
    """Who it is, from where, in which course."""
    return facts(
        (_("Nom"), enrollment.learner),
        (_("Organisation"), enrollment.mandate.organisation),
        (_("Formation"), enrollment.course.title),
    )


def _questions(user: User) -> Iterator[Facts]:
    for each in helping.threads().filter(enrollment__learner=user).prefetch_related("posts"):
        yield _beside(each.enrollment) + facts(
            (_("Posée le"), wording.day(each.asked_at.astimezone(QUEBEC))),
            (_("Échange"), " — ".join(post.text for post in each.posts.all())),
        )


def _reviews(user: User) -> Iterator[Facts]:
    mine = ScoreReview.objects.filter(enrollment__learner=user)
    for each in reviews.with_context(mine):
        yield _beside(each.enrollment) + facts(
            (_("Demandée le"), wording.day(each.asked_at.astimezone(QUEBEC))),
            (_("Ce qui vous étonne"), each.wanted),
            (_("Résultat calculé"), f"{each.score} %"),
            (_("Raisons"), each.reason),
        )


def _stopped(user: User, at: datetime) -> Iterator[Facts]:
    for each in helping.quiet(at=at).filter(learner=user):
        day = each.last_activity_at and wording.day(each.last_activity_at.astimezone(QUEBEC))
        yield _beside(each) + facts((_("Dernière leçon"), day))


def _tried(user: User, at: datetime) -> Iterator[Facts]:
    for each in coaching.stuck(at=at, learner=user):
        yield _beside(each.enrollment) + facts((_("Essais"), str(each.tries)))


def _appointments(user: User, at: datetime) -> Iterator[Facts]:
    for each in Appointment.objects.shown(at=at).filter(person=user):
        yield facts(
            (_("Nom"), user),
            (_("Avec"), each.slot.coach),
            (_("Organisation"), each.organisation),
            (_("Rendez-vous"), wording.day(each.slot.local_start)),
            (_("De quoi parler"), each.about),
        )
