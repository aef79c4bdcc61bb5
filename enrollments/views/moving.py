"""After a publication: the people under way keep their version, or go on in the new one."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from atn_platform.core.queueing import after_commit
from courses.models import Course, CourseVersion
from courses.permissions import can_author
from courses.queries import document, effects, versions
from enrollments import actions
from enrollments.models import MOVE_UNDO, VersionMove
from enrollments.queries.moving import (
    finished_by_moving,
    followed_versions,
    gone_back,
    moved_by,
    returning,
    to_move,
    undoable,
    ways_back,
)
from enrollments.tasks import move_people as task
from enrollments.tasks import undo_move as undo_task


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def move_people(request: SignedInRequest, code: str) -> HttpResponse:
    """How many, on which version, and what would change for them; nobody is named."""
    course = get_object_or_404(Course.objects.published(), code=code.upper())
    if course.current_version_id is None:
        raise Http404
    version = versions([course.current_version_id])[course.current_version_id]
    if request.method == "POST":
        _move(request, version)
        return redirect("enrollments:move-people", code)
    move = version.moves.order_by("-asked_at", "-pk").first()
    left = to_move(version).count()
    followed = followed_versions(version)
    going = to_move(version, move.leaving).count() if move else 0
    context = {
        "course": course,
        "version": version,
        "effects": effects(course, document(version.pk)),
        "left": left,
        "followed": followed,
        "several": len(followed) > 1,
        "finishing": finished_by_moving(version),
        "move": move,
        "moved": max(0, move.people - going) if move else 0,
        "undoable": undoable(course, at=timezone.now()),
    }
    return render(request, "atelier/people.html", context)


@requires(can_author)
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Who would go back and to what, who stays; then the promise, and where it stands."""
    moves = VersionMove.objects.filter(version__course__code=code.upper())
    move = get_object_or_404(moves.select_related("version__course"), pk=pk)
    if request.method == "POST":
        try:
            asked = actions.ask_undo(move=move, by=request.user, at=timezone.now())
            after_commit(undo_task, move_id=asked.pk)
        except ActionError as error:
            messages.error(request, str(error))
        return redirect("enrollments:undo-move", code, pk)
    left, brought = returning(move).count(), moved_by(move).count()
    context = {
        "course": move.version.course,
        "version": move.version,
        "move": move,
        "back": gone_back(move),
        "left": left,
        "staying": brought - left,
        "effects": ways_back(move) if left and move.undo_asked_at is None else [],
        "is_late": timezone.now() > move.asked_at + timedelta(days=MOVE_UNDO),
    }
    return render(request, "atelier/take_back.html", context)


def _move(request: SignedInRequest, version: CourseVersion) -> None:
    """Promise it, unless the page showed the effect of a version that is replaced since.

    The form of old, without any choice of versions, is for everyone.
    """
    if request.POST.get("version") != str(version.number):
        said = _("Une version plus récente est en vigueur : relisez ce qu’elle change.")
        messages.error(request, said)
        return
    named = set(map(whole, request.POST.getlist("de")))
    leaving = [number for number, __ in followed_versions(version) if number in named]
    if not leaving and ("choix" in request.POST or named):
        messages.error(
            request, _("Choisissez au moins une version : personne n’est encore passé.")
        )
        return
    try:
        asked = actions.ask_move(
            version=version, leaving=leaving, by=request.user, at=timezone.now()
        )
        after_commit(task, move_id=asked.pk)
    except ActionError as error:
        messages.error(request, str(error))
