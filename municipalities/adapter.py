"""What allauth asks of us about identities of elsewhere."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.sealing import unseal
from municipalities.enums import ProviderKind
from municipalities.models import IdentityProvider
from municipalities.queries import sign_in

# In the session: an identity that waits for its person to prove an account is theirs.
WAITING = "identity_waiting"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Providers are rows of organisations; each identity is checked before it opens anything."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one of that name. Never a list: only an address says which to propose."""
        found = sign_in.by_handle(provider or "")
        return [_app(found)] if found else []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse what the organisation does not answer for; link what is proved, or ask a code."""
        provider = sign_in.by_handle(sociallogin.account.provider)
        claims = sociallogin.account.extra_data.get("id_token")
        if provider is None or not claims:
            raise ImmediateHttpResponse(redirect("account_request_login_code"))
        try:
            who = sign_in.identity(provider, claims)
        except sign_in.NotOurs as reason:
            context = {"reason": str(reason)}
            page = render(request, "municipalities/sign_in/refused.html", context, status=403)
            raise ImmediateHttpResponse(page) from None
        _keep_little(sociallogin, who.email)
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        owner = User.objects.filter(email=who.email, is_active=True).first()
        if owner is not None and who.email_verified:
            sociallogin.connect(request, owner)
            return
        _wait(request, provider, who)


def _wait(request: HttpRequest, provider: IdentityProvider, who: sign_in.Identity) -> None:
    request.session[WAITING] = {
        "provider": provider.handle,
        "subject": who.subject,
        "email": who.email,
        "at": timezone.now().timestamp(),
    }
    messages.info(
        request,
        _(
            "Votre compte %s n’est pas encore relié au vôtre ici. Connectez-vous une fois par un "
            "code; ensuite, il suffira."
        )
        % provider.get_kind_display(),
    )
    after = urlencode({"next": reverse("municipalities:link-identity")})
    raise ImmediateHttpResponse(redirect(f"{reverse('account_request_login_code')}?{after}"))


def _keep_little(sociallogin: SocialLogin, email: str) -> None:
    """Of all that the provider tells, only the address stays."""
    sociallogin.account.extra_data = {"email": email}
    if sociallogin.account.pk:
        sociallogin.account.save(update_fields=["extra_data"])


def _app(provider: IdentityProvider) -> SocialApp:
    issuer = settings.OPENID_ISSUERS[provider.kind].format(tenant=provider.tenant)
    more: dict[str, Any] = {"server_url": issuer, "fetch_userinfo": False}
    if provider.kind == ProviderKind.MICROSOFT:
        more["token_auth_method"] = "client_secret_post"  # noqa: S105 -- the name of a method
    return SocialApp(
        provider="openid_connect",
        provider_id=provider.handle,
        name=provider.get_kind_display(),
        client_id=provider.client_id,
        secret=unseal(provider.sealed_secret),
        settings=more,
    )
