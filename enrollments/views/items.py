"""What authors learn from the answers to their questions."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from courses.models import Course
from courses.permissions import can_author
from courses.queries import document
from enrollments.queries.items import FEWEST, item_rows, most_missed


@requires(can_author)
@require_safe
def items(request: SignedInRequest, code: str) -> HttpResponse:
    """Figures on the questions of the version in force; nobody is named, and few are hidden."""
    course = get_object_or_404(Course, code=code.upper())
    if course.current_version_id is None:
        raise Http404
    rows = item_rows(document(course.current_version_id), course.pk)
    context = {"course": course, "rows": rows, "fewest": FEWEST, "missed": most_missed(rows)}
    return render(request, "atelier/items.html", context)
