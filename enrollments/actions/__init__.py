"""Every way in which an enrolment can change."""

from enrollments.actions.attendance import take_attendance
from enrollments.actions.enrolling import (
    EnrollmentRefused,
    enroll,
    enroll_in_path,
)
from enrollments.actions.leaving import leave_path, withdraw
from enrollments.actions.ledger import (
    EventRefused,
    NewEvent,
    recompute,
    record,
    record_attendance,
)
from enrollments.actions.noting import NotesChanged, write_notes
from enrollments.actions.registering import Wish, add_at_the_door, register
from enrollments.actions.replaying import Answer, Batch, Statement, replay
from enrollments.actions.seats import RegistrationRefused, cancel, tell_changes

__all__ = [
    "Answer",
    "Batch",
    "EnrollmentRefused",
    "EventRefused",
    "NewEvent",
    "NotesChanged",
    "RegistrationRefused",
    "Statement",
    "Wish",
    "add_at_the_door",
    "cancel",
    "enroll",
    "enroll_in_path",
    "leave_path",
    "recompute",
    "record",
    "record_attendance",
    "register",
    "replay",
    "take_attendance",
    "tell_changes",
    "withdraw",
    "write_notes",
]
