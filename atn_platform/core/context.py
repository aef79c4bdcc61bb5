"""What every template sees besides its own context. Costs no query."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

LIGHT_MODE_COOKIE = "atn_leger"


def page(request: HttpRequest) -> dict[str, Any]:
    """Light mode (no web fonts) by cookie or by the browser's Save-Data; the site's address."""
    asked = request.COOKIES.get(LIGHT_MODE_COOKIE)
    light = asked == "1" or (asked is None and request.headers.get("Save-Data") == "on")
    return {"light_mode": light, "SITE_URL": settings.SITE_URL}
