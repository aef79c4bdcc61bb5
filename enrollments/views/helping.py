"""A question from a lesson, its thread, and the desk of whoever answers."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest, author_token
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from courses.documents import stations
from courses.queries import document
from enrollments import actions
from enrollments.forms import event_id
from enrollments.models import Enrollment, HelpThread
from enrollments.permissions import can_answer, can_entrust
from enrollments.queries import desk as queries
from enrollments.queries.entrusted import tally
from enrollments.queries.helping import lesson_title, paths_of, shared_in


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """What others asked in this lesson, one's own questions, and a new one."""
    mine = Enrollment.objects.visible_to(request.user).live().select_related("course")
    enrollment = get_object_or_404(mine, course__code=code.upper())
    content = document(enrollment.version_id)
    lesson = next((each for each in stations(content) if each["key"] == key), None)
    if lesson is None:
        raise Http404
    context = {"course": content, "lesson": lesson, "text": "", "event": uuid4(), "error": ""}
    if request.method == "POST":
        typed, event = request.POST.get("text", ""), event_id(request.POST.get("event", ""))
        try:
            thread = actions.ask(
                enrollment_id=enrollment.pk, lesson=UUID(lesson["uuid"]), text=typed,
                uuid=event, at=timezone.now(),
            )  # fmt: skip
        except ActionError as error:
            context |= {"text": typed, "event": event, "error": str(error)}
        else:
            messages.success(request, _("Votre question est partie. La réponse vous sera écrite."))
            return redirect("enrollments:help", thread.uuid)
    context |= {
        "author": author_token(request.user),
        "shared": shared_in(enrollment.course_id, lesson["uuid"]),
        "threads": HelpThread.objects.visible_to(request.user)
        .filter(enrollment=enrollment, lesson=lesson["uuid"])
        .order_by("-asked_at"),
    }
    return render(request, "enrollments/help/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """A thread, for the learner and for whoever answers; each adds to it here."""
    found = _reached(request, uuid)
    context: dict[str, Any] = {"text": "", "event": uuid4(), "error": "", "typed": None}
    if request.method == "POST":
        typed, event = request.POST.get("text", ""), event_id(request.POST.get("event", ""))
        try:
            actions.say(
                thread_id=found.pk, by=request.user, text=typed, uuid=event, at=timezone.now()
            )
        except ActionError as error:
            context |= {"text": typed, "event": event, "error": str(error)}
        else:
            messages.success(request, _("Votre message est parti."))
            return redirect("enrollments:help", uuid)
    return _shown(request, found, context)


def _shown(request: SignedInRequest, found: HelpThread, context: dict[str, Any]) -> HttpResponse:
    answers = can_answer(request.user) and found.enrollment.learner != request.user
    if answers:
        _log(request, [found.enrollment.learner_id], found.enrollment.course.code)
    context |= {
        "thread": found,
        "posts": found.posts.select_related("author"),
        "lesson": lesson_title(found),
        "answers": answers,
        "path": paths_of([found.enrollment]).get(found.enrollment.learner_id, ""),
        "author": author_token(request.user),
    }
    return render(request, "enrollments/help/thread.html", context)


@require_POST
@requires(can_answer)
def share(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Show others what was asked and answered, in words that name nobody; or take it back."""
    found = _reached(request, uuid)
    if "back" in request.POST:
        actions.unshare(thread_id=found.pk)
        messages.success(request, _("La question n’est plus partagée."))
        return redirect("enrollments:help", uuid)
    question, answer = request.POST.get("question", ""), request.POST.get("answer", "")
    try:
        actions.share(thread_id=found.pk, question=question, answer=answer, at=timezone.now())
    except ActionError as error:
        typed = {"question": question, "answer": answer, "error": str(error)}
        return _shown(request, found, {"text": "", "event": uuid4(), "error": "", "typed": typed})
    messages.success(request, _("La question est partagée, sans nom, dans cette leçon."))
    return redirect("enrollments:help", uuid)


@require_safe
@requires(can_answer)
def desk(request: SignedInRequest) -> HttpResponse:
    """The week, one queue, then who may need a hand; one's own municipalities unless asked."""
    found = queries.desk(
        request.user, at=timezone.now(), everywhere=request.GET.get("voir") == "toutes"
    )
    _log(request, list(found.people()), "")
    context = {
        "desk": found,
        "today": timezone.localdate(),
        "without": tally().without if can_entrust(request.user) else 0,
    }
    return render(request, "enrollments/help/desk.html", context)


def _reached(request: SignedInRequest, uuid: UUID) -> HelpThread:
    rows = HelpThread.objects.select_related(
        "enrollment__learner", "enrollment__course", "enrollment__mandate__organisation", "version"
    ).defer("version__document")
    mine = rows if can_answer(request.user) else rows.visible_to(request.user)
    return get_object_or_404(mine, uuid=uuid)


def _log(request: SignedInRequest, people: list[int], place: str) -> None:
    opened(
        at=timezone.now(), reader=request.user, screen=Screen.QUESTIONS, people=people, place=place
    )
