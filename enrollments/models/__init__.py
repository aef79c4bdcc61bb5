"""What the app keeps, one file for each noun."""

from enrollments.models.coaching import (
    Accompaniment,
    AccompanimentQuerySet,
    Appointment,
    AppointmentQuerySet,
    CoachAction,
    CoachNote,
    Slot,
)
from enrollments.models.events import LearningEvent, LearningEventQuerySet
from enrollments.models.groups import (
    GROUP_UNDO,
    LARGEST_GROUP,
    GroupEnrollment,
    GroupLine,
)
from enrollments.models.moves import MOVE_UNDO, VersionMove, VersionMoveQuerySet
from enrollments.models.notes import LessonNote
from enrollments.models.papers import PaperSheet, PaperSheetQuerySet
from enrollments.models.recognitions import Recognition, RecognitionQuerySet
from enrollments.models.records import (
    BlockState,
    Enrollment,
    EnrollmentQuerySet,
    LessonState,
    PathEnrollment,
    PathEnrollmentQuerySet,
    Registration,
    RegistrationQuerySet,
)
from enrollments.models.reviews import PROMISED_DAYS, ScoreReview, ScoreReviewQuerySet
from enrollments.models.skills import (
    PositioningResult,
    PositioningResultQuerySet,
    SkillLevel,
    SkillLevelQuerySet,
)
from enrollments.models.threads import HelpPost, HelpThread, HelpThreadQuerySet

__all__ = [
    "GROUP_UNDO",
    "LARGEST_GROUP",
    "MOVE_UNDO",
    "PROMISED_DAYS",
    "Accompaniment",
    "AccompanimentQuerySet",
    "Appointment",
    "AppointmentQuerySet",
    "BlockState",
    "CoachAction",
    "CoachNote",
    "Enrollment",
    "EnrollmentQuerySet",
    "GroupEnrollment",
    "GroupLine",
    "HelpPost",
    "HelpThread",
    "HelpThreadQuerySet",
    "LearningEvent",
    "LearningEventQuerySet",
    "LessonNote",
    "LessonState",
    "PaperSheet",
    "PaperSheetQuerySet",
    "PathEnrollment",
    "PathEnrollmentQuerySet",
    "PositioningResult",
    "PositioningResultQuerySet",
    "Recognition",
    "RecognitionQuerySet",
    "Registration",
    "RegistrationQuerySet",
    "ScoreReview",
    "ScoreReviewQuerySet",
    "SkillLevel",
    "SkillLevelQuerySet",
    "Slot",
    "VersionMove",
    "VersionMoveQuerySet",
]
