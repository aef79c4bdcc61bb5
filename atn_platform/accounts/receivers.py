"""What allauth announces of second factors."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest  # noqa: TID251 -- the library hands it over

from atn_platform.accounts.models import User


@receiver(authenticator_added, dispatch_uid="accounts.factor_shown")
def count_as_shown(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Whoever sets a factor up has just shown it: nobody asks for the same code again.

    A code serves once, so that asking would keep its owner out of their own recovery codes.
    """
    record_authentication(
        request,
        user,
        "mfa",
        id=authenticator.pk,
        type=authenticator.type,
        reauthenticated=True,
    )
