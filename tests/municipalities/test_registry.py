"""The official list: real files where they are at hand, small ones made here for every rule."""

import csv
import io
import json
import os
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from municipalities.enums import Change
from municipalities.models import Organisation, Region, RegistryImport, TerritorialEvent
from municipalities.registry import RegistryError, display_name, official_name, parse

pytestmark = pytest.mark.django_db

FOLDER = Path(
    os.environ.get("ATN_REGISTRY_DIR", Path(settings.BASE_DIR).parent / "shared" / "data")
)
OLDER, NEWER = FOLDER / "MUN_2025-06-29.csv", FOLDER / "MUN_2026-03-03.csv"
real = pytest.mark.skipif(
    not NEWER.exists(), reason="the published registry files are not here (ATN_REGISTRY_DIR)"
)

COLUMNS = ["mcode", "munnom", "mcodedesi", "regadm", "mrc", "mpopul", "maire", "con1", "con2", "mcourriel"]  # fmt: skip
ABERCORN = ["46005", "Abercorn", "06", "Estrie (05)", "MRC Brome-Missisquoi (460)", "368",
            "Quelqu'un", "Poste Vacant", "Autre", "info@abercorn.example"]  # fmt: skip
AMOS = ["88057", "Amos", "10", "Abitibi-Témiscamingue (08)", "MRC Abitibi (880)", "13 000",
        "Quelqu'un", "A", "B", ""]  # fmt: skip


def text(*rows, columns=COLUMNS):
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([columns, *rows])
    return out.getvalue()


@pytest.fixture
def load(tmp_path):
    def run(content, *arguments, **options):
        path = tmp_path / "MUN.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        call_command(
            "import_registry", str(path), *arguments, json=True, stdout=out, stderr=StringIO(),
            **{"on": date(2026, 3, 3), **options},
        )  # fmt: skip
        return json.loads(out.getvalue())

    return run


def figures(report):
    names = [
        "in_scope",
        "mrcs",
        "regions",
        "created",
        "changed",
        "unchanged",
        "vanished",
        "renamed",
    ]
    return tuple(report[name] for name in names)


def read(path):
    out = StringIO()
    call_command("import_registry", str(path), json=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


@real
@pytest.mark.registry
def test_the_real_list_gives_the_known_figures_and_a_second_run_changes_nothing():
    report = read(NEWER)
    assert figures(report) == (1123, 87, 17, 1123, 0, 0, 0, 0)
    assert (report["seats_filled"], report["seats_vacant"]) == (8010, 61)
    places = Organisation.objects.municipalities()
    strata = Counter(places.values_list("stratum", flat=True))
    assert [strata[n] for n in range(1, 10)] == [207, 252, 256, 209, 86, 65, 24, 13, 11]
    assert places.filter(mrc__isnull=True).count() == 68
    zones = Counter(places.values_list("time_zone", flat=True))
    assert zones == {"America/Toronto": 1116, "America/Halifax": 2, "America/Blanc-Sablon": 5}
    before = list(Organisation.objects.order_by("pk").values())
    assert figures(read(NEWER)) == (1123, 87, 17, 0, 0, 1123, 0, 0)
    assert list(Organisation.objects.order_by("pk").values()) == before


@real
@pytest.mark.registry
def test_between_two_real_dates_the_mergers_and_the_renaming_are_told():
    read(OLDER)
    report = read(NEWER)
    assert (report["created"], report["vanished"], report["renamed"]) == (2, 6, 1)
    assert {row["code"] for row in report["lists"]["created"]} == {"93022", "14082"}
    assert report["lists"]["renamed"][0]["code"] == "09020"
    gone = Organisation.objects.filter(inactive_on="2026-03-03")
    assert gone.count() == 6
    assert not gone.filter(successor__isnull=False).exists()
    assert any("population" in row["fields"] for row in report["lists"]["changed"])


@real
@pytest.mark.registry
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("st elzear", "Saint-Elzéar"),
        ("ile perrot", "L’Île-Perrot"),
        ("ha ha", "Saint-Louis-du-Ha! Ha!"),
        ("STE-ANNE", "Sainte-Anne-de-Bellevue"),
        ("beloeil", "Belœil"),
    ],
)
def test_what_people_type_finds_their_municipality(typed, name):
    read(NEWER)
    assert name in Organisation.objects.matching(typed).values_list("name", flat=True)


def test_only_what_a_municipality_is_stays_and_no_name_of_a_person(load):
    report = load(
        text(ABERCORN, AMOS, ["99999", "Terre", "25", "Estrie (05)", "", "5", "", "", "", ""])
    )
    assert figures(report) == (2, 2, 2, 2, 0, 0, 0, 0)
    place = Organisation.objects.get(code="46005")
    assert (place.population, place.seats_filled, place.seats_vacant) == (368, 2, 1)
    assert (place.official_name, place.mrc.name) == (
        "Municipalité du village d’Abercorn", "MRC de Brome-Missisquoi",
    )  # fmt: skip
    assert Organisation.objects.get(code="88057").population == 13000
    stored = json.dumps(list(Organisation.objects.values()), default=str)
    assert "Quelqu'un" not in stored


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_bom_the_order_and_extra_columns_do_not_matter(load, start):
    columns = ["nouveau", *reversed(COLUMNS)]
    content = text(["x", *reversed(ABERCORN)], columns=columns).encode()
    assert load(start + content)["created"] == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (text(ABERCORN[1:], columns=COLUMNS[1:]), "colonnes « mcode »"),
        (text(ABERCORN).encode()[:-40], "Ligne 2"),
        (
            text(ABERCORN).encode("latin-1") + "é".encode("latin-1"),
            "Ligne 3 : le fichier n’est pas en UTF-8",
        ),
        (b"\xef\xbb\xbf" + text(ABERCORN).encode() + b"\xe9", "Ligne 3 : le fichier n’est pas"),
        (text(ABERCORN, ABERCORN), "Ligne 3 : le code 46005 est déjà à la ligne 2"),
        (text([*ABERCORN[:5], "beaucoup", *ABERCORN[6:]]), "Ligne 2 : la population"),
        (text([*ABERCORN[:3], "Ailleurs (99)", *ABERCORN[4:]]), "Ligne 2 : région inconnue"),
        (text(["4605", *ABERCORN[1:]]), "n’a pas cinq chiffres"),
        (text(), "ne contient aucune municipalité"),
        (b"", "Le fichier est vide"),
        (text(ABERCORN).encode() + b"\x00", "octet nul"),
    ],
)
def test_a_bad_file_changes_nothing_and_says_where(load, content, words):
    with pytest.raises(CommandError) as refused:
        load(content)
    assert words in str(refused.value).replace("\u00a0", " ")
    assert Organisation.objects.count() == 0


def test_a_trial_reports_and_writes_nothing(load):
    assert load(text(ABERCORN), dry_run=True)["created"] == 1
    assert (Organisation.objects.count(), RegistryImport.objects.count()) == (0, 0)


def test_a_vanished_municipality_is_kept_inactive_and_may_come_back(load):
    many = [[f"46{n:03d}", f"Lieu {n}", *ABERCORN[2:]] for n in range(100, 140)]
    load(text(ABERCORN, *many))
    assert load(text(*many), on=date(2026, 4, 1))["vanished"] == 1
    place = Organisation.objects.get(code="46005")
    assert str(place.inactive_on) == "2026-04-01"
    assert TerritorialEvent.objects.get(organisation=place).change == Change.VANISHED
    load(text(ABERCORN, *many), on=date(2026, 5, 1))
    place.refresh_from_db()
    assert place.inactive_on is None


def test_losing_more_than_three_percent_needs_force(load):
    load(text(ABERCORN, AMOS))
    with pytest.raises(CommandError, match="manquent au fichier"):
        load(text(AMOS))
    assert not Organisation.objects.filter(inactive_on__isnull=False).exists()
    assert load(text(AMOS), force=True)["vanished"] == 1


def test_a_renaming_keeps_the_row_and_tells_the_history(load):
    load(text(ABERCORN))
    pk = Organisation.objects.get(code="46005").pk
    assert load(text(["46005", "Abercorn-Station", *ABERCORN[2:]]))["renamed"] == 1
    place = Organisation.objects.get(code="46005")
    assert (place.pk, place.sort_key) == (pk, "abercorn station")
    event = TerritorialEvent.objects.get(organisation=place)
    assert (event.change, event.before) == (Change.RENAMED, {"name": "Abercorn"})


def test_an_address_must_be_https_and_a_file_must_exist(tmp_path):
    with pytest.raises(CommandError, match="https"):
        call_command("import_registry", "http://127.0.0.1/MUN.csv")
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("import_registry", str(tmp_path / "absent.csv"))
    with pytest.raises(CommandError, match="AAAA-MM-JJ"):
        call_command("import_registry", "x.csv", "--on", "3 mars")
    assert Region.objects.count() == 0


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Saint-Lin--Laurentides", "Saint-Lin–Laurentides"),
        ("Sacré-Coeur", "Sacré-Cœur"),
        ("Beloeil", "Belœil"),
        ("L'Ange-Gardien", "L’Ange-Gardien"),
    ],
)
def test_spellings_of_the_file_are_made_right(raw, shown):
    assert display_name(raw) == shown


@pytest.mark.parametrize(
    ("designation", "name", "full"),
    [
        ("10", "Amos", "Ville d’Amos"),
        ("05", "Les Éboulements", "Municipalité des Éboulements"),
        ("10", "La Tuque", "Ville de La Tuque"),
        ("05", "Yamaska", "Municipalité de Yamaska"),
        ("05", "Hébertville", "Municipalité d’Hébertville"),
        ("05", "Ham-Nord", "Municipalité de Ham-Nord"),
        ("01", "Roxton", "Municipalité du canton de Roxton"),
        ("05", "L’Isle-aux-Allumettes", "Municipalité de L’Isle-aux-Allumettes"),
    ],
)
def test_full_names_follow_the_rules_of_elision(designation, name, full):
    assert official_name(designation, name) == full


def test_an_error_lists_at_most_twenty_lines():
    rows = [[f"{n:05d}", "Lieu", "05", "Nulle part", "", "1", "", "", "", ""] for n in range(30)]
    with pytest.raises(RegistryError, match="et 10 autres lignes"):
        parse(text(*rows).encode())
