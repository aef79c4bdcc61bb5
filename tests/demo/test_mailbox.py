"""The letter box of the demonstration, filled by a real SMTP conversation."""

import asyncio
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from django.urls import reverse
from django.utils import timezone

from atn_platform.accounts.actions import print_cards
from atn_platform.accounts.models import User
from atn_platform.core.codes import spelled
from atn_platform.demo import mailbox
from atn_platform.demo.accounts import CARD_HANDLE, DEMO_ACCOUNTS
from tests.factories import UserFactory

NOON = datetime(2026, 11, 24, 17, 0, 0, 42, tzinfo=UTC)
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"

# The page of the letters shows the code of a card too.
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def written(subject="Votre code", text="Bonjour,\n\nABCD-EF12\n\nÀ bientôt.", html="", ics=""):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Académie <bonjour@atn.example>"
    message["To"] = "chantal@ville.example"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if ics:
        message.add_attachment(
            ics.encode(), maintype="text", subtype="calendar", filename="rencontre.ics"
        )
    return message


def kept(**parts) -> str:
    return mailbox.keep(written(**parts).as_bytes(), at=NOON).stem


class LetterBox(Controller):
    """The receiver, which closes every connection before it stops.

    Its own first one, by which it learns that it listens, is otherwise left half open when the
    machine is slow.
    """

    def factory(self):
        session = super().factory()
        self.sessions = [*getattr(self, "sessions", []), session]
        return session

    async def close(self) -> None:
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)
        for session in self.sessions:
            if session.transport is not None:
                session.transport.close()
        await asyncio.sleep(0.01)


@contextmanager
def conversation() -> Iterator[smtplib.SMTP]:
    """A client in front of the receiver."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = LetterBox(mailbox.Receiver(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            yield smtp
        asyncio.run_coroutine_threadsafe(controller.close(), controller.loop).result(timeout=10)
    finally:
        controller.stop()


def test_a_message_sent_by_smtp_is_listed_with_its_code(client):
    with conversation() as smtp:
        smtp.send_message(written(subject="Été à Québec"))

    page = client.get(reverse("demo:mailbox")).content.decode()

    assert "Été à Québec" in page
    assert "chantal@ville.example" in page
    assert "ABCD-EF12" in page


def test_a_full_disk_asks_the_sender_to_try_again(settings, tmp_path):
    (tmp_path / "courriels").write_text("a file where the folder should be")
    with conversation() as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(written())
    assert refused.value.smtp_code == 452


def test_the_empty_letter_box_says_so_and_names_nobody_who_does_not_exist(client):
    User.objects.filter(email=DEMO_ACCOUNTS[0].email).update(email="autre@ville.example")
    page = client.get(reverse("demo:mailbox")).content.decode()
    assert "Aucun courriel pour le moment" in page
    assert "Luc Bélanger" not in page


def test_the_newest_message_comes_first_and_old_ones_are_on_the_next_page(client):
    for number in range(51):
        at = NOON.replace(microsecond=number)
        mailbox.keep(written(subject=f"Message {number:02}").as_bytes(), at=at)

    first = client.get(reverse("demo:mailbox")).content.decode()
    second = client.get(reverse("demo:mailbox"), {"page": 2}).content.decode()

    assert first.index("Message 50") < first.index("Message 01")
    assert "Message 00" not in first
    assert "Message 00" in second
    assert "Message 50" not in second


def test_a_message_shows_its_text_its_code_and_its_pieces(client):
    key = kept(html="<p>Bonjour</p>", ics=CALENDAR)

    page = client.get(reverse("demo:message", args=[key])).content.decode()

    assert "À bientôt." in page
    assert '<b class="code">ABCD-EF12</b>' in page
    assert "rencontre.ics" in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_the_html_part_is_shut_in_a_sandbox(client):
    key = kept(html="<p>Bonjour</p><script>alert(1)</script>")

    response = client.get(reverse("demo:message-html", args=[key]))

    policy = response.headers["Content-Security-Policy"]
    assert "<p>Bonjour</p>" in response.content.decode()
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_an_attached_calendar_is_downloaded_as_it_was_sent(client):
    key = kept(ics=CALENDAR)

    response = client.get(reverse("demo:attachment", args=[key, 1]))

    assert response.content == CALENDAR.encode()
    assert response.headers["Content-Type"] == "text/calendar"
    assert response.headers["Content-Disposition"] == 'attachment; filename="rencontre.ics"'


@pytest.mark.parametrize("number", [0, 2])
def test_a_piece_that_does_not_exist_is_not_found(client, number):
    key = kept(ics=CALENDAR)
    assert client.get(reverse("demo:attachment", args=[key, number])).status_code == 404


@pytest.mark.parametrize("key", ["inconnu", "20261124T170000000042-abcdef", "-"])
def test_a_message_that_does_not_exist_is_not_found(client, key):
    for name in ("demo:message", "demo:message-html"):
        assert client.get(reverse(name, args=[key])).status_code == 404


def test_a_message_deleted_while_listing_is_left_out():
    key = kept()
    assert [found.key for found in mailbox.messages([key, "20261124T170000000042-abcdef"])] == [
        key
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Votre code :\n\n482913\n", "482913"),
        ("Votre code :\n\n  AB2D-9KLM  \n", "AB2D-9KLM"),
        ("BONJOUR\n\nSALUT\n", ""),
        ("Rencontre à 13 h 30, code postal G1V 0A6", ""),
    ],
)
def test_a_code_is_seen_only_when_it_stands_alone(text, code):
    path = mailbox.keep(written(text=text).as_bytes(), at=NOON)
    assert mailbox.ReceivedMessage(path).sign_in_code == code


def test_a_message_without_subject_can_still_be_opened(client):
    key = mailbox.keep(b"From: a@b.example\r\n\r\nBonjour\r\n", at=NOON).stem

    page = client.get(reverse("demo:mailbox")).content.decode()

    assert "(sans objet)" in page
    assert "(sans objet)" in client.get(reverse("demo:message", args=[key])).content.decode()


def test_the_page_shows_the_code_of_the_card_that_the_demonstration_holds(client):
    # The demonstration may be there, with its own Luc.
    User.objects.filter(handle=CARD_HANDLE).update(handle="un.autre@saint-exemple")
    User.objects.filter(email=DEMO_ACCOUNTS[0].email).exists() or UserFactory(
        email=DEMO_ACCOUNTS[0].email
    )
    user = UserFactory(first_name="Luc", last_name="Bélanger", email=None, password="!")
    assert "Ginette Ouellet lui en imprime une autre" in client.get("/demo/courriels/").text
    [made] = print_cards(
        people=[user], place="Saint-Exemple", printing=uuid4(), by=None, at=timezone.now()
    )
    page = client.get("/demo/courriels/").text
    assert user.handle == CARD_HANDLE
    assert spelled(made.code) in page
    assert f"/compte/carte/?identifiant={CARD_HANDLE.replace('@', '%40')}" in page
