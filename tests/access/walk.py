"""Every address of the site, with arguments that lead to something of municipality A."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from tests.access.world import World

NIL = "00000000-0000-0000-0000-000000000000"
HOLE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^()]*\)")
SIGN_IN = ("/compte/login/", "/admin/login/")


def routes(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator:
    """(name, route, view) of each pattern, in the order in which Django tries them."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = str(entry.pattern)
        if not isinstance(entry.pattern, RoutePattern):
            route = route.lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            inside = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, prefix + route, inside)
        elif isinstance(entry, URLPattern):
            yield space + (entry.name or ""), prefix + route, entry.callback


def address(name: str, route: str, world: World) -> str:
    """The route with what the world puts in its holes."""
    known = {**world.arguments, **world.exceptions.get(name, {})}

    def fill(hole: re.Match) -> str:
        argument = hole["name"] or hole["group"]
        fallback = NIL if hole["kind"] == "uuid" else "1"
        value = known.get(argument, fallback)
        return value if hole["kind"] != "int" or value.isdecimal() else "1"

    return "/" + HOLE.sub(fill, route).replace("\\", "")


def outcome(answer: HttpResponseBase) -> str:
    """« in », « login », or the refusal; an answer of 405 tells nothing of who asks."""
    if answer.status_code in {401, 403, 404, 405} or answer.status_code >= 500:
        return str(answer.status_code)
    target = urlsplit(unquote(answer.headers.get("Location", ""))).path
    return "login" if target.startswith(SIGN_IN) else "in"


def ask(client: Client, method: str, target: str) -> HttpResponseBase:
    """Ask, and take back whatever the request wrote, so that the next one finds the same world."""
    with transaction.atomic():
        answer = getattr(client, method)(target)
        transaction.set_rollback(True)
    return answer
