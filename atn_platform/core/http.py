"""Parts of a file, as players of films ask for them (RFC 9110, 14.2)."""

from collections.abc import Iterator
from typing import IO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

BLOCK = 64 * 1024


def part(request: HttpRequest, stored: IO[bytes], size: int) -> HttpResponseBase | None:
    """One range of bytes; None when the whole is asked. Closes `stored` in its own time."""
    unit, __, span = request.headers.get("Range", "").partition("=")
    start, dash, end = span.partition("-")
    if unit != "bytes" or not dash or not (start + end).isdecimal():
        return None
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last:
        stored.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_blocks(stored, first, last + 1), status=206)
    response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last + 1 - first)
    return response


def _blocks(stored: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    """These bytes of a file, a block at a time: a film never stands whole in memory."""
    with stored:
        stored.seek(start)
        while block := stored.read(min(BLOCK, end - stored.tell())):
            yield block
