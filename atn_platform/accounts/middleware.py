"""Signing in, the second factor that some roles owe, and devices that several people use."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from atn_platform.accounts.enums import Language
from atn_platform.accounts.http import (
    DEVICE_DAYS,
    ONWARD,
    OPENED,
    RESUMED,
    SEEN,
    TYPED,
    keep_typed,
    page_before,
    stamp_session,
)
from atn_platform.accounts.limits import SESSION, STAFF_SESSION
from atn_platform.accounts.models import User
from atn_platform.core.context import SHARED, SHARED_COOKIE, is_shared

# Far above the longest password that is kept, whose refusal then says so in French.
MONSTROUS = 4096
# In the session: when someone last did something.
SHARED_SEEN = "shared_seen"
SHARED_IDLE_SECONDS = 15 * 60
# Seconds between two notes that someone is there; each is a write.
NOTED_EVERY = 15
# What a person who owes a factor may open: its set-up, the way out, and pages that say nothing
# of anybody.
ALLOWED = (
    "/compte/2fa/",
    "/compte/logout/",
    "/compte/reauthenticate/",
    "/mode-leger/",
    "/aide/",
    "/accessibilite/",
    "/vie-privee/",
    "/langue/",
)
# Whoever runs the platform or reads its reports does so in French: docs/languages.md.
FRENCH_ONLY = ("/admin/", "/rapports/")


class Sessions(SessionMiddleware):
    """Leads to the doors when the session was closed while its own page was being made.

    By its person elsewhere, by ATN, by a departure that they wrote themselves: what was done is
    done, and the words about it wait on the next page. The library answers 400.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            answer: HttpResponse = super().process_response(request, response)
        except SessionInterrupted:
            is_page = request.method in {"GET", "HEAD"}
            here = request.get_full_path() if is_page else page_before(request)
            answer = redirect(here if url_has_allowed_host_and_scheme(here, None) else "/")
            answer.cookies.update(response.cookies)
        return answer


def reader_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Speak to each in the language that they chose, which is on the row read at each request.

    A visitor reads French, and English once an invitation offered it and they took it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(_language(request)):
            return get_response(request)

    return middleware


def _language(request: HttpRequest) -> str:
    if request.path.startswith(FRENCH_ONLY):
        return Language.FRENCH
    if request.user.is_authenticated:
        return request.user.language
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return Language.ENGLISH if chosen == Language.ENGLISH else Language.FRENCH


class SignInRequired(LoginRequiredMiddleware):
    """Every view needs a signed-in person; what was typed when the session was over is kept."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if request.user.is_authenticated and RESUMED in request.POST:
            request.session.pop(TYPED, None)
        answer: HttpResponseBase | None = super().process_view(
            request, view_func, view_args, view_kwargs
        )
        return answer

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """After signing in: to what was typed; else to a page, never to an address of forms."""
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        kept = keep_typed(request)
        return redirect_to_login(reverse("accounts:resume") if kept else page_before(request))


def require_second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Keep a person who owes a second factor on its set-up pages until they have one.

    Asked at each request, so that a role granted a minute ago counts now. The page that they were
    going to is kept in the session: the set-up ends there.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated or request.path.startswith(ALLOWED):
            return get_response(request)
        if user.owes_second_factor:
            onward = request.get_full_path()
            # « //ailleurs » is a path to us, and another site to a browser.
            if request.method == "GET" and url_has_allowed_host_and_scheme(onward, None):
                request.session[ONWARD] = onward
            return redirect("mfa_index")
        if ONWARD in request.session:
            del request.session[ONWARD]
        return get_response(request)

    return middleware


def sane_passwords(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a monstrous password before anything hashes it: 413 by its size, 400 by a NUL."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith("/compte/"):
            typed = [value for name, value in request.POST.items() if "password" in name]
            if any(len(str(value)) > MONSTROUS for value in typed):
                return render(request, "400.html", status=413)
            if any("\0" in str(value) for value in typed):
                return render(request, "400.html", status=400)
        return get_response(request)

    return middleware


def bounded_session(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """End a session that rested too long, or that lasted too long whatever was done in it.

    Whoever sees the records of others has shorter limits; limits.py holds them (ASVS 7.3).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and _is_over(request, user):
            logout(request)
            messages.info(request, _("Votre session est terminée. Connectez-vous de nouveau."))
        return get_response(request)

    return middleware


def _is_over(request: HttpRequest, user: User) -> bool:
    if OPENED not in request.session:
        stamp_session(request)
    life = STAFF_SESSION if user.needs_second_factor else SESSION
    now = int(timezone.now().timestamp())
    rest = now - request.session[SEEN]
    if rest > life.idle or now - request.session[OPENED] > life.whole:
        return True
    # A note of presence is a write: a twentieth of the limit is precise enough.
    if rest > life.idle // 20:
        request.session[SEEN] = now
    return False


def shared_device(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """On a device of several people, forget each one: with the browser, at rest, or when asked.

    The choice is made on the pages of sign-in; here, below every door, it takes effect.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated and "shared_asked" in request.POST:
            request.session[SHARED] = "shared" in request.POST
        was_here = request.user.is_authenticated
        was_shared = was_here and request.session.get(SHARED, False)
        if was_shared and _rested(request):
            logout(request)
            keep_typed(request)
            messages.info(request, _("Session fermée : personne n’a rien fait depuis un moment."))
            response: HttpResponse = redirect(settings.LOGIN_URL)
        else:
            response = get_response(request)
        if request.user.is_authenticated:
            _keep_short(request, response)
        elif was_shared or _was_closed_elsewhere(request):
            _leave_no_trace(response)
        elif was_here and request.path == reverse("account_logout"):
            # Courses carried away go with whoever says goodbye. A session that merely ran out
            # takes nothing: answers may still wait for the line.
            response.headers["Clear-Site-Data"] = '"storage"'
        return response

    return middleware


def _was_closed_elsewhere(request: HttpRequest) -> bool:
    """Whether a shared device still names a session that is no more: ATN or its person ended it.

    What the person typed and did not send waits in the tab, for whoever comes next.
    """
    named = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return named and is_shared(request) and request.session.is_empty()


def _rested(request: HttpRequest) -> bool:
    """Whether nobody did anything for long; otherwise note that someone just did."""
    now = int(timezone.now().timestamp())
    rest: int = now - request.session.setdefault(SHARED_SEEN, now)
    if rest > NOTED_EVERY:
        request.session[SHARED_SEEN] = now
    return rest > SHARED_IDLE_SECONDS


def _keep_short(request: HttpRequest, response: HttpResponse) -> None:
    """Whatever the door promised, the session lasts no longer than the browser."""
    if not is_shared(request):
        if request.session.get(SHARED) is False and SHARED_COOKIE in request.COOKIES:
            response.delete_cookie(SHARED_COOKIE)
        return
    if not request.session.get_expire_at_browser_close():
        request.session.set_expiry(0)
        request.session[SHARED] = True
        response.set_cookie(
            SHARED_COOKIE,
            "1",
            max_age=DEVICE_DAYS * 24 * 60 * 60,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    _forget(response, settings.DEVICE_COOKIE_NAME)


def _leave_no_trace(response: HttpResponse) -> None:
    """The next person finds neither pages in memory nor cookies of the one before."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    for name in (settings.DEVICE_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        _forget(response, name)


def _forget(response: HttpResponse, name: str) -> None:
    response.cookies.pop(name, None)
    response.delete_cookie(name, samesite="Lax")
