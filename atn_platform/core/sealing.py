"""Secrets that must be read back, kept so that a copy of the database alone tells nothing.

The key comes from SECRET_KEY; those of SECRET_KEY_FALLBACKS still open what they sealed.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(ValueError):
    """What was sealed was sealed under a key that is gone."""


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again; raise SealBroken when its key is known no more."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _keys() -> MultiFernet:
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"atn.sealing:{key}".encode()).digest())) for key in keys]
    )
