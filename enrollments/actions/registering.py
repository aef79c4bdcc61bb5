"""Taking a seat at a session: never one more than there are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.notifications import outbox
from courses.documents import station
from courses.models import CourseSession
from courses.queries import document
from enrollments.actions.enrolling import enroll
from enrollments.actions.seats import RegistrationRefused
from enrollments.emails import sessions as emails
from enrollments.enums import SEATS, Seat, Status
from enrollments.models import Enrollment, Registration
from municipalities.models import Mandate


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for. `mandate` serves only to join the course at the same time."""

    seat: Seat
    accessibility_needs: str = ""
    mandate: Mandate | None = None


@transaction.atomic
def register(*, session_id: int, learner: User, wish: Wish, at: datetime) -> Registration:
    """Take a seat, or change the one held; the same wish twice changes nothing.

    Whoever asks waits for the session's row, so seats are counted by one person at a time.
    Raises RegistrationRefused when there is no such seat any more, and EnrollmentRefused when the
    course cannot be joined.
    """
    session = _locked(session_id)
    learner = User.objects.who_goes_on(learner)
    held = Registration.objects.held().select_related("session__course", "learner")
    registration = held.filter(session=session, learner=learner).first()
    if registration is not None and registration.seat == wish.seat:
        return _note_needs(registration, wish.accessibility_needs)
    _check_open(session, wish.seat, at=at)
    _check_free(session, wish.seat)
    if registration is None:
        _check_overlap(session, learner)
        registration = Registration.objects.create(
            session=session,
            learner=learner,
            enrollment=_enrollment(session, learner, wish.mandate, at=at),
            seat=wish.seat,
            registered_at=at,
            accessibility_needs=wish.accessibility_needs,
            told_sequence=session.sequence,
        )
    else:
        registration.seat = wish.seat
        registration.changes += 1
        registration.save(update_fields=["seat", "changes", "updated_at"])
        _note_needs(registration, wish.accessibility_needs)
    outbox.queue(emails.session_confirmed(registration), at=at)
    return registration


@transaction.atomic
def add_at_the_door(*, session_id: int, learner: User, seat: Seat, at: datetime) -> Registration:
    """Give a seat to someone who came without one; places still count, closing times do not.

    Raises RegistrationRefused when the person does not follow the course, when no place is left,
    and for a session called off.
    """
    session = _locked(session_id)
    held = Registration.objects.held().filter(session=session, learner=learner).first()
    if held is not None:
        return held
    if session.is_cancelled:
        raise RegistrationRefused(_("Cette rencontre est annulée : il n’y a pas de présences."))
    _check_seat(session, seat)
    _check_free(session, seat)
    return Registration.objects.create(
        session=session,
        learner=learner,
        enrollment=_enrollment(session, learner, None, at=at),
        seat=seat,
        registered_at=at,
        told_sequence=session.sequence,
    )


def _locked(session_id: int) -> CourseSession:
    rows = CourseSession.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("course", "lesson").get(pk=session_id)


def _note_needs(registration: Registration, needs: str) -> Registration:
    if needs != registration.accessibility_needs:
        registration.accessibility_needs = needs
        registration.save(update_fields=["accessibility_needs", "updated_at"])
    return registration


def _check_open(session: CourseSession, seat: Seat, *, at: datetime) -> None:
    if session.is_cancelled:
        raise RegistrationRefused(_("Cette rencontre est annulée : choisissez-en une autre."))
    if session.starts_at <= at:
        raise RegistrationRefused(_("Cette rencontre est commencée : choisissez-en une autre."))
    if session.registration_closes_at is not None and session.registration_closes_at <= at:
        raise RegistrationRefused(_("Les inscriptions à cette rencontre sont closes."))
    _check_seat(session, seat)


def _check_seat(session: CourseSession, seat: Seat) -> None:
    if seat not in SEATS[session.mode]:
        raise RegistrationRefused(_("Cette rencontre ne se suit pas de cette façon."))


def _check_free(session: CourseSession, seat: Seat) -> None:
    places = session.seats_on_site if seat == Seat.ON_SITE else session.seats_online
    if places is None:
        return
    held = Registration.objects.held().filter(session=session)
    if len(SEATS[session.mode]) > 1:
        held = held.filter(seat=seat)
    # Where there is one way of attending, whoever held a seat of the other will move to it.
    if held.count() >= places:
        if seat == Seat.ON_SITE:
            raise RegistrationRefused(_("Il ne reste plus de place sur place."))
        raise RegistrationRefused(_("Il ne reste plus de place en ligne."))


def _check_overlap(session: CourseSession, learner: User) -> None:
    other = CourseSession.objects.filter(
        registrations__in=Registration.objects.held().filter(learner=learner),
        starts_at__lt=session.ends_at,
        ends_at__gt=session.starts_at,
    ).exclude(pk=session.pk)
    clash = other.exclude(status="cancelled").first()
    if clash is not None:
        raise RegistrationRefused(
            _("Vous avez déjà une place au même moment : « %s ». Libérez-la d’abord.")
            % clash.title
        )


def _enrollment(
    session: CourseSession, learner: User, mandate: Mandate | None, *, at: datetime
) -> Enrollment:
    """The person's own enrolment, opened now when they say under which mandate."""
    mine = Enrollment.objects.live().filter(learner=learner, course=session.course)
    # A group that is being taken back deletes it, unless it sees this seat first.
    live = mine.select_for_update(of=("self",), no_key=True).first()
    if live is None and mandate is not None:
        live = enroll(learner=learner, course=session.course, mandate=mandate, at=at)
    if live is None:
        raise RegistrationRefused(_("Cette personne ne suit pas encore ce cours."))
    if live.status == Status.ACTIVE and not _holds(live, session.lesson.uuid):
        raise RegistrationRefused(
            _("Votre version du cours ne comporte pas cette rencontre : écrivez à l’Académie.")
        )
    return live


def _holds(enrollment: Enrollment, lesson: UUID) -> bool:
    return station(document(enrollment.version_id), lesson) is not None
