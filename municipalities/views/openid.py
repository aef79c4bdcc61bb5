"""To Microsoft or Google and back, in the library's steps, with checks and words of our own."""

import logging

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
    OAuth2View,
)
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from requests import RequestException

from municipalities.adapter import CheckedAdapter

DOWN = 502
logger = logging.getLogger(__name__)


@login_not_required
def leave(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On the way out, of all that an address may ask of the library only the page to come back to.

    « process=connect » would tie whatever account is open over there to the one open here.
    """
    onward = request.GET.get("next", "")
    request.GET = QueryDict(urlencode({"next": onward}) if onward else "")
    return _answered(OAuth2LoginView, request, provider_id)


@login_not_required
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answered(OAuth2CallbackView, request, provider_id)


def _answered(step: type[OAuth2View], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = step.adapter_view(CheckedAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (RequestException, OAuth2Error):
        # It is down, too slow, or answers something else than what the standard says.
        logger.exception("%s does not answer as an OpenID provider", provider_id)
        reason = _("Ce service ne répond pas comme prévu. Connectez-vous par un code.")
        context = {"reason": reason}
        return render(request, "municipalities/sign_in/refused.html", context, status=DOWN)
    return answer
