"""The page that holds a package in a frame, and the door where its results come in."""

import json
from http import HTTPStatus
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.context import is_shared
from atn_platform.core.exceptions import ActionError
from atn_platform.core.middleware import CONTENT_SECURITY_POLICY
from atn_platform.interop import actions, addresses, forms, queries
from atn_platform.interop.actions import cmi5
from courses.queries import document

LONGEST_NUMBER = 6


@require_safe
def page(request: SignedInRequest, code: str, key: str, uuid: UUID) -> HttpResponse:
    """One part of the package, and the same in words for whoever cannot play it."""
    found = _found(request, code, key, uuid)
    number = _number(request.GET.get("partie", "1"), found)
    context = {
        "course": document(found.enrollment.version_id),
        "lesson": found.lesson,
        "package": found.block,
        "number": number,
        "parts": _parts(found),
        "is_open": bool(addresses.host()),
        "settings": _settings(request, found, number, code) if addresses.host() else {},
    }
    response = render(request, "interop/module.html", context)
    if addresses.host():
        policy = f"{CONTENT_SECURITY_POLICY}; frame-src {settings.PACKAGES_ORIGIN}"
        response.headers["Content-Security-Policy"] = policy
    return response


@require_POST
def place(request: SignedInRequest, code: str, key: str, uuid: UUID, number: int) -> HttpResponse:
    """What the package says of a part: safe to send again until it is answered."""
    found = _found(request, code, key, uuid)
    _number(str(number), found)
    if found.asset["package"]["standard"] == "cmi5":  # it speaks for itself, at its own door
        raise Http404
    try:
        said = forms.said(request.body)
    except forms.TooMuch:
        return _no(
            _("Ce module veut retenir trop de choses."), HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        )
    except (ValueError, RawPostDataException):
        return _no(_("Ce message du module ne se lit pas."), HTTPStatus.BAD_REQUEST)
    if refusal := _of_another(said, request, found):
        return refusal
    try:
        actions.achieve(
            played=found, number=number, session=said.session, status=said.status,
            score=said.score, at=timezone.now(),
        )  # fmt: skip
        if said.state is not None:
            actions.keep_place(
                played=found, number=number, session=said.session, base=said.base,
                revision=said.revision, state=said.state,
            )  # fmt: skip
    except ActionError as error:
        return _no(str(error), HTTPStatus.CONFLICT)
    return JsonResponse({"revision": said.revision})


def _of_another(
    said: forms.Said, request: SignedInRequest, found: queries.Played
) -> HttpResponse | None:
    """A message that waited may be of another person, or of another archive."""
    if said.owner != request.user.device_owner:
        return _no(_("Une autre personne s’est connectée sur cet appareil."), HTTPStatus.FORBIDDEN)
    if said.archive != found.asset["sha256"]:
        words = _("Ce module a changé depuis l’ouverture de cette page. Rechargez-la.")
        return _no(words, HTTPStatus.CONFLICT)
    return None


@require_POST
def launch(request: SignedInRequest, code: str, key: str, uuid: UUID, number: int) -> HttpResponse:
    """Open a cmi5 unit: the address where its frame goes, good for this once."""
    found = _found(request, code, key, uuid)
    _number(str(number), found)
    if found.asset["package"]["standard"] != "cmi5" or not addresses.host():
        raise Http404
    try:
        session = cmi5.open_session(played=found, number=number, at=timezone.now())
    except ActionError as error:
        return _no(str(error), HTTPStatus.CONFLICT)
    said = queries.launch_of(session)
    href = found.parts[number - 1]["href"]
    path, __, query = href.partition("?")
    about = {
        "endpoint": f"{addresses.cmi5(session.uuid)}xapi/",
        "fetch": f"{addresses.cmi5(session.uuid)}jeton/",
        "actor": json.dumps(said.actor),
        "registration": str(said.registration),
        "activityId": said.activity,
    }
    token = addresses.token(found.asset, on=timezone.localdate())
    query = "&".join(filter(None, [query, urlencode(about)]))
    address = f"{settings.PACKAGES_ORIGIN}/m/{token}/contenu/{quote(path)}?{query}"
    return JsonResponse({"frame": address})


def _no(words: str, status: HTTPStatus) -> JsonResponse:
    return JsonResponse({"motif": words}, status=status)


def _found(request: SignedInRequest, code: str, key: str, uuid: UUID) -> queries.Played:
    found = queries.played(request.user, code, key, uuid)
    if found is None:
        raise Http404
    return found


def _number(text: str, found: queries.Played) -> int:
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise Http404
    if not 1 <= int(text) <= len(found.parts):
        raise Http404
    return int(text)


def _parts(found: queries.Played) -> list[dict[str, object]]:
    statuses = queries.statuses(found)
    return [
        {"number": number, "title": part["title"], "status": statuses.get(str(number), "")}
        for number, part in enumerate(found.parts, start=1)
    ]


def _settings(
    request: SignedInRequest, found: queries.Played, number: int, code: str
) -> dict[str, object]:
    """What the page's script needs; the package itself gets `part` and `state` only."""
    kept = queries.place(found, number)
    token = addresses.token(found.asset, on=timezone.localdate())
    standard = found.asset["package"]["standard"]
    address = (code.lower(), found.lesson["key"], found.block["uuid"], number)
    return {
        "origin": settings.PACKAGES_ORIGIN,
        "frame": f"{settings.PACKAGES_ORIGIN}/m/{token}/lecteur/{standard}/",
        "launch": reverse("interop:launch", args=address) if standard == "cmi5" else "",
        "title": found.block["title"],
        "place": reverse("interop:place", args=address),
        "owner": request.user.device_owner,
        "archive": found.asset["sha256"],
        "shared": is_shared(request),
        "session": str(uuid4()),
        "base": kept.revision if kept else 0,
        "state": kept.state if kept else None,
        "part": found.parts[number - 1],
    }
