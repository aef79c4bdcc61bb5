"""What a device may carry away: lessons that open without network, and who may carry them.

Nothing here names anybody, for it is drawn without the request; and nothing is given to a device
that several people use.
"""

import gzip
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import uuid5

from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.context import is_shared
from courses.documents import AssetDoc, BlockDoc, LessonDoc, stations
from courses.enums import BlockKind, LessonKind
from courses.queries import document
from enrollments.models import BlockState, Enrollment
from enrollments.queries.mine import followed_in_order
from enrollments.queries.paths import closed_stations
from enrollments.queries.quiz import quiz, states_of
from enrollments.queries.thread import thread

# What every copy needs: looks, words' faces, pictures of the frame, scripts, and what lets the
# device's own voice read.
COMMON = ("atn.css", "autour.css", "exercices.css", "atn-texte.woff2", "atn-titre.woff2",
          "icones.svg", "marque.svg", "contours.svg", "atn.js", "hors-ligne.js", "ecouter.js",
          "ecouter.css")  # fmt: skip
CARRIED = {BlockKind.IMAGE, BlockKind.ZONES, BlockKind.FILE}


@dataclass(frozen=True, slots=True)
class Carried:
    """A lesson as it leaves: `size` is what crosses the line, compressed as it crosses it."""

    lesson: LessonDoc
    files: list[str]
    size: int
    # Its recording, which may stay behind: as heavy as all the rest.
    sounds: list[str]
    sound_size: int


@require_safe
def home(request: SignedInRequest) -> HttpResponse:  # noqa: ARG001 -- it says nothing of anybody
    """What is on the device, what waits, what was refused: the device's own script fills it."""
    return HttpResponse(render_to_string("enrollments/offline/home.html", {"kind": "accueil"}))


@require_safe
def worker(request: SignedInRequest) -> HttpResponse:
    """The script that answers for the site when the line is down."""
    _only_ones_own(request)
    script = render_to_string("enrollments/offline/worker.js", {"script": static("hors-ligne.js")})
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@require_safe
def take(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose the lessons to carry away, with the weight of each."""
    enrollment, closed = _followed(request, code)
    lessons = carried(enrollment, closed)
    context = {
        "course": document(enrollment.version_id),
        "lessons": lessons,
        "closed": closed,
        "sounds": sum(each.sound_size for each in lessons),
        "common": _common_weight(),
        "owner": request.user.device_owner,
    }
    return render(request, "enrollments/offline/take.html", context)


@require_safe
def contents(request: SignedInRequest, code: str) -> HttpResponse:
    """Addresses of all that a copy holds, for the script that fetches it."""
    _only_ones_own(request)
    enrollment, closed = _followed(request, code)
    course = document(enrollment.version_id)
    lessons = [
        {
            "cle": each.lesson["key"],
            "titre": each.lesson["title"],
            "adresse": reverse("enrollments:lesson", args=[code, each.lesson["key"]]),
            "page": reverse("enrollments:offline-lesson", args=[code, each.lesson["key"]]),
            "fichiers": each.files,
            "sons": each.sounds,
            "octets": each.size,
        }
        for each in carried(enrollment, closed)
    ]
    common = [reverse("enrollments:offline"), *map(static, COMMON)]
    about = {"version": enrollment.version_id, "titre": course["title"]}
    return JsonResponse({**about, "communs": common, "lecons": lessons})


@require_safe
def lesson(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """The copy of one lesson; kept by the device under the lesson's own address."""
    _only_ones_own(request)
    enrollment, closed = _followed(request, code)
    found = next((each for each in _takeable(enrollment.version_id) if each["key"] == key), None)
    if found is None or found["uuid"] in closed:
        raise Http404
    return HttpResponse(_copy(enrollment, found))


def carried(enrollment: Enrollment, closed: set[str]) -> list[Carried]:
    """Every lesson that can leave; weighed once a process, for the words never change."""
    every = _carried(enrollment.version_id)
    return [each for each in every if each.lesson["uuid"] not in closed]


@lru_cache(maxsize=64)
def _carried(version_id: int) -> tuple[Carried, ...]:
    # Weighed as nobody's: the questions drawn differ, and their weight hardly.
    nobody = Enrollment(version_id=version_id, pk=0)
    found = []
    for each in _takeable(version_id):
        shown = [b for b in each["blocks"] if b["kind"] in CARRIED]
        asked = [question for b in each["blocks"] for question in b.get("questions", ())]
        assets = [b["asset"] for b in (*shown, *asked) if "asset" in b]
        sounds = [each["audio"]["asset"]] if "audio" in each else []
        size = len(gzip.compress(_copy(nobody, each).encode())) + _weight(assets)
        found.append(Carried(each, _addresses(assets), size, _addresses(sounds), _weight(sounds)))
    return tuple(found)


def _addresses(assets: list[AssetDoc]) -> list[str]:
    return [reverse("courses:asset", args=[each["sha256"], each["name"]]) for each in assets]


def _weight(assets: list[AssetDoc]) -> int:
    return sum(each["size"] for each in assets)


def _takeable(version_id: int) -> list[LessonDoc]:
    """A meeting has its own day: nothing of it can be done without others."""
    every = stations(document(version_id))
    return [each for each in every if each["kind"] != LessonKind.MEETING]


@lru_cache(maxsize=1)
def _common_weight() -> int:
    paths = [Path(found) for name in COMMON if (found := finders.find(name))]
    return sum(len(gzip.compress(path.read_bytes())) for path in paths)


def _copy(enrollment: Enrollment, station: LessonDoc) -> str:
    course = document(enrollment.version_id)
    previous, following = thread(course, None).neighbours(station["uuid"])
    states = states_of(enrollment, station) if enrollment.pk else {}
    context = {
        "kind": "lecon",
        # A copy outlives every token.
        "csrf_token": "",
        "course": course,
        "version": enrollment.version_id,
        "station": station,
        "here": {"lesson": station},
        "previous": previous,
        "following": following,
        "blocks": [
            _shown(enrollment, each, states.get(each["uuid"])) for each in station["blocks"]
        ],
    }
    return render_to_string("enrollments/offline/lesson.html", context)


def _shown(enrollment: Enrollment, each: BlockDoc, state: BlockState | None) -> dict[str, object]:
    """An exercise with nothing in it: what its owner wrote before stays on the server."""
    shown: dict[str, object] = {
        "doc": each,
        "event": "",
        # What is begun survives a page that is lost, in the copy and on the page alike.
        "draft": uuid5(enrollment.uuid, each["uuid"]),
        "earlier": [],
    }
    if each["kind"] == BlockKind.QUIZ:
        shown["quiz"] = quiz(enrollment, each, state, "")
    if each["kind"] in {BlockKind.REFLECTION, BlockKind.PLEDGE}:
        shown["note"] = {"text": "", "options": [], "done": False}
    return shown


def _followed(request: SignedInRequest, code: str) -> tuple[Enrollment, set[str]]:
    """With the stations that a parcours in a compulsory order keeps for later."""
    enrollment, in_order = followed_in_order(request.user, code)
    if enrollment is None:
        raise Http404
    return enrollment, closed_stations(request.user, enrollment) if in_order else set()


def _only_ones_own(request: SignedInRequest) -> None:
    if is_shared(request):
        raise PermissionDenied
