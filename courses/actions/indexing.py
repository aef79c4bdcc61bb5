"""Keeping what a search reads equal to the version in force."""

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from courses.documents import CourseDoc
from courses.models import Course, SearchEntry
from courses.queries import document
from courses.search import entries
from courses.stems import stems


@transaction.atomic
def index(*, course_id: int, content: CourseDoc) -> int:
    """Write a course's texts anew; how many. Safe to repeat."""
    SearchEntry.objects.filter(course=course_id).delete()
    rows = []
    for lesson, title, objectives, text in entries(content):
        rows.append(
            SearchEntry(
                course_id=course_id,
                lesson=lesson["uuid"] if lesson else None,
                key=lesson["key"] if lesson else "",
                title=title,
                text=" ".join(filter(None, [objectives, text])),
                words=_weighed(title, "A") + _weighed(objectives, "B") + _weighed(text, "D"),
            )
        )
    SearchEntry.objects.bulk_create(rows)
    return len(rows)


def _weighed(text: str, weight: str) -> SearchVector:
    return SearchVector(Value(" ".join(stems(text))), config="simple", weight=weight)


def index_everything() -> int:
    """Every course in force, for a site that had published before it could search."""
    found = Course.objects.published().values_list("pk", "current_version_id")
    return sum(index(course_id=pk, content=document(version)) for pk, version in found if version)
