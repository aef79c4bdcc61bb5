"""The player: one station of a course, and what is done in it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from atn_platform.accounts.http import SignedInRequest, author_token
from atn_platform.core.exceptions import ActionError
from courses import paper
from courses.documents import BlockDoc, LessonDoc, block, stations
from courses.pdf import lesson_html, on_the_site
from courses.queries import document
from enrollments import actions
from enrollments.actions import NewEvent, acts
from enrollments.enums import Verb
from enrollments.forms import event_id
from enrollments.models import Enrollment, LearningEvent
from enrollments.queries.earlier import earlier
from enrollments.queries.mine import followed_in_order
from enrollments.queries.paths import waits_for
from enrollments.queries.pledges import handed
from enrollments.queries.quiz import (
    QuizView,
    attempt_of,
    drawn,
    quiz,
    quiz_as_sent,
    states_of,
)
from enrollments.queries.scenario import scenario
from enrollments.queries.sessions import Meeting, coming
from enrollments.queries.thread import thread

# What is kept as the person wrote it.
NOTED = {"reflection", "pledge"}
NOTHING: dict[str, Any] = {"text": "", "options": [], "done": False}
# Kinds of questions and of blocks that the common style sheet does not know.
DRAWN = {"cloze", "hot-spot"}
DRAWN_BLOCKS = {"audio", "steps", "table", "zones"}


class Held(Exception):
    """The station waits for the step of a parcours that the exception names."""


def in_its_turn(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever comes too early is told what opens the station, where its course is."""

    @wraps(view)
    def inner(request: SignedInRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, code, *args, **kwargs)
        except Held as before:
            said = _("Votre parcours suit un ordre : cette leçon s’ouvre après l’%s.")
            messages.info(request, said % before)
            return redirect("enrollments:course", code)

    return inner


@require_safe
@in_its_turn
def lesson(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    enrollment, station = _found(request, code, key)
    return _page(request, enrollment, station, None)


@require_safe
@in_its_turn
def on_paper(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """The lesson laid flat, without any answer, for a browser to print."""
    enrollment, station = _found(request, code, key)
    content = document(enrollment.version_id)
    stop = next(s for s in paper.stops(content) if s.lesson["uuid"] == station["uuid"])
    context = {
        "course": content,
        "lesson": station,
        "content": lesson_html(stop, on_the_site, drawn=False),
    }
    return render(request, "enrollments/lesson_print.html", context)


def _page(
    request: SignedInRequest, enrollment: Enrollment, station: LessonDoc, sent: QuizView | None
) -> HttpResponse:
    """The station; `sent` is a quiz that comes back for something is missing."""
    content = document(enrollment.version_id)
    line = thread(content, enrollment)
    here = next(each for each in line.stations if each.lesson["uuid"] == station["uuid"])
    if request.method == "GET" and not here.is_opened:
        opened = uuid5(enrollment.uuid, f"opened/{station['uuid']}")
        _record(request, enrollment, station, Verb.OPENED, uuid=opened)
    previous, following = line.neighbours(station["uuid"])
    states = states_of(enrollment, station)
    before = earlier(enrollment, station["blocks"], states)
    threads = handed(enrollment, station["blocks"], states)
    context = {
        "sent": sent,
        "course": content,
        "enrollment": enrollment,
        "thread": line,
        "station": here,
        "previous": previous,
        "following": following,
        "meetings": _meetings(request, enrollment, station),
        "exercises": any(
            each["kind"] in DRAWN_BLOCKS
            or any(q["kind"] in DRAWN or "asset" in q for q in each.get("questions", ()))
            for each in station["blocks"]
        ),
        "author": author_token(request.user),
        "blocks": [
            _shown(request, enrollment, each, states, sent)
            | {
                "earlier": before.get(each["uuid"], []),
                "thread": threads.get(each["uuid"]),
            }
            for each in station["blocks"]
        ],
    }
    return render(request, "enrollments/lesson.html", context)


def _meetings(
    request: SignedInRequest, enrollment: Enrollment, station: LessonDoc
) -> list[Meeting]:
    if station["kind"] != "meeting":
        return []
    lesson = UUID(station["uuid"])
    return coming(enrollment.course_id, request.user, now=timezone.now(), lesson=lesson)


@require_POST
@in_its_turn
def complete(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """The visible act that finishes a lesson, then the next station."""
    enrollment, station = _found(request, code, key)
    if station["kind"] != "lesson":
        raise Http404
    uuid = uuid5(enrollment.uuid, f"completed/{station['uuid']}")
    if not _record(request, enrollment, station, Verb.COMPLETED, uuid=uuid):
        return redirect("enrollments:lesson", code, key)
    __, following = thread(document(enrollment.version_id), None).neighbours(station["uuid"])
    if following is None:
        return redirect("enrollments:course", code)
    return redirect("enrollments:lesson", code, following.lesson["key"])


@require_POST
@in_its_turn
def answer(request: SignedInRequest, code: str, key: str, uuid: UUID) -> HttpResponse:
    """Mark the attempt on the server; the same form sent again shows the same result."""
    enrollment, station = _found(request, code, key)
    wanted = _block(station, uuid, "quiz")
    state = states_of(enrollment, station).get(str(uuid))
    sent = request.POST.get("attempt", "")
    if sent not in {str(attempt_of(enrollment, wanted, n)) for n in range(drawn(state) + 1)}:
        messages.error(request, _("Ce questionnaire a expiré : en voici un nouveau."))
        return redirect("enrollments:lesson", code, key)
    attempt = UUID(sent)
    # A form has an identity of its own: the same questions may be open on another device.
    event = event_id(request.POST.get("event", sent))
    if "anyway" not in request.POST:
        view = quiz_as_sent(wanted, state, attempt, request.POST)
        sent_before = LearningEvent.objects.filter(enrollment=enrollment, uuid=event)
        if view.incomplete and not sent_before.exists():
            return _page(request, enrollment, station, view)
    result = acts.answered(wanted, attempt, request.POST)
    _record(request, enrollment, station, Verb.ANSWERED, uuid=event, block=wanted, result=result)
    return _back(code, key, uuid, f"?essai={event}")


@require_POST
@in_its_turn
def note(request: SignedInRequest, code: str, key: str, uuid: UUID) -> HttpResponse:
    """Keep a reflection; it is the person's alone."""
    enrollment, station = _found(request, code, key)
    wanted = _block(station, uuid, "reflection")
    result = acts.noted(wanted, request.POST)
    event = event_id(request.POST.get("event", ""))
    if _record(request, enrollment, station, Verb.NOTED, uuid=event, block=wanted, result=result):
        messages.success(request, _("Votre réflexion est gardée. Personne d’autre ne la lit."))
    return _back(code, key, uuid)


@require_POST
@in_its_turn
def pledge(request: SignedInRequest, code: str, key: str, uuid: UUID) -> HttpResponse:
    """Keep a commitment; hand it to whoever accompanies only when its author asks for it."""
    enrollment, station = _found(request, code, key)
    wanted = _block(station, uuid, "pledge")
    now, share = timezone.now(), "share" in request.POST
    event = NewEvent(
        uuid=event_id(request.POST.get("event", "")),
        verb=Verb.PLEDGED,
        lesson=UUID(station["uuid"]),
        block=uuid,
        result=acts.pledged(wanted, request.POST),
        happened_at=now,
    )
    try:
        sent = actions.pledge(enrollment_id=enrollment.pk, event=event, share=share, at=now)
    except ActionError as error:
        messages.error(request, str(error))
        return _back(code, key, uuid)
    if share and not sent:
        messages.error(request, _("Cochez un geste, ou écrivez le vôtre, avant de le confier."))
    elif sent:
        messages.success(request, _("Votre geste est confié. La réponse vous sera écrite."))
    else:
        messages.success(request, _("Votre geste est gardé : il vous attend à « Mes gestes »."))
    return _back(code, key, uuid)


@require_POST
@in_its_turn
def choose(request: SignedInRequest, code: str, key: str, uuid: UUID) -> HttpResponse:
    """Take one way in a scenario, or start again."""
    enrollment, station = _found(request, code, key)
    wanted = _block(station, uuid, "scenario")
    sent = [each for each in request.POST.get("path", "").split(",") if each]
    path = [] if "again" in request.POST else [*sent, request.POST.get("choice", "")]
    view = scenario(wanted, path)
    result = {"path": view.path, "ending": view.scene["ending"]}
    event = event_id(request.POST.get("event", ""))
    _record(request, enrollment, station, Verb.CHOSE, uuid=event, block=wanted, result=result)
    return _back(code, key, uuid)


def _found(request: SignedInRequest, code: str, key: str) -> tuple[Enrollment, LessonDoc]:
    """Raises Held when a parcours keeps the station for later, unless it was opened before."""
    enrollment, in_order = followed_in_order(request.user, code)
    if enrollment is None:
        raise Http404
    content = document(enrollment.version_id)
    station = next((each for each in stations(content) if each["key"] == key), None)
    if station is None:
        raise Http404
    if in_order and (before := waits_for(request.user, enrollment, station["uuid"])):
        raise Held(before)
    return enrollment, station


def _block(station: LessonDoc, uuid: UUID, kind: str) -> BlockDoc:
    found = block(station, uuid)
    if found is None or found["kind"] != kind:
        raise Http404
    return found


def _record(  # noqa: PLR0913 -- each argument is a part of the act
    request: SignedInRequest,
    enrollment: Enrollment,
    station: LessonDoc,
    verb: Verb,
    *,
    uuid: UUID,
    block: BlockDoc | None = None,
    result: dict[str, Any] | None = None,
) -> bool:
    now = timezone.now()
    event = NewEvent(
        uuid=uuid,
        verb=verb,
        lesson=UUID(station["uuid"]),
        block=UUID(block["uuid"]) if block else None,
        result=result or {},
        happened_at=now,
    )
    try:
        actions.record(enrollment_id=enrollment.pk, event=event, at=now)
    except ActionError as error:
        messages.error(request, str(error))
        return False
    return True


def _shown(
    request: SignedInRequest,
    enrollment: Enrollment,
    each: BlockDoc,
    states: Any,
    sent: QuizView | None,
) -> dict[str, Any]:
    """A block with what the person did in it; `template` draws it."""
    state = states.get(each["uuid"])
    shown: dict[str, Any] = {
        "doc": each,
        "event": uuid4(),
        "draft": uuid5(enrollment.uuid, each["uuid"]),
    }
    if sent is not None and sent.block is each:
        shown["quiz"] = sent
    elif each["kind"] == "quiz":
        shown["quiz"] = quiz(enrollment, each, state, request.GET.get("essai", ""))
    elif each["kind"] == "scenario":
        shown["scenario"] = scenario(each, state.data.get("path", []) if state else [])
    elif each["kind"] == "package":
        shown["played"] = {**state.data, "score": state.best_score} if state else {}
    elif each["kind"] in NOTED:
        shown["note"] = NOTHING | state.data if state else NOTHING
    return shown


def _back(code: str, key: str, uuid: UUID, query: str = "") -> HttpResponse:
    """To the block just used, so that nobody searches for it."""
    return redirect(f"{reverse('enrollments:lesson', args=[code, key])}{query}#bloc-{uuid}")
