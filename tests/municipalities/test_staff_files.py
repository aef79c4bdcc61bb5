"""Reading the lists that towns hand in (acceptance cases B-01 to B-27)."""

import zipfile
from io import BytesIO

import pytest

from municipalities.staff import columns, files, people
from tests.municipalities.lists import ELOISE, HEADER, PAUL, listed, text, workbook

HERE = frozenset({"abercorn", "46010"})


def read(content: bytes) -> list[people.Entry]:
    sheet, found = columns.find(files.read(content))
    return people.entries(sheet, found, HERE)


def names(content: bytes) -> list[tuple[str, str, str, str, str]]:
    return [
        (each.first_name, each.last_name, each.email, each.function, each.public)
        for each in read(content)
    ]


THE_TWO = [
    ("Éloïse", "L’Écuyer", "eloise@abercorn.example", "greffière", "manager"),
    ("Paul", "St-Onge", "paul@abercorn.example", "voirie", "staff"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_b01_b02_b04_b06_any_encoding_and_separator_gives_the_same_people(encoding, separator):
    content = text(ELOISE, PAUL, separator=separator).encode(encoding)
    assert names(content) == THE_TWO


@pytest.mark.parametrize("table", ["mac_roman", "cp850"])
def test_b04_excel_s_other_tables_of_letters_give_the_same_people(table):
    """« CSV (Macintosh) » and « CSV (MS-DOS) », which Excel's menu offers in French."""
    rows = (("Réjean", "Bélanger", "a@b.ca", "préposé à l'aréna", ""),
            ("ZOÉ", "LÉGER", "b@b.ca", "", ""), ("Noël", "Côté", "c@b.ca", "évaluateur", ""))  # fmt: skip
    content = text(*rows).encode(table)
    assert [person[:4] for person in names(content)] == [row[:4] for row in rows]


@pytest.mark.parametrize("name", ["Peña", "Müller", "Šimek", "Žižek", "D’Août", "McÉvoy"])
def test_b04_a_letter_from_elsewhere_does_not_change_the_table(name):
    [person] = read(listed(("Réjean", name, "a@b.ca", "", ""), encoding="cp1252"))
    assert (person.first_name, person.last_name) == ("Réjean", name)


@pytest.mark.parametrize(
    ("table", "name", "function"),
    [
        ("cp850", "Élise", "voirie"),
        ("cp850", "Marie-Émilie", "voirie"),
        ("cp1252", "Sánchez", "voirie"),
        ("mac_roman", "Forêt", "bien-être"),
        ("mac_roman", "Côté", "préposé·e, évaluateur"),
    ],
)
def test_b04_the_only_accents_of_a_list_are_read_by_the_right_table(table, name, function):
    header = ("Nom", "Courriel", "Fonction")
    [person] = read(listed((name, "a@b.ca", function), header=header, encoding=table))
    assert (person.last_name, person.function) == (name, function)


def test_b06_a_separator_in_quotes_stays_in_its_cell():
    row = ("Paul", "St-Onge", "paul@abercorn.example", '"voirie; parcs, ""aréna"""', "personnel")
    assert read(listed(row))[0].function == 'voirie; parcs, "aréna"'


def test_a_workbook_gives_the_same_people():
    assert names(workbook(ELOISE, PAUL)) == THE_TWO


@pytest.mark.parametrize(
    "name",
    ["O’Brien", "D'Amours", "St-Onge", "Nguyễn", "Łukasz", "李雷", "ᐊᓂ", "L’Écuyer-Œuvray"],
)
def test_b17_names_of_everywhere_are_kept(name):
    [person] = read(listed(("Ann", name, "ann@abercorn.example", "", "")))
    assert person.last_name == name


def test_b19_composed_and_decomposed_names_are_equal():
    composed, decomposed = read(
        listed(
            ("É", "Roy", "a@abercorn.example", "", ""), ("É", "Roy", "b@abercorn.example", "", "")
        )
    )
    assert composed.first_name == decomposed.first_name
    assert composed.name_key == decomposed.name_key


def test_b14_formulas_and_errors_keep_the_line_out_with_its_number():
    rows = [
        ("=A1", "Roy", "a@abercorn.example", "", ""),
        ("Ann", "#REF!", "b@abercorn.example", "", ""),
        ("Ann", "Roy", "=HYPERLINK(1)", "", ""),
        PAUL,
    ]
    for content in (listed(*rows), workbook(*rows)):
        found = read(content)
        assert [(each.number, bool(each.flaws)) for each in found] == [
            (2, True), (3, True), (4, True), (5, False),
        ]  # fmt: skip


def test_b15_merged_blanks_and_hidden_rows_are_told_and_a_note_sheet_is_passed_over():
    def prepare(book):
        sheet = book.active
        sheet.merge_cells("D2:D3")
        sheet.row_dimensions[2].hidden = True
        book.create_sheet("Notes", 0).append(["Liste du personnel, automne"])

    content = workbook(ELOISE, (*PAUL[:3], None, "personnel"), prepare=prepare)
    sheet, __ = columns.find(files.read(content))
    assert any("masquées" in note and "1" in note for note in sheet.notes)
    first, second = read(content)
    assert first.flaws == []
    assert "fusionnée" in second.flaws[0].message
    assert second.flaws[0].column == "Fonction"


def merged_header(book):
    sheet = book.active
    sheet.delete_rows(1)
    sheet.insert_rows(1, 2)
    for place, words in {"A1": "Prénom", "B1": "Nom", "C1": "Coordonnées", "C2": "Courriel",
                         "D2": "Fonction", "E1": "Public"}.items():  # fmt: skip
        sheet[place] = words
    for place in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        sheet.merge_cells(place)


def test_b15_a_header_of_merged_cells_over_two_lines_is_one_header():
    assert names(workbook(ELOISE, PAUL, prepare=merged_header)) == THE_TWO
    as_text = "Prénom;Nom;Coordonnées;;Public\r\n;;Courriel;Fonction;\r\n".encode()
    [person] = read(as_text + listed(PAUL, encoding="utf-8").split(b"\r\n", 1)[1])
    assert (person.number, person.last_name, person.function) == (3, "St-Onge", "voirie")


def test_b21_somebody_s_line_is_never_taken_for_a_header():
    """« personnel » is one letter away from « personne », and « Ville » names a column."""
    content = listed(("Paul", "Roy", "personnel"), ("Ann", "Ville", "élu"),
                     header=("Prénom", "Nom", "Public"))  # fmt: skip
    with pytest.raises(files.FileRefused, match="«\xa0Courriel\xa0»"):
        read(content)


def test_a_title_above_the_header_is_passed_over():
    content = b"Personnel 2026;;;;\r\n;;;;\r\n" + listed(PAUL, encoding="utf-8")
    [person] = read(content)
    assert (person.number, person.last_name) == (4, "St-Onge")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"\r\n \r\n", "vide"),
        (b";;;\r\n;;;\r\n", "lignes blanches"),
        (listed(("Ann", "Roy"), header=("Prénom", "Nom")), "Courriel"),
        (listed(("a@b.ca",), header=("Courriel",)), "Nom"),
        (b"bonjour", "Courriel et Nom"),
        (b"%PDF-1.7 truc", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"PK\x03\x04garbage", "abîmé"),
        (b"Nom;Courriel\r\nRoy\0;a@b.ca\r\n", "Ligne 2"),
        (b"Nom;Courriel\r\nRoy;a@b.ca\r\n\x81\x8d;x\r\n", "Ligne 3"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*", "virus"),
        (b'Nom;Courriel\r\n"Roy;a@b.ca\r\nOuellet;b@b.ca\r\n', "Ligne 2"),
        (b"x" * (files.LARGEST + 1), "20\u00a0Mo"),
    ],
)
def test_b21_b24_b27_what_cannot_be_read_is_refused_with_its_reason(content, words):
    with pytest.raises(files.FileRefused, match=words):
        read(content)


def macro() -> bytes:
    out = BytesIO(workbook(PAUL))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    return out.getvalue()


def entities() -> bytes:
    source, out = BytesIO(workbook(PAUL)), BytesIO()
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, bomb if name == "xl/workbook.xml" else old.read(name))
    return out.getvalue()


def bomb() -> bytes:
    out = BytesIO(workbook(PAUL))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", b"0" * 310_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "words"), [(macro, "macros"), (entities, "abîmé"), (bomb, "beaucoup trop grand")]
)
def test_b27_a_dangerous_workbook_is_refused(make, words):
    with pytest.raises(files.FileRefused, match=words):
        read(make())


def test_b22_english_headers_any_order_and_extra_columns_are_taken():
    header = ("Employee no", "E-mail", "Last name", "First name", "Job title")
    content = listed(("12", "a@b.ca", "Roy", "Ann", "clerk"), header=header)
    __, found = columns.find(files.read(content))
    assert found.ignored == ["Employee no"]
    assert names(content) == [("Ann", "Roy", "a@b.ca", "clerk", "")]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (("Nom", "Courriel", "Courriel"), "Deux colonnes"),
        (("Nom", "Couriel"), "«\xa0Couriel\xa0» est-elle «\xa0Courriel\xa0»"),
    ],
)
def test_b23_an_unsure_header_is_asked_about(header, words):
    __, found = columns.find(files.read(listed(("Roy", "a@b.ca", ""), header=header)))
    assert words in found.questions[0]


def test_b23_a_header_of_two_lines_or_odd_spaces_is_the_same_header():
    content = 'Nom;"Adresse\ncourriel";Pr\u00e9nom\u00a0\r\nRoy;a@b.ca;Ann\r\n'.encode()
    assert names(content) == [("Ann", "Roy", "a@b.ca", "", "")]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_b24_line_ends_trailing_separators_and_blank_lines_shift_nothing(end):
    lines = ["Nom;Courriel;Fonction", "", "Roy;a@b.ca;commis;;", ";;", "Ouellet;b@b.ca"]
    found = read(end.join(lines).encode())
    assert [(each.number, each.last_name, each.function) for each in found] == [
        (3, "Roy", "commis"), (5, "Ouellet", ""),
    ]  # fmt: skip


def test_b24_a_cell_too_many_keeps_the_line_out():
    [person] = read(listed((*PAUL, "", "reste")))
    assert "plus de cellules" in person.flaws[0].message


def test_b25_a_line_of_another_municipality_is_kept_out_and_the_others_go_on():
    header = (*HEADER, "Municipalité")
    rows = [(*PAUL, "Sutton"), (*ELOISE, "Abercorn"), (*ELOISE, "46010")]
    found = read(listed(*rows, header=header))
    assert [[flaw.column for flaw in each.flaws] for each in found] == [["Municipalité"], [], []]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("", "", "a@b.ca", "", ""), "Nom"),
        (("Ann", "Roy", "a@b", "", ""), "Courriel"),
        (("Ann", "Roy", "pas d’adresse", "", ""), "Courriel"),
        (("Ann", "Roy", "a@b.ca", "", "martien"), "Public"),
        (("Ann", "R" * 101, "a@b.ca", "", ""), "Nom"),
        (("Ann", "L’Ã‰cuyer", "a@b.ca", "", ""), "Nom"),
    ],
)
def test_a_cell_that_is_not_understood_is_named(row, column):
    [person] = read(listed(row))
    assert [flaw.column for flaw in person.flaws] == [column]


def test_names_in_one_column_are_told_apart():
    content = listed(
        ("Camille Roy", "a@b.ca"), ("Roy, Camille", "b@b.ca"), header=("Nom complet", "Courriel")
    )
    assert {(each.first_name, each.last_name) for each in read(content)} == {("Camille", "Roy")}


@pytest.mark.parametrize("header", ["Nom et prénom", "Nom, prénom", "NOM PRÉNOM"])
def test_names_in_one_column_follow_the_order_of_its_title(header):
    content = listed(("Roy Camille", "a@b.ca"), ("Roy, Camille", "b@b.ca"),
                     header=(f'"{header}"', "Courriel"))  # fmt: skip
    assert {(each.first_name, each.last_name) for each in read(content)} == {("Camille", "Roy")}


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("Paul Roy <Paul@b.ca>", "paul@b.ca"),
        ("mailto:paul@b.ca", "paul@b.ca"),
        ("paul @b. ca", "paul@b.ca"),
        ("paul roy@b.ca", None),
        ("paul@b.ca, roy@b.ca", None),
    ],
)
def test_an_address_is_read_as_mail_programs_write_it_and_never_guessed(cell, address):
    [person] = read(listed(("Paul", "Roy", cell, "", ""), encoding="utf-8"))
    assert (person.email if not person.flaws else None) == address
