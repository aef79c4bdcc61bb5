"""Facts for certificates, and what is still owed."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from certificates.models import Certificate
from courses.documents import stations
from courses.enums import Mode
from courses.queries import document
from enrollments.enums import Status
from enrollments.models import Enrollment


def facts_of(enrollment: Enrollment) -> dict[str, Any]:
    """What a certificate freezes, as it stands today.

    Contents after the proof duty of RLRQ, c. D-8.3, r. 3: person, organisation, object,
    objectives, mode, dates, hours, evaluation, issuer. No birth date, no e-mail, no score.
    """
    mandate = enrollment.mandate
    content = document(enrollment.version_id)
    zone = ZoneInfo(settings.TIME_ZONE)
    completed = enrollment.completed_at
    started = enrollment.first_activity_at or enrollment.enrolled_at
    examined = any(station["kind"] == "exam" for station in stations(content))
    return {
        "name": enrollment.learner.get_full_name() or str(enrollment.learner),
        "organisation": mandate.organisation.official_name,
        "public": mandate.get_public_display(),
        "function": mandate.function,
        "course_code": content["code"],
        "course_title": content["title"],
        "version": enrollment.version.number,
        "objectives": content["objectives"],
        "mode": str(Mode(content["mode"]).label),
        "minutes": content["minutes"],
        "uec": content["uec"],
        "started_on": started.astimezone(zone).date().isoformat(),
        "completed_on": completed.astimezone(zone).date().isoformat() if completed else "",
        "result": "success" if examined else "participation",
        "issuer": settings.CERTIFICATE_ISSUER,
        "signatories": settings.CERTIFICATE_SIGNATORIES,
    }


def completed_without_certificate() -> QuerySet[Enrollment, int]:
    """Ids of completed enrolments whose certificate was never issued."""
    owed = Enrollment.objects.filter(status=Status.COMPLETED, certificates__isnull=True)
    return owed.order_by("completed_at").values_list("pk", flat=True)


def without_file() -> QuerySet[Certificate, int]:
    """Ids of certificates whose PDF is still to be made."""
    return Certificate.objects.owed_a_file().order_by("pk").values_list("pk", flat=True)
