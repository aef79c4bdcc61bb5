"""What reading leaves behind, and figures kept for when the rows they counted have gone."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Min

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.reports.enums import Audience, Scope
from atn_platform.reports.figures.journey import Journey
from atn_platform.reports.figures.members import Members
from atn_platform.reports.figures.participation import Report
from atn_platform.reports.models import PastCount, PastPlace, PublishedCount
from atn_platform.reports.periods import Period, of_year
from atn_platform.reports.queries import participation as queries
from atn_platform.reports.queries import past, published
from atn_platform.reports.queries.published import ORIGIN, Publications
from enrollments.models import Enrollment


def log_export(
    *, found: Report | Journey, by: str, file_format: str, actor: User | None, at: datetime
) -> None:
    """Write who took which figures, and whether small counts were in them."""
    what = "chemin" if isinstance(found, Journey) else "participation"
    record(
        at=at,
        actor=actor,
        verb="report.exported",
        target=f"{what} {found.period.key}",
        by=by,
        format=file_format,
        audience=found.audience,
        scope=found.scope,
    )


def log_members_export(*, found: Members, file_format: str, actor: User, at: datetime) -> None:
    """Write who took the counts of an MRC's municipalities."""
    record(at=at, actor=actor, verb="members.exported", target=found.mrc.name, format=file_format)


def publish(
    period: Period, *, scope: Scope, audience: Audience, today: date
) -> Publications | None:
    """Fix what a closed period counts, with the quarters of a year, before it is first read.

    Safe to repeat, and two at once: whoever comes first is right. ATN reads figures of now, and
    nothing is published of a running period.
    """
    if audience == Audience.ATN or not period.is_shared or period.ends_on >= today:
        return None
    periods = period.and_its_quarters
    lay = published.lay_of_the_land() if scope == Scope.TODAY else ORIGIN
    known = published.of(periods, lay=lay)
    # By lay first: each is masked beside those that were published before it.
    wanted = [(each, one) for one in dict.fromkeys((ORIGIN, lay)) for each in periods]
    missing = [(each, one) for each, one in wanted if one not in known.found[each.key]]
    late = [
        (each, one)
        for each, one in wanted
        if (each, one) not in missing
        and known.found[each.key][one].cohort is None
        and each.cohort_known_on <= today
    ]
    if not missing and not late:
        return known
    PublishedCount.objects.bulk_create(
        [_published(each, one, today) for each, one in missing], ignore_conflicts=True
    )
    for each, one in late:
        waiting = PublishedCount.objects.filter(period=each.key, lay=one, cohort__isnull=True)
        waiting.update(cohort=_cohort(_pace(each, one, today), each, today))
    return published.of(periods, lay=lay)


def _published(period: Period, lay: str, today: date) -> PublishedCount:
    counts = past.count(period, scope=_scope(lay), today=today)
    pace = _pace(period, lay, today)
    return PublishedCount(
        period=period.key,
        lay=lay,
        people=past.as_list(counts.people),
        places=past.as_list(counts.places),
        minutes=pace.minutes,
        before=pace.before,
        cohort=_cohort(pace, period, today),
    )


def _scope(lay: str) -> Scope:
    return Scope.TODAY if lay else Scope.ORIGIN


def _pace(period: Period, lay: str, today: date) -> queries.Pace:
    return past.pace(period, scope=_scope(lay), today=today)


def _cohort(pace: queries.Pace, period: Period, today: date) -> list[int] | None:
    return [*pace.cohort, *pace.people] if period.cohort_known_on <= today else None


def keep_figures(*, before: date) -> int:
    """Keep what every month, quarter and year of the civil years before that day counted.

    Called before old rows go. A year already kept is not counted again: some of its rows may be
    gone. How many years were added.
    """
    years = past.years_to_keep(before)
    for year in years:
        _keep_year(year)
    return len(years)


@transaction.atomic
def _keep_year(year: int) -> None:
    PastCount.objects.bulk_create(
        [_kept(period, scope) for period in of_year(year) for scope in Scope]
    )


def _kept(period: Period, scope: Scope) -> PastCount:
    counts = queries.count(period, on=period.ends_on, scope=scope)
    pace = past.pace(period, scope=scope, today=date(period.ends_on.year + past.YEARS + 1, 1, 1))
    started, completed = pace.cohort
    return PastCount(
        period=period.key,
        scope=scope,
        people=past.as_list(counts.people),
        places=past.as_list(counts.places),
        minutes=pace.minutes,
        started=started,
        completed=completed,
        before=pace.before,
        seen_next=queries.seen_from_next(period, scope=scope),
    )


def keep_places(*, enrollment_ids: Iterable[int]) -> None:
    """Remember, of these enrolments, in which organisations someone enrolled, and since when."""
    rows = Enrollment.objects.filter(pk__in=enrollment_ids).order_by()
    found = rows.values("mandate__organisation").annotate(since=Min("enrolled_at"))
    for place, since in found.values_list("mandate__organisation", "since"):
        kept, created = PastPlace.objects.get_or_create(
            organisation_id=place, defaults={"enrolled_at": since}
        )
        if not created and since < kept.enrolled_at:
            kept.enrolled_at = since
            kept.save(update_fields=["enrolled_at", "updated_at"])
