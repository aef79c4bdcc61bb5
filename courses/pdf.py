"""The booklet of a published course: all its words on paper, and no answer."""

import base64
from collections.abc import Callable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from atn_platform.core.pdf import write
from courses import paper
from courses.documents import AssetDoc, BlockDoc
from courses.drawing import numbered
from courses.enums import LessonKind
from courses.models import CourseVersion
from courses.queries import document

SHEET = "livret.css"
# Bytes of a file of the course; nothing when the file is gone.
Source = Callable[[AssetDoc], bytes]


def booklet(version: CourseVersion, source: Source) -> bytes:
    """Tagged PDF/UA; the same bytes for the same version."""
    course = document(version.pk)

    def picture(block: BlockDoc) -> str:
        kind, content = drawn(block, source)
        coded = base64.b64encode(content).decode()
        return f"data:{kind};base64,{coded}" if content else ""

    stops = paper.stops(course)
    context = {
        "course": course,
        "version": version,
        "lessons": [lesson_html(each, picture, drawn=True) for each in stops],
        "stops": stops,
        "code": paper.code_of(version),
    }
    html = render_to_string("courses/booklet/book.html", context)
    return write(html, identifier=version.content_hash, sheet=SHEET)


def drawn(block: BlockDoc, source: Source) -> tuple[str, bytes]:
    """Type and bytes of a block's image, with the numbers of its zones if it has any."""
    content = source(block["asset"])
    if content and block.get("places"):
        return "image/png", numbered(content, block["places"])
    return block["asset"]["type"], content


def on_the_site(block: BlockDoc) -> str:
    """Where a block's image is found by a browser."""
    return reverse("courses:asset", args=[block["asset"]["sha256"], block["asset"]["name"]])


def lesson_html(
    stop: paper.Stop, picture: Callable[[BlockDoc], str], *, drawn: bool
) -> SafeString:
    """One lesson laid flat; `picture` says where a block's image is found.

    Unless the numbers of zones are `drawn` in it, the page lays them over.
    """
    lesson = stop.lesson
    blocks = [
        {
            "doc": each,
            "picture": picture(each) if "alt" in each and "asset" in each else "",
            "quiz": stop.quizzes.get(each["uuid"]),
        }
        for each in lesson["blocks"]
    ]
    exam = lesson["kind"] == LessonKind.EXAM
    context = {
        "lesson": lesson,
        "number": stop.number,
        "blocks": blocks,
        "exam": exam,
        "drawn": drawn,
    }
    return render_to_string("courses/booklet/lesson.html", context)
