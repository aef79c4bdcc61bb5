"""Whose address is it? Asked once, of whoever signs in after the owner left their last place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from atn_platform.accounts.http import DOORS, WHOSE
from municipalities.queries.addresses import may_have_passed

OPEN = ("/compte/logout/", "/aide/", "/accessibilite/", "/vie-privee/", "/mode-leger/", "/langue/")


def still_theirs(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A successor who holds the address must not come into the account by mistake."""

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
