"""After a publication: the people under way keep their version, or go on in the new one."""

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
from enrollments.models import VersionMove
from enrollments.queries.moving import finished_by_moving, followed_versions, to_move
from enrollments.tasks import move_people as task


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
    move = VersionMove.objects.filter(version=version).first()
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
    }
    return render(request, "atelier/people.html", context)


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
