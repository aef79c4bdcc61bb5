"""The page behind the link of an invitation. Reading it changes nothing: scanners follow links."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.decorators import limited
from atn_platform.accounts.enums import Language
from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.actions import invitations
from municipalities.forms import AcceptForm
from municipalities.models import Invitation
from municipalities.queries.addresses import has_left

GONE = 410
# In the address: whoever opened the letter is not the person of the account there.
SUCCESSOR = "nouveau"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitation")
@sensitive_variables("token")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    hashed = invitations.token_hash(token)
    found = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(token_hash=hashed)
        .first()
    )
    signed_in = request.user if request.user.is_authenticated else None
    if found is not None and signed_in is not None and found.accepted_by_id == signed_in.pk:
        return redirect("portal:home")
    state = _state(found)
    if found is None or state != "open":
        status = GONE if found else 404
        context = {"state": state, "invitation": found}
        return render(request, "municipalities/invitation_closed.html", context, status=status)
    owner = User.objects.opened_by([found.email]).get(found.email)
    if signed_in is not None and signed_in != owner:
        context = {"state": "other", "invitation": found}
        return render(request, "municipalities/invitation_closed.html", context)
    if owner is not None and signed_in is None:
        return _known(request, found, owner)
    return _answer(request, found, signed_in)


def _known(request: HttpRequest, found: Invitation, owner: User) -> HttpResponse:
    """The address has an account: its person signs in; a successor opens one of their own."""
    passes = has_left(owner, on=timezone.localdate())
    if passes and SUCCESSOR in request.GET:
        return _answer(request, found, None, takes_address=True)
    context = {
        "state": "sign-in",
        "invitation": found,
        "sign_in": _sign_in(request),
        "passes": passes,
    }
    return render(request, "municipalities/invitation_closed.html", context)


def _answer(
    request: HttpRequest,
    found: Invitation,
    signed_in: User | None,
    *,
    takes_address: bool = False,
) -> HttpResponse:
    initial = {
        "first_name": found.first_name,
        "last_name": found.last_name,
        "public": found.public,
        "function": found.function,
    }
    data = request.POST if request.method == "POST" else None
    form = AcceptForm(data, initial=initial, has_account=signed_in is not None)
    if form.is_valid():
        try:
            user = invitations.accept_invitation(
                invitation_id=found.pk,
                welcome=form.welcome(),
                signed_in=signed_in,
                language=_language(found),
                takes_address=takes_address,
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            if signed_in is None:
                login(request, user)
            messages.success(
                request,
                _("Bienvenue! Vous faites partie des gens %s.") % wording.of(found.organisation),
            )
            return redirect("portal:home" if user.has_way_back else "accounts:way-back")
    context = {"form": form, "invitation": found}
    return render(request, "municipalities/invitation.html", context)


def _state(found: Invitation | None) -> str:
    """Why a link leads nowhere: unknown, used, cancelled or expired; else open."""
    if found is None:
        return "unknown"
    if found.accepted_at is not None:
        return "used"
    if found.cancelled_at is not None:
        return "cancelled"
    return "open" if found.expires_at > timezone.now() else "expired"


def _language(found: Invitation) -> Language:
    """What a new account reads: what its owner read this page in, where it is offered."""
    english = found.organisation.offers_english and wording.in_english()
    return Language.ENGLISH if english else Language.FRENCH


def _sign_in(request: HttpRequest) -> str:
    return f"{reverse('account_request_login_code')}?{urlencode({'next': request.path})}"
