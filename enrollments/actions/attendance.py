"""Attendance, as the person who gave the session says it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record as write_journal
from courses.models import CourseSession
from enrollments.actions.ledger import record_attendance
from enrollments.actions.seats import RegistrationRefused
from enrollments.enums import Attendance, Status, Verb
from enrollments.models import LearningEvent, Registration

# People sign the sheet as they come in.
EARLY = timedelta(minutes=30)


@transaction.atomic
def take_attendance(
    *, session_id: int, marks: Mapping[int, Attendance], by: User, at: datetime
) -> int:
    """Record who was there, by id of registration; count what changed.

    The last word counts, and each one stays in the ledger and in the journal; the same sheet
    sent twice changes nothing. Raises RegistrationRefused before the doors open, and for a
    session called off.
    """
    rows = CourseSession.objects.select_for_update(no_key=True, of=("self",))
    session = rows.select_related("lesson").get(pk=session_id)
    if session.is_cancelled:
        raise RegistrationRefused(_("Cette rencontre est annulée : il n’y a pas de présences."))
    if at < session.starts_at - EARLY:
        raise RegistrationRefused(_("Les présences se prennent le jour même, dès l’accueil."))
    held = Registration.objects.held().filter(session=session, pk__in=marks)
    changed = [
        registration
        for registration in held.select_related("enrollment").order_by("enrollment")
        if registration.attendance != marks[registration.pk]
    ]
    for registration in changed:
        _mark(registration, session, marks[registration.pk], by=by, at=at)
    if changed:
        write_journal(
            at=at,
            actor=by,
            verb="attendance.taken",
            target=str(session.uuid),
            marks={str(each.uuid): each.attendance for each in changed},
        )
    return len(changed)


def _mark(
    registration: Registration,
    session: CourseSession,
    mark: Attendance,
    *,
    by: User,
    at: datetime,
) -> None:
    registration.attendance = mark
    registration.attendance_at = at
    registration.attendance_by = by
    registration.save(update_fields=["attendance", "attendance_at", "attendance_by", "updated_at"])
    enrollment = registration.enrollment
    if enrollment.status == Status.WITHDRAWN:
        return  # they came all the same: the sheet says so, the course is left
    if mark == Attendance.ABSENT and _came_another_day(registration, session):
        return  # one date is enough for the station
    said = LearningEvent.objects.filter(
        enrollment=enrollment,
        lesson=session.lesson.uuid,
        verb__in=[Verb.ATTENDED, Verb.MISSED],
    ).count()
    record_attendance(
        enrollment_id=enrollment.pk,
        lesson=session.lesson.uuid,
        present=mark == Attendance.PRESENT,
        uuid=uuid5(registration.uuid, f"attendance-{said + 1}"),
        at=at,
    )


def _came_another_day(registration: Registration, session: CourseSession) -> bool:
    seats = Registration.objects.held().filter(
        enrollment=registration.enrollment_id,
        session__lesson=session.lesson_id,
        attendance=Attendance.PRESENT,
    )
    return seats.exclude(pk=registration.pk).exists()
