"""Guards for views. Signing in is already required everywhere."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from atn_platform.accounts.http import SignedInRequest
from atn_platform.accounts.limits import LIMITS
from atn_platform.accounts.models import User

View = Callable[..., HttpResponseBase]


def requires(predicate: Callable[[User], bool]) -> Callable[[View], View]:
    """Answer 403 unless `predicate(request.user)` holds."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not predicate(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def limited(door: str) -> Callable[[View], View]:
    """Answer 429 past so many requests from one place of the network; limits.py says how many.

    Readings count too, by the clock, in the cache: a place is an IPv4 address, or the /64 that
    one subscriber of IPv6 holds.
    """
    limit = LIMITS[door][0]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now = int(timezone.now().timestamp())
            window = f"{now // limit.seconds}"
            if _count(f"limit:{door}:{_place(request)}:{window}", limit.seconds) <= limit.amount:
                return view(request, *args, **kwargs)
            wait = limit.seconds - now % limit.seconds
            response = render(request, "429.html", {"seconds": wait}, status=429)
            response.headers["Retry-After"] = str(wait)
            return response

        return guarded

    return decorate


def _place(request: HttpRequest) -> str:
    address = ip_address(get_adapter().get_client_ip(request))
    wide = ip_network((address, 64), strict=False) if address.version == 6 else address  # noqa: PLR2004
    return str(wide).replace("/", "-")


def _count(key: str, seconds: int) -> int:
    """How many times the key was counted, this time included."""
    if cache.add(key, 1, timeout=2 * seconds):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it left the cache meanwhile
        return 1
