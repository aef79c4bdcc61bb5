"""Guards for views. Signing in is already required everywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from atn_platform.accounts.http import SignedInRequest
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
