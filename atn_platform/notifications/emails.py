"""How any app writes a message: a name of template, facts, and the reason of sending."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from atn_platform.accounts.enums import Language
from atn_platform.accounts.models import User
from atn_platform.core import french
from atn_platform.notifications.enums import REFUSABLE, Category
from atn_platform.notifications.messages import Message, one_line
from atn_platform.notifications.permissions import stop_token, why_token

SUBJECT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """When a message may leave, and when it has lost its sense."""

    not_before: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An iCalendar text and its method, REQUEST or CANCEL."""

    text: str
    method: str


P = ParamSpec("P")
T = TypeVar("T")


def speaking_to(person: User | None) -> override:
    """The language of a reader, whoever is at work; French for those who have no account."""
    return override(person.language if person else Language.FRENCH)


def written_for(
    reader: Callable[..., User | None],
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """All that the function writes is for `reader`, which takes the same arguments."""

    def decorate(write: Callable[P, T]) -> Callable[P, T]:
        @wraps(write)
        def written(*args: P.args, **kwargs: P.kwargs) -> T:
            with speaking_to(reader(*args, **kwargs)):
                return write(*args, **kwargs)

        return written

    return decorate


def nobody(*_args: object, **_kwargs: object) -> None:
    """Reader of what leaves for an address that is nobody's account."""


def compose(  # noqa: PLR0913 -- each argument is one part of the message
    *,
    key: str,
    category: Category,
    recipient: User | str,
    template: str,
    context: dict[str, Any],
    subject: str,
    reason: str,
    calendar: Invitation | None = None,
    timing: Timing | None = None,
) -> Message:
    """Write a message from templates/emails/<template>.txt and .html.

    `recipient` is a person, or an address that is nobody's account yet. `reason` is one full
    sentence, shown in the footer and under « Pourquoi ce message? ». Both templates extend
    emails/base, and see `context` beside `heading` (the subject, unless context says otherwise),
    `recipient`, `site_url`, `contact`, `postal_address` and the links of the footer.
    """
    subject = french.typography(one_line(subject))[:SUBJECT_LENGTH]
    person = recipient if isinstance(recipient, User) else None
    facts = {"heading": subject, **footer(key, category, person), "reason": reason, **context}
    calendar = calendar or Invitation("", "")
    timing = timing or Timing()
    return Message(
        key=key,
        category=category,
        subject=subject,
        text=_tidy(render_to_string(f"emails/{template}.txt", facts)),
        html=_typeset(render_to_string(f"emails/{template}.html", facts)),
        reason=reason,
        recipient=person,
        to_address="" if isinstance(recipient, User) else recipient,
        calendar=calendar.text,
        calendar_method=calendar.method,
        not_before=timing.not_before,
        expires_at=timing.expires_at,
    )


# What happened to an account, by the verb of accounts.signals.account_changed: subject, sentence.
SAID_OF_ACCOUNTS = {
    "password-changed": (
        gettext_lazy("Votre mot de passe a changé"),
        gettext_lazy(
            "Le mot de passe de votre compte a changé. Vos autres sessions sont fermées."
        ),
    ),
    "address-changed": (
        gettext_lazy("L’adresse de votre compte a changé"),
        gettext_lazy("L’adresse de votre compte a changé. Vos autres sessions sont fermées."),
    ),
    "identity-linked": (
        gettext_lazy("Microsoft ou Google ouvre maintenant votre compte"),
        gettext_lazy(
            "Un compte Microsoft ou Google de votre organisation ouvre maintenant votre compte."
        ),
    ),
    "identity-forgotten": (
        gettext_lazy("Microsoft ou Google n’ouvre plus votre compte"),
        gettext_lazy(
            "Votre compte Microsoft ou Google n’ouvre plus votre compte ici : votre organisation "
            "en a retiré le domaine. Vous entrez par un code reçu par courriel."
        ),
    ),
    "space-opened": (
        gettext_lazy("Un espace de formation est ouvert à votre nom"),
        gettext_lazy(
            "L’espace de formation d’une organisation vient d’être ouvert avec votre adresse."
        ),
    ),
    "second-factor-added": (
        gettext_lazy("Un second facteur protège votre compte"),
        gettext_lazy("Un second facteur protège maintenant votre compte."),
    ),
    "second-factor-removed": (
        gettext_lazy("Votre second facteur est retiré"),
        gettext_lazy("Un second facteur a été retiré de votre compte."),
    ),
    "second-factor-forgotten": (
        gettext_lazy("Votre second facteur est retiré"),
        gettext_lazy(
            "L’Académie a retiré votre second facteur et fermé vos sessions. "
            "Vous en installerez un autre à votre prochaine visite."
        ),
    ),
    "recovery-codes-made": (
        gettext_lazy("Vos codes de secours sont remplacés"),
        gettext_lazy("De nouveaux codes de secours remplacent ceux d’avant."),
    ),
    "sessions-ended": (
        gettext_lazy("Des sessions de votre compte sont fermées"),
        gettext_lazy("Des sessions de votre compte ont été fermées."),
    ),
}


@written_for(lambda user, **_: user)
def account_letter(user: User, *, verb: str, by: User | None, at: datetime) -> Message | None:
    """What the owner of an account is told of a change to it; None when nobody would read it."""
    if verb not in SAID_OF_ACCOUNTS or not user.email:
        return None
    subject, said = SAID_OF_ACCOUNTS[verb]
    unless = _("Si ce n’est pas vous, fermez vos autres sessions et écrivez-nous aussitôt.")
    if by is not None and by.pk != user.pk:
        unless = _("Si vous ne l’avez pas demandé, écrivez-nous aussitôt.")
    return compose(
        key=f"account-{verb}:{user.pk}:{at:%Y%m%d%H%M%S%f}",
        category=Category.ACCOUNT,
        recipient=user,
        template="account_notice",
        context={"body": f"{said}\n\n{unless}", "url": absolute("accounts:sessions")},
        subject=str(subject),
        reason=_("La sécurité de votre compte a changé."),
    )


def footer(key: str, category: Category, person: User | None) -> dict[str, Any]:
    """What the bottom of every message says: who writes, why, and how to stop it."""
    stop = ""
    if person is not None and category in REFUSABLE:
        stop = absolute("notifications:stop", stop_token(person.pk, category))
    return {
        "recipient": person,
        "site_url": settings.SITE_URL,
        "contact": settings.REPLY_TO_EMAIL,
        "postal_address": settings.SENDER_POSTAL_ADDRESS,
        "why_url": absolute("notifications:why", why_token(key)),
        "stop_url": stop,
        "preferences_url": absolute("notifications:preferences"),
    }


def absolute(name: str, *args: object) -> str:
    """Address of a page for use outside the site, from the SITE_URL setting."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _tidy(text: str) -> str:
    """Plain text as people write it: one empty line at most, Québec's spaces."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return french.typography(re.sub(r"\n{3,}", "\n\n", lines)) + "\n"


def _typeset(html: str) -> str:
    """Québec's spaces between the tags, never inside them; empty lines left out."""
    html = re.sub(r"\n\s*", "\n", html.strip())
    return re.sub(r"(?<=>)[^<]+", _typeset_words, html) + "\n"


def _typeset_words(found: re.Match[str]) -> str:
    # An escaped apostrophe is an apostrophe too.
    return french.typography(found[0].replace("&#x27;", "'"))
