"""The second factor that some roles owe."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

ALLOWED = ("/compte/2fa/", "/compte/logout/", "/compte/reauthenticate/", "/mode-leger/")


def require_second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keep a person who owes a second factor on its set-up pages until they have one.

    Asked at each request, so that a role granted a minute ago counts now.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            user.is_authenticated
            and not request.path.startswith(ALLOWED)
            and user.owes_second_factor
        ):
            return redirect("mfa_index")
        return get_response(request)

    return middleware
