"""What devices kept without network: who is there, and the door where it is sent."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse, RawPostDataException
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.http import SignedInRequest
from enrollments import actions, forms


@require_http_methods(["GET", "HEAD", "POST"])
def journal(request: SignedInRequest) -> HttpResponse:
    """GET says for whom a device may send, and how; POST takes a batch (docs/offline.md)."""
    if request.method != "POST":
        # What waits under an account of theirs that became one with this one is theirs too.
        accounts = [each.device_owner for each in request.user.united.order_by("pk")]
        said = {"personne": request.user.device_owner, "aussi": accounts}
        return JsonResponse({**said, "jeton": get_token(request)})
    try:
        batch = forms.batch(request.body)
    except forms.TooMany:
        return JsonResponse({}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (ValueError, RawPostDataException):  # a form was sent, which has been read already
        return JsonResponse({}, status=HTTPStatus.BAD_REQUEST)
    now = timezone.now()
    answers = actions.replay(learner=request.user, batch=batch, at=now)
    results = [
        {"id": str(each.id), "sort": each.fate, "motif": each.words, "resultat": each.score}
        for each in answers
    ]
    return JsonResponse({"maintenant": now.isoformat(), "resultats": results})
