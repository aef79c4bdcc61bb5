"""Pages made of several apps, and the few that belong to none."""

import json
import logging
import re
from email.utils import parseaddr
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.actions import choose_language
from atn_platform.accounts.decorators import limited
from atn_platform.accounts.enums import Language
from atn_platform.accounts.http import SignedInRequest, page_before, typed_by
from atn_platform.accounts.models import User
from atn_platform.core.context import (
    LIGHT_MODE_COOKIE,
    TEXT_SIZE_COOKIE,
    TEXT_SIZES,
    is_shared,
)
from atn_platform.core.numbers import whole
from atn_platform.portal import actions, queries
from atn_platform.portal.forms import CallBackForm
from atn_platform.portal.next_step import RHYTHMS, pace
from municipalities.queries.languages import may_choose_english

YEAR_SECONDS = 365 * 24 * 3600
RHYTHM_COOKIE = "atn_rythme"

LONGEST_REPORT = 8_000
LONGEST_WORD = 200
# Content Security Policy Level 3, section 5.3: the names of a report, and what is worth a line.
# A sample of the script is left out, for it may hold what somebody typed.
WORTH_A_LINE = (
    "effective-directive",
    "violated-directive",
    "blocked-uri",
    "source-file",
    "line-number",
)

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "portal/landing.html")
    context = {
        "home": queries.home(request.user, now=timezone.localtime()),
        "contact": _contact(),
        "typed": typed_by(request),
    }
    return render(request, "portal/home.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """A number to call, a form to be called, and answers to what people ask most."""
    person = _person(request)
    # Between the code and the second factor no page says whose account it is.
    known = None if person is None or person.owes_second_factor else person
    return _help(request, CallBackForm.blank(known, page_before(request)))


@login_not_required
@require_POST
@limited("call_back")
def call_back(request: HttpRequest) -> HttpResponse:
    """Ask for a call; anyone may, signed in or not."""
    form = CallBackForm(request.POST)
    if not form.is_valid():
        return _help(request, form)
    actions.ask_call_back(wish=form.wish(), person=_person(request), at=timezone.now())
    messages.success(
        request,
        _("C’est noté. Une personne de l’Académie vous appelle d’ici deux jours ouvrables."),
    )
    return redirect("portal:help")


def _contact() -> str:
    """The address alone: a link that writes to someone takes no name."""
    return parseaddr(settings.REPLY_TO_EMAIL)[1]


def _person(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _help(request: HttpRequest, form: CallBackForm) -> HttpResponse:
    context = {
        "contact": _contact(),
        "phone": settings.SUPPORT_PHONE,
        "dialled": re.sub(r"[^\d+]", "", settings.SUPPORT_PHONE),
        "form": form,
    }
    return render(request, "portal/help.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html", {"contact": _contact()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "portal/privacy.html",
        {
            "contact": _contact(),
            "services": settings.OUTSIDE_SERVICES,
        },
    )


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """French for whoever asks; English where an organisation of the person offers it.

    The device remembers it for the pages of sign-in, unless several people use it. A visitor
    comes from an invitation of such an organisation, whose page offers the choice.
    """
    english = request.POST.get("language") == Language.ENGLISH
    person = _person(request)
    if person and english and not may_choose_english(person, on=timezone.localdate()):
        messages.error(request, _("Aucune de vos organisations n’offre la plateforme en anglais."))
        return redirect(_next_page(request))
    if person:
        chosen = Language.ENGLISH if english else Language.FRENCH
        choose_language(user=person, language=chosen)
    response = redirect(_next_page(request))
    if english and not is_shared(request):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            Language.ENGLISH,
            max_age=YEAR_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


def _next_page(request: HttpRequest) -> str:
    target = request.POST.get("next", "/")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else "/"


@login_not_required
@require_POST
def light_mode(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie: it says nothing of the person."""
    response = redirect(_next_page(request))
    value = "1" if request.POST.get("light") == "1" else "0"
    _remember(request, response, LIGHT_MODE_COOKIE, value)
    return response


@login_not_required
@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Keep the size of the text in a cookie, as the mode."""
    response = redirect(_next_page(request))
    size = request.POST.get("size", "")
    _remember(request, response, TEXT_SIZE_COOKIE, size if size in TEXT_SIZES else "0")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def rhythm(request: SignedInRequest) -> HttpResponse:
    """How long one wants to learn each week; a device of several people remembers nothing."""
    if request.method != "POST":
        left, today = queries.minutes_left(request.user), timezone.localdate()
        paces = [pace(minutes, left, on=today) for minutes in RHYTHMS]
        chosen = pace(request.COOKIES.get(RHYTHM_COOKIE, ""), left, on=today)
        context = {"pace": chosen, "paces": paces, "longest": paces[0]}
        return render(request, "portal/rhythm.html", context)
    response = redirect("portal:rhythm")
    if request.POST.get("minutes", "") in RHYTHMS and not is_shared(request):
        _remember(request, response, RHYTHM_COOKIE, request.POST["minutes"])
    else:
        response.delete_cookie(RHYTHM_COOKIE, samesite="Lax")
    return response


def _remember(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR_SECONDS, secure=request.is_secure(), samesite="Lax"
    )


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """One door only. Whoever is signed in and still sent here has no access: say so, no loop."""
    if request.user.is_authenticated:
        raise PermissionDenied
    target = request.GET.get("next")
    return redirect(
        reverse("account_request_login_code", query={"next": target} if target else None)
    )


@login_not_required
@csrf_exempt  # browsers post by themselves, without the token of a form
@require_POST
@limited("policy_report")
def policy_report(request: HttpRequest) -> HttpResponse:
    """Note what a browser reports of a page of this site; refuse anything else unread."""
    page = None
    if _may_be_a_report(request):
        told = _policy_told(request.body)
        page = _page(told.get("document-uri"), request.get_host())
    if page is None:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    words = [f"page={_word(page)}"]
    words += [f"{name}={_word(told[name])}" for name in WORTH_A_LINE if name in told]
    logger.warning("Content policy: %s", " ".join(words))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _may_be_a_report(request: HttpRequest) -> bool:
    """By its headers alone: its kind, its size, and that it does not come from another site."""
    size = whole(request.META.get("CONTENT_LENGTH", "")) or 0
    return (
        request.content_type == "application/csp-report"
        and 0 < size <= LONGEST_REPORT
        and request.headers.get("Sec-Fetch-Site") != "cross-site"
    )


def _policy_told(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)["csp-report"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return {}
    return told if isinstance(told, dict) else {}


def _page(address: object, host: str) -> str | None:
    """The path alone, when it is of this site; the log hides what opens a door in a path."""
    try:
        parts = urlsplit(str(address))
    except ValueError:
        return None
    return parts.path if parts.netloc == host else None


def _word(value: object) -> str:
    """No query, no space nor control character, no more than a line needs."""
    plain = str(value) if isinstance(value, str | int) else type(value).__name__
    return re.sub(r"[^!-~]+", "_", plain.partition("?")[0])[:LONGEST_WORD]
