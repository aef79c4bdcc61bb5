"""What allauth asks of us: who may sign up, and by which door its messages leave."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.notifications import outbox
from atn_platform.notifications.emails import Timing, compose
from atn_platform.notifications.enums import Category


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are born from an invitation or an organisation's list, never from a public form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Promise the message in the outbox, so that a slow mail server slows no page."""
        name = template_prefix.rsplit("/", 1)[-1]
        now = timezone.now()
        recipient = User.objects.filter(email=email.lower()).first() or email
        message = compose(
            key=_key(name, email),
            category=Category.ACCOUNT,
            recipient=recipient,
            template=name if name in OWN_WORDS else "account_notice",
            context={
                "code": context.get("code", ""),
                "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
                "body": "" if name in OWN_WORDS else _body(template_prefix, email, context),
            },
            subject=_subject(name, context),
            reason=_reason(name),
            timing=Timing(
                expires_at=now + timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
            ),
        )
        outbox.queue(message, at=now)


OWN_WORDS = ("login_code", "unknown_account")


def _subject(name: str, context: dict[str, Any]) -> str:
    if name == "login_code":
        return _("Votre code : %s") % str(context["code"])
    if name == "unknown_account":
        return _("Aucun compte à cette adresse")
    if name.startswith("email_confirmation"):
        return _("Confirmez votre nouvelle adresse")
    return _("Votre compte a changé")


def _reason(name: str) -> str:
    if name.startswith("email_confirmation"):
        return _("Quelqu’un a demandé que cette adresse devienne celle de son compte.")
    return _("Quelqu’un a demandé à se connecter avec cette adresse.")


def _key(name: str, email: str) -> str:
    """Each code is a promise of its own; a stranger hears from us once an hour at most."""
    if name == "unknown_account":
        return f"{name}:{email.lower()}:{timezone.now():%Y%m%d%H}"[:200]
    return f"{name}:{uuid4()}"


def _body(template_prefix: str, email: str, context: dict[str, Any]) -> str:
    text = render_to_string(f"{template_prefix}_message.txt", {"email": email, **context})
    return str(text).strip()
