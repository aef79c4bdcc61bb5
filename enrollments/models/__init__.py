"""What the app keeps, one file for each noun."""

from enrollments.models.groups import (
    GROUP_UNDO,
    LARGEST_GROUP,
    GroupEnrollment,
    GroupLine,
)
from enrollments.models.notes import LessonNote
from enrollments.models.records import (
    BlockState,
    Enrollment,
    EnrollmentQuerySet,
    LearningEvent,
    LessonState,
    PathEnrollment,
    PathEnrollmentQuerySet,
    Registration,
    RegistrationQuerySet,
)
from enrollments.models.threads import HelpPost, HelpThread

__all__ = [
    "GROUP_UNDO",
    "LARGEST_GROUP",
    "BlockState",
    "Enrollment",
    "EnrollmentQuerySet",
    "GroupEnrollment",
    "GroupLine",
    "HelpPost",
    "HelpThread",
    "LearningEvent",
    "LessonNote",
    "LessonState",
    "PathEnrollment",
    "PathEnrollmentQuerySet",
    "Registration",
    "RegistrationQuerySet",
]
