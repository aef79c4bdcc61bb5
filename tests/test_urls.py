"""Every address of the site, met by strangers and by nonsense. Cases S-02, S-05, S-78 and B-87."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, converters, get_resolver
from django.urls.resolvers import RoutePattern

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from tests.factories import MandateFactory, UserFactory
from tests.test_house import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
# What the libraries leave open on purpose: the ways in, and what Django's admin says to strangers.
OPEN = (
    "account_",
    "socialaccount_login_",
    "mfa_login",
    "mfa_authenticate",
    "admin:login",
    "admin:jsi18n",
)
NONSENSE = {
    converters.IntConverter: ["1", "9999999999999999999", "0"],
    converters.UUIDConverter: ["00000000-0000-0000-0000-000000000000"],
    converters.PathConverter: ["x", "..%2f..%2fetc/passwd", "a/b/c"],
}
ANY_TEXT = ["x", "%00", "%ff", "%C3%A9", "9" * 40, "%0d%0aX:1", "１２", "x" * 8000]
QUERIES = [
    "",
    "?page[]=1&page=-1&page=99999999999999999999",
    "?q=%ff%00&du=0000-00-00&au=9999-99-99",
]


def patterns(resolver: URLResolver, prefix: str = "", namespace: str = "", ways: tuple = ()):
    """(name, route, converters of the route, view) of each plain route."""
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            continue  # the regular expressions are the libraries' own
        route, known = prefix + str(entry.pattern), (*ways, *entry.pattern.converters.items())
        if isinstance(entry, URLResolver):
            inside = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, route, inside, known)
        elif isinstance(entry, URLPattern):
            yield namespace + (entry.name or ""), route, dict(known)


def addresses(route: str, known: dict):
    """The route with nonsense in the place of each of its arguments."""
    longest = max((len(nonsense(kind)) for kind in known.values()), default=1)
    for rank in range(max(longest, len(QUERIES))):
        address = route
        for kind in known.values():
            values = nonsense(kind)
            start = address.index("<")
            address = (
                address[:start] + values[rank % len(values)] + address[address.index(">") + 1 :]
            )
        yield f"/{address}"


def nonsense(kind) -> list[str]:
    return NONSENSE.get(type(kind), ANY_TEXT)


ROUTES = sorted(patterns(get_resolver()), key=lambda row: row[1])


@pytest.fixture(scope="module")
def sessions(django_db_setup, django_db_blocker) -> Iterator[dict[str, str | None]]:
    """A stranger has none; a learner meets the refusals; a superuser is let in everywhere.

    Which role is let in where is the business of tests/access.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        superuser = UserFactory(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True)
        people = {"learner": MandateFactory().user, "superuser": superuser}
        yield {"stranger": None} | {name: session_of(user) for name, user in people.items()}
        transaction.set_rollback(True)


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_the_walk_sees_the_site():
    assert len(ROUTES) > 100
    assert {name for name, *_ in ROUTES} >= PUBLIC


@pytest.mark.parametrize(("name", "route", "known"), ROUTES, ids=[row[1] or "/" for row in ROUTES])
def test_a_stranger_is_never_let_in(client, name, route, known):
    """S-02: on every page that is not public, whatever the method."""
    if name in PUBLIC or name.startswith(OPEN):
        return
    address = next(addresses(route, known))
    for method in METHODS:
        answer = getattr(client, method)(address)
        assert answer.status_code in {302, 401, 403, 404, 405}, (method, address)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.ignore_template_errors  # allauth's own templates ask for what may not be there
@pytest.mark.parametrize(("name", "route", "known"), ROUTES, ids=[row[1] or "/" for row in ROUTES])
def test_nonsense_in_an_address_is_never_a_failure(sessions, name, route, known):
    """B-87: an answer, always, whoever asks; S-78: its headers too."""
    for session in sessions.values():
        client = Client()
        if session:
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        for rank, address in enumerate(addresses(route, known)):
            answer = client.get(address + QUERIES[rank % len(QUERIES)])
            assert answer.status_code < 500, address[:80]
            assert answer.headers["Referrer-Policy"]
            assert answer.headers["X-Frame-Options"] == "DENY"
