"""The way of people: who counts at each step, how fast, at which hours, and what stays hidden."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.reports import headlines, periods
from atn_platform.reports.enums import (
    COURSE,
    DOOR,
    SLOTS,
    Audience,
    Breakdown,
    Scope,
    Step,
)
from atn_platform.reports.figures import journey as figures
from atn_platform.reports.figures import participation
from certificates.enums import RevocationReason
from certificates.models import Certificate
from enrollments.enums import Status
from enrollments.models import Enrollment, LessonState
from municipalities.enums import Public
from municipalities.models import Invitation, Organisation
from tests.factories import EnrollmentFactory, MandateFactory, UserFactory

pytestmark = pytest.mark.django_db
T3 = periods.parse("2026-T3")
# A Tuesday; the last Sunday before it is the 22nd.
TODAY = date(2026, 11, 24)
# A Wednesday, at 11 in Québec.
JULY = datetime(2026, 7, 8, 15, 0, tzinfo=UTC)
UMQ = Audience.UMQ
PAGE = "/rapports/participation/chemin/"


def build(period=T3, audience=Audience.ATN, today=TODAY, scope=Scope.ORIGIN):
    return figures.build(period, audience=audience, today=today, scope=scope)


def counts(row, *steps):
    return [count for _step, count in row.of(*steps)]


def line(journey, by, key):
    return next(row for row in journey.tables[by] if row.key == key)


@pytest.fixture
def follow(version):
    """Make people enrol in a place, and go that far, a day after the other."""

    def act(place, people=1, *, upto=Step.ENROLLED, at=JULY, public=Public.STAFF, days=1):
        done = []
        for _ in range(people):
            mandate = MandateFactory(organisation=place, public=public)
            done.append(EnrollmentFactory(mandate=mandate, version=version, enrolled_at=at))
            go(done[-1], upto, at, timedelta(days=days))
        return done

    return act


def go(enrollment, upto, at, step):
    rank = COURSE.index(upto)
    if rank >= COURSE.index(Step.STARTED):
        Enrollment.objects.filter(pk=enrollment.pk).update(first_activity_at=at)
        LessonState.objects.create(enrollment=enrollment, lesson=uuid4(), completed_at=at + step)
    if rank >= COURSE.index(Step.COMPLETED):
        Enrollment.objects.filter(pk=enrollment.pk).update(
            status=Status.COMPLETED, completed_at=at + 2 * step
        )
    if upto == Step.CERTIFIED:
        certify(enrollment, at + 2 * step)


def certify(enrollment, at):
    name = uuid4().hex
    return Certificate.objects.create(
        enrollment=enrollment, number=name[:20], code=name, facts={}, issued_at=at
    )


def invite(place, at=JULY, accepted_after=None, email=None):
    name = uuid4().hex
    return Invitation.objects.create(
        organisation=place,
        email=email or f"{name}@example.org",
        token_hash=name,
        invited_by=UserFactory(),
        invited_at=at,
        expires_at=at + timedelta(days=14),
        accepted_at=None if accepted_after is None else at + timedelta(days=accepted_after),
        accepted_by=None if accepted_after is None else UserFactory(),
    )


def test_each_step_is_part_of_the_one_before(places, follow):
    place = places("01")[0]
    for step, people in zip(COURSE, (4, 3, 2, 1), strict=True):
        follow(place, people, upto=step)
    journey = build()
    assert counts(journey.total, *COURSE) == [10, 6, 3, 1]
    assert counts(line(journey, Breakdown.REGION, "01"), *COURSE) == [10, 6, 3, 1]
    assert counts(line(journey, Breakdown.REGION, "05"), *COURSE) == [0, 0, 0, 0]
    # What fewer than five people lost is not said.
    assert [stage.lost for stage in journey.stages(*COURSE)] == [None, None, None, None]
    follow(place, 10)
    stages = build().stages(*COURSE)
    assert [stage.count for stage in stages] == [20, 6, 3, 1]
    assert stages[1].lost == pytest.approx(0.7)
    assert stages[1].is_hot


def test_someone_in_two_courses_is_one_person_as_far_as_the_further(places, follow, version):
    """Where they enrolled first: rows add up to the whole."""
    first, second = places("01")[0], places("05", population=30_000)[0]
    (one,) = follow(first)
    mandate = MandateFactory(organisation=second, user=one.learner, public=Public.ELECTED)
    other = EnrollmentFactory(mandate=mandate, enrolled_at=JULY + timedelta(days=9))
    go(other, Step.COMPLETED, JULY + timedelta(days=9), timedelta(days=1))
    journey = build()
    assert counts(journey.total, *COURSE) == [1, 1, 1, 0]
    assert counts(line(journey, Breakdown.REGION, "01"), *COURSE) == [1, 1, 1, 0]
    assert counts(line(journey, Breakdown.PUBLIC, Public.STAFF), *COURSE) == [1, 1, 1, 0]
    assert counts(line(journey, Breakdown.STRATUM, "3"), *COURSE) == [0, 0, 0, 0]


@pytest.mark.parametrize(("days", "finished"), [(44, 1), (46, 0)])
def test_ninety_days_are_given_to_everybody(places, follow, days, finished):
    """The course ends after twice these days."""
    follow(places("01")[0], upto=Step.COMPLETED, days=days)
    assert counts(build(today=date(2027, 3, 1)).total, Step.COMPLETED) == [finished]


def test_acts_count_up_to_the_last_sunday(places, follow):
    """Two days of one week give the same figures."""
    late = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    follow(places("01")[0], upto=Step.STARTED, at=late, days=1)
    quarter = periods.parse("2026-T4")
    assert counts(build(quarter, today=date(2026, 11, 28)).total, *COURSE[:2]) == [1, 0]
    assert counts(build(quarter, today=date(2026, 11, 30)).total, *COURSE[:2]) == [1, 1]
    assert build().complete_on == date(2026, 12, 29)
    assert not build().is_complete
    assert build(today=date(2026, 12, 30)).until == date(2026, 12, 27)
    assert build(today=date(2027, 1, 4)).is_complete


def test_a_revoked_attestation_is_no_attestation(places, follow):
    one, _other = follow(places("01")[0], 2, upto=Step.CERTIFIED)
    Certificate.objects.filter(enrollment=one).update(
        revoked_at=JULY + timedelta(days=20), revocation_reason=RevocationReason.values[0]
    )
    assert counts(build().total, Step.CERTIFIED) == [1]


def test_an_invitation_counts_where_it_was_sent_and_once_for_an_address(places):
    first, second = places("01")[0], places("05")[0]
    invite(first, accepted_after=3)
    invite(first, accepted_after=91)
    invite(first, email="meme@example.org")
    invite(second, at=JULY + timedelta(days=2), email="Meme@example.org")
    invite(first, at=JULY - timedelta(days=30))
    journey = build()
    assert counts(journey.total, *DOOR) == [3, 1]
    assert counts(line(journey, Breakdown.REGION, "05"), *DOOR) == [0, 0]
    # One that was cancelled, then sent anew and accepted, or accepted at another address.
    invite(first, email="encore@example.org")
    again = invite(first, email="Encore@example.org", accepted_after=2)
    other = invite(second, at=JULY + timedelta(days=1), accepted_after=2)
    Invitation.objects.filter(pk=other.pk).update(accepted_by=again.accepted_by)
    journey = build()
    assert counts(journey.total, *DOOR) == [4, 2]
    # An invitation does not always say a public: that table does not speak of it.
    assert counts(line(journey, Breakdown.PUBLIC, Public.STAFF), *DOOR) == []


def test_umq_reads_no_small_count(places, follow):
    follow(places("01")[0], 3)
    follow(places("05")[0], 12, upto=Step.STARTED)
    follow(places("12")[0], 30, upto=Step.COMPLETED)
    follow(places("16")[0], 20)
    journey = build(audience=Audience.UMQ)
    shown = {
        key: counts(line(journey, Breakdown.REGION, key), *COURSE) for key in ("01", "05", "12")
    }
    assert shown["01"] == [None] * 4
    assert shown["05"] == [10, 10, None, None]
    assert shown["12"] == [30, 30, 30, None]
    assert counts(journey.total, *COURSE[:2]) == [60, 40]
    assert counts(line(build(), Breakdown.REGION, "01"), Step.ENROLLED) == [3]


def test_umq_cannot_count_who_moved_in_a_merger_between_the_two_scopes(places, follow):
    gone, heir = places("01")[0], places("12")[0]
    follow(gone, 3)
    follow(places("01")[0], 20)
    follow(heir, 30)
    Organisation.objects.filter(pk=gone.pk).update(successor=heir, inactive_on=date(2026, 10, 5))
    seen = {
        (audience, scope): [
            counts(line(build(audience=audience, scope=scope), Breakdown.REGION, key), COURSE[0])
            for key in ("01", "12")
        ]
        for audience in Audience
        for scope in Scope
    }
    # The control: ATN sees the three of them move.
    assert seen[Audience.ATN, Scope.ORIGIN] == [[23], [30]]
    assert seen[Audience.ATN, Scope.TODAY] == [[20], [33]]
    assert seen[Audience.UMQ, Scope.ORIGIN] == [[20], [30]]
    assert seen[Audience.UMQ, Scope.TODAY] == [[20], [30]]


def test_curves_say_a_week_when_everybody_has_had_it(places, follow):
    place = places("01")[0]
    follow(place, 10, upto=Step.COMPLETED, days=7)
    follow(place, 10, upto=Step.STARTED)
    follow(place, 1, upto=Step.STARTED, at=JULY - timedelta(days=30))
    *_before, older, curve = build().curves
    assert (older.period.key, older.started, curve.started) == ("2026-T2", 1, 20)
    # 30 September and seven weeks: 18 November.
    assert curve.weeks[:8] == (0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    assert set(curve.weeks[8:]) == {None}
    assert curve.last == (7, 0.5)
    assert build(periods.parse("2026-T4")).curves[-1].last is None
    theirs = build(audience=Audience.UMQ).curves
    assert (theirs[1].started, theirs[1].last) == (None, None)
    assert theirs[2].last == (7, 0.5)


def begin(days, *, people, courses=1):
    """Make people begin that many courses each, and finish them after so many days, or never."""
    for _ in range(people):
        mandate = MandateFactory()
        for _ in range(courses):
            Enrollment.objects.filter(pk=EnrollmentFactory(mandate=mandate).pk).update(
                first_activity_at=JULY,
                **({"status": Status.COMPLETED, "completed_at": JULY + timedelta(days=days)}
                   if days else {}),
            )  # fmt: skip


def test_curves_of_a_few_people_are_hidden_whatever_the_number_of_their_courses():
    begin(7, people=2, courses=5)
    (theirs, ours) = (build(audience=audience).curves[-1] for audience in (UMQ, Audience.ATN))
    assert (ours.started, ours.last) == (10, (7, 1))
    assert (theirs.started, theirs.last) == (None, None)
    cohort = participation.build(T3, audience=UMQ, today=date(2027, 1, 4)).pace.cohort
    assert (cohort.started, cohort.share, cohort.is_complete) == (None, None, True)


def test_the_share_after_ninety_days_does_not_give_a_week_of_the_curve_back():
    """The other report says 8 of 20: six after some weeks would say that two came last."""
    begin(10, people=6)
    begin(88, people=2)
    begin(None, people=12)
    late = date(2027, 1, 4)
    ours, theirs = (
        build(audience=audience, today=late).curves[-1] for audience in (Audience.ATN, UMQ)
    )
    assert (ours.weeks[12], theirs.weeks[12], theirs.weeks[1]) == (0.3, None, 0)
    assert len(ours.weeks) == 13
    cohort = participation.build(T3, audience=UMQ, today=late).pace.cohort
    assert (cohort.started, cohort.share) == (20, 0.4)
    begin(89, people=3)
    # Rounded down, as all that may still change.
    assert build(audience=UMQ, today=late).curves[-1].weeks[12] == 5 / 20


def test_umq_reads_cohorts_by_quarter_alone():
    """A year less three of its quarters is the fourth."""
    begin(10, people=20)
    late = date(2027, 4, 4)
    one, other = (
        participation.build(periods.parse("2026"), audience=audience, today=late).pace.cohort
        for audience in (Audience.ATN, UMQ)
    )
    assert (one.started, one.share) == (20, 1)
    assert (other.started, other.share) == (None, None)


def test_hours_are_those_of_quebec_and_of_each_stretch(places, follow):
    """11 o'clock on a Wednesday, and a night that goes past midnight."""
    place = places("01")[0]
    follow(place, 6, upto=Step.STARTED, days=0)
    follow(place, 5, upto=Step.STARTED, days=0, at=datetime(2026, 7, 9, 3, 30, tzinfo=UTC))
    follow(place, 2, upto=Step.STARTED, days=0, at=datetime(2026, 7, 9, 7, 0, tzinfo=UTC))
    hours = build().hours
    assert (hours[2][2].lessons, hours[2][2].rate) == (6, 3)
    assert (hours[2][6].lessons, hours[3][6].lessons) == (5, 2)
    assert sum(hour.lessons for day in hours for hour in day) == 13
    assert len(hours[0]) == len(SLOTS)
    theirs = build(audience=Audience.UMQ).hours
    assert (theirs[2][6].lessons, theirs[3][6].lessons, theirs[0][0].lessons) == (5, None, 0)


@pytest.mark.parametrize("key", ["2026-07", "2026"])
def test_only_quarters_are_read(key):
    """Months would be subtracted from their quarter: here people add up."""
    with pytest.raises(figures.JourneyRefused, match="trimestre"):
        build(periods.parse(key), audience=Audience.ATN)


def test_the_database_is_asked_the_same_whatever_it_counts(
    places, follow, django_assert_num_queries
):
    for count in (1, 3):
        for place in places("01", count):
            follow(place, count, upto=Step.CERTIFIED)
        # Steps, curves, hours, the registry's day.
        with django_assert_num_queries(4):
            build(audience=Audience.UMQ)
        with django_assert_num_queries(4):
            build(audience=Audience.UMQ, scope=Scope.TODAY)


def test_sentences_follow_the_figures(places, follow):
    assert headlines.of_journey(build()) == {
        "steps": "Les personnes à chaque étape",
        "curves": "Le rythme des inscriptions, d’un trimestre à l’autre",
        "hours": "Les heures où l’on apprend",
    }
    place = places("01")[0]
    follow(place, 10, upto=Step.CERTIFIED, days=0)
    said = headlines.of_journey(build())
    assert said["steps"].startswith("Chaque marche est franchie")
    assert said["curves"] == "Inscriptions de T3 2026\xa0: 100\xa0% terminées en 7 semaines"
    assert said["hours"] == (
        "On apprend surtout entre 10\xa0h et 12\xa0h, et le mercredi plus qu’un autre jour"
    )
    follow(place, 10, upto=Step.STARTED)
    # People are on their way: a step is said to be high once they have all had ninety days.
    assert headlines.of_journey(build())["steps"] == "Les personnes à chaque étape"
    late = build(today=date(2027, 1, 4))
    assert headlines.of_journey(late)["steps"] == "Une marche à adoucir\xa0: la fin du cours"
    follow(place, 20)
    late = build(today=date(2027, 1, 4))
    assert headlines.of_journey(late)["steps"] == (
        "Des marches à adoucir\xa0: la première leçon et la fin du cours"
    )
    earlier = JULY - timedelta(days=60)
    follow(place, 10, upto=Step.STARTED, at=earlier)
    assert headlines.of_journey(build())["curves"].startswith("On termine plus vite au T3 2026")
    follow(place, 10, upto=Step.CERTIFIED, at=earlier, days=0)
    assert "ressemble" in headlines.of_journey(build())["curves"]
    follow(place, 30, upto=Step.CERTIFIED, at=earlier, days=0)
    assert "plus lentement" in headlines.of_journey(build())["curves"]


def test_a_step_that_few_people_lost_is_not_said_to_be_passed(places, follow):
    place = places("01")[0]
    follow(place, 7, upto=Step.STARTED)
    follow(place, 3, upto=Step.ENROLLED)
    follow(place, 1)
    assert headlines.of_journey(build())["steps"] == "Les personnes à chaque étape"


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 10, 6), "Le rythme des inscriptions, d’un trimestre à l’autre"),
        (date(2026, 10, 12), "Inscriptions de T3 2026\xa0: 100\xa0% terminées en 1 semaine"),
    ],
)
def test_a_curve_of_no_week_has_no_number_and_one_week_no_plural(places, follow, today, said):
    follow(places("01")[0], 10, upto=Step.COMPLETED, days=0)
    assert headlines.of_journey(build(today=today))["curves"] == said


@pytest.fixture
def coordinator(client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)
    user = UserFactory(role=Role.UMQ_COORDINATOR)
    client.force_login(user)
    return user


@pytest.fixture
def world(places, follow):
    follow(places("01", name="Zzyzx-sur-Mer")[0], 3, upto=Step.STARTED)
    follow(places("05")[0], 12, upto=Step.STARTED)
    follow(places("12")[0], 30, upto=Step.COMPLETED, days=3)
    follow(places("16")[0], 20)
    invite(places("12")[0])


@pytest.mark.parametrize("by", Breakdown.values)
def test_the_page_says_its_figures_and_no_name(client, coordinator, world, by):
    page = client.get(PAGE, {"par": by})
    assertContains(page, f'id="{by}-', count={"region": 17, "stratum": 4, "public": 3}[by])
    assertContains(page, "Cohorte incomplète")
    assertContains(page, "T3 2026")
    assertContains(page, "masqué")
    assertContains(page, "22\xa0novembre\xa02026")
    assertNotContains(page, "Zzyzx")


def test_a_wrong_choice_is_said_at_its_field(client, coordinator):
    page = client.get(PAGE, {"periode": "2026-07"})
    assertContains(page, "Choisissez une période de la liste.", count=2)
    for wrong in ({"periode": "2026-07"}, {"tableau": "noms"}):
        assert client.get("/rapports/participation/chemin.csv", wrong).status_code == 404
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("regions", [1, 3])
def test_the_page_takes_the_same_queries_whatever_it_counts(
    client, coordinator, places, follow, django_assert_num_queries, regions
):
    for region in ("01", "05", "12")[:regions]:
        follow(places(region)[0], 6)
    # Session, person, steps, curves, hours, the registry's day.
    with django_assert_num_queries(6):
        client.get(PAGE)


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode().lstrip("\ufeff")), delimiter=";"))


def test_files_hide_the_same_cells_and_are_written_in_the_journal(client, coordinator, world):
    answer = client.get("/rapports/participation/chemin.csv")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="chemin-2026-t3-etapes-par-region.csv"'
    )
    rows = {row[0]: row for row in read_csv(answer.content) if row}
    assert rows["Région"][3] == "Inscrites à un cours"
    assert rows["Bas-Saint-Laurent"][3:] == ["masqué"] * 4
    assert rows["Chaudière-Appalaches"][3:] == ["30", "30", "30", "masqué"]
    curves = read_csv(
        client.get("/rapports/participation/chemin.csv", {"tableau": "cohortes"}).content
    )
    assert curves[3][:4] == ["T3 2026", "45", "0,0", "66,7"]
    hours = read_csv(
        client.get("/rapports/participation/chemin.csv", {"tableau": "heures"}).content
    )
    assert len([row for row in hours if row[:1] == ["lundi"]]) == len(SLOTS)
    book = load_workbook(io.BytesIO(client.get("/rapports/participation/chemin.xlsx").content))
    assert book.sheetnames == ["Étapes", "Cohortes", "Heures", "Définitions"]
    cells = {row[0]: row for row in book["Étapes"].iter_rows(min_row=2, values_only=True)}
    assert cells["Chaudière-Appalaches"][3] == 30
    assert cells["Ensemble du Québec"][3] == 60
    assert [entry.target for entry in Entry.objects.all()] == ["chemin 2026-T3"] * 4


def test_the_command_gives_the_figures_of_the_page(client, coordinator, world, tmp_path):
    def run(**options):
        output = tmp_path / "chemin"
        call_command(
            "participation_report", report="chemin", start=T3.starts_on, end=T3.ends_on,
            output=output, **options,
        )  # fmt: skip
        return output.read_bytes()

    found = json.loads(run(format="json", by="region"))
    rows = {row["region"]: row for row in found["rows"]}
    assert (rows["01"]["enrolled"], rows["12"]["completed"]) == (None, 30)
    assert found["totals"]["enrolled"] == 60
    assert [each["period"] for each in found["curves"]] == ["2026-T1", "2026-T2", "2026-T3"]
    assert len(found["hours"]) == 7 * len(SLOTS)
    for table in ("etapes", "cohortes", "heures"):
        page = client.get("/rapports/participation/chemin.csv", {"tableau": table}).content
        assert run(format="csv", table=table, by="region") == page
    assert run(format="xlsx").startswith(b"PK")
    with pytest.raises(CommandError, match="trimestre"):
        call_command("participation_report", "--report", "chemin", "--from", "2026-07-01",
                     "--to", "2026-07-31")  # fmt: skip
