"""Every letter as it is received: both of its forms say the same, and it asks for one thing.

To look at them: `make letters`.
"""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from atn_platform.accounts.enums import Language
from atn_platform.core import french
from atn_platform.notifications import outbox
from atn_platform.notifications.delivery import deliver
from atn_platform.notifications.enums import REFUSABLE
from atn_platform.notifications.models import OutgoingEmail
from municipalities.enums import Duty
from tests.letters import PATH_TITLE, REASON, TITLE, Scene, every_letter

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).parents[2] / "templates" / "emails"
# Parts of the others.
PIECES = {"base", "button", "code", "greeting"}
FRENCH = re.compile(r"(?<![\w-])(?:vous|votre|vos|une|des|pour|dans|demande)\b")


def received(mailbox, name, message):
    """The message as the mail server of its reader has it, whenever it was to leave."""
    now = timezone.now()
    OutgoingEmail.objects.all().delete()
    assert outbox.queue(replace(message, key=name, not_before=None, expires_at=None), at=now)
    assert deliver(email_id=OutgoingEmail.objects.get().pk, now=now)
    return mailbox.messages[-1]


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def ours(text: str) -> str:
    """Without what courses and people wrote, which stays in French."""
    for theirs in (TITLE, PATH_TITLE, REASON, "qu’on vous presse de dire"):
        text = text.replace(french.typography(theirs), "")
    return text


def shown(html: str) -> str:
    """The words of a letter's page from its title on, but for the label of its button."""
    html = re.sub(r'<td class="go">.*?</td>', "", html, flags=re.DOTALL)
    return unescape(strip_tags(html.partition("<h1")[2].partition(">")[2]))


@pytest.mark.parametrize(
    ("language", "place"),
    [
        (Language.FRENCH, "L’Île-du-Grand-Calumet"),
        (Language.FRENCH, "Amos"),
        (Language.ENGLISH, "Saint-Louis-du-Ha! Ha!"),
    ],
)
def test_every_letter_arrives_and_says_the_same_in_both_its_forms(mailbox, language, place):
    wrong = {}
    for name, message in every_letter(Scene(place, language)):
        got = received(mailbox, name, message)
        text = got.get_body(("plain",)).get_content()
        html = got.get_body(("html",)).get_content()
        links = re.findall(r"https?://[^\s<>\"]+", text)
        faults = [
            *(["more than one button"] if html.count('class="go"') > 1 else []),
            *([] if message.reason in shown(html) and message.reason in text else ["no reason"]),
            *(
                f"{link} in the text alone" for link in links
                if link.replace("&", "&amp;") not in html and "?a=1" not in link
            ),
            *(f"{word} in the page alone" for word in words(shown(html)) - words(text)),
            *([] if ("List-Unsubscribe-Post" in got) == (message.category in REFUSABLE)
              else ["RFC 8058"]),
            *(FRENCH.findall(ours(text)) if message.recipient and language == Language.ENGLISH
              else []),
            *(re.findall(r"Bonjour ,|Hello ,|\bNone\b|\bde [AEÉÎ]\w+| (?:;|!)", text)),
        ]  # fmt: skip
        if faults:
            wrong[name] = faults
    assert wrong == {}


def test_the_scene_writes_every_template():
    """One that nobody looked at is found here."""
    written = {name.partition(" ")[0] for name, _ in every_letter(Scene())}
    named = {"address_left": "account_notice"}
    told = {path.stem for path in TEMPLATES.glob("*.html")} - PIECES
    assert told == {named.get(name, name) for name in written}


# What a phone shows of a subject; a name or a title has at least ten of them.
SEEN = 60


def test_the_words_of_a_subject_fit_a_telephone_beside_a_name():
    """Past what is seen, nothing is lost but the end of a long name or title."""
    scene = Scene()
    people = (str(scene.person), str(scene.other), scene.place.name)
    titles = (french.typography(TITLE), PATH_TITLE, Duty.ETHICS.label)
    long = {}
    for name, message in every_letter(scene):
        ours = message.subject
        for theirs in (*people, *titles):
            ours = ours.replace(str(theirs), "")
        if len(message.subject) > SEEN and len(ours) > SEEN - 10:
            long[name] = message.subject
    assert long == {}
