"""The person's own agreements, on one page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from atn_platform.consents import actions, queries
from atn_platform.consents.enums import Way
from atn_platform.consents.forms import AnswerForm
from atn_platform.core.exceptions import ActionError


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: SignedInRequest) -> HttpResponse:
    """What the person agreed to, when, and one button to agree or to take it back."""
    if request.method == "POST":
        _answer(request, AnswerForm(request.POST))
        return redirect("consents:mine")
    return render(request, "consents/mine.html", {"choices": queries.choices_of(request.user)})


def _answer(request: SignedInRequest, form: AnswerForm) -> None:
    if not form.is_valid():
        messages.error(request, _("Ce choix n’est plus offert. Relisez la page."))
        return
    purpose, user, at = form.cleaned_data["purpose"], request.user, timezone.now()
    if not form.cleaned_data["agree"]:
        actions.withdraw(user_id=user.pk, purpose=purpose, way=Way.PAGE, at=at)
        messages.success(request, _("Votre accord est retiré, dès maintenant."))
        return
    version = form.cleaned_data["version"]
    try:
        actions.give(user=user, purpose=purpose, version=version, way=Way.PAGE, at=at)
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Votre accord est noté. Vous pouvez le retirer ici."))
