"""What a signed link in a message allows its bearer, without signing in.

A link to stop messages carries the person and the category; it lasts a year, longer than the
message is likely to be kept. A link « Pourquoi ce message? » carries the message's key.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from atn_platform.consents.enums import Purpose
from atn_platform.consents.models import Consent
from atn_platform.notifications.enums import REFUSABLE, Category

STOP_SALT = "notifications.stop"
STOP_LASTS = timedelta(days=365)
WHY_SALT = "notifications.why"


@dataclass(frozen=True, slots=True)
class StopRight:
    """The right to stop, or to accept again, one category of messages to one person."""

    user_id: int
    category: Category


def stop_token(user_id: int, category: Category | str) -> str:
    return signing.dumps([user_id, str(category)], salt=STOP_SALT)


def read_stop_token(token: str) -> StopRight | None:
    """None when the token is forged, older than a year, or names what cannot be refused."""
    try:
        user_id, category = signing.loads(token, salt=STOP_SALT, max_age=STOP_LASTS)
    except signing.BadSignature:
        return None
    if category not in REFUSABLE:
        return None
    return StopRight(user_id, Category(category))


def agrees_to_news(user_id: int | None) -> bool:
    """Whether the person agrees, at this moment, to letters that advertise."""
    agreed = Consent.objects.in_force(Purpose.PROMOTIONAL_MESSAGES)
    return agreed.filter(user=user_id).exists()


def why_token(key: str) -> str:
    return signing.dumps(key, salt=WHY_SALT)


def read_why_token(token: str) -> str | None:
    """The key of the message, or None when the token is forged."""
    try:
        key: str = signing.loads(token, salt=WHY_SALT)
    except signing.BadSignature:
        return None
    return key
