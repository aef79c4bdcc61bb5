"""The letter box in the browser. Public: the demonstration holds fictional people only."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from atn_platform.accounts.actions import code_of
from atn_platform.accounts.models import Card
from atn_platform.core import codes
from atn_platform.demo import mailbox
from atn_platform.demo.accounts import CARD_HANDLE, DEMO_TOTP_SECRET
from atn_platform.demo.loading import is_loaded

PER_PAGE = 50
TOTP_SECONDS = 30
# A received page may style itself and open links in a new tab; nothing else.
FOREIGN_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


@login_not_required
@require_safe
def mailbox_index(request: HttpRequest) -> HttpResponse:
    page = Paginator(mailbox.keys(), PER_PAGE).get_page(request.GET.get("page"))
    received = list(mailbox.messages(list(page.object_list)))
    code = format_hotp_value(hotp_value(DEMO_TOTP_SECRET, int(time.time()) // TOTP_SECONDS))
    card = Card.objects.live(timezone.now()).filter(user__handle=CARD_HANDLE).first()
    context = {
        "page": page,
        "received": received,
        "second_factor": code,
        "handle": CARD_HANDLE,
        "is_loaded": is_loaded(),
        "card_code": codes.spelled(code_of(card)) if card else "",
    }
    return render(request, "demo/mailbox.html", context)


@login_not_required
@require_safe
def message(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "demo/message.html", {"mail": _found(key)})


@login_not_required
@require_safe
@xframe_options_sameorigin
def message_html(request: HttpRequest, key: str) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """The HTML part as its reader sees it, shut in a sandbox."""
    response = HttpResponse(f'<base target="_blank">{_found(key).html}')
    response.headers["Content-Security-Policy"] = FOREIGN_PAGE_POLICY
    return response


@login_not_required
@require_safe
def attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:  # noqa: ARG001
    """One attached file, always downloaded, never displayed; numbers start at 1."""
    attachments = _found(key).attachments
    if not 1 <= number <= len(attachments):
        raise Http404
    file = attachments[number - 1]
    response = HttpResponse(file.content, content_type=file.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or ""
    return response


def _found(key: str) -> mailbox.ReceivedMessage:
    found = mailbox.message(key)
    if found is None:
        raise Http404
    return found
