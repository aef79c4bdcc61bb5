"""The mergers of 2025 and 2026 around Hébertville and La Pocatière, and a renaming.

The rows are those of the ministry's list at two dates (MAMH, CC BY 4.0), the columns we read and
no name of a person; with the published files at hand, the whole lists are read too.
"""

import io
import json
from datetime import UTC, date, datetime, time
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from atn_platform.reports import exports, periods
from atn_platform.reports.enums import Audience, Breakdown, Scope
from atn_platform.reports.figures import participation as figures
from certificates.actions import issue
from enrollments.actions import enroll
from enrollments.actions.ledger import NewEvent, record
from enrollments.enums import Verb
from enrollments.models import Enrollment
from enrollments.queries.team import team
from municipalities.actions import claims, invitations, joining
from municipalities.actions.claims import Claimant
from municipalities.actions.invitations import Guest, Welcome
from municipalities.actions.joining import Reader
from municipalities.actions.registry import import_registry
from municipalities.actions.territory import Merger, name_successor
from municipalities.enums import Public
from municipalities.models import Mandate, Organisation
from municipalities.queries.elections import usual_end
from municipalities.registry import parse
from tests.factories import MandateFactory, ResponsibilityFactory, UserFactory, VersionFactory
from tests.municipalities.files import content, published, row

pytestmark = pytest.mark.django_db
FIRST, SECOND = date(2025, 6, 29), date(2026, 3, 3)
T3_2025, T2_2026 = periods.parse("2025-T3"), periods.parse("2026-T2")
TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NAMED = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
LAC, KAMOURASKA = "MRC Lac-Saint-Jean-Est (930)", "MRC Kamouraska (140)"
SAGUENAY, BAS = "Saguenay--Lac-Saint-Jean (02)", "Bas-Saint-Laurent (01)"
MITIS = "MRC La Mitis (090)"
# The next vote, as the second list foresees it; Hébertville's first council is elected apart.
VOTES = {"93022": "2027-11-07"}
# code, name, designation, region, MRC, population, seats filled, seats vacant
BEFORE = [
    ("93020", "Hébertville", "05", SAGUENAY, LAC, 2536, 7, 0),
    ("93025", "Hébertville-Station", "06", SAGUENAY, LAC, 1282, 6, 1),
    ("93030", "Saint-Bruno", "05", SAGUENAY, LAC, 2936, 6, 1),
    ("14085", "La Pocatière", "10", BAS, KAMOURASKA, 4206, 7, 0),
    ("14080", "Saint-Onésime-d'Ixworth", "05", BAS, KAMOURASKA, 522, 6, 1),
    ("14090", "Sainte-Anne-de-la-Pocatière", "04", BAS, KAMOURASKA, 1673, 6, 1),
    ("14010", "Saint-Bruno-de-Kamouraska", "05", BAS, KAMOURASKA, 511, 7, 0),
    ("09020", "Sainte-Jeanne-d'Arc", "04", BAS, MITIS, 217, 5, 2),
]
AFTER = [
    ("93022", "Hébertville", "05", SAGUENAY, LAC, 6815, 0, 10),
    ("14082", "La Pocatière", "10", BAS, KAMOURASKA, 6344, 7, 0),
    ("14010", "Saint-Bruno-de-Kamouraska", "05", BAS, KAMOURASKA, 510, 7, 0),
    ("09020", "Sainte-Jeanne-d'Arc-de-la-Mitis", "05", BAS, MITIS, 231, 7, 0),
]
HEIRS = {
    "93022": (("93020", "93025", "93030"), date(2026, 1, 1)),
    "14082": (("14080", "14085", "14090"), date(2025, 9, 3)),
}


def small_file(rows) -> bytes:
    columns = ("mcode", "munnom", "mcodedesi", "regadm", "mrc", "mpopul")
    seats = ("maire", *(f"con{n}" for n in range(1, 10)))
    lines = []
    for *facts, filled, vacant in rows:
        held = ["(nom retiré)"] * filled + ["Poste Vacant"] * vacant
        cells = dict(zip(columns, map(str, facts), strict=True))
        cells |= dict(zip(seats, held + [""] * (10 - len(held)), strict=True))
        cells["datelec"] = VOTES.get(cells["mcode"], "2029-11-04")
        lines.append(row() | cells)
    names = [name for name in lines[0] if name not in seats]
    return content(*lines, columns=(*names, *seats))


def read(file: bytes, on: date) -> None:
    at = datetime.combine(on, time(15), UTC)
    import_registry(
        snapshot=parse(file), sha256=sha256(file).hexdigest(), on=on, at=at, force=True
    )


@pytest.fixture(
    params=["small", pytest.param("published", marks=pytest.mark.registry)], name="files"
)
def _files(request) -> tuple[bytes, bytes]:
    if request.param == "small":
        return small_file(BEFORE), small_file(AFTER)
    return tuple(published(f"MUN_{day}.csv").read_bytes() for day in (FIRST, SECOND))


def place(code) -> Organisation:
    return Organisation.objects.get(code=code)


def finish(enrollment, rank, at) -> None:
    lesson = enrollment.version.document["modules"][0]["lessons"][rank]["uuid"]
    event = NewEvent(uuid=uuid4(), verb=Verb.COMPLETED, lesson=UUID(lesson), happened_at=at)
    record(enrollment_id=enrollment.pk, event=event, at=at)


@pytest.fixture
def world(files):
    """Three people of each place took part in the summer of 2025; one of them, elected, is done."""
    read(files[0], FIRST)
    course = VersionFactory().course
    summer = datetime(2025, 8, 20, 15, 0, tzinfo=UTC)
    for code in ("93020", "93025", "93030", "14085", "14080", "14090", "09020"):
        ResponsibilityFactory(organisation=place(code), starts_on=FIRST)
        for public in Public.values:
            mandate = MandateFactory(
                organisation=place(code), public=public, starts_on=FIRST,
                ends_on=date(2025, 11, 2) if public == Public.ELECTED else None,
            )  # fmt: skip
            joined = enroll(learner=mandate.user, course=course, mandate=mandate, at=summer)
            finish(joined, 0, summer)
            if public == Public.ELECTED:
                finish(joined, 1, summer)
    return course


def report(period, scope=Scope.ORIGIN, audience=Audience.ATN):
    return figures.build(period, audience=audience, today=TODAY, scope=scope)


def old_reports() -> list[str]:
    """Every figure of 2025, as every reader had it."""
    return [
        exports.as_json(report(period, audience=audience), by)
        for period in (T3_2025, periods.parse("2025"), periods.parse("2025-09"))
        for audience in Audience
        for by in Breakdown
        if audience == Audience.ATN or period.kind in periods.SHARED_KINDS
    ] + [str(report(T3_2025).states)]


def merge() -> None:
    by = UserFactory()
    for heir, (codes, on) in HEIRS.items():
        for code in codes:
            name_successor(merger=Merger(place(code).pk, place(heir).pk, on), by=by, at=NAMED)


def test_b75_old_reports_do_not_change_by_a_reading_a_merger_or_a_renaming(world, files):
    # A server at work knows its tables; in a test it has had no time to look at them.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    before = old_reports()
    read(files[1], SECOND)
    assert old_reports() == before
    merge()
    assert old_reports() == before
    total = report(T3_2025).total
    assert (total.people, total.municipalities, total.covered) == (21, 7, 7)


def test_b75_by_the_scope_of_today_the_past_counts_for_the_municipalities_of_now(world, files):
    whole = report(T3_2025).total
    read(files[1], SECOND)
    merge()
    origin, today = report(T3_2025), report(T3_2025, Scope.TODAY)
    assert today.total.people == origin.total.people == whole.people == 21
    assert (origin.total.municipalities, today.total.municipalities) == (7, 3)
    assert today.total.reference == len(parse(files[1]).municipalities)
    assert origin.total.reference == len(parse(files[0]).municipalities)
    assert (origin.reference_date, today.reference_date) == (date(2025, 9, 30), TODAY)
    # Hébertville sits nobody for now: its three elected people are on no seat.
    assert (origin.total.covered, today.total.covered) == (7, 4)
    strata = {
        scope: {each.key: each.people for each in found.tables[Breakdown.STRATUM] if each.people}
        for scope, found in ((Scope.ORIGIN, origin), (Scope.TODAY, today))
    }
    assert strata == {
        Scope.ORIGIN: {"1": 3, "2": 3, "3": 6, "4": 9},
        Scope.TODAY: {"1": 3, "5": 18},
    }


def test_b75_people_courses_and_proofs_follow_and_count_there_from_then_on(world, files):
    done = Enrollment.objects.get(
        mandate__organisation__code="93025", mandate__public=Public.ELECTED
    )
    proof = issue(enrollment_id=done.pk, at=AT)
    clerk = Enrollment.objects.get(
        mandate__organisation__code="93025", mandate__public=Public.STAFF
    )
    read(files[1], SECOND)
    merge()
    heir = place("93022")
    seen = {each.user: each for each in team(heir, on=TODAY)}
    # Three managers and three of the staff; the elected mandates were over before the merger.
    assert len(seen) == 6
    assert seen[clerk.learner].courses == 1
    assert seen[clerk.learner].starts_on == date(2026, 1, 1)
    finish(clerk, 1, datetime(2026, 5, 5, 15, 0, tzinfo=UTC))
    later = report(T2_2026)
    assert (later.total.people, later.total.municipalities) == (1, 1)
    assert [r.people for r in later.tables[Breakdown.STRATUM] if r.people] == [1]
    assert later.tables[Breakdown.STRATUM][4].people == 1  # 6,815 inhabitants
    clerk.refresh_from_db()
    # What is printed says where the person is on the day the course is finished; and stays.
    assert issue(enrollment_id=clerk.pk, at=AT).facts["organisation"] == heir.official_name
    proof.refresh_from_db()
    assert "Hébertville-Station" in proof.facts["organisation"]


def test_b75_only_the_responsables_chosen_answer_for_the_successor(client, world, files):
    """Persona 11: two forms, and a merger of three is done."""
    read(files[1], SECOND)
    administrator = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(administrator)
    address = reverse("admin:municipalities_organisation_changelist")
    codes, on = HEIRS["14082"]
    old = {code: place(code) for code in codes}
    kept = old["14085"].responsibilities.get()
    ticked = {"action": "name_successor", "_selected_action": [each.pk for each in old.values()]}
    assertContains(client.post(address, ticked), "Personnes responsables à reconduire")
    answer = client.post(
        address,
        ticked
        | {"apply": "1", "successor": "14082", "on": on.isoformat(), "regranted": [kept.pk]},
        follow=True,
    )
    assertContains(answer, "succède à", count=3)
    heir = place("14082")
    (granted,) = heir.responsibilities.all()
    assert (granted.user, granted.starts_on, granted.granted_by) == (kept.user, on, administrator)
    for each in old.values():
        assert not each.responsibilities.in_force(on=TODAY).exists()
    client.force_login(kept.user)
    assert client.get(reverse("enrollments:team", args=[heir.handle])).status_code == 200


def test_b77_a_place_renamed_is_the_same_and_its_old_name_is_found(world, files):
    old = place("09020")
    read(files[1], SECOND)
    merge()
    new = place("09020")
    assert (new.pk, new.name) == (old.pk, "Sainte-Jeanne-d’Arc-de-la-Mitis")
    found = Organisation.objects.active().matching("ste jeanne d'arc")
    assert new in found
    # The name of a merged municipality leads to the one of today.
    assert list(Organisation.objects.active().matching("hebertville station")) == [place("93022")]
    assert list(Organisation.objects.active().matching("saint onesime")) == [place("14082")]


def test_a_renamed_place_is_found_by_a_name_that_the_new_one_does_not_hold():
    read(content(row("09020", "Ristigouche-Partie-Sud-Est"), columns=tuple(row())), FIRST)
    read(content(row("09020", "Ristigouche-Sud-Est"), columns=tuple(row())), SECOND)
    assert [each.code for each in Organisation.objects.matching("partie sud est")] == ["09020"]


@pytest.mark.parametrize("audience", Audience)
def test_page_files_and_command_give_both_scopes(client, monkeypatch, tmp_path, audience):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: TODAY)
    read(small_file(BEFORE), FIRST)
    for code in ("93020", "93025", "93030"):
        lesson_done(code)
    read(small_file(AFTER), SECOND)
    merge()
    role = Role.ADMINISTRATOR if audience == Audience.ATN else Role.UMQ_COORDINATOR
    client.force_login(UserFactory(role=role))
    asked = {"periode": "2026", "par": "region", "perimetre": "jour"}
    page = client.get("/rapports/participation/", asked)
    assertContains(page, "périmètre du jour")
    assertContains(page, "perimetre=jour")
    assertContains(page, "Date de référence\xa0: 24\xa0novembre\xa02026, aujourd’hui.")
    files = {}
    for scope in Scope:
        answer = client.get("/rapports/participation.csv", asked | {"perimetre": scope})
        files[scope] = b"".join(answer)
        workbook = client.get("/rapports/participation.xlsx", asked | {"perimetre": scope})
        assert workbook.content[:2] == b"PK"
        name = answer.headers["Content-Disposition"]
        assert ("perimetre-du-jour" in name) == (scope == Scope.TODAY)
        output = tmp_path / scope
        call_command(
            "participation_report", "--scope", scope, "--by", "region", "--as", audience,
            "--format", "csv", start=date(2026, 1, 1), end=date(2026, 12, 31), output=output,
            stderr=io.StringIO(),
        )  # fmt: skip
        assert output.read_bytes() == files[scope]
        call_command(
            "participation_report", "--scope", scope, "--by", "region", "--as", audience,
            start=date(2026, 1, 1), end=date(2026, 12, 31), output=output, stderr=io.StringIO(),
        )  # fmt: skip
        assert json.loads(output.read_text())["scope"] == scope
    assert files[Scope.ORIGIN] != files[Scope.TODAY]
    assert "Périmètre du jour" in files[Scope.TODAY].decode()
    wrong = client.get("/rapports/participation/", asked | {"perimetre": "hier"})
    assertContains(wrong, "Choisissez le périmètre")
    assert client.get("/rapports/participation.csv", asked | {"perimetre": "x"}).status_code == 404


def lesson_done(code) -> None:
    """Six people of that place finish a lesson in February 2026, before anyone names a heir."""
    at = datetime(2026, 2, 10, 15, 0, tzinfo=UTC)
    course = VersionFactory().course
    for _ in range(6):
        mandate = MandateFactory(organisation=place(code), starts_on=FIRST)
        finish(enroll(learner=mandate.user, course=course, mandate=mandate, at=at), 0, at)


def test_umq_cannot_count_the_few_who_moved_by_reading_both_scopes():
    """Three people of Saint-Onésime, then of La Pocatière: neither their old row nor the new."""
    read(small_file(BEFORE), FIRST)
    course = VersionFactory().course
    at = datetime(2025, 8, 20, 15, 0, tzinfo=UTC)
    for code, people in (("14080", 3), ("93025", 9), ("14085", 12), ("93020", 12), ("14010", 9)):
        for _ in range(people):
            mandate = MandateFactory(organisation=place(code), starts_on=FIRST)
            finish(enroll(learner=mandate.user, course=course, mandate=mandate, at=at), 0, at)
    read(small_file(AFTER), SECOND)
    by = UserFactory()
    name_successor(
        merger=Merger(place("14080").pk, place("14082").pk, date(2025, 9, 3)), by=by, at=NAMED
    )
    groups = {
        scope: [row.people for row in report(T3_2025, scope, Audience.UMQ).tables[figures.GROUP]]
        for scope in Scope
    }
    true = {
        scope: [row.people for row in report(T3_2025, scope).tables[figures.GROUP]]
        for scope in Scope
    }
    assert true == {Scope.ORIGIN: [21, 24, 0, 0], Scope.TODAY: [18, 27, 0, 0]}
    assert groups == {Scope.ORIGIN: [21, 24, 0, 0], Scope.TODAY: [None, None, 0, 0]}


def test_an_heir_of_an_heir_is_followed():
    read(small_file(BEFORE), FIRST)
    course = VersionFactory().course
    at = datetime(2025, 8, 20, 15, 0, tzinfo=UTC)
    mandate = MandateFactory(organisation=place("14080"), starts_on=FIRST)
    finish(enroll(learner=mandate.user, course=course, mandate=mandate, at=at), 0, at)
    read(small_file(AFTER), SECOND)
    merge()
    last = [each for each in AFTER if each[0] != "14082"]
    third = ("14083", "Kamouraska-Ouest", "10", BAS, KAMOURASKA, 12_000, 7, 0)
    read(small_file([*last, third]), date(2026, 9, 1))
    name_successor(
        merger=Merger(place("14082").pk, place("14083").pk, date(2026, 9, 1)),
        by=UserFactory(),
        at=AT,
    )
    shown = report(T3_2025, Scope.TODAY).tables[Breakdown.STRATUM]
    assert [each.people for each in shown if each.people] == [1]
    assert shown[5].people == 1
    assert Mandate.objects.filter(user=mandate.user, ends_on=None).get().thread == mandate.thread


@pytest.mark.parametrize(
    ("public", "until"),
    [(Public.STAFF, date(2029, 11, 4)), (Public.ELECTED, date(2027, 11, 7))],
)
def test_a_dated_mandate_follows_until_the_vote_and_an_ended_one_stays(public, until):
    """Hébertville elects its first council in 2027: those of before sit until that day."""
    read(small_file(BEFORE), FIRST)
    going = MandateFactory(
        organisation=place("93025"), public=public, starts_on=FIRST, ends_on=date(2029, 11, 4)
    )
    gone = MandateFactory(organisation=place("93025"), starts_on=FIRST, ends_on=date(2025, 12, 31))
    read(small_file(AFTER), SECOND)
    merge()
    (new,) = place("93022").mandates.all()
    assert (new.user, new.starts_on, new.ends_on) == (going.user, date(2026, 1, 1), until)
    assert not gone.changes.exists()


def test_b84_letters_on_their_way_lead_to_the_successor():
    read(small_file(BEFORE), FIRST)
    old = place("93025")
    sender = ResponsibilityFactory(organisation=old, starts_on=FIRST)
    one, other = invitations.invite(
        organisation=old, guests=[Guest("eve@exemple.quebec"), Guest("luc@exemple.quebec")],
        by=sender.user, at=NAMED,
    )  # fmt: skip
    link = invitations.token_for(one)
    read(small_file(AFTER), SECOND)
    heir = place("93022")
    invitations.invite(
        organisation=heir, guests=[Guest("luc@exemple.quebec")], by=sender.user, at=NAMED
    )
    merge()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.organisation, one.token_hash) == (heir, invitations.token_hash(link))
    assert other.cancelled_at is not None
    user = invitations.accept_invitation(
        invitation_id=one.pk, welcome=Welcome(Public.STAFF, "", "Ève", "Roy"), signed_in=None,
        at=NAMED,
    )  # fmt: skip
    assert user.mandates.get().organisation == heir


@pytest.mark.parametrize("heir_has_one", [False, True])
def test_b84_requests_and_posters_of_a_merged_municipality_are_the_successor_s(heir_has_one):
    """Nobody answers for a place that is no more: what is asked of it would wait for ever."""
    read(small_file(BEFORE), FIRST)
    old, by = place("93025"), UserFactory()
    poster = joining.put_up(organisation=old, by=by, at=NAMED)
    reader = Reader("Luc", "Roy", Public.STAFF)
    asked = joining.ask(code=poster.code, reader=reader, at=NAMED)
    claim = claims.ask_people(
        organisation=old, claimant=Claimant("Ève", "Roy", "eve@exemple.quebec"), at=NAMED
    )
    read(small_file(AFTER), SECOND)
    heir = place("93022")
    if heir_has_one:
        joining.put_up(organisation=heir, by=by, at=NAMED)
    merge()
    claim.refresh_from_db()
    poster.refresh_from_db()
    assert (claim.organisation, poster.closed_at is None) == (heir, not heir_has_one)
    assert heir.posters.filter(closed_at=None).count() == 1
    said = {"organisation": heir, "request_ids": [asked.pk], "accepts": True}
    assert joining.decide(**said, by=by, at=NAMED) == 1
    assert str(heir.mandates.get().user) == "Luc Roy"


def test_the_council_of_a_merged_municipality_ends_on_its_own_election_day(files):
    """Hébertville votes in 2027, La Pocatière with everyone else; a second reading is idle."""
    read(files[1], SECOND)
    stamps = list(Organisation.objects.order_by("pk").values_list("pk", "updated_at"))
    read(files[1], SECOND)
    assert list(Organisation.objects.order_by("pk").values_list("pk", "updated_at")) == stamps
    ends = {
        code: usual_end(place(code), Public.ELECTED, date(2026, 3, 10))
        for code in ("93022", "14082")
    }
    assert ends == {"93022": date(2027, 11, 7), "14082": date(2029, 11, 4)}
    assert usual_end(place("93022"), Public.ELECTED, date(2027, 11, 7)) == date(2029, 11, 4)
    assert usual_end(place("93022"), Public.STAFF, date(2026, 3, 10)) is None
