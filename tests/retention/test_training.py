"""P-14: training of seven years ago goes, and neither a report nor an attestation changes."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from atn_platform.reports.enums import Audience, Scope
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.models import PastCount
from atn_platform.reports.periods import SHARED_KINDS, Period, of_year, parse
from atn_platform.retention import actions
from atn_platform.retention.queries.training import enrollments_over
from certificates import actions as certificates
from enrollments.actions.ledger import NewEvent, record
from enrollments.enums import Verb
from enrollments.models import Enrollment, Registration
from municipalities.models import Mandate
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    RegistrationFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

pytestmark = pytest.mark.django_db
THEN = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 2, 10, 15, 0, tzinfo=UTC)
LATER = datetime(2034, 6, 1, 9, 0, tzinfo=UTC)
YEARS = [*of_year(2026), *of_year(2027), parse("2034")]
HOUR = timedelta(hours=1)
LESSONS = [lesson_document(key) for key in "ab"]


@pytest.fixture
def course(db):
    return VersionFactory(stations=LESSONS)


def follow(version, mandate, *keys, at=THEN):
    """An enrolment of that day, with these lessons done; the function ended with its year."""
    found = EnrollmentFactory(
        mandate=mandate, version=version, enrolled_at=at, stations_total=len(LESSONS)
    )
    for key in keys:
        lesson = UUID(LESSONS["ab".index(key)]["uuid"])
        event = NewEvent(uuid4(), Verb.COMPLETED, lesson, at)
        record(enrollment_id=found.pk, event=event, at=at)
    Mandate.objects.filter(pk=mandate.pk).update(ends_on=date(at.year, 12, 31))
    found.refresh_from_db()
    return found


def reports():
    return {
        (period.key, scope, audience): figures.build(
            period, audience=audience, today=LATER.date(), scope=scope
        )
        for period in YEARS
        for scope in Scope
        for audience in Audience
        if audience == Audience.ATN or period.kind in SHARED_KINDS
    }


def reports_of(at):
    return [figures.build(each, audience=Audience.ATN, today=at.date()) for each in YEARS]


def carried_out(at=LATER):
    run = actions.propose(at=at)
    actions.approve(run_id=run.pk, by=UserFactory(role=Role.ADMINISTRATOR), at=at)
    actions.carry_out(run_id=run.pk, at=at)
    run.refresh_from_db()
    return run


def test_p14_training_of_seven_years_ago_goes_and_no_report_changes(client, course):
    unfinished = follow(course, MandateFactory(), "a")
    never_begun = follow(course, MandateFactory())
    done = follow(course, MandateFactory(), "a", "b")
    young = follow(course, MandateFactory(), "a", at=NEXT_YEAR)
    proof = certificates.issue(enrollment_id=done.pk, at=THEN)
    seat = RegistrationFactory(
        enrollment=done, session__starts_at=THEN, session__ends_at=THEN + HOUR
    )
    before = reports()
    assert before["2026", Scope.ORIGIN, Audience.ATN].total.people == 2
    run = carried_out()
    assert run.gone["enrollments"] == 2
    assert run.gone["attendance"] == 1
    assert set(Enrollment.objects.all()) == {done, young}
    assert not Registration.objects.filter(pk=seat.pk).exists()
    assert not Enrollment.objects.filter(pk__in=(unfinished.pk, never_begun.pk)).exists()
    assert reports() == before
    assertContains(client.get(f"/verifier/{proof.code}/"), "Attestation valide")


def test_without_the_figures_that_were_kept_the_reports_would_change(course):
    """A negative control."""
    follow(course, MandateFactory(), "a")
    before = reports()
    carried_out()
    assert reports() == before
    PastCount.objects.all().delete()
    assert reports() != before


def test_p14_the_year_after_is_compared_with_figures_that_were_kept(course):
    follow(course, MandateFactory(), "a")
    follow(course, MandateFactory(), "a", at=NEXT_YEAR)
    at = [datetime(year, 1, 5, 9, 0, tzinfo=UTC) for year in (2034, 2035)]
    first = reports_of(at[1])
    carried_out(at[0])
    assert Enrollment.objects.count() == 1
    assert reports_of(at[1]) == first
    # Once that year has gone in its turn, they still hold together.
    carried_out(at[1])
    assert not Enrollment.objects.exists()
    assert reports_of(at[1]) == first
    assert first[YEARS.index(parse("2027"))].pace.before == 1


def test_free_days_of_a_year_whose_rows_went_are_refused(course):
    follow(course, MandateFactory(), "a")
    days = Period(date(2026, 3, 1), date(2026, 3, 20))
    figures.build(days, audience=Audience.ATN, today=LATER.date())
    carried_out()
    with pytest.raises(figures.ReportRefused, match="par mois, trimestre ou année"):
        figures.build(days, audience=Audience.ATN, today=LATER.date())


def test_p14_a_course_that_may_still_be_resumed_is_not_over(course):
    mandate = MandateFactory()
    under_way = follow(course, mandate, "a")
    Mandate.objects.filter(pk=mandate.pk).update(ends_on=None)
    assert under_way not in enrollments_over(LATER)
    Mandate.objects.filter(pk=mandate.pk).update(ends_on=date(2026, 12, 31))
    assert list(enrollments_over(LATER)) == [under_way]
    RegistrationFactory(enrollment=under_way, session__ends_at=LATER + timedelta(days=1))
    assert not enrollments_over(LATER).exists()


@pytest.mark.parametrize(("at", "due"), [(2033, False), (2034, True)])
def test_p14_a_year_goes_whole_seven_years_after_its_end(course, at, due):
    follow(course, MandateFactory(), "a")
    found = actions.propose(at=datetime(at, 12, 31, 9, 0, tzinfo=UTC).replace(month=1, day=5))
    assert bool(found and "enrollments" in found.proposed) is due
