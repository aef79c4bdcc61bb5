"""What allauth asks of us about identities of elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.core.fetching import bounded_session
from atn_platform.core.sealing import unseal
from municipalities.actions import sign_in as actions
from municipalities.enums import ProviderKind
from municipalities.models import IdentityProvider
from municipalities.queries import sign_in

# In the session: an identity that waits for its person to prove an account is theirs.
WAITING = "identity_waiting"
# Keys of the issuer's own, in two halves: never « none », nor a secret made of the public one.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256")
# What our way out and back needs of a discovery.
DISCOVERED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
# What we read of a token, the subject first; and what the library's column of it holds.
NAMES = ("sub", "email", "preferred_username")
LONGEST_SUBJECT = 191
# What reading something else than what was promised ends in.
NONSENSE = (
    jwt.PyJWTError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError
)  # fmt: skip
# Seconds that their clock and ours may differ by.
CLOCKS_APART = 60


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Providers are rows of organisations; each identity is checked before it opens anything."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one of that name. Never a list: only an address says which to propose."""
        found = sign_in.by_handle(provider or "")
        return [_app(found)] if found else []

    def get_requests_session(self) -> requests.Session:
        return bounded_session()

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
            raise _refusal(request, str(reason)) from None
        _keep_little(sociallogin, who.email)
        if sociallogin.is_existing:
            return
        owner = User.objects.owner_of(who.email)
        if owner is None or not owner.is_active or not who.email_verified:
            _wait(request, provider, who)
        elif SocialAccount.objects.filter(user=owner, provider=provider.handle).exists():
            # Another subject with the same address: a successor's, as likely as not.
            _wait(request, provider, who)
        else:
            try:
                actions.link_identity(
                    user=owner, provider=provider, subject=who.subject, email=who.email,
                    at=timezone.now(),
                )  # fmt: skip
            except ActionError as reason:
                raise _refusal(request, str(reason)) from None
            sociallogin.lookup()


@contextmanager
def read_as_said() -> Iterator[None]:
    """The library reads whatever came as if it were what the standard says: OAuth2Error if not.

    Around that reading alone, so that a mistake of ours is not taken for one of the provider.
    """
    try:
        yield
    except NONSENSE as error:
        raise OAuth2Error("Not what the standard says") from error


class CheckedProvider(OpenIDConnectProvider):
    """Sends a nonce on the way out, made of the secret that the session keeps for the way back."""

    def get_oauth2_adapter(self, request: HttpRequest) -> "CheckedAdapter":
        """The one of the way back: the way out asks it what the provider says of itself."""
        return CheckedAdapter(request, self.app.provider_id)

    def get_pkce_params(self) -> dict[str, Any]:
        drawn: dict[str, Any] = super().get_pkce_params()
        return {**drawn, "nonce": nonce_of(drawn["code_verifier"])}


def nonce_of(verifier: str) -> str:
    """OpenID Connect Core 15.5.2: the imprint of a secret of the session, new each time."""
    return sha256(f"nonce {verifier}".encode()).hexdigest()


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """Believes no token by the line that it came by: its signature is checked too."""

    # What the token must repeat; nothing repeats nothing.
    nonce = ""

    def get_provider(self) -> CheckedProvider:
        return CheckedProvider(self.request, app=super().get_provider().app)

    @property
    def openid_config(self) -> dict[str, Any]:
        """OpenID Connect Discovery 3: what it must hold, of the kind that it must be."""
        with read_as_said():
            config: dict[str, Any] = super().openid_config
            if not all(isinstance(config[name], str) for name in DISCOVERED):
                raise TypeError
        return config

    def get_client(self, request: HttpRequest, app: SocialApp) -> OAuth2Client:
        with read_as_said():
            return super().get_client(request, app)

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        self.nonce = nonce_of(kwargs["pkce_code_verifier"])
        with read_as_said():
            return super().get_access_token_data(*args, **kwargs)

    def parse_token(self, data: Any) -> SocialToken:
        with read_as_said():
            return super().parse_token(data)

    def complete_login(self, *args: Any, **kwargs: Any) -> SocialLogin:
        with read_as_said():
            if not kwargs["response"].get("id_token"):
                raise OAuth2Error("No id_token")
            return super().complete_login(*args, **kwargs)

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """OpenID Connect Core 3.1.3.7. Raises OAuth2Error, which the library tells in a page."""
        with read_as_said():
            claims = self._checked(app, id_token)
            names = [str(claims.get(name) or "") for name in NAMES]
            if len(names[0]) > LONGEST_SUBJECT or not all(map(str.isprintable, names)):
                raise OAuth2Error("Names that no column can hold")
            return claims

    def _checked(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        config = self.openid_config
        if config["issuer"].rstrip("/") != app.settings["server_url"].rstrip("/"):
            raise OAuth2Error("Another issuer answers there")  # OpenID Connect Discovery 4.3
        header = jwt.get_unverified_header(id_token)
        if header["alg"] not in ALGORITHMS:
            raise OAuth2Error("Not signed by a key of the issuer")
        claims: dict[str, Any] = jwt.decode(
            id_token,
            _published_key(config["jwks_uri"], header),
            algorithms=[header["alg"]],
            audience=app.client_id,
            issuer=config["issuer"],
            leeway=CLOCKS_APART,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", app.client_id) != app.client_id or len(audiences) > 1:
            raise OAuth2Error("Meant for another application too")
        if not self.nonce or not constant_time_compare(str(claims.get("nonce")), self.nonce):
            raise OAuth2Error("Given for another way out")  # Core 3.1.2.1, 3.1.3.7 (11)
        return claims


def _refusal(request: HttpRequest, reason: str) -> ImmediateHttpResponse:
    context = {"reason": reason}
    page = render(request, "municipalities/sign_in/refused.html", context, status=403)
    return ImmediateHttpResponse(page)


def _published_key(address: str, header: dict[str, Any]) -> jwt.PyJWK:
    """The key that the token names; it may name none where there is only one."""
    with get_adapter().get_requests_session() as session:
        answer = session.get(address)
        answer.raise_for_status()
        keys = answer.json()["keys"]
    named = [each for each in keys if each.get("kid") == header.get("kid")]
    (key,) = named or (keys if "kid" not in header else [])
    return jwt.PyJWK(key, algorithm=header["alg"])


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
