"""Second factors: a code is shown once, and a lost telephone is forgotten."""

from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.db import transaction

from atn_platform.accounts.actions.accounts import announce, close_sessions
from atn_platform.accounts.models import User

# In the data of an application: the last half-minute whose code served.
LAST = "last_counter"
# In the data of a key: how many times it had signed, by its own count, when it last served.
SIGNED = "signature_count"


@transaction.atomic
def forget_second_factor(*, user: User, by: User, reason: str, at: datetime) -> bool:
    """A lost phone: the person sets up another at the next visit. False when there was none.

    Whoever holds the lost one is put out of the account too.
    """
    deleted, _rows = Authenticator.objects.filter(user=user).delete()
    if deleted:
        close_sessions(user)
        announce(user=user, verb="second-factor-forgotten", by=by, at=at, reason=reason)
    return bool(deleted)


@transaction.atomic
def show_factor(*, user: User, code: str) -> Authenticator | None:
    """The factor whose code this is, from now on used up; None when it is nobody's.

    A code of the application, and any before it, serves no more (RFC 6238, 5.2): its row says
    so, under a lock, whatever becomes of the cache, which forgets sooner than codes expire.
    """
    rows = Authenticator.objects.select_for_update(no_key=True).filter(user=user)
    for factor in rows.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):
        if factor.type == Authenticator.Type.TOTP:
            if spend_code(factor, code):
                return factor
        elif factor.wrap().validate_code(code):
            # The library wrote another copy of the row.
            factor.refresh_from_db()
            return factor
    return None


@transaction.atomic
def count_signature(factor: Authenticator, *, count: int) -> bool:
    """Note how far a key has counted; False when it has not gone on since: one is a copy.

    WebAuthn 6.1.1. Keys that telephones share among themselves count nothing, and always say 0.
    """
    row = Authenticator.objects.select_for_update(no_key=True).get(pk=factor.pk)
    known = row.data.get(SIGNED, row.wrap().authenticator_data.counter)
    if (count or known) and count <= known:
        return False
    if count:
        row.data[SIGNED] = count
        row.save(update_fields=["data"])
    return True


def spend_code(factor: Authenticator, code: str) -> bool:
    """Note the half-minute of a code of this application; False when it served, or is wrong."""
    secret = decrypt(factor.data["secret"])
    later = (each for each in yield_hotp_counters_from_time() if each > factor.data.get(LAST, 0))
    for counter in later:
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            factor.data[LAST] = counter
            factor.save(update_fields=["data"])
            return True
    return False
