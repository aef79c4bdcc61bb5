"""The printed certificate, opened: what it says, to whom, and what making it may not touch."""

import io
import subprocess
import sys
import unicodedata
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import page as page_validation
import pypdfium2
import pytest
import segno
from django.conf import settings
from pypdf import PdfReader
from weasyprint import HTML

from certificates import pdf
from certificates.models import Certificate
from certificates.numbers import number
from certificates.queries import legible
from tests.factories import NOON

CODE = "7K4M-9TQX-2HBP-W3CD"
FACTS = {
    "name": "Chantal Girard",
    "organisation": "Ville d'Amos",
    "public": "élues et élus",
    "function": "conseillère, siège 3",
    "course_code": "CYB-101",
    "course_title": "Cyberréflexes : les bons gestes",
    "version": 2,
    "objectives": ["reconnaître cinq signes d'un message frauduleux", "signaler un incident"],
    "mode": "autonome",
    "minutes": 105,
    "uec": None,
    "started_on": "2026-10-05",
    "completed_on": "2026-11-01",
    "result": "success",
    "stations": ["lesson", "lesson", "meeting", "exam"],
    "issuer": "Université Laval – Académie de la transformation numérique, avec l’UMQ",
    "signatories": [{"name": "Maude Bérubé", "title": "Directrice de l’Académie"}],
}
LONGEST = "X" + "w" * 99 + " " + "Y" * 99
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src='http://127.0.0.1:1/x.png'>",
    "</p></main></body></html>",
    "Marie & Jean <b>",
    "file:///etc/passwd",
    "url(file:///etc/passwd)",
    "{{ settings.SECRET_KEY }} {% include 'base.html' %}",
    "D'Arcy O’Neil-L'Écuyer",
    "Œdipe-Loÿs Çelik Ñuñez",
    unicodedata.normalize("NFD", "Amélie"),
    LONGEST,
    "Élise 🎓👩🏽‍🏫",
    "\u202eylimE\u0000\u0007\u2066",
]
# Printed with the machine's own fonts, if it has them.
OTHER_SCRIPTS = ["محمد العربي", "דָּוִד", "ᐱᑕ ᐊᑕᒍᑦᑕᖅ", "李小龙", "Чайковский", "Çağlar Łukasz"]


def certificate(**facts):
    return Certificate(number=number(2026, 123), code=CODE, facts=FACTS | facts, issued_at=NOON)


def render(**facts) -> bytes:
    return pdf.render(certificate(**facts))


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """The words in reading order, with plain spaces and composed letters."""
    text = opened(content).pages[0].extract_text()
    return " ".join(unicodedata.normalize("NFC", text).split())


def faults(content: bytes) -> list[str]:
    report = page_validation.validate_pdf_bytes(content, profile="ua1")
    assert report.rules.total > 100
    found = [failure.rule_id for failure in report.failures]
    assert report.is_compliant == (found == [])
    return found


def test_every_fact_is_printed_as_frozen():
    text = text_of(render())
    for words in (
        "Attestation de réussite",
        "décernée à",
        "Chantal Girard",
        "Conseillère de la Ville d’Amos, siège 3",
        "pour avoir réussi la formation",
        "Cyberréflexes : les bons gestes",
        "1 h 45",
        "Autonome",
        "Du 5 octobre 2026 au 1er novembre 2026",
        "CYB-101, version 2",
        "Reconnaître cinq signes d’un message frauduleux",
        "Signaler un incident",
        "Maude Bérubé",
        "Directrice de l’Académie",
        "Université Laval",
        "Délivrée à Québec le 23 novembre 2026",
        number(2026, 123),
        CODE,
        f"http://localhost:8000/verifier/{CODE}/",
    ):
        assert words in text, words
    for absent in ("UEC", "Remplace", "None", "exemple.quebec"):
        assert absent not in text


def test_what_is_not_always_there_is_printed_when_it_is():
    text = text_of(
        render(
            result="participation", uec=0.35, replaces=number(2026, 12), objectives=[],
            started_on="2026-11-01",
        )
    )  # fmt: skip
    for words in (
        "Attestation de participation",
        "pour avoir suivi la formation",
        "0,35",
        f"Remplace l’attestation {number(2026, 12)}",
        "Le 1er novembre 2026",
    ):
        assert words in text, words
    assert "Objectifs" not in text


def test_facts_frozen_before_the_thread_was_drawn_still_print():
    facts = {key: value for key, value in FACTS.items() if key != "stations"}
    content = pdf.render(
        Certificate(number=number(2026, 1), code=CODE, facts=facts, issued_at=NOON)
    )
    assert "Chantal Girard" in text_of(content)


@pytest.mark.parametrize(
    ("organisation", "function", "public", "printed"),
    [
        ("Ville d'Amos", "mairesse", "", "Mairesse de la Ville d’Amos"),
        ("Ville d'Amos", "", "élues et élus", "Membre du conseil de la Ville d’Amos"),
        ("Ville d'Amos", "", "personnel municipal", "Ville d’Amos"),
        ("Municipalité des Éboulements", "conseiller, siège 3", "",
         "Conseiller de la Municipalité des Éboulements, siège 3"),
        ("Village de Senneville", "greffière", "", "Greffière du Village de Senneville"),
        ("Canton de Gore", "maire", "", "Maire du Canton de Gore"),
        ("Cantons unis de Stoneham-et-Tewkesbury", "maire", "",
         "Maire des Cantons unis de Stoneham-et-Tewkesbury"),
        ("MRC d'Abitibi", "préfète", "", "Préfète de la MRC d’Abitibi"),
        ("Administration régionale Kativik", "directrice", "",
         "Directrice de l’Administration régionale Kativik"),
        ("Eeyou Istchee", "chef", "", "Chef d’Eeyou Istchee"),
        ("Les Îles-de-la-Madeleine", "élu", "", "Élu des Îles-de-la-Madeleine"),
    ],
)  # fmt: skip
def test_what_one_is_and_where_reads_as_french(organisation, function, public, printed):
    facts = {"organisation": organisation, "function": function, "public": public}
    assert pdf.capacity(facts) == printed


@pytest.mark.parametrize("uec", [None, 0.35])
def test_it_meets_pdf_ua_1(uec):
    assert faults(render(uec=uec)) == []


def test_the_validator_sees_a_fault():
    """Negative control: the same page without a name for its drawing."""
    html = '<html lang="fr-CA"><title>x</title><h1>x</h1><img src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'/>">'
    assert faults(pdf.write(html, identifier=CODE, sheet=pdf.SHEET))


def test_it_says_its_language_its_title_and_what_is_a_heading():
    reader = opened(render())
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr-CA"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == f"Attestation de réussite {number(2026, 123)}"
    assert reader.metadata.author.startswith("Université Laval")
    assert len(reader.pages) == 1
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [792, 612]


def fonts_of(reader: PdfReader) -> dict[str, bool]:
    """Name of each font, and whether its drawing travels with the file."""
    found = {}
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        embedded = any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
        found[font["/BaseFont"].partition("+")[2]] = embedded
    return found


def test_its_letters_are_those_bundled_and_travel_with_it():
    fonts = fonts_of(opened(render()))
    assert all(fonts.values())
    assert all(name.startswith(("ATN-Texte", "ATN-Titre")) for name in fonts), fonts


def test_the_same_facts_make_the_same_bytes_here_and_in_another_process(tmp_path):
    script = tmp_path / "again.py"
    script.write_text(
        "import django, sys; django.setup()\n"
        "from tests.certificates.test_pdf import render\n"
        "sys.stdout.buffer.write(render())\n"
    )
    elsewhere = subprocess.run(
        [sys.executable, script],
        env={
            "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONHASHSEED": "1",
            "PYTHONPATH": str(settings.BASE_DIR), "TZ": "Asia/Tokyo", "PYTHONWARNINGS": "ignore",
            "DJANGO_SETTINGS_MODULE": "atn_platform.settings.test",
        },
        cwd=tmp_path, capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    here = render()
    assert here == render()
    assert elsewhere == here
    assert here != render(name="Chantal Gérard")


def modules_of(address: str) -> list[list[bool]]:
    return [
        [bool(dark) for dark in row]
        for row in segno.make(address, error="m", mask=pdf.MASK).matrix
    ]


def test_the_code_drawn_on_the_page_leads_to_the_verification_page():
    """Read from the pixels of the printed page, module by module, by the page's own geometry."""
    side, scale = 1.3 * 72, 3
    expected = modules_of(f"http://localhost:8000/verifier/{CODE}/")
    left, top = (11 - 0.9) * 72 - side, (8.5 - 0.5) * 72 - side
    step = side / len(expected)
    printed = pypdfium2.PdfDocument(render())[0].render(scale=scale)
    data, stride, channels = bytes(printed.buffer), printed.stride, printed.n_channels

    def is_dark(row, column):
        x, y = left + (column + 0.5) * step, top + (row + 0.5) * step
        return data[int(y * scale) * stride + int(x * scale) * channels] < 128

    places = range(len(expected))
    read = [[is_dark(row, column) for column in places] for row in places]
    assert read == expected
    assert read != modules_of(f"http://localhost:8000/verifier/{CODE[::-1]}/")


def everywhere(name: str) -> bytes:
    name = legible(name)
    return render(name=name, function=name, organisation=name, course_title=name)


@pytest.mark.parametrize("name", HOSTILE)
def test_s62_s70_a_hostile_name_is_only_text(name):
    content = everywhere(name)
    assert faults(content) == []
    reader = opened(content)
    assert len(reader.pages) == 1
    assert reader.attachments == {}
    assert b"root:" not in content
    assert all(font.startswith("ATN-") for font in fonts_of(reader))
    printed = text_of(content).replace(" ", "")
    assert unicodedata.normalize("NFC", legible(name)).replace(" ", "") in printed


@pytest.mark.parametrize("name", OTHER_SCRIPTS)
def test_a_name_in_another_script_takes_a_font_of_the_machine(name):
    """Where it has none, or a poor one, letters stay mute; nothing else is wrong."""
    content = everywhere(name)
    of_fonts = {"PDFUA1-NOTDEF-GLYPH-001", "PDFUA1-FONT-UNICODE-MAPPING-001"}
    assert set(faults(content)) <= of_fonts
    assert all(fonts_of(opened(content)).values())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Élise 🎓 ", "Élise"),
        ("\u202eylimE\u0000", "ylimE"),
        ("Zoé👩🏽‍🏫️ Roy", "Zoé Roy"),
        ("D’Arcy & Fils (2) <b>", "D’Arcy & Fils (2) <b>"),
        ("ᐱᑕ דָּוִד", "ᐱᑕ דָּוִד"),
    ],
)
def test_names_keep_their_letters_and_lose_pictures_and_controls(typed, kept):
    assert legible(typed) == kept


def test_competencies_are_printed_as_they_were_named_that_day_and_older_proofs_have_none():
    skill = {"code": "A1", "title": "reconnaître la fraude", "level": 2}
    text = text_of(render(skills=[skill]))
    assert "Compétences visées A1 reconnaître la fraude (niveau 2, appliquer)" in text
    assert "Compétences visées" not in text_of(render())


def test_the_longest_facts_stay_above_the_signatures():
    content = render(
        name=LONGEST,
        organisation="Municipalité de " + "Saint-" * 37,
        function="directrice " + "générale et " * 9,
        course_title=("Cyber " * 27)[:160],
        objectives=["reconnaître les signes " * 20] * 6,
        skills=[{"code": "A1", "title": "déjouer les signes " * 8, "level": 4}] * 6,
        stations=["lesson"] * 60,
    )
    places = heights_of(content)
    lowest = min(y for text, y in places if "signes" in text)
    highest = max(y for text, y in places if "Délivrée" in text or "Bérubé" in text)
    assert lowest > highest
    assert text_of(content).count("…") == 5 + 4


def heights_of(content: bytes) -> list[tuple[str, float]]:
    """Each piece of text and how high it stands on the page, in points."""
    text_page = pypdfium2.PdfDocument(content)[0].get_textpage()
    boxes = [text_page.get_rect(rank) for rank in range(text_page.count_rects())]
    return [(text_page.get_text_bounded(*box), box[1]) for box in boxes]


@pytest.fixture
def canary():
    """A server that only notes who came."""
    visits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            visits.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    server.server_close()


def traps(site: str, secret: str) -> str:
    """A page that asks for what it may not have, in each way that HTML, CSS and SVG know."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{site}/svg'/></svg>"
    entity = (
        f"<!DOCTYPE svg [<!ENTITY x SYSTEM '{secret}'>]>"
        "<svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>"
    )
    return f"""<html lang="fr-CA"><head><title>x</title><base href="{site}/">
        <link rel="stylesheet" href="{site}/link"><link rel="stylesheet" href="{secret}">
        <link rel="attachment" href="{secret}"><link rel="attachment" href="{site}/attached">
        <style>@import url({site}/import); @import "{secret}";
        @font-face{{font-family:x;src:url({site}/font)}}
        body{{font-family:x;background:url({site}/background);list-style-image:url({site}/list)}}
        p::before{{content:url({site}/content)}}</style></head>
        <body><h1>x</h1><p>x</p><img alt="x" src="{site}/image"><img alt="x" src="{secret}">
        <img alt="x" src="relative.png"><object data="{site}/object"></object>
        <embed src="{site}/embed"><iframe src="{site}/frame"></iframe>
        <img alt="x" src="data:image/svg+xml,{svg.replace("#", "%23")}">
        <img alt="x" src="data:image/svg+xml,{entity.replace("#", "%23")}">
        <img alt="x" src="ftp://127.0.0.1/x"><img alt="x" src="\\\\127.0.0.1\\x">
        <a rel="attachment" href="{secret}">x</a></body></html>"""


def test_s62_no_page_can_make_the_renderer_fetch_anything(canary, tmp_path):
    site, visits = canary
    secret = tmp_path / "secret.txt"
    secret.write_text("canari-du-disque")
    content = pdf.write(traps(site, secret.as_uri()), identifier=CODE, sheet=pdf.SHEET)
    assert visits == []
    assert_nothing_of(secret, content)


def test_s62_the_traps_do_catch_a_renderer_that_fetches(canary, tmp_path):
    """Negative control: WeasyPrint as it comes."""
    site, visits = canary
    secret = tmp_path / "secret.txt"
    secret.write_text("canari-du-disque")
    content = HTML(string=traps(site, secret.as_uri()), base_url="about:blank").write_pdf()
    assert {"/link", "/import", "/image", "/background", "/svg", "/attached"} <= set(visits)
    with pytest.raises(AssertionError):
        assert_nothing_of(secret, content)


def assert_nothing_of(secret, content):
    reader = opened(content)
    assert reader.attachments == {}
    assert "canari-du-disque" not in reader.pages[0].extract_text()
    assert secret.name.encode() not in content
