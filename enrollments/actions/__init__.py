"""Every way in which an enrolment can change."""

from enrollments.actions.enrolling import (
    EnrollmentRefused,
    enroll,
    enroll_in_path,
    withdraw,
)
from enrollments.actions.ledger import (
    EventRefused,
    NewEvent,
    recompute,
    record,
    record_attendance,
)

__all__ = [
    "EnrollmentRefused",
    "EventRefused",
    "NewEvent",
    "enroll",
    "enroll_in_path",
    "recompute",
    "record",
    "record_attendance",
    "withdraw",
]
