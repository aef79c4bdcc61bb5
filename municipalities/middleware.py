"""Whether the door that someone came in by still stands, and whether the address is theirs."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from atn_platform.accounts.http import DOORS, WHOSE
from municipalities.enums import ProviderKind
from municipalities.queries.addresses import may_have_passed
from municipalities.queries.sign_in import by_handle

OPEN = ("/compte/logout/", "/aide/", "/accessibilite/", "/vie-privee/", "/mode-leger/", "/langue/")


def door_stands(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever came in by a service that opens nothing any more comes in by another door.

    Asked at each request of theirs, and of nobody else: turned off by a responsable, gone with a
    place that left the registry, or forgotten in a merger, it ends their sessions at once.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (closed := _closed_door(request)):
            logout(request)
            said = _("Votre organisation n’ouvre plus la plateforme par %s. Demandez un code.")
            messages.info(request, said % closed)
        return get_response(request)

    return middleware


def _closed_door(request: HttpRequest) -> str:
    """The name of the service that let this session in, when it no longer opens anything."""
    for door in request.session.get(DOORS, []):
        if door.get("method") == "socialaccount" and by_handle(door["provider"]) is None:
            return ProviderKind(door["provider"].partition("-")[0]).label
    return ""


def still_theirs(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A successor who holds the address must not come into the account by mistake.

    Asked once, of whoever signs in after the owner left their last place.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and request.session.get(DOORS):
            if WHOSE not in request.session:
                request.session[WHOSE] = may_have_passed(user, on=timezone.localdate())
            page = reverse("municipalities:still-mine")
            if request.session[WHOSE] and not request.path.startswith((page, *OPEN)):
                return redirect(page)
        return get_response(request)

    return middleware
