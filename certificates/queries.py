"""Facts for certificates, and what is still owed."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from atn_platform.accounts.models import User
from atn_platform.core import wording
from certificates.models import Certificate, CertificateQuerySet
from courses.documents import stations
from courses.enums import Mode
from courses.models import Skill
from courses.queries import document
from enrollments.enums import Status
from enrollments.models import Enrollment, LessonState
from enrollments.queries.capacity import capacity
from enrollments.queries.sharing import facts_shown
from municipalities.models import Organisation

# The sweep comes every two minutes: what waits longer than this needs a person.
PATIENCE = timedelta(minutes=10)
LABELS = {
    "name": _("nom"),
    "organisation": _("organisation"),
    "public": _("public"),
    "function": _("fonction"),
    "course_code": _("code du cours"),
    "course_title": _("titre du cours"),
    "version": _("version"),
    "objectives": _("objectifs"),
    "mode": _("mode"),
    "minutes": _("durée (min)"),
    "uec": _("UEC"),
    "started_on": _("commencée le"),
    "completed_on": _("terminée le"),
    "result": _("résultat"),
    "issuer": _("délivrée par"),
    "signatories": _("signataires"),
    "replaces": _("remplace"),
}
RESULTS = {"success": _("réussite"), "participation": _("participation")}


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact as printed, and as it would be printed today."""

    label: str
    printed: str
    today: str


@override(wording.FRENCH)
def facts_of(enrollment: Enrollment) -> dict[str, Any]:
    """What a certificate freezes, as it stands today.

    Contents after the proof duty of RLRQ, c. D-8.3, r. 3: person, organisation, object,
    objectives, mode, dates, hours, evaluation, issuer. No birth date, no e-mail, no score.
    """
    mandate = capacity(enrollment)
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
        "skills": _skills(content["competencies"]),
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


def _skills(goals: list[str]) -> list[dict[str, Any]]:
    """Competencies that the course aims at, with their names of today."""
    if not goals:
        return []
    levels = dict(goal.split("-", 1) for goal in goals if "-" in goal)
    named = Skill.objects.filter(code__in=levels).order_by("code")
    return [
        {"code": each.code, "title": each.title, "level": int(levels[each.code])} for each in named
    ]


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
    owed = Enrollment.objects.live().filter(
        status=Status.COMPLETED, certificates__isnull=True, learner__erased_at__isnull=True
    )
    if learner is not None:
        owed = owed.visible_to(learner)
    return owed.select_related("course").order_by("completed_at")


def without_file() -> QuerySet[Certificate]:
    """Certificates whose PDF is still to be made, those that failed least first."""
    return Certificate.objects.owed_a_file().order_by("failures", "pk")


def late(*, before: datetime) -> QuerySet[Enrollment]:
    """Courses completed before that moment whose certificate never came."""
    return (
        completed_without_certificate().filter(completed_at__lt=before).select_related("learner")
    )


def proofs(organisation: Organisation) -> CertificateQuerySet:
    """Attestations in force of courses finished under this organisation, by name.

    The capacity is that of the certificate: the mandate stamped on the last station, else the one
    that the course was joined under. Elected people's are there with their consent alone.
    """
    stamped = LessonState.objects.filter(
        enrollment=OuterRef("enrollment"),
        completed_at=OuterRef("enrollment__completed_at"),
        mandate__isnull=False,
    )
    here = stamped.filter(facts_shown(mandate="mandate__"), mandate__organisation=organisation)
    joined = Q(~Exists(stamped), enrollment__mandate__organisation=organisation)
    return Certificate.objects.filter(
        Q(Exists(here)) | (joined & facts_shown(mandate="enrollment__mandate__")),
        revoked_at__isnull=True,
        superseded_by__isnull=True,
    ).order_by("enrollment__learner__sort_key", "facts__completed_on", "pk")


def of_year(rows: CertificateQuerySet, year: int) -> CertificateQuerySet:
    """Those of courses finished in a calendar year, by the day that is printed."""
    return rows.filter(facts__completed_on__startswith=f"{year}-")


def years_of(rows: CertificateQuerySet) -> dict[int, int]:
    """How many each year has, the latest first."""
    days = rows.order_by().values_list("facts__completed_on", flat=True)
    counts = Counter(int(day[:4]) for day in days)
    return dict(sorted(counts.items(), reverse=True))


def verifiable() -> CertificateQuerySet:
    """What the verification page finds, by the code that whoever verifies holds."""
    return Certificate.objects.as_proofs()


def shown_to_bearers(certificate: Certificate) -> list[tuple[str, str]]:
    """What the verification page says of a certificate, in its order."""
    facts, before = certificate.facts, certificate.supersedes
    name = str(_("non montrée, à sa demande")) if certificate.is_nameless else facts["name"]
    issued = certificate.issued_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    said = [
        (_("Numéro"), certificate.number),
        (_("Nature"), certificate.kind),
        (_("Personne"), name),
        (_("Formation"), facts["course_title"]),
        (_("Durée"), wording.duration(facts["minutes"])),
        (_("Délivrée le"), wording.day(issued)),
        (_("Remplace"), before.number if before else ""),
        (_("Par"), facts["issuer"]),
    ]
    return [(str(label), words) for label, words in said if words]


def in_words(facts: dict[str, Any]) -> dict[str, str]:
    """Facts by their French names, the empty ones left out."""
    facts = facts | {"result": RESULTS[facts["result"]]}
    words = {str(label): _said(facts.get(key)) for key, label in LABELS.items()}
    return {label: said for label, said in words.items() if said}


def changes_since(certificate: Certificate) -> list[Difference]:
    """What a certificate issued again today would say differently."""
    printed, today = in_words(certificate.facts), in_words(facts_of(certificate.enrollment))
    printed.pop(str(LABELS["replaces"]), None)
    return [
        Difference(label, printed.get(label, ""), today.get(label, ""))
        for label in {**printed, **today}
        if printed.get(label) != today.get(label)
    ]


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(map(_said, value.values()))
    if isinstance(value, list):
        return "; ".join(map(_said, value))
    return "" if value is None else str(value)
