"""In what capacity someone finished a course."""

from enrollments.models import Enrollment, LessonState
from municipalities.models import Mandate


def capacity(enrollment: Enrollment) -> Mandate:
    """The mandate stamped on the last station, else the one that the course was joined under."""
    last = LessonState.objects.filter(
        enrollment=enrollment, completed_at=enrollment.completed_at, mandate__isnull=False
    )
    stamped = last.select_related("mandate__organisation").first()
    return (stamped and stamped.mandate) or enrollment.mandate
