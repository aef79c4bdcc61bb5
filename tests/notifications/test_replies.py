"""Answers as real mail programs write them: what they quote, sign, declare and attach."""

from email.message import EmailMessage

import pytest

from atn_platform.notifications.quoting import _attribution, _Reading
from atn_platform.notifications.replies import read, reply_address

WORDS = "Oui, à la page 3.\n\nBonne suite!"
SAID = "Le lun. 23 nov. 2026, à 12 h 05"
ACADEMY = "Académie de la transformation numérique"


@pytest.fixture(autouse=True)
def returns(settings):
    settings.BOUNCE_EMAIL = "retours@atn.example"


def letter(body: str = WORDS, *, subtype: str = "plain", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Étienne Roy <etienne.roy@ailleurs.example>"
    message["To"] = reply_address(12, 34)
    message["Subject"] = "Re: Une question attend votre réponse"
    message["Message-ID"] = "<a@ailleurs.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body, subtype=subtype)
    return message


def text_of(message: EmailMessage | bytes) -> str | None:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    found = read(raw)
    return found and found.text


@pytest.mark.parametrize(
    "below",
    [
        pytest.param(f"{SAID}, {ACADEMY} <bonjour@atn.example> a écrit :\n\n> Où?", id="gmail"),
        pytest.param(
            f"{SAID}, {ACADEMY} <\nbonjour@atn.example> a écrit :\n\n> Où?", id="gmail wrapped"
        ),
        pytest.param(f"{SAID}, {ACADEMY} <bonjour@atn.example> a\nécrit :\n> Où?", id="cut twice"),
        pytest.param(
            "________________________________\nDe : Académie <bonjour@atn.example>\n"
            "Envoyé : lundi 23 novembre 2026 12:05\nÀ : Étienne Roy\nObjet : Une question\n\nOù?",
            id="outlook on the web",
        ),
        pytest.param(
            "De : Académie <bonjour@atn.example> \nEnvoyé : 23 novembre 2026 12:05\n"
            "À : Étienne Roy\nObjet : Une question\n\nOù?",
            id="outlook for windows",
        ),
        pytest.param(
            "*De :* Académie\n*Date :* lundi 23 novembre 2026\n*À :* Étienne\n\nOù?", id="in bold"
        ),
        pytest.param(
            "Envoyé de mon iPhone\n\n> Le 23 nov. 2026 à 12:05, Académie <b@atn.example> a "
            "écrit :\n> \n> Où?",
            id="apple",
        ),
        pytest.param("Télécharger Outlook pour iOS <https://aka.ms/x>\n" + "_" * 32, id="phone"),
        pytest.param("----- Mail original -----\nDe: Académie\nÀ: Étienne\n\nOù?", id="zimbra"),
        pytest.param("-----Message d'origine-----\nDe : Académie\n\nOù?", id="older outlook"),
        pytest.param("-- \nÉtienne Roy\n418 555-0142", id="signature"),
        pytest.param("On Mon, Nov 23, 2026 at 12:05 PM ATN <b@atn.example> wrote:\n> ?", id="en"),
    ],
)
def test_only_the_words_above_what_is_quoted_or_signed_are_kept(below):
    assert text_of(letter(f"{WORDS}\n\n{below}\n")) == WORDS


def test_words_that_look_like_a_quotation_are_words():
    said = "De : la page 3, à : la page 5.\nLe formulaire? Une collègue l’a écrit :\nil est clair."
    assert text_of(letter(said)) == said


def test_whoever_answers_among_the_quoted_lines_is_heard():
    said = f"{SAID}, {ACADEMY} <b@atn.example> a écrit :\n> Où?\n\nÀ la page 3.\n> Quand?\nDemain."
    assert text_of(letter(said)) == "À la page 3.\nDemain."


@pytest.mark.parametrize(
    "page",
    [
        "<p>Oui, à la page&nbsp;3.</p><p>Bonne suite!</p>"
        f'<div class="gmail_quote"><div class="gmail_attr">{SAID}, ATN a écrit&nbsp;:<br></div>'
        "<blockquote><p>Où?</p></blockquote></div>",
        "<html><head><style>p {color: red}</style></head><body><div>Oui, à la page\n 3.</div>"
        "<div><br></div><div>Bonne suite!</div><hr><div id='divRplyFwdMsg'><b>De&nbsp;:</b> ATN"
        "<br><b>Envoyé&nbsp;:</b> lundi<br><b>Objet&nbsp;:</b> Une question</div><p>Où?</p>",
    ],
)
def test_a_letter_in_html_alone_is_read_as_text(page):
    assert text_of(letter(page, subtype="html")).replace("\xa0", " ") == WORDS


@pytest.mark.parametrize(
    ("charset", "encoded"),
    [
        ("windows-1252", "Où l’élue a-t-elle signé?".encode("cp1252")),
        ("x-nobody-knows", "Où l’élue a-t-elle signé?".encode("cp1252")),
        ("us-ascii", "Où l’élue a-t-elle signé?".encode()),
        ("iso-2022-jp", "Où l’élue a-t-elle signé?".encode()),
    ],
)
def test_words_are_read_in_whatever_characters_they_came(charset, encoded):
    head = (
        f"To: {reply_address(12, 34)}\r\nMessage-ID: <a@b.example>\r\n"
        f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    assert text_of(head.encode() + encoded) == "Où l’élue a-t-elle signé?"


def test_lines_that_a_program_folded_are_whole_again():
    message = letter("Une phrase que le programme \na coupée.\n-- \nÉtienne")
    message.set_param("format", "flowed")
    assert text_of(message) == "Une phrase que le programme a coupée."


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<liste.ailleurs.example>"},
    ],
)
def test_machines_that_answer_say_nothing_or_two_absences_would_write_for_ever(headers):
    assert text_of(letter(**headers)) is None


def test_an_absence_or_a_receipt_that_does_not_say_what_it_is_says_nothing():
    absent = letter()
    absent.replace_header("Subject", "Réponse automatique : Une question attend votre réponse")
    assert text_of(absent) is None
    receipt = letter("Votre message a été lu.")
    receipt.make_mixed()
    receipt.set_type("multipart/report")
    assert text_of(receipt) is None


def test_what_is_attached_is_named_and_a_logo_is_not():
    message = letter()
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment(
        b"GIF", maintype="image", subtype="gif", filename="logo.gif", disposition="inline"
    )
    assert text_of(message) == f"{WORDS}\n\n(Fichier joint laissé de côté\u00a0: plan.pdf)"


def test_the_address_is_found_among_several_and_where_the_alias_put_it():
    """A mail server's alias hands the letter over without saying to whom it came."""
    several = letter()
    several.replace_header("To", f"Étienne <e@ailleurs.example>, ATN <{reply_address(12, 34)}>")
    assert text_of(several) == WORDS
    hidden = letter(Delivered_To=reply_address(12, 34))
    hidden.replace_header("To", "undisclosed-recipients:;")
    assert text_of(hidden) == WORDS


@pytest.mark.parametrize(
    "head",
    [
        b"To: =?utf-8?q?=?=, <@\r\n",
        b"To: \xff\xfe <a@b\r\nSubject: =?x?\r\n",
        b"Message-ID: \xd8\r\nSubject: =?\xffutf-8?b?w6k=?=\r\n",
        b"Content-Type: text/plain; charset=\x00\r\nFrom: ,,;\r\n",
    ],
)
def test_a_letter_that_is_badly_made_is_no_fault_of_ours(head):
    assert text_of(head + b"\r\nOui.") is None
    to = reply_address(12, 34)
    found = read(head + b"\r\nOui.", to=to)
    assert found is None or found.text == "Oui."


@pytest.mark.parametrize("count", [200, 100_000])
def test_a_long_line_announces_no_quotation_and_is_read_once(count):
    """The search for « Le … a écrit : » costs the square of a line: it stops before."""
    line = "Le " + "1 " * count + "a écrit :"
    assert _attribution([line], 0) == 0
    assert _attribution(["Le 3 mars 2027, Étienne Roy a écrit :"], 0) == 1


def test_a_page_whose_head_is_left_open_is_read():
    """Its end tag may be left out (HTML, 13.1.2.4)."""
    assert _Reading.of("<html><head><meta charset=utf-8><body><p>Oui.</p>").strip() == "Oui."
    assert "x" not in _Reading.of("<head><style>x</style></head><body><p>Oui.</p>")


def test_answers_among_quoted_lines_are_kept_below_a_greeting():
    said = letter(
        body="Bonjour,\n\n> Est-ce obligatoire?\n\nNon, jamais.\n\n> Et gratuit?\n\nOui.\n"
    )
    assert text_of(said).split() == ["Bonjour,", "Non,", "jamais.", "Oui."]
