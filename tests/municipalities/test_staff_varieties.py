"""Lists as they really come: other titles, other words, other programs (cases B-01 to B-27)."""

import zipfile
from io import BytesIO

import pytest
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from municipalities.staff import columns, files, people
from tests.municipalities.lists import ELOISE, HEADER, PAUL, listed, text, workbook

WRONG = ("Ann", "Roy", "ann@", "", "")
TWO = ["L’Écuyer", "St-Onge"]


def read(content: bytes) -> list[people.Entry]:
    sheet, found = columns.find(files.read(content))
    return people.entries(sheet, found, frozenset({"abercorn", "01023"}))


def one(cell: str, at: int) -> people.Entry:
    row = ["Paul", "Roy", "paul@abercorn.example", "voirie", "personnel"]
    row[at] = cell
    [person] = read(listed((*row,)))
    return person


def flaws(person: people.Entry) -> list[tuple[int, str]]:
    return [(person.number, flaw.column) for flaw in person.flaws]


@pytest.mark.parametrize(
    ("at", "titles"),
    [
        (0, "Prenom|PRÉNOM|Prénom(s)|First_Name|GivenName|First Name [Required]|Prénom *"),
        (1, "Nom de famille|NOMS|Surname|Last Name [Required]|Nom (de famille)|Nom de l’employé"),
        (2, "Adresse courriel|Courriels|Mél.|E-mail Address|Adresse de messagerie|Mail"
            "|Courriel (si disponible)|Courrier électronique|User principal name"),
        (3, "Titre|Poste|Fonctions|Titre d’emploi|Titre / Fonction|JobTitle|Corps d’emploi"),
        (4, "Catégorie|Type de public|Public (élu, gestionnaire ou personnel)|Statut"),
    ],
)  # fmt: skip
def test_b22_columns_are_known_by_the_titles_that_towns_and_directories_give(at, titles):
    for title in titles.split("|"):
        header = (*HEADER[:at], title, *HEADER[at + 1 :])
        [person] = read(listed(ELOISE, header=header))
        assert (person.last_name, person.email, person.function, person.public) == (
            "L’Écuyer", ELOISE[2], "greffière", "manager",
        ), title  # fmt: skip


def test_b22_the_export_of_a_directory_is_read_as_it_is():
    header = ("userPrincipalName", "displayName", "surname", "mail", "givenName", "jobTitle")
    row = ("er@x.example", "Éloïse L’Écuyer", "L’Écuyer", ELOISE[2], "Éloïse", "greffière")
    [person] = read(listed(row, header=header))
    assert (person.first_name, person.last_name, person.email) == ELOISE[:3]


@pytest.mark.parametrize("title", ["Nom", "Nom complet", "Employé", "Nom et prénom de l’employé"])
@pytest.mark.parametrize("name", ["Roy, Ann-Marie", "ROY Ann-Marie", "ST-ROY Ann-Marie"])
def test_both_names_in_one_column_are_parted(title, name):
    [person] = read(listed((name, "a@b.ca"), header=(title, "Courriel")))
    assert (person.first_name, person.last_name[-3:].title()) == ("Ann-Marie", "Roy")


@pytest.mark.parametrize("name", ["J.-P. Roy", "Ann Roy", "Ann ROY"])
def test_initials_and_a_name_in_capitals_at_the_end_follow_the_title(name):
    [person] = read(listed((name, "a@b.ca"), header=("Nom", "Courriel")))
    assert (person.first_name, person.last_name.title()) == (name.split()[0], "Roy")


@pytest.mark.parametrize(
    ("public", "said"),
    [
        ("elected", "élu.e|ÉLU(E)S|élu•e·s|Élue municipale|conseiller(ère)|Maire suppléant|préfète"
                    "|membre du conseil municipal|Conseillère, siège 4|maire/mairesse"),
        ("manager", "DG|D.G.|Directrice générale|directeur·trice|cadre supérieur|direction"
                    "|Directeur général et greffier-trésorier|personnel-cadre"),
        ("staff", "employé·e·s|employé/employée|Employés et employées|cols bleus|Employee|staff"
                  "|pompière volontaire|Personnel administratif|membre du personnel"),
        ("", "martien|élu et employé|123"),
    ],
)  # fmt: skip
def test_the_public_is_known_by_the_words_of_towns(public, said):
    for words in said.split("|"):
        person = one(words, 4)
        assert person.public == public, words
        assert flaws(person) == ([] if public else [(2, "Public")])


@pytest.mark.parametrize(
    ("function", "public"),
    [
        ("conseiller n° 4", "elected"), ("Conseillère au siège 5", "elected"),
        ("conseiller(ère)", "elected"), ("pro-maire", "elected"), ("élue", "elected"),
        ("conseillère en communication", ""), ("adjointe à la mairesse", ""),
        ("conseiller juridique", ""),
    ],
)  # fmt: skip
def test_a_function_that_only_elected_people_have_says_the_public(function, public):
    [person] = read(listed(("Paul", "Roy", "a@b.ca", function, "")))
    assert person.public == public


@pytest.mark.parametrize(
    "cell",
    ["MAILTO:Paul@b.ca", "Mailto: paul@b.ca", "'paul@b.ca'", "paul@b.ca.", "Paul Roy (paul@b.ca)",
     '"""Roy, Paul"" <paul@b.ca>"', "[paul@b.ca]", "paul\u200b@b.ca", "\u202apaul@b.ca\u202c"],
)  # fmt: skip
def test_an_address_is_read_as_programs_copy_it(cell):
    person = one(cell, 2)
    assert (person.email, person.flaws) == ("paul@b.ca", [])


@pytest.mark.parametrize("cell", ["aucun", "Aucune", "N/A", "s.o.", "—", "Pas de courriel", "nd"])
def test_whoever_is_said_to_have_no_address_has_none(cell):
    person = one(cell, 2)
    assert (person.email, person.flaws) == ("", [])


@pytest.mark.parametrize(
    "cell", ["x", "418 555-1234", "@b.ca", "=A1", "a@b.ca / c@d.ca", "a" * 250 + "@b.ca"]
)
def test_what_is_no_address_is_told_once(cell):
    assert flaws(one(cell, 2)) == [(2, "Courriel")]


@pytest.mark.parametrize("mark", ["\u00ad", "\u200e", "\u2060", "\u202f", "\ufeff", "\x1a"])
def test_what_cannot_be_seen_changes_nothing(mark):
    rows = [tuple(f"{mark}{cell}{mark}" for cell in row) for row in (HEADER, ELOISE)]
    [person] = read(listed(*rows[1:], header=rows[0]))
    assert (person.first_name, person.last_name, person.email) == ELOISE[:3]


@pytest.mark.parametrize("at", [0, 1])
def test_a_heading_or_a_total_within_the_list_is_nobody(at):
    row = ["", "", "", "", ""]
    row[at] = "Conseil municipal"
    content = listed((*row,), PAUL, ("paul@b.ca", "Roy", "", "", ""))
    assert [flaws(each) for each in read(content)] == [
        [(2, HEADER[1 - at])], [], [(4, "Prénom")],
    ]  # fmt: skip


def test_a_header_that_each_printed_page_repeats_is_nobody():
    for content in (listed(ELOISE, HEADER, PAUL), workbook(ELOISE, HEADER, PAUL)):
        assert [(each.number, each.last_name) for each in read(content)] == [
            (2, "L’Écuyer"),
            (4, "St-Onge"),
        ]


def test_b23_rows_are_numbered_as_excel_shows_them():
    """A cell of several lines is one row, in the header too."""
    rows = text(("Ann", "Roy", "", '"voirie\nparcs"', ""), WRONG).split("\n", 1)[1]
    content = f'Prénom;Nom;"Adresse\r\ncourriel";Fonction;Public\r\n{rows}'.encode()
    assert [flaws(each) for each in read(content)] == [[], [(3, "Courriel")]]


def test_b24_the_row_of_a_quote_left_open_is_told_as_excel_shows_it():
    content = b'Nom;Courriel\r\n"Roy\r\nx";a@b.ca\r\n"Roy;b@b.ca\r\n'
    with pytest.raises(files.FileRefused, match="Ligne 3"):
        read(content)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_s65_what_an_export_of_ours_made_harmless_comes_back_as_it_was(start):
    name = f"{start}Jean"
    assert one(f"'{name}", 3).function == name

    def prepare(book):
        book.active["D2"].value, book.active["D2"].data_type = name, "s"

    [person] = read(workbook(PAUL, prepare=prepare))
    assert (person.function, person.flaws) == (name, [])


def test_b14_a_full_width_equal_sign_is_a_formula_too():
    assert flaws(one("＝1+1", 3)) == [(2, "Fonction")]


def test_b25_a_code_whose_first_zero_a_spreadsheet_took_is_the_same_town():
    content = workbook((*PAUL, 1023), (*ELOISE, 46010), header=(*HEADER, "Municipalité"))
    assert [bool(each.flaws) for each in read(content)] == [False, True]


def test_names_of_other_scripts_are_as_many_people():
    names = [("ᐊᓂ", "ᐃᓄᒃ"), ("雷", "李"), ("Łukasz", "Øberg")]
    content = listed(*((*name, "", "", "") for name in names))
    keys = [each.name_key for each in read(content)]
    assert len({*keys, ""}) == 4
    assert keys[2] == "oberg lukasz"


def with_remark(book):
    book.active["J3"] = "une remarque à côté du tableau"


def with_styles(book):
    book.active.cell(row=1_048_576, column=3).font = Font(bold=True)


def with_chart(book):
    book.create_chartsheet("Graphique", 0).add_chart(BarChart())


def with_template(book):
    book.create_sheet("Modèle", 0).append(HEADER)


@pytest.mark.parametrize("prepare", [with_remark, with_styles, with_chart, with_template])
def test_b15_what_a_workbook_holds_beside_the_list_does_not_hide_it(prepare):
    found = read(workbook(ELOISE, PAUL, prepare=prepare))
    assert [each.last_name for each in found if not each.flaws] == TWO


def test_b15_columns_that_are_hidden_are_told():
    def prepare(book):
        book.active.column_dimensions["D"].hidden = True
        book.active.column_dimensions["K"].hidden = True

    sheet, __ = columns.find(files.read(workbook(PAUL, prepare=prepare)))
    assert [note for note in sheet.notes if "Colonnes masquées" in note and "\u00a0: 1." in note]


def rewritten(name: str, old: bytes, new: bytes) -> bytes:
    source, out = BytesIO(workbook(ELOISE, PAUL)), BytesIO()
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(out, "w") as after:
        for each in before.namelist():
            content = before.read(each)
            after.writestr(each, content.replace(old, new) if each.endswith(name) else content)
    return out.getvalue()


@pytest.mark.parametrize("said", [b"A1", b"A1:XFD1048576"])
def test_a_workbook_that_is_wrong_about_its_own_size_is_read_whole(said):
    content = rewritten("sheet1.xml", b'ref="A1:E3"', b'ref="%s"' % said)
    assert [each.last_name for each in read(content)] == TWO


def zipped(name: str, content: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(name, content)
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (listed(), "personne n’y figure"),
        (workbook(), "personne n’y figure"),
        (OLD + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        (b"<html><table><tr><td>Nom</td></tr></table></html>", "page web"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "XML"),
        (b"{\\rtf1 Nom}", "traitement de texte"),
        (zipped("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), r"\.ods"),
        (zipped("xl/workbook.bin", b""), r"\.xlsb"),
        (zipped("word/document.xml", b""), "pas un classeur"),
        (rewritten("workbook.xml", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                   b"http://purl.oclc.org/ooxml/spreadsheetml/main"), "strict"),
        (b"Nom;Courriel\r\n" + b"x" * 200_000 + b";a@b.ca\r\n", "Ligne 2.*131\u00a0072 caractères"),
    ],
)  # fmt: skip
def test_b21_b27_what_is_no_list_is_refused_for_its_own_reason(content, words):
    with pytest.raises(files.FileRefused, match=words):
        read(content)


def test_b27_a_small_workbook_of_very_many_cells_is_refused_before_they_fill_the_memory(
    monkeypatch,
):
    monkeypatch.setattr("municipalities.staff.workbook.MOST_CELLS", 20)
    far = rewritten("sheet1.xml", b'r="E3"', b'r="XFD3"')
    for content in (workbook(*[PAUL] * 4), far):
        with pytest.raises(files.FileRefused, match="Trop de cellules"):
            read(content)


def test_a_list_whose_first_title_is_pk_is_no_archive():
    [person] = read(listed(("7", *PAUL), header=("PK", *HEADER), encoding="utf-8"))
    assert person.email == PAUL[2]
