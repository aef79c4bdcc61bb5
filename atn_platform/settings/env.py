"""Typed reading of environment variables; a bad value stops the process with one sentence."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES, NO = ("1", "true", "oui", "yes", "on"), ("0", "false", "non", "no", "off")


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or `default`; raise ImproperlyConfigured when neither exists."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"La variable d'environnement {name} est requise.")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes/no variable; one left blank is as good as absent."""
    value = os.environ.get(name, "").strip().lower()
    if value not in {*YES, *NO, ""}:
        raise ImproperlyConfigured(f"{name} doit valoir 1 ou 0, et non « {value} ».")
    return value in YES if value else default


def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
    value = os.environ.get(name, default)
    if value not in choices:
        words = ", ".join(choices)
        raise ImproperlyConfigured(f"{name} doit être un de {words}, et non « {value} ».")
    return value


def number(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} doit être un nombre entier, et non « {value} ».")
    return int(value)


def words(name: str) -> list[str]:
    """Return a comma-separated variable as a list, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def database(url: str, **defaults: object) -> dict[str, object]:
    """Turn a `postgresql://user:password@host:port/name?option=value` URL into DATABASES form.

    `defaults` are options that the URL may override.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL doit commencer par postgresql://.")
    options = {**defaults, **dict(parse_qsl(parts.query))}
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("Le port de DATABASE_URL doit être un nombre.") from None
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }
