"""What the parser makes of the ministry's file, and what it refuses."""

from dataclasses import asdict

import pytest

from municipalities import registry
from municipalities.enums import Designation, stratum
from municipalities.registry import RegistryError
from tests.municipalities.files import COLUMNS, SEATS, content, published, row


def only(**cells: str) -> registry.MunicipalityFacts:
    (facts,) = registry.parse(content(row(**cells))).municipalities
    return facts


def refusal(file: bytes) -> str:
    with pytest.raises(RegistryError) as caught:
        registry.parse(file)
    return str(caught.value)


def test_one_row_becomes_facts_without_any_persons_name():
    assert asdict(only(maire="Camille Untel", con1="Dominique Unetelle")) == {
        "code": "46005",
        "name": "Abercorn",
        "official_name": "Municipalité du village d’Abercorn",
        "designation": "06",
        "region": "05",
        "mrc": "460",
        "population": 368,
        "time_zone": "America/Toronto",
        "seats_filled": 2,
        "seats_vacant": 1,
        "official_email": "info@m46005.example",
        "website": None,
    }


def test_every_designation_has_a_status():
    assert set(registry.STATUS) == set(Designation.values)


def test_columns_are_read_by_name_whatever_their_order_the_bom_or_extra_ones():
    shuffled = content(row(), columns=("nouvelle", *reversed(COLUMNS + SEATS)))
    without_bom = content(row()).removeprefix(b"\xef\xbb\xbf")
    windows = content(row()).replace(b"\n", b"\r\n")
    expected = registry.parse(content(row()))
    assert [registry.parse(file) for file in (shuffled, without_bom, windows)] == [expected] * 3


@pytest.mark.parametrize("column", registry.REQUIRED)
def test_a_missing_required_column_is_named(column):
    rest = tuple(name for name in COLUMNS if name != column)
    sentence = refusal(content(row(), columns=rest))
    assert f"« {column} »".replace(" ", "\u00a0") in sentence
    assert len(sentence.splitlines()) == 1


def test_a_repeated_column_is_named():
    assert "«\u00a0maire\u00a0» est répétée" in refusal(
        content(row(), columns=(*COLUMNS, "maire"))
    )


def test_absent_columns_of_the_council_leave_the_seats_unknown():
    facts = registry.parse(content(row(), columns=registry.REQUIRED)).municipalities[0]
    assert (facts.seats_filled, facts.seats_vacant, facts.official_email) == (None, None, None)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"code": "4605"}, "le code «\u00a04605\u00a0» n’a pas cinq chiffres"),
        ({"code": ""}, "n’a pas cinq chiffres"),
        ({"name": ""}, "est vide ou trop long"),
        ({"name": "x" * 200}, "est vide ou trop long"),
        ({"regadm": "Nouvelle-Région (18)"}, "région inconnue"),
        ({"mrc": "Brome-Missisquoi"}, "MRC illisible"),
        ({"mpopul": "n/d"}, "n’est pas un nombre"),
        ({"mpopul": ""}, "n’est pas un nombre"),
        ({"mcodedesi": ""}, "la désignation (mcodedesi) est vide"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(cells, expected):
    sentence = refusal(content(row("46010", "Brigham"), row(**cells)))
    assert sentence.startswith("Ligne 3\u00a0: ")
    assert expected in sentence


def test_a_duplicate_code_tells_both_lines():
    assert refusal(content(row(), row())) == "Ligne 3\u00a0: le code 46005 est déjà à la ligne 2."


def test_a_wrong_population_of_a_land_is_refused_too():
    land = row("99804", "Mistissini", mcodedesi="21", mpopul="?")
    assert refusal(content(row(), land)).startswith("Ligne 3")


def test_many_wrong_rows_are_summed_up():
    rows = [row(f"{n:05d}", mpopul="?") for n in range(30)]
    assert refusal(content(*rows)).splitlines()[-1] == "… et 10 autres lignes fautives."


def test_a_row_of_several_lines_keeps_the_count_of_lines_right():
    first = row("46010", "Brigham", mcourriel="info\n@brigham.example")
    assert refusal(content(first, row(mpopul="?"))).startswith("Ligne 4\u00a0: ")


@pytest.mark.parametrize("cut", [1, 4, 20, 60])
def test_a_truncated_file_is_refused_with_its_line(cut):
    assert refusal(content(row("46010", "Brigham"), row())[: -cut - 1]).startswith(
        "Ligne 3\u00a0: "
    )


def test_a_file_that_is_not_utf8_is_refused_with_its_line():
    latin = content(row("46010", "Brigham")).removeprefix(b"\xef\xbb\xbf").decode()
    assert refusal(latin.encode("cp1252")) == "Ligne 2\u00a0: le fichier n’est pas en UTF-8."
    wrong = content(row(), row("46010", "Brigham")) + b'"\xe9"\n'
    assert refusal(wrong).startswith("Ligne 4\u00a0: ")


def test_a_cree_village_may_leave_its_population_empty():
    assert only(mcodedesi="07", mpopul="").population == 0


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b"", "est vide"),
        (b"\xef\xbb\xbf\n", "est vide"),
        (content(), "aucune municipalité"),
        (content(row(mcodedesi="25")), "aucune municipalité"),
        (content(row()) + b"\0", "octet nul"),
        (b"<!doctype html><title>503</title>", "il manque"),
    ],
)
def test_a_file_without_a_list_is_refused(file, expected):
    assert expected in refusal(file)


def test_a_cree_village_counts_the_people_of_its_land():
    village = row("99030", "Mistissini", mcodedesi="07", mpopul="10", mrc="", regadm="N (10)")
    land = row("99804", "Mistissini", mcodedesi="21", mpopul="4045", mrc="", regadm="N (10)")
    snapshot = registry.parse(content(village, land))
    assert [place.population for place in snapshot.municipalities] == [4055]
    assert snapshot.ignored == {"21": 1}


@pytest.mark.parametrize(
    ("code", "mrc", "zone"),
    [
        ("01023", "", "America/Halifax"),
        ("01042", "", "America/Halifax"),
        ("98005", "MRC Le Golfe-du-Saint-Laurent (982)", "America/Blanc-Sablon"),
        ("98040", "MRC Minganie (981)", "America/Toronto"),
    ],
)
def test_three_time_zones(code, mrc, zone):
    assert only(code=code, mrc=mrc).time_zone == zone


@pytest.mark.parametrize(
    ("designation", "written", "official"),
    [
        ("10", "Amos", "Ville d’Amos"),
        ("10", "La Tuque", "Ville de La Tuque"),
        ("10", "L'Épiphanie", "Ville de L’Épiphanie"),
        ("10", "Beloeil", "Ville de Belœil"),
        ("10", "Saint-Lin--Laurentides", "Ville de Saint-Lin–Laurentides"),
        ("05", "Les Éboulements", "Municipalité des Éboulements"),
        ("05", "Les Îles-de-la-Madeleine", "Municipalité des Îles-de-la-Madeleine"),
        ("05", "Sacré-Coeur", "Municipalité de Sacré-Cœur"),
        ("05", "Hébertville", "Municipalité d’Hébertville"),
        ("01", "Hatley", "Municipalité du canton de Hatley"),
        ("02", "Latulipe-et-Gaboury", "Municipalité des cantons unis de Latulipe-et-Gaboury"),
        ("04", "Saint-Elzéar", "Municipalité de la paroisse de Saint-Elzéar"),
        ("05", "Yamaska", "Municipalité de Yamaska"),
        ("05", "Saint-Louis-du-Ha!  Ha! ", "Municipalité de Saint-Louis-du-Ha! Ha!"),
        ("07", "Oujé-Bougoumou", "Village cri d’Oujé-Bougoumou"),
        ("09", "Kuujjuaq", "Village nordique de Kuujjuaq"),
        ("40", "Eeyou Istchee Baie-James", "Gouvernement régional d’Eeyou Istchee Baie-James"),
    ],
)
def test_official_names(designation, written, official):
    assert only(name=written, mcodedesi=designation).official_name == official


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("Le Granit", "MRC du Granit"),
        ("Des Chenaux", "MRC des Chenaux"),
        ("Les Sources", "MRC des Sources"),
        ("D'Autray", "MRC de D’Autray"),
        ("La Côte-de-Beaupré", "MRC de La Côte-de-Beaupré"),
        ("Abitibi", "MRC d’Abitibi"),
        ("L'Érable", "MRC de L’Érable"),
    ],
)
def test_names_of_mrcs(written, short):
    official = short.replace("MRC", "Municipalité régionale de comté")
    assert registry.mrc_names(written) == (short, official)


@pytest.mark.registry
def test_the_published_list_has_the_known_figures():
    snapshot = registry.parse(published("MUN_2026-03-03.csv").read_bytes())
    places = snapshot.municipalities
    assert (len(places), len(snapshot.mrcs), len(snapshot.regions)) == (1123, 87, 17)
    assert sum(place.seats_filled for place in places) == 8010
    assert sum(place.seats_vacant for place in places) == 61
    strata = [stratum(place.population) for place in places]
    assert [strata.count(n) for n in range(1, 10)] == [207, 252, 256, 209, 86, 65, 24, 13, 11]
    assert sum(not place.mrc for place in places) == 68
    north = sum(place.population for place in places if place.region == "10")
    assert north == 47_912
