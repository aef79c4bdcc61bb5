"""What every answer of the site carries."""

from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# No inline script, no third party, no plug-in. Inline style *attributes* are allowed: widths of
# progress bars and grid places are data, not looks.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "media-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "report-uri /securite/ecarts/",
    )
)

# Pages, feeds and drawings. Films, pictures, PDFs and spreadsheets are compressed already.
TEXT = ("text/", "image/svg", "application/json", "application/xml")
PARTIAL_CONTENT = 206


class GZipText(GZipMiddleware):
    """Compress what is text; a part of a file stays the bytes that were asked for."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "")
        if not kind.startswith(TEXT) or response.status_code == PARTIAL_CONTENT:
            return response
        return super().process_response(request, response)


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Add the content policy, and forbid caches to keep any page that did not ask to be kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def no_trace(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse TRACE everywhere: the administration reads a method that it does not know as GET."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST", "OPTIONS"])
        return get_response(request)

    return middleware


def no_null_in_queries(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 400 to an address that asks for a null character, which PostgreSQL cannot hold.

    Forms refuse it by themselves; filters and searches read the address without one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META["QUERY_STRING"]:
            raise SuspiciousOperation
        return get_response(request)

    return middleware
