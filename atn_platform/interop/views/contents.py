"""What the second origin serves: players, and the files of archives. No person is known here."""

import gzip
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial, wraps
from http import HTTPStatus
from typing import IO

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from atn_platform.core.http import BLOCK, part
from atn_platform.interop import addresses
from courses.packages import contents

KEPT = "private, max-age=86400"
PLAYERS = {"scorm-1.2", "scorm-2004", "h5p"}
_ENCODED = re.compile(rb"<meta[^>]+charset|^\xff\xfe|^\xfe\xff", re.IGNORECASE)
_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)


def opened(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn the token of an address into the archive that it opens, today."""

    @wraps(view)
    def wrapper(request: HttpRequest, token: str, **rest: str) -> HttpResponseBase:
        try:
            stored_as = addresses.archive(token, on=timezone.localdate())
        except addresses.Expired:
            words = "Cette adresse a expiré : rouvrez le module depuis sa leçon."
            plain = "text/plain; charset=utf-8"
            return HttpResponse(words, status=HTTPStatus.GONE, content_type=plain)
        except (addresses.BadSignature, ValueError):
            raise Http404 from None
        return view(request, stored_as, **rest)

    return wrapper


@require_safe
@opened
def player(request: HttpRequest, stored_as: str, standard: str) -> HttpResponse:  # noqa: ARG001
    """The page between the site and a package: it holds the API, and speaks by messages."""
    if standard not in PLAYERS:
        raise Http404
    context = {"standard": standard, "site": addresses.site()}
    response = HttpResponse(render_to_string("interop/player.html", context))
    _clear(response)
    return response


def _clear(response: HttpResponseBase) -> None:
    """Forget what another package, or another person of this device, left in this origin."""
    response.headers["Clear-Site-Data"] = '"storage"'
    response.headers["Cache-Control"] = "no-store"


@require_safe
@opened
def content(request: HttpRequest, stored_as: str, path: str) -> HttpResponseBase:
    """One file of the archive, by its name there."""
    if not default_storage.exists(stored_as):
        raise Http404
    entry = contents.entries(stored_as).get(path)
    if entry is None:
        raise Http404
    response = _film(request, stored_as, entry) or _text(request, stored_as, entry)
    response.headers["Cache-Control"] = KEPT
    if entry.type == "text/html" and {"fetch", "endpoint"} <= request.GET.keys():
        _clear(response)  # a cmi5 unit that is launched: there is no player before it
    return response


def _film(request: HttpRequest, stored_as: str, entry: contents.Entry) -> HttpResponseBase | None:
    """What is long is never whole in memory, and may be asked by parts."""
    if not entry.type.startswith(("video/", "audio/")):
        return None
    stored = default_storage.open(stored_as)
    archive = zipfile.ZipFile(stored)
    stream = archive.open(entry.name)
    response = part(request, stream, entry.size)
    if response is None:
        response = StreamingHttpResponse(iter(partial(stream.read, BLOCK), b""))
        # Said from the table: a stream has no length before it is unpacked to its end.
        response.headers["Content-Length"] = str(entry.size)
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _closing(iter(response), stored)
    else:
        stored.close()
    response.headers["Content-Type"] = entry.type
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _closing(blocks: Iterable[bytes], stored: IO[bytes]) -> Iterator[bytes]:
    """An archive that was opened for one of its files does not close with it."""
    with stored:
        yield from blocks


def _text(request: HttpRequest, stored_as: str, entry: contents.Entry) -> HttpResponse:
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    kind = entry.type
    with default_storage.open(stored_as) as stored:
        if entry.type == "text/html":
            page = contents.whole(stored, entry)
            kind, body = kind + _encoding(page), _with_help(page)
            body = gzip.compress(body, 6) if takes_gzip else body
        elif takes_gzip and not entry.is_stored:
            body = contents.gzipped(stored, entry)
        else:
            body, takes_gzip = contents.whole(stored, entry), False
    response = HttpResponse(body, content_type=kind)
    patch_vary_headers(response, ("Accept-Encoding",))
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _encoding(page: bytes) -> str:
    """A browser takes a page that does not say its encoding for Windows-1252 (HTML, 13.2.3.2):
    what reads as UTF-8 is said to be, and what says its own is left to it.
    """
    if _ENCODED.search(page[:1024]):
        return ""
    try:
        page.decode()
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


def _with_help(page: bytes) -> bytes:
    """Browsers forbid dialogs, and often storage, to frames of another origin: ours stand in."""
    script = f'<script src="{static("lecteur/secours.js")}"></script>'.encode()
    return _HEAD.sub(lambda found: found.group() + script, page, count=1)
