"""A real SMTP server, in a thread, whose answers a test can script."""

import socket
import warnings
from email import message_from_bytes, policy

import pytest

with warnings.catch_warnings():
    # The library names an asyncio call that Python will withdraw; not ours to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what it accepts; `answers` are given first, one a message, then 250."""

    def __init__(self):
        self.messages = []
        self.senders = []
        self.answers = []
        self.recipient_answers = []
        self.hang_up = False
        self.offered = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.offered += 1
        if self.hang_up:
            # The content has come, and the line falls before our answer.
            server.transport.abort()
            return "250 lost"
        if self.answers:
            return self.answers.pop(0)
        self.senders.append(envelope.mail_from)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def mailbox(settings, free_port):
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port, 5
    yield box
    controller.stop()
