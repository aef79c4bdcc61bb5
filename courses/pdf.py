"""The booklet of a published course: all its words on paper, and no answer."""

import base64
from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from atn_platform.core.pdf import write
from courses.documents import AssetDoc, LessonDoc, stations
from courses.enums import LessonKind
from courses.models import CourseVersion
from courses.queries import document

SHEET = "livret.css"
# Bytes of a file of the course; nothing when the file is gone.
Source = Callable[[AssetDoc], bytes]


def booklet(version: CourseVersion, source: Source) -> bytes:
    """Tagged PDF/UA; the same bytes for the same version."""
    course = document(version.pk)

    def picture(asset: AssetDoc) -> str:
        content = source(asset)
        coded = base64.b64encode(content).decode()
        return f"data:{asset['type']};base64,{coded}" if content else ""

    lessons = [lesson_html(each, picture) for each in stations(course)]
    context = {"course": course, "version": version, "lessons": lessons}
    html = render_to_string("courses/booklet/book.html", context)
    return write(html, identifier=version.content_hash, sheet=SHEET)


def lesson_html(lesson: LessonDoc, picture: Callable[[AssetDoc], str]) -> SafeString:
    """One lesson laid flat; `picture` says where an image is found."""
    blocks = [
        {
            "doc": each,
            "picture": picture(each["asset"]) if "alt" in each and "asset" in each else "",
        }
        for each in lesson["blocks"]
    ]
    exam = lesson["kind"] == LessonKind.EXAM
    context = {"lesson": lesson, "blocks": blocks, "exam": exam}
    return render_to_string("courses/booklet/lesson.html", context)
