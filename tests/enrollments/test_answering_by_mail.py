"""Persona 8, line 3: a question is answered from one's own mail, and the thread stays here.

« Étienne peut répondre à une question d'apprenant depuis son courriel; le fil reste dans la
plateforme. »
"""

import io
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command

from atn_platform.accounts.enums import Role
from atn_platform.notifications import delivery
from atn_platform.notifications.models import OutgoingEmail
from enrollments import actions
from enrollments.models import HelpPost, HelpThread
from tests.factories import NOON, EnrollmentFactory, UserFactory, VersionFactory, lesson_document

pytestmark = pytest.mark.django_db
LETTER = """\
From: {sender}
To: {to}
Subject: Re: Une question attend votre réponse
Message-ID: <{identity}@ailleurs.example>
{extra}Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

À la page 3.

Bonne suite!

Le lun. 23 nov. 2026 à 12 h, Académie <bonjour@atn.example> a écrit :
> Où est le formulaire?
"""


@pytest.fixture(autouse=True)
def returns(settings):
    settings.BOUNCE_EMAIL = "retours@atn.example"


@pytest.fixture
def coach():
    return UserFactory(role=Role.COACH, first_name="Étienne")


@pytest.fixture
def thread(coach):
    enrollment = EnrollmentFactory(version=VersionFactory(stations=[lesson_document("a")]))
    lesson = enrollment.version.document["modules"][0]["lessons"][0]["uuid"]
    return actions.ask(
        enrollment_id=enrollment.pk, lesson=lesson, text="Où est le formulaire?",
        uuid=uuid4(), at=NOON,
    )  # fmt: skip


def reply_to(person) -> str:
    """The address that the letter to this person gives to answer, as it travelled."""
    email = OutgoingEmail.objects.get(recipient=person)
    delivery.deliver(email_id=email.pk, now=NOON)
    [address] = mail.outbox[-1].reply_to
    return address


def receive(monkeypatch, to, *, identity="a", extra="", sender="n.importe@ailleurs.example"):
    raw = LETTER.format(to=to, identity=identity, extra=extra, sender=sender).encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("receive_mail", "--to", to, stdout=io.StringIO())


def texts(thread):
    return list(HelpPost.objects.filter(thread=thread).values_list("text", flat=True))


def test_an_answer_by_mail_joins_the_thread_once_without_what_it_quotes(
    monkeypatch, thread, coach
):
    address = reply_to(coach)
    for _ in range(2):  # a mail server may deliver twice
        receive(monkeypatch, address)
    assert texts(thread) == ["Où est le formulaire?", "À la page 3.\n\nBonne suite!"]
    assert HelpThread.objects.waiting().count() == 0
    # The learner reads it in a letter, and goes on from their own mail.
    learner = thread.enrollment.learner
    receive(monkeypatch, reply_to(learner), identity="b")
    assert HelpPost.objects.latest("pk").author == learner
    assert HelpThread.objects.waiting().get() == thread


def test_an_address_that_we_did_not_make_says_nothing(monkeypatch, thread, coach):
    """Neither another thread nor another person, nor whoever the letter says it is from."""
    address = reply_to(coach)
    local, host = address.split("@")
    forged = [
        f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{host}",
        address.replace(f"+q{thread.pk}-", f"+q{thread.pk + 1}-"),
        address.replace(f"-{coach.pk}-", f"-{thread.enrollment.learner_id}-"),
        f"retours@{host}",
    ]
    for to in forged:
        receive(monkeypatch, to, sender=coach.email)
    assert texts(thread) == ["Où est le formulaire?"]


def test_an_automatic_answer_and_a_former_coach_say_nothing(monkeypatch, thread, coach):
    address = reply_to(coach)
    receive(monkeypatch, address, extra="Auto-Submitted: auto-replied\n")
    coach.role_grants.update(ended_at=NOON)
    receive(monkeypatch, address)
    assert texts(thread) == ["Où est le formulaire?"]


def test_without_an_address_for_mail_answers_go_to_the_academy(settings, thread, coach):
    settings.BOUNCE_EMAIL = ""
    enrollment = thread.enrollment
    actions.say(thread_id=thread.pk, by=coach, text="Page 3.", uuid=uuid4(), at=NOON)
    assert reply_to(enrollment.learner) == settings.REPLY_TO_EMAIL
