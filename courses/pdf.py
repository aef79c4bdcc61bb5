"""The booklet of a published course: all its words on paper, and no answer."""

import base64
from collections.abc import Callable, Collection, Sequence

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from atn_platform.core.pdf import write
from courses import paper
from courses.documents import AssetDoc, BlockDoc
from courses.drawing import Zone, numbered
from courses.enums import LessonKind
from courses.models import CourseVersion
from courses.queries import document

SHEET = "livret.css"
# Bytes of a file of the course; nothing when the file is gone.
Source = Callable[[AssetDoc], bytes]
# Address of an image, whose zones are marked so.
Picture = Callable[[AssetDoc, Sequence[Zone]], str]


def booklet(version: CourseVersion, source: Source, without: Collection[str] = ()) -> bytes:
    """Tagged PDF/UA; the same bytes for the same version, and the same stations left out."""
    course = document(version.pk)

    def picture(asset: AssetDoc, zones: Sequence[Zone]) -> str:
        kind, content = drawn(asset, zones, source)
        coded = base64.b64encode(content).decode()
        return f"data:{kind};base64,{coded}" if content else ""

    stops = paper.stops(course, without)
    context = {
        "course": course,
        "version": version,
        "later": len(without),
        "lessons": [lesson_html(each, picture, drawn=True) for each in stops],
        "stops": stops,
        "code": paper.code_of(version),
    }
    html = render_to_string("courses/booklet/book.html", context)
    return write(html, identifier=version.content_hash, sheet=SHEET)


def drawn(asset: AssetDoc, zones: Sequence[Zone], source: Source) -> tuple[str, bytes]:
    """Type and bytes of an image, with the marks of its zones if it has any."""
    content = source(asset)
    if content and zones:
        return "image/png", numbered(content, zones)
    return asset["type"], content


def on_the_site(asset: AssetDoc, _zones: Sequence[Zone]) -> str:
    """Where an image is found by a browser."""
    return reverse("courses:asset", args=[asset["sha256"], asset["name"]])


def lesson_html(stop: paper.Stop, picture: Picture, *, drawn: bool) -> SafeString:
    """One lesson laid flat; `picture` says where an image is found.

    Unless the marks of zones are `drawn` in it, the page lays them over.
    """
    lesson = stop.lesson
    blocks = [
        {
            "doc": each,
            "picture": picture(each["asset"], _zones(each)) if _is_picture(each) else "",
            "quiz": stop.quizzes.get(each["uuid"]),
            "questions": _questions(stop.quizzes.get(each["uuid"]), picture),
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


def _is_picture(block: BlockDoc) -> bool:
    return "alt" in block and "asset" in block


def _zones(block: BlockDoc) -> list[Zone]:
    places = enumerate(block.get("places", ()), start=1)
    return [Zone(str(number), place["area"]) for number, place in places]


def _questions(
    quiz: paper.Questionnaire | None, picture: Picture
) -> list[tuple[paper.Asked, str]]:
    """Each question with the address of its picture, or with nothing."""
    return [
        (each, picture(each.doc["asset"], each.zones) if "asset" in each.doc else "")
        for each in (quiz.asked if quiz else ())
    ]
