"""The page, its files and the command: same figures, same hidden cells, and who may open them."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.core.spreadsheets import safe
from atn_platform.reports import exports, periods
from atn_platform.reports.enums import Audience, Breakdown
from atn_platform.reports.figures import participation as figures
from municipalities.models import RegistryImport
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/rapports/participation/"
T3 = {"periode": "2026-T3", "par": "region"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: date(2026, 11, 24))


@pytest.fixture
def coordinator(client):
    return signed_in(client, Role.UMQ_COORDINATOR)


def signed_in(client, role):
    user = UserFactory(role=role)
    client.force_login(user)
    return user


@pytest.fixture
def world(places, take_part):
    """Region 01 is small, 05 goes with it, 12 is shown."""
    take_part(places("01")[0], people=3)
    take_part(places("05")[0], people=12)
    take_part(places("12")[0], people=30)


@pytest.mark.parametrize("role", [None, Role.INSTRUCTOR, Role.COACH])
def test_others_are_refused(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(PAGE).status_code == 403
    assert client.get("/rapports/participation.csv").status_code == 403
    assert Entry.objects.count() == 0


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_the_coordination_reads_figures_sentences_and_definitions(client, coordinator, world):
    page = client.get(PAGE)
    assertContains(page, "T3 2026")
    assertContains(page, "Plus de deux municipalités sur trois")
    assertContains(page, "Date de référence\xa0: 30\xa0septembre\xa02026")
    assertContains(page, "Répertoire des municipalités du Québec")
    assertContains(page, "CC BY 4.0")
    cells = re.findall(
        r'id="region-(\d\d)">.*?<td[^>]*>\s*(.*?)\s*</td>', page.content.decode(), re.DOTALL
    )
    shown = {key: re.sub("<[^>]*>", "", text).strip() for key, text in cells}
    assert shown["01"] == shown["05"] == "masqué"
    assert (shown["12"], shown["02"]) == ("30", "0")


def test_atn_reads_every_count(client, world):
    signed_in(client, Role.ADMINISTRATOR)
    page = client.get(PAGE, T3)
    assertNotContains(page, "masqué")
    assertContains(client.get(PAGE, {"periode": "2026-08"}), "août 2026 ·")


def test_no_name_of_a_person_or_municipality_is_on_the_page(
    client, coordinator, places, take_part
):
    (enrollment,) = take_part(places("01", name="Zzyzx-sur-Mer")[0])
    page = client.get(PAGE, T3)
    assertNotContains(page, "Zzyzx")
    assertNotContains(page, enrollment.learner.last_name)


@pytest.mark.parametrize("by", Breakdown.values)
def test_each_breakdown_has_its_table(client, coordinator, world, by):
    page = client.get(PAGE, {"periode": "2026", "par": by})
    assertContains(page, f'id="{by}-', count={"region": 17, "stratum": 4, "public": 3}[by])
    assertContains(page, "en cours")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"periode": "1812"}, "Choisissez une période de la liste."),
        ({"periode": "2026-T3", "par": "municipalite"}, "Choisissez région, taille ou public."),
        ({"periode": "2026-07-03_2026-07-05"}, "Choisissez une période de la liste."),
        ({"periode": "2026-10"}, "Choisissez une période de la liste."),
    ],
)
def test_a_wrong_choice_is_said_at_its_field(client, coordinator, typed, said):
    page = client.get(PAGE, typed)
    assertContains(page, said, count=2)
    assertContains(page, "T3 2026")
    assert client.get("/rapports/participation.csv", typed).status_code == 404


@pytest.mark.parametrize("regions", [1, 3])
def test_the_page_takes_the_same_queries_whatever_it_counts(
    client, coordinator, places, take_part, django_assert_num_queries, regions
):
    for region in ("01", "05", "12")[:regions]:
        take_part(places(region)[0], people=6)
    client.get(PAGE)
    # Session, person, the tables as they were published, the registry's day; what stands beside them lasts five minutes.
    with django_assert_num_queries(4):
        client.get(PAGE)


def test_tables_of_atn_are_of_now_and_what_stands_beside_them_lasts_five_minutes(
    client, places, take_part
):
    signed_in(client, Role.ADMINISTRATOR)
    place = places("12")[0]
    for people in (6, 7):
        take_part(place, people=people)
        page = client.get(PAGE)
    assertContains(page, "inscriptions commencées\xa0: 6;")
    assertContains(page, "<dd>13\n")
    caches["process"].clear()
    assertContains(client.get(PAGE), "inscriptions commencées\xa0: 13;")


@pytest.mark.parametrize("regions", [1, 3])
def test_a_file_takes_the_same_queries_whatever_it_counts(
    client, coordinator, places, take_part, django_assert_num_queries, regions
):
    for region in ("01", "05", "12")[:regions]:
        take_part(places(region)[0], people=6)
    client.get("/rapports/participation.csv", T3)
    # Session, person, the tables as they were published, the registry's day, the journal.
    with django_assert_num_queries(5):
        client.get("/rapports/participation.csv", T3)


def test_the_csv_opens_in_excel_and_hides_the_same_cells(client, coordinator, world):
    answer = client.get("/rapports/participation.csv", T3)
    assert answer.streaming
    content = b"".join(answer).decode()
    assert content.startswith("\ufeff")
    assert "\r\n" in content
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="participation-2026-t3-par-region.csv"'
    )
    head, *rows = list(csv.reader(io.StringIO(content.lstrip("\ufeff")), delimiter=";"))[:19]
    assert head[:2] == ["Région", "Personnes participantes"]
    by_name = {row[0]: row for row in rows}
    assert by_name["Bas-Saint-Laurent"][1] == by_name["Estrie"][1] == "masqué"
    assert by_name["Chaudière-Appalaches"][1:4] == ["30", "1", "1"]
    assert by_name["Ensemble du Québec"][1:5] == ["45", "3", "3", "–"]
    assert "Date de référence;2026-09-30" in content


def test_shares_have_a_decimal_comma(places, take_part):
    for place in places("01", 12)[:5]:
        take_part(place, people=2)
    report = figures.build(
        periods.parse("2026-T3"), audience=Audience.UMQ, today=date(2026, 11, 24)
    )
    line = next(each for each in exports.as_csv(report, Breakdown.REGION) if "Bas-Saint" in each)
    assert line.split(";")[4] == "41,7"


def test_the_workbook_has_typed_cells_and_definitions(client, coordinator, world):
    answer = client.get("/rapports/participation.xlsx", T3)
    book = load_workbook(io.BytesIO(answer.content))
    table, notes = book.worksheets
    cells = {row[0]: row for row in table.iter_rows(min_row=2, values_only=True)}
    assert cells["Chaudière-Appalaches"][1] == 30
    assert cells["Bas-Saint-Laurent"][1] == "masqué"
    assert cells["Ensemble du Québec"][1:4] == (45, 3, 3)
    assert notes.title == "Définitions"
    assert any("soustraction" in str(row[1]) for row in notes.iter_rows(values_only=True))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_taken_for_a_formula(cell):
    assert safe(cell) == f"'{cell}"
    assert safe("Amos") == "Amos"


def test_taking_a_file_is_written_in_the_journal(client, coordinator, world):
    list(client.get("/rapports/participation.csv", {"periode": "2026", "par": "public"}))
    entry = Entry.objects.get()
    assert (entry.actor, entry.verb, entry.target) == (
        coordinator, "report.exported", "participation 2026"
    )  # fmt: skip
    assert entry.details == {
        "by": "public", "format": "csv", "audience": "umq", "scope": "origine"
    }  # fmt: skip


def command(tmp_path, *options, **named):
    output = tmp_path / "rapport"
    call_command(
        "participation_report", *options, start=date(2026, 7, 1), end=date(2026, 9, 30),
        output=output, **named,
    )  # fmt: skip
    return output.read_bytes()


def test_the_command_gives_the_figures_of_the_page(tmp_path, world):
    report = json.loads(command(tmp_path, by="region", audience="umq", format="json"))
    rows = {row["region"]: row for row in report["rows"]}
    assert len(rows) == 17
    assert (rows["01"]["people"], rows["01"]["municipalities"]) == (None, 1)
    assert (rows["05"]["people"], rows["12"]["people"], rows["02"]["people"]) == (None, 30, 0)
    assert report["totals"]["people"] == 45
    assert report["totals"]["municipalities"] == 3
    assert report["reference_date"] == "2026-09-30"
    assert {"people", "municipalities", "masking"} <= set(report["definitions"])
    full = json.loads(command(tmp_path, by="region", audience="atn", format="json"))
    assert {row["region"]: row["people"] for row in full["rows"]}["01"] == 3
    assert Entry.objects.filter(actor=None).count() == 2


def test_the_command_writes_the_same_csv_as_the_page(client, coordinator, tmp_path, world):
    page = b"".join(client.get("/rapports/participation.csv", {**T3, "par": "stratum"}))
    assert command(tmp_path, by="stratum", audience="umq", format="csv") == page


def test_the_command_writes_to_the_screen_too(capfdbinary, world):
    call_command(
        "participation_report", start=date(2026, 7, 1), end=date(2026, 9, 30), format="xlsx"
    )
    assert capfdbinary.readouterr().out.startswith(b"PK")


@pytest.mark.parametrize("report", ["participation", "chemin"])
def test_the_command_without_days_takes_the_quarter_of_the_page(tmp_path, world, report):
    output = tmp_path / "sans-jours"
    call_command("participation_report", report=report, output=output)
    assert output.read_bytes() == command(tmp_path, report=report)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--from", "2026-07-01"], "ou aucun"),
        (["--from", "2026-07-01", "--to", "2026-09-29"], "un trimestre ou une année"),
        (["--from", "2026-09-30", "--to", "2026-07-01"], "avant son début"),
        (["--from", "hier", "--to", "2026-07-01"], "AAAA-MM-JJ"),
        (["--from", "2026-07-01", "--to", "2026-09-30", "--output", "/nulle/part"], "Impossible"),
    ],
)
def test_the_command_refuses_in_one_sentence(options, said):
    with pytest.raises(CommandError, match=said):
        call_command("participation_report", *options)


def test_the_list_of_reference_is_dated(client, coordinator):
    RegistryImport.objects.create(
        reference_date=date(2026, 3, 3), sha256="0" * 64, imported_at=NOON, counts={}
    )
    assertContains(client.get(PAGE), "liste du 3\xa0mars\xa02026")


def test_the_way_in_is_shown_to_those_who_may_enter(client, coordinator):
    assertContains(client.get("/aide/"), reverse("reports:participation"))
    client.force_login(UserFactory())
    assertNotContains(client.get("/aide/"), reverse("reports:participation"))
    client.logout()
    assertNotContains(client.get("/aide/"), reverse("reports:participation"))
