from collections.abc import Iterator

from django.contrib.auth.decorators import login_not_required
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.catalogue import catalogue as find
from courses.models import Asset, Path

BLOCK = 64 * 1024


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    paths = Path.objects.order_by("position")
    context = {"catalogue": find(request.GET), "paths": paths}
    return render(request, "courses/catalogue.html", context)


@require_safe
def asset(request: HttpRequest, sha256: str, name: str) -> HttpResponseBase:
    """A media of a course, for ever: its address holds the hash of its content."""
    found = Asset.objects.filter(sha256=sha256, name=name).first()
    if found is None or not default_storage.exists(str(found.file.name)):
        raise Http404
    stored = default_storage.open(str(found.file.name))
    response = _part(request, stored) or FileResponse(stored)
    response.headers["Content-Type"] = found.content_type
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _part(request: HttpRequest, stored: File) -> HttpResponseBase | None:
    """One range of bytes (RFC 9110, 14.2), as video players ask; None when the whole is asked."""
    unit, __, span = request.headers.get("Range", "").partition("=")
    start, dash, end = span.partition("-")
    if unit != "bytes" or not dash or not (start + end).isdecimal():
        return None
    size = stored.size
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last:
        stored.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_blocks(stored, first, last + 1), status=206)
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last + 1 - first)
    return response


def _blocks(stored: File, start: int, end: int) -> Iterator[bytes]:
    """These bytes of a file, a block at a time: a film never stands whole in memory."""
    with stored:
        stored.seek(start)
        while block := stored.read(min(BLOCK, end - stored.tell())):
            yield block
