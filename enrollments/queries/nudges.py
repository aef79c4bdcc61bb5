"""Who of an organisation has not begun, and may be reminded today."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from atn_platform.accounts.models import User
from atn_platform.core.office_hours import QUEBEC, days_before
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OptOut, OutgoingEmail
from courses.documents import LessonDoc
from courses.queries import documents
from enrollments.enums import NUDGE, Progress, Status
from enrollments.models import Enrollment
from enrollments.queries import team
from enrollments.queries.reminders import SPACING_DAYS, current_step, reminded_lately
from municipalities.models import Mandate, Organisation

# A day's messages of one organisation: no error and no ill will writes to people without end.
NUDGES_A_DAY = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who has not begun; `hindrance` says why they are not written to, if so.

    `last` is when a reminder was promised to them lately, by whomever.
    """

    mandate: Mandate
    enrollment: Enrollment
    step: LessonDoc | None
    last: datetime | None = None
    hindrance: str = ""

    @property
    def can_be_reminded(self) -> bool:
        return not self.hindrance


def candidates(
    organisation: Organisation, *, at: datetime, of: User | None = None
) -> list[Candidate]:
    """Everyone who has a course open and nothing begun, by name; a bounded number of queries.

    With `of`, that person alone.
    """
    today = at.astimezone(QUEBEC).date()
    waiting = team.in_state(team.people(organisation, on=today), Progress.WAITING)
    if of is not None:
        waiting = waiting.filter(user=of)
    mandates = {each.user_id: each for each in waiting}
    followed = _to_begin(mandates)
    documents({each.version_id for each in followed.values()})
    lasts = dict(
        reminded_lately(mandates, at)
        .values("recipient")
        .annotate(last=Max("queued_at"))
        .values_list("recipient", "last")
    )
    refusing = set(
        OptOut.objects.filter(user__in=mandates, category=Category.REMINDER).values_list(
            "user", flat=True
        )
    )
    found = []
    for person, mandate in mandates.items():
        if enrollment := followed.get(person):
            last = lasts.get(person)
            hindrance = _hindrance(mandate, last=last, refuses=person in refusing)
            step = current_step(enrollment)
            found.append(Candidate(mandate, enrollment, step, last, hindrance))
    return found


def _to_begin(mandates: dict[int, Mandate]) -> dict[int, Enrollment]:
    """The course that each was enrolled in last, of those still offered, by person."""
    threads = [each.thread for each in mandates.values()]
    rows = Enrollment.objects.live().filter(
        learner__in=mandates,
        mandate__thread__in=threads,
        status=Status.ACTIVE,
        course__withdrawn_at__isnull=True,
        course__current_version__isnull=False,
    )
    rows = rows.select_related("course", "mandate").order_by("enrolled_at", "pk")
    return {
        each.learner_id: each
        for each in rows
        if each.mandate.thread == mandates[each.learner_id].thread
    }


def _hindrance(mandate: Mandate, *, last: datetime | None, refuses: bool) -> str:
    if not mandate.user.is_active or not mandate.user.letter_address:
        return "address"
    if refuses:
        return "refusal"
    return "lately" if last else ""


def promised_today(organisation: Organisation, *, at: datetime) -> list[OutgoingEmail]:
    """Reminders that this organisation's responsables asked for today.

    Someone who belongs to two organisations may hold one of the other's: it is not counted here.
    """
    local = at.astimezone(QUEBEC)
    here = Mandate.objects.in_force(on=local.date()).filter(organisation=organisation)
    rows = OutgoingEmail.objects.filter(
        key__startswith=f"{NUDGE}:",
        key__endswith=f"-{local:%Y%m%d}",
        recipient__in=here.values("user"),
    )
    by_enrollment = {_enrollment_of(each.key): each for each in rows.order_by("pk")}
    ours = Enrollment.objects.filter(
        pk__in=by_enrollment, mandate__thread__in=here.values("thread")
    )
    return [by_enrollment[pk] for pk in ours.values_list("pk", flat=True)]


def held_today(organisation: Organisation, *, at: datetime) -> list[OutgoingEmail]:
    """Those of today's reminders that may still be taken back."""
    keys = [each.key for each in promised_today(organisation, at=at)]
    return list(OutgoingEmail.objects.untried().filter(key__in=keys))


def nudge_key(enrollment: Enrollment, *, at: datetime) -> str:
    """One reminder of a course a day, whatever is run twice."""
    return f"{NUDGE}:{enrollment.learner_id}:{enrollment.pk}-{at.astimezone(QUEBEC):%Y%m%d}"


def _enrollment_of(key: str) -> int:
    return int(key.rpartition(":")[2].partition("-")[0])


def next_day(last: datetime) -> datetime:
    """From when someone reminded at that moment may be reminded again."""
    return days_before(last, -SPACING_DAYS)
