"""B-81: letters that come back, from real answers of a mail server and from reports by mail."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from atn_platform.notifications import bounces, delivery, outbox
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OptOut, OutgoingEmail, RefusedAddress
from municipalities.actions import invitations, letters
from tests.factories import NOON, MandateFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db

DELIVERY_STATUS = """\
From: MAILER-DAEMON@exemple.ca
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={report}; boundary="b"

--b
Content-Type: text/plain

Voici ce qui est arrivé.

--b
Content-Type: message/{part}

Reporting-MTA: dns; exemple.ca

Final-Recipient: rfc822; c@exemple.ca
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} inconnu

--b--
"""


@pytest.fixture(autouse=True)
def bounce_address(settings):
    settings.BOUNCE_EMAIL = "retours@atn.example"


def promise(key="essai:1", category=Category.SESSION, email="c@exemple.ca") -> OutgoingEmail:
    person, _made = type(UserFactory.build()).objects.get_or_create(email=email)
    message = Message(
        key=key, category=category, recipient=person, subject="Bonjour", text="Bonjour.",
        html="", reason="Vous avez réservé une place.",
    )  # fmt: skip
    assert outbox.queue(message, at=NOON)
    return OutgoingEmail.objects.get(key=key)


def report(email, *, action="failed", status="5.1.1", to=None, kind="delivery-status"):
    return DELIVERY_STATUS.format(
        to=to or bounces.return_path(email.pk), action=action, status=status, report=kind,
        part="feedback-report" if kind == "feedback-report" else "delivery-status",
    ).encode()  # fmt: skip


def receive(monkeypatch, raw: bytes) -> str:
    """Run the command as a mail server does, and give what it says."""
    said = io.StringIO()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    call_command("receive_mail", stdout=said)
    return said.getvalue()


def test_each_letter_leaves_with_an_envelope_of_its_own(mailbox, settings):
    email = promise()
    delivery.deliver(email_id=email.pk, now=NOON)
    [message] = mailbox.messages
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert mailbox.senders == [bounces.return_path(email.pk)]
    assert bounces.return_path(email.pk) != bounces.return_path(email.pk + 1)


@pytest.mark.parametrize(
    ("answer", "flagged", "abandoned"),
    [
        ("550 5.1.1 User unknown", True, True),
        ("550 User unknown", True, True),
        ("552 5.2.2 Mailbox full", False, True),
        ("550 5.7.1 Blocked", False, True),
        ("451 4.7.1 Greylisted", False, False),
    ],
)
def test_b81_an_answer_at_once_flags_the_address_only_when_it_speaks_of_it(
    mailbox, answer, flagged, abandoned
):
    mailbox.recipient_answers = [answer]
    email = promise()
    delivery.deliver(email_id=email.pk, now=NOON)
    email.refresh_from_db()
    assert RefusedAddress.objects.filter(address="c@exemple.ca").exists() == flagged
    assert bool(email.abandoned_at) == abandoned


def test_b81_a_hard_report_stops_all_but_the_codes_asked_for(mailbox, monkeypatch):
    first = promise()
    delivery.deliver(email_id=first.pk, now=NOON)
    assert "refused" in receive(monkeypatch, report(first))
    later, code = promise("essai:2"), promise("code:1", Category.ACCOUNT)
    assert not delivery.deliver(email_id=later.pk, now=NOON)
    assert delivery.deliver(email_id=code.pk, now=NOON)
    later.refresh_from_db()
    assert later.last_error == delivery.REFUSED
    assert len(mailbox.messages) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "retours@atn.example"},
        {"to": "retours+1-00000000000000000000@atn.example"},
        {"to": "retours+99999999999999999999-00000000000000000000@atn.example"},
        {"action": "delayed", "status": "4.4.1"},
        {"action": "failed", "status": "4.4.7"},
        {"action": "delivered", "status": "2.0.0"},
    ],
)
def test_b81_a_forged_report_or_a_delay_changes_nothing(monkeypatch, changes):
    receive(monkeypatch, report(promise(), **changes))
    assert not RefusedAddress.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00\xff",
        b"To: {to}\nAuto-Submitted: auto-replied\n\nAbsente du bureau.",
        b"To: ",
    ],
)
def test_b81_absences_and_noise_change_nothing(monkeypatch, raw):
    receive(monkeypatch, raw.replace(b"{to}", bounces.return_path(promise().pk).encode()))
    assert not RefusedAddress.objects.exists()
    assert not OptOut.objects.exists()


def test_b81_a_complaint_stops_the_reminders_of_that_person(monkeypatch):
    email = promise(category=Category.REMINDER)
    receive(monkeypatch, report(email, kind="feedback-report"))
    assert OptOut.objects.get().user == email.recipient
    assert not RefusedAddress.objects.exists()


def test_b81_whoever_answers_for_the_person_is_told_once(
    mailbox, monkeypatch, django_capture_on_commit_callbacks
):
    duty = ResponsibilityFactory(user__email="dg@exemple.ca")
    ResponsibilityFactory()
    email = promise()
    MandateFactory(user=email.recipient, organisation=duty.organisation)
    with django_capture_on_commit_callbacks(execute=True):
        receive(monkeypatch, report(email))
        receive(monkeypatch, report(email))
    letters.tell_of_refusal(refusal_id=RefusedAddress.objects.get().pk, at=NOON)
    told = OutgoingEmail.objects.filter(key__startswith="address-refused:")
    assert [(each.to_address, "c@exemple.ca" in each.text) for each in told] == [
        ("dg@exemple.ca", True)
    ]


def test_b81_sending_the_invitation_again_is_saying_that_the_address_works(mailbox):
    duty = ResponsibilityFactory()
    (invited,) = invitations.invite(
        organisation=duty.organisation, by=duty.user, at=NOON,
        guests=[invitations.Guest(email="neuf@exemple.ca")],
    )  # fmt: skip
    mailbox.recipient_answers = ["550 5.1.1 inconnu"]
    letter = OutgoingEmail.objects.get(to_address="neuf@exemple.ca")
    delivery.deliver(email_id=letter.pk, now=NOON)
    assert RefusedAddress.objects.exists()
    invitations.resend(invitation_id=invited.pk, by=duty.user, at=NOON + invitations.COOL_DOWN)
    again = OutgoingEmail.objects.filter(to_address="neuf@exemple.ca").latest("pk")
    assert delivery.deliver(email_id=again.pk, now=NOON + invitations.COOL_DOWN)
