"""Notes of one's own, and the search over what is published."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from atn_platform.accounts.http import SignedInRequest, author_token
from atn_platform.core.exceptions import ActionError
from atn_platform.core.numbers import whole
from courses.documents import stations
from courses.queries import document
from courses.search import find
from enrollments.actions import NotesChanged, write_notes
from enrollments.models import Enrollment, LessonNote
from enrollments.queries.found import reachable


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: SignedInRequest, code: str, key: str) -> HttpResponse:
    """One's own notes of a lesson; nobody else has a page for them."""
    mine = Enrollment.objects.visible_to(request.user).live().select_related("course")
    enrollment = get_object_or_404(mine, course__code=code.upper())
    content = document(enrollment.version_id)
    lesson = next((each for each in stations(content) if each["key"] == key), None)
    if lesson is None:
        raise Http404
    kept = LessonNote.objects.filter(enrollment=enrollment, lesson=lesson["uuid"]).first()
    context = {
        "course": content,
        "lesson": lesson,
        "text": kept.text if kept else "",
        "revision": kept.revision if kept else 0,
        "written_at": kept.written_at if kept else None,
        "author": author_token(request.user),
    }
    if request.method != "POST":
        return render(request, "enrollments/notes.html", context)
    typed, revision = request.POST.get("text", ""), request.POST.get("revision", "")
    try:
        write_notes(
            enrollment_id=enrollment.pk, lesson=UUID(lesson["uuid"]), text=typed,
            revision=whole(revision) or 0, at=timezone.now(),
        )  # fmt: skip
    except NotesChanged as conflict:
        stored = conflict.stored
        context |= {"text": typed, "revision": stored.revision, "conflict": conflict}
        return render(request, "enrollments/notes.html", context)
    except ActionError as error:
        messages.error(request, str(error))
        return redirect("enrollments:lesson", code, key)
    messages.success(request, _("Vos notes sont gardées. Personne d’autre ne les lit."))
    return redirect(reverse("enrollments:notes", args=[code, key]))


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    """Words over the titles, objectives and lessons of what is published."""
    typed = request.GET.get("q", "").strip()
    hits = reachable(find(typed), request.user) if typed else []
    return render(request, "enrollments/search.html", {"typed": typed, "hits": hits})
