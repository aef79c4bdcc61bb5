"""Facts for certificates, and what is still owed."""

import unicodedata
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from atn_platform.accounts.models import User
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
    line = list(stations(content))
    zone = ZoneInfo(settings.TIME_ZONE)
    completed = enrollment.completed_at
    started = enrollment.first_activity_at or enrollment.enrolled_at
    return {
        "name": legible(enrollment.learner.get_full_name() or str(enrollment.learner)),
        "organisation": legible(mandate.organisation.official_name),
        "public": mandate.get_public_display(),
        "function": legible(mandate.function),
        "course_code": content["code"],
        "course_title": content["title"],
        "version": enrollment.version.number,
        "objectives": content["objectives"],
        "mode": str(Mode(content["mode"]).label),
        "minutes": content["minutes"],
        "uec": content["uec"],
        "started_on": started.astimezone(zone).date().isoformat(),
        "completed_on": completed.astimezone(zone).date().isoformat() if completed else "",
        "result": "success" if any(each["kind"] == "exam" for each in line) else "participation",
        "stations": [each["kind"] for each in line],
        "issuer": settings.CERTIFICATE_ISSUER,
        "signatories": settings.CERTIFICATE_SIGNATORIES,
    }


def legible(text: str) -> str:
    """What can be printed and read aloud: no pictogram, no control, nothing that turns lines."""
    kept = (sign for sign in unicodedata.normalize("NFC", text) if not _mute(sign))
    return " ".join("".join(kept).split())


def _mute(sign: str) -> bool:
    category = unicodedata.category(sign)
    selector = "\ufe00" <= sign <= "\ufe0f"
    return (
        category[0] == "C"
        or category == "So"
        or selector
        or (category == "Sk" and sign > "\uffff")
    )


def completed_without_certificate(learner: User | None = None) -> QuerySet[Enrollment]:
    """Completed courses whose certificate is still to be issued, the oldest first."""
    owed = Enrollment.objects.filter(status=Status.COMPLETED, certificates__isnull=True)
    if learner is not None:
        owed = owed.visible_to(learner)
    return owed.select_related("course").order_by("completed_at")


def without_file() -> QuerySet[Certificate]:
    """Certificates whose PDF is still to be made, those that failed least first."""
    return Certificate.objects.owed_a_file().order_by("failures", "pk")
