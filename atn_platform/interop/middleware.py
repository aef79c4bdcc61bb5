"""The second origin: packages run there, and nothing else of the site does."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.urls import resolve

from atn_platform.interop import addresses

URLS = "atn_platform.interop.urls.contents"


def packages_origin(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer for that host by its few addresses, and let nothing behind see the request.

    No session, no person, no cookie read or set; the rest of the site is not found there, as its
    addresses are not found here.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        # One host has many spellings: in capitals, with its last dot, with a port.
        asked, __ = split_domain_port(request.get_host())
        if not addresses.host() or asked != addresses.host():
            return get_response(request)
        response = _answer(request)
        response.headers["Content-Security-Policy"] = _policy()
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _answer(request: HttpRequest) -> HttpResponseBase:
    request.COOKIES = {}
    if "Service-Worker" in request.headers:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    try:
        found = resolve(request.path_info, URLS)
        response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    except Http404:
        return HttpResponse("Introuvable.", status=404, content_type="text/plain; charset=utf-8")
    return response


def _policy() -> str:
    """A package does what it likes with its own files, framed by the site alone; it reaches
    nobody else, and leaves nothing that would run later.
    """
    return "; ".join(
        (
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
            "worker-src 'none'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'none'",
            f"frame-ancestors 'self' {addresses.site()}",
        )
    )
