from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import render
from django.views.decorators.http import require_safe

from atn_platform.core.http import part
from atn_platform.core.reading import rows_of
from courses.catalogue import catalogue as find
from courses.models import Asset, BankPicture, Path
from courses.queries import offered

PATHS = "SELECT {row} FROM courses_path row ORDER BY position"


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    found = find(offered(), request.GET)
    paths = [] if found.filtered else [path for path, __ in rows_of(Path, PATHS, {})]
    context = {"catalogue": found, "paths": paths}
    return render(request, "courses/catalogue.html", context)


@require_safe
def asset(request: HttpRequest, sha256: str, name: str) -> HttpResponseBase:
    """A media of a course, or of the bank, for ever: its address holds the hash of its content."""
    asked = {"sha256": sha256, "name": name}
    found = Asset.objects.filter(**asked).first() or BankPicture.objects.filter(**asked).first()
    if found is None or not default_storage.exists(str(found.file.name)):
        raise Http404
    stored = default_storage.open(str(found.file.name))
    response = part(request, stored, stored.size) or FileResponse(stored)
    response.headers["Content-Type"] = found.content_type
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
