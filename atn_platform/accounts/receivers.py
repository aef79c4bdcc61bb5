"""What Django and allauth announce of sign-in and of second factors."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import email_changed, password_changed, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest  # noqa: TID251 -- the libraries hand it over

from atn_platform.accounts import actions
from atn_platform.accounts.http import device_words, stamp_session
from atn_platform.accounts.models import User


@receiver(user_logged_in, dispatch_uid="accounts.session_opened")
def note_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Remember the browser, so that its owner may close the session from another."""
    stamp_session(request)
    _note(request, user)


def _note(request: HttpRequest, user: User) -> None:
    if request.session.session_key is None:
        request.session.save()
    actions.note_session(
        user=user,
        session_key=str(request.session.session_key),
        device=device_words(request.headers.get("User-Agent", "")),
    )


@receiver([password_changed, password_set], dispatch_uid="accounts.password_changed")
def keep_only_this_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A new password ends every other session: theirs hold the imprint of the old one.

    Django gives this one another key at the same time. It lasts no longer for that.
    """
    _note(request, user)


@receiver(
    [email_changed, authenticator_added, authenticator_removed],
    dispatch_uid="accounts.door_changed",
)
def begin_sessions_again(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Another address or another factor: this session takes another name, and all others end.

    They were opened by doors that are no more, or without the factor that is asked from now on;
    and whoever had stolen the name of this one is left with nothing (ASVS 7.2.4, 7.4.3). It lasts
    no longer for that: twelve hours are twelve hours, whatever was added in them.
    """
    here = ""
    if request.user == user:
        request.session.cycle_key()
        _note(request, user)
        here = str(request.session.session_key)
    actions.close_sessions(user, but=here)


@receiver(authenticator_added, dispatch_uid="accounts.factor_shown")
def count_as_shown(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Whoever sets a factor up has just shown it: nobody asks for the same code again.

    A code serves once, so that asking would keep its owner out of their own recovery codes.
    """
    if authenticator.type == Authenticator.Type.TOTP:
        actions.spend_code(authenticator, request.POST.get("code", ""))
    record_authentication(
        request,
        user,
        "mfa",
        id=authenticator.pk,
        type=authenticator.type,
        reauthenticated=True,
    )
