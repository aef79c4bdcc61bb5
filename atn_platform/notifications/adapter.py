"""What allauth asks of us: who may sign up, and by which door its messages leave."""

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from atn_platform.accounts.actions import announce
from atn_platform.accounts.http import DOORS, known_device, remember_device, way_in_token
from atn_platform.accounts.models import User
from atn_platform.notifications import outbox
from atn_platform.notifications.emails import Timing, compose
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are born from an invitation or an organisation's list, never from a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before it is made: on a device of the owner, apart from all others."""
        email = str(credentials.get("email", "")).lower()
        device = known_device(request, email)
        self._login_failed_rl_usage = consume(
            request,
            app="allauth.account",
            action="login_failed_known" if device else "login_failed",
            key=f"{email} {device}" if device else email,
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Confirm who is there; the address of the account counts, be it known to allauth."""
        name = user.email or user.handle or ""
        found = self.authenticate(self.request, email=name, password=password)
        return found is not None and found.pk == user.pk

    def pre_login(
        self, request: HttpRequest, user: User, **kwargs: Any
    ) -> HttpResponseBase | None:
        """A code opens what its address opens now, be it asked for before the address passed."""
        answer: HttpResponseBase | None = super().pre_login(request, user, **kwargs)
        shown = (request.session.get(DOORS) or [{}])[-1]
        if answer is None and shown.get("method") == "code":
            owner = User.objects.owner_of(shown["email"])
            if owner is None or owner.pk != user.pk:
                clear_login(request)
                messages.warning(request, _("Ce code ne sert plus. Demandez-en un autre."))
                answer = redirect(settings.LOGIN_URL)
        return answer

    def get_client_ip(self, request: HttpRequest) -> str:
        """An IPv4 address told in the words of IPv6 is itself: all of them are not one place."""
        told: str = super().get_client_ip(request)
        return str(getattr(ip_address(told), "ipv4_mapped", None) or told)

    def is_safe_url(self, url: str) -> bool:
        """Our own site alone. ALLOWED_HOSTS also names the one where packages of strangers run."""
        here = self.request.get_host()
        return url_has_allowed_host_and_scheme(url, here, require_https=self.request.is_secure())

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Refused, in words, when the address became somebody else's while the letter waited."""
        try:
            with transaction.atomic():
                done: bool = super().confirm_email(request, email_address)
        except IntegrityError:
            messages.error(request, _("Cette adresse est celle d’un autre compte."))
            return False
        return done

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponseBase:
        answer: HttpResponseBase = super().post_login(request, user, **kwargs)
        names = user.names_typed
        return remember_device(answer, *names) if names else answer

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What allauth did to an account goes by the one door of such news: journal and letter."""
        verb = ANNOUNCED.get(template_prefix.rsplit("/", 1)[-1])
        if verb:
            announce(user=user, verb=verb, by=user, at=timezone.now())
        if verb == "address-changed" and email:
            # Whoever lost the account reads the old one; the new one may be a thief's.
            self.send_mail("account/email/address_left", email, {})

    def send_way_in(self, email: str, user: User | None) -> None:
        """Say once an hour that codes are asked by many, and how the owner still gets one."""
        if user is not None:
            link = f"{settings.SITE_URL}{reverse('accounts:device', args=[way_in_token(user)])}"
            self.send_mail("account/email/way_in", email, {"link": link})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise the message in the outbox, so that a slow mail server slows no page."""
        now = timezone.now()
        person = User.objects.owner_of(email)
        # An address that is nobody's account is written to in the language of whoever typed it.
        with override(person.language if person else get_language()):
            message = self._written(template_prefix, email, context, person or email, now)
        # To the address that was typed: a second one of theirs, as likely as not.
        outbox.queue(replace(message, to_address=email.strip().lower()), at=now)

    def _written(
        self,
        template_prefix: str,
        email: str,
        context: dict[str, Any],
        recipient: User | str,
        now: datetime,
    ) -> Message:
        name = template_prefix.rsplit("/", 1)[-1].removesuffix("_signup")
        return compose(
            key=_key(name, email),
            category=Category.ACCOUNT,
            recipient=recipient,
            template=name if name in OWN_WORDS else "account_notice",
            context={
                "code": context.get("code", ""),
                "link": next((context[each] for each in LINKS if each in context), ""),
                "url": "",
                "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
                "body": "" if name in OWN_WORDS else _body(template_prefix, email, context),
            },
            subject=_subject(name, context),
            reason=_reason(name),
            timing=Timing() if name in NEWS else Timing(expires_at=now + CODE_LIFE),
        )


ANNOUNCED = {
    "email_changed": "address-changed",
    "password_changed": "password-changed",
    "password_set": "password-changed",
    "password_reset": "password-changed",
    "totp_activated": "second-factor-added",
    "webauthn_added": "second-factor-added",
    "totp_deactivated": "second-factor-removed",
    "webauthn_removed": "second-factor-removed",
    "recovery_codes_generated": "recovery-codes-made",
}
CODE_LIFE = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
# Good to know whenever it comes.
NEWS = ("address_left",)
OWN_WORDS = (
    "login_code", "unknown_account", "way_in", "password_reset_key", "email_confirmation",
)  # fmt: skip
# As allauth names what a letter leads to, and we.
LINKS = ("link", "password_reset_url", "activate_url")
ONCE_AN_HOUR = ("unknown_account", "way_in")


def _subject(name: str, context: dict[str, Any]) -> str:
    if name == "login_code":
        return _("Votre code : %s") % str(context["code"])
    said = {
        "unknown_account": _("Aucun compte à cette adresse"),
        "way_in": _("Trop de codes demandés pour votre compte"),
        "password_reset_key": _("Choisissez un nouveau mot de passe"),
        "email_confirmation": _("Confirmez votre nouvelle adresse"),
    }
    return said.get(name, _("Votre compte a changé"))


def _reason(name: str) -> str:
    if name in NEWS:
        return _("Cette adresse ouvrait un compte.")
    if name == "password_reset_key":
        return _("Quelqu’un a demandé un nouveau mot de passe pour cette adresse.")
    if name == "email_confirmation":
        return _("Quelqu’un a demandé que cette adresse devienne celle de son compte.")
    return _("Quelqu’un a demandé à se connecter avec cette adresse.")


def _key(name: str, email: str) -> str:
    """Each code is a promise of its own; what anyone may provoke comes once an hour at most."""
    if name in ONCE_AN_HOUR:
        return f"{name}:{email.lower()}:{timezone.now():%Y%m%d%H}"[:200]
    return f"{name}:{uuid4()}"


def _body(template_prefix: str, email: str, context: dict[str, Any]) -> str:
    text = render_to_string(f"{template_prefix}_message.txt", {"email": email, **context})
    return str(text).strip()
