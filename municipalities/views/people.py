"""What a responsable does for the people of an organisation."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from atn_platform.accounts.http import SignedInRequest
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.actions import invitations, mandates
from municipalities.forms import EndMandateForm, InviteForm, InviteManyForm
from municipalities.models import (
    INVITATION_LIFE,
    Invitation,
    Mandate,
    MandateQuerySet,
    Organisation,
)
from municipalities.permissions import organisations_of
from municipalities.queries.addresses import domains_of
from municipalities.views.telling import tell_late

TEAM = "enrollments:team"
PROFILE = "accounts:profile"


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, handle: str) -> HttpResponse:
    return _invite(request, handle, InviteForm)


@require_http_methods(["GET", "HEAD", "POST"])
def invite_many(request: SignedInRequest, handle: str) -> HttpResponse:
    return _invite(request, handle, InviteManyForm)


def _invite(
    request: SignedInRequest, handle: str, kind: type[InviteForm | InviteManyForm]
) -> HttpResponse:
    organisation = _organisation(request, handle)
    domains = domains_of(organisation, on=timezone.localdate())
    form = kind(request.POST if request.method == "POST" else None, domains=domains)
    if form.is_valid():
        guests = form.guests()
        try:
            sent = invitations.invite(
                organisation=organisation, guests=guests, by=request.user, at=timezone.now()
            )
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            late = tell_late(request, [each.email for each in sent])
            asked = {guest.email.lower() for guest in guests}
            _tell(request, sent=len(sent) - late, known=len(asked) - len(sent))
            return redirect(TEAM, handle)
    context = {
        "form": form,
        "organisation": organisation,
        "several": kind is InviteManyForm,
        "days": INVITATION_LIFE.days,
    }
    return render(request, "municipalities/invite.html", context)


def _tell(request: HttpRequest, *, sent: int, known: int) -> None:
    if sent:
        messages.success(request, _("Invitations envoyées : %s.") % sent)
    if known:
        messages.info(
            request,
            _("Déjà dans vos gens ou déjà invitées, sans nouvelle lettre : %s.") % known,
        )


@require_POST
def resend(request: SignedInRequest, pk: int) -> HttpResponse:
    invited = _invitation(request, pk)
    try:
        invitations.resend(invitation_id=invited.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        if not tell_late(request, [invited.email]):
            messages.success(request, _("La lettre repart vers %s.") % invited.email)
    return redirect(TEAM, invited.organisation.handle)


@require_POST
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    invited = _invitation(request, pk)
    try:
        invitations.cancel_invitation(invitation_id=invited.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("L’invitation envoyée à %s est annulée : son lien ne mène plus à rien.")
            % invited.email,
        )
    return redirect(TEAM, invited.organisation.handle)


@require_http_methods(["GET", "HEAD", "POST"])
def end_mandate(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    mandates_seen = Mandate.objects.filter(
        organisation__in=organisations_of(request.user, on=today)
    )
    return _end(request, mandates_seen, pk, TEAM)


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person says that a function of theirs is over."""
    return _end(request, Mandate.objects.filter(user=request.user), pk, PROFILE)


def _end(request: SignedInRequest, among: MandateQuerySet, pk: int, back: str) -> HttpResponse:
    mandate = get_object_or_404(
        among.from_day(timezone.localdate()).select_related("user", "organisation"), pk=pk
    )
    way_back = reverse(back, args=[mandate.organisation.handle] if back == TEAM else [])
    today = timezone.localdate()
    form = EndMandateForm(
        request.POST if request.method == "POST" else None, initial={"on": today}
    )
    if form.is_valid():
        try:
            mandates.end_mandate(
                mandate_id=mandate.pk,
                on=form.cleaned_data["on"],
                by=request.user,
                at=timezone.now(),
            )
        except ActionError as error:
            form.add_error("on", str(error))
        else:
            messages.success(request, _("Le mandat %s est terminé.") % wording.of(mandate.user))
            return redirect(way_back)
    context = {"form": form, "mandate": mandate, "back": way_back, "own": back == PROFILE}
    opened(
        at=timezone.now(),
        reader=request.user,
        screen=Screen.MANDATE,
        people=[mandate.user_id],
        place=mandate.organisation,
    )
    return render(request, "municipalities/end_mandate.html", context)


def _organisation(request: SignedInRequest, handle: str) -> Organisation:
    mine = organisations_of(request.user, on=timezone.localdate())
    return get_object_or_404(mine.at_handle(handle))


def _invitation(request: SignedInRequest, pk: int) -> Invitation:
    mine = Invitation.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(mine.select_related("organisation"), pk=pk)
