"""A real Chromium in front of the real site, with a real SMTP receiver behind it."""

import os
import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from courses import actions as course_actions
from tests.browser.bench import PARKED, context_for
from tests.browser.chromium import CHROMIUM, FLAGS
from tests.course_files import write_course
from tests.factories import NOON

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skip(reason="no Chromium: install Debian's chromium or set CHROMIUM=")
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.no_cover)
            if CHROMIUM is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def playwright(django_db_setup) -> Iterator[Playwright]:
    # The database goes after the browser, whose open connections hold the server's to the database.
    # Playwright's loop lives in this thread; Django would refuse the ORM beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as running:
        yield running
        # A thread with a running loop has connections of its own, out of reach after it.
        connections.close_all()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def kept(browser) -> BrowserContext:
    return context_for(browser)


@pytest.fixture
def context(kept) -> Iterator[BrowserContext]:
    """What `findings` walks with, a stranger's until the test signs someone in.

    The same for every test, because a new context and its page cost seconds of processor; whoever
    only looks leaves nothing behind but cookies.
    """
    yield kept
    kept.clear_cookies()
    for page in kept.pages:
        if page.url != PARKED:
            page.close()


class Mailbox(Message):
    """Messages received over SMTP, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list = []

    def handle_message(self, message: object) -> None:
        self.messages.append(message)


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    """The site's mail leaves through SMTP to this receiver."""
    received = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    yield received
    controller.stop()


@pytest.fixture
def course(tmp_path, transactional_db):
    """The small course, published."""
    draft = course_actions.import_folder(path=write_course(tmp_path))
    course_actions.publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


def signed_in(context, live_server, user) -> None:
    """Give the browser a session of this person, as signing in would."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])


@pytest.fixture
def phone(browser):
    """A page whose device holds passkeys, and everything that its console says."""
    context = context_for(browser, width=375)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    yield page
    context.close()
