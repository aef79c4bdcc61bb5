"""What every template sees besides its own context. Costs no query of its own."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

LIGHT_MODE_COOKIE = "atn_leger"
# How large the person wants the text; kept by the device, as light mode is.
TEXT_SIZE_COOKIE = "atn_texte"
TEXT_SIZES = ("0", "1", "2")
# In the session of a person on a device that others use too, and left there for the next one.
SHARED = "shared_device"
SHARED_COOKIE = "partage"


def is_shared(request: HttpRequest) -> bool:
    """Whether whoever is here shares the device, by their choice or that of the last one."""
    chosen = SHARED_COOKIE in request.COOKIES
    session = getattr(request, "session", None)
    return bool(session.get(SHARED, chosen)) if session is not None else chosen


def text_size(request: HttpRequest) -> str:
    """One or two steps larger, when the person asked; empty otherwise."""
    asked = request.COOKIES.get(TEXT_SIZE_COOKIE, "")
    return asked if asked in TEXT_SIZES[1:] else ""


def page(request: HttpRequest) -> dict[str, Any]:
    """Light mode (no web fonts) by cookie or by the browser's Save-Data, and the site's address.

    Whether the device is shared too.
    """
    asked = request.COOKIES.get(LIGHT_MODE_COOKIE)
    light = asked == "1" or (asked is None and request.headers.get("Save-Data") == "on")
    return {
        "light_mode": light,
        "text_size": text_size(request),
        "SITE_URL": settings.SITE_URL,
        "device_is_shared": is_shared(request),
    }
