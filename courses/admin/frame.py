"""What surrounds every page of the Atelier, and how its objects are found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest
from courses import actions, checklist
from courses.documents import CourseDoc, stations
from courses.enums import BlockKind
from courses.models import Block, Course, GlossaryTerm, Lesson, Module, Question, ReviewRemark
from courses.permissions import can_author
from courses.queries import draft_document
from courses.queries.reviews import remarks_left

CourseView = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class IssueLink:
    """One thing to mend, where it is in words, and the page where it can be mended."""

    blocks: bool
    message: str
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """A lesson, a block or a question of a draft, in words, and its page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    course: Course
    modules: QuerySet[Module]
    issues: list[IssueLink]
    # What a second reader asked to mend, with its place.
    remarks: list[tuple[ReviewRemark, Place | None]]
    # UUIDs of the object shown and of those that hold it, for the outline.
    here: frozenset[str]

    @property
    def blocking(self) -> list[IssueLink]:
        return [issue for issue in self.issues if issue.blocks]

    @property
    def advice(self) -> list[IssueLink]:
        return [issue for issue in self.issues if not issue.blocks]


def of_course(view: CourseView) -> CourseView:
    """Give the view its course, found by the code in the address; authors only."""

    @wraps(view)
    def found(request: SignedInRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        courses = Course.objects.select_related("current_version")
        course = get_object_or_404(courses, code=code.upper())
        return view(request, course, *args, **kwargs)

    return requires(can_author)(found)  # type: ignore[return-value]


def page(
    request: SignedInRequest,
    template: str,
    course: Course,
    *,
    node: actions.Node | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Render a page of the Atelier inside its frame."""
    document = draft_document(course)
    lessons = Prefetch("lessons", Lesson.objects.order_by("position"))
    frame = Frame(
        course=course,
        modules=course.modules.prefetch_related(lessons).order_by("position"),
        issues=issue_links(course, document),
        remarks=_remarks(course, document),
        here=frozenset(str(each.uuid) for each in _holders(node)),
    )
    return render(
        request, template, {"frame": frame, "course": course, "node": node, **context},
        status=status,
    )  # fmt: skip


def find_module(course: Course, uuid: str) -> Module:
    return get_object_or_404(course.modules.select_related("course"), uuid=uuid)


def find_lesson(course: Course, uuid: str) -> Lesson:
    lessons = Lesson.objects.filter(module__course=course)
    return get_object_or_404(lessons.select_related("module__course"), uuid=uuid)


def find_block(course: Course, uuid: str) -> Block:
    blocks = Block.objects.filter(lesson__module__course=course)
    return get_object_or_404(blocks.select_related("lesson__module__course"), uuid=uuid)


def find_question(course: Course, uuid: str) -> Question:
    questions = Question.objects.filter(block__lesson__module__course=course)
    questions = questions.select_related("block__lesson__module__course")
    return get_object_or_404(questions, uuid=uuid)


FINDERS: dict[str, Callable[[Course, str], actions.Part]] = {
    "module": find_module,
    "lecon": find_lesson,
    "bloc": find_block,
    "question": find_question,
}


def find(course: Course, noun: str, uuid: str) -> actions.Part:
    """The object of this course that an address names, or 404."""
    return FINDERS[noun](course, uuid)


NOUNS: dict[type[actions.Node], str] = {
    Module: "module",
    Lesson: "lecon",
    Block: "bloc",
    Question: "question",
}


def address(node: actions.Node) -> str:
    """The page of an object in the Atelier."""
    code = actions.course_of(node).code.lower()
    if isinstance(node, Course):
        return reverse("atelier:course", args=[code])
    if isinstance(node, Lesson):
        return reverse("atelier:lesson", args=[code, node.uuid])
    return reverse("atelier:edit", args=[code, NOUNS[type(node)], node.uuid])


def heading(node: actions.Node) -> str:
    """The object in an author's words: its kind and its title, never its key."""
    if isinstance(node, Question):
        return _("Question %d") % node.position
    if isinstance(node, Block):
        kind, title = capfirst(node.get_kind_display()), node.data.get("title")
        return f"{kind} : {title}" if title else kind
    return str(node)


def parent_of(node: actions.Part) -> actions.Node:
    """What holds the object: the page to go back to."""
    if isinstance(node, Question):
        return node.block
    if isinstance(node, Block):
        return node.lesson
    return node.module.course if isinstance(node, Lesson) else node.course


def issue_links(course: Course, document: CourseDoc) -> list[IssueLink]:
    """The checklist, each line with its address."""
    glossary = dict(GlossaryTerm.objects.values_list("term", "plain"))
    code = course.code.lower()
    pages = {("", "", ""): reverse("atelier:course", args=[code])}
    names = {"": ""}
    for lesson in stations(document):
        pages[lesson["key"], "", ""] = reverse("atelier:settings", args=[code, lesson["uuid"]])
        names[lesson["key"]] = lesson["title"]
        for block in lesson["blocks"]:
            place = (lesson["key"], block["key"])
            pages[*place, ""] = reverse("atelier:edit", args=[code, "bloc", block["uuid"]])
            for question in block.get("questions", ()):
                pages[*place, question["key"]] = reverse(
                    "atelier:edit", args=[code, "question", question["uuid"]]
                )
    return [
        IssueLink(
            each.blocks,
            each.message,
            names[each.lesson],
            pages[each.lesson, each.block, each.question],
        )
        for each in checklist.issues(document, glossary)
    ]


def places(course: Course, document: CourseDoc) -> dict[str, Place]:
    """Everything that a remark may be about, by UUID, in the order of the course."""
    code, found = course.code.lower(), {}
    for lesson in stations(document):
        url = reverse("atelier:lesson", args=[code, lesson["uuid"]])
        found[lesson["uuid"]] = Place(lesson["title"], url)
        for rank, block in enumerate(lesson["blocks"], start=1):
            kind = BlockKind(block["kind"]).label
            label = f"{lesson['title']} › {rank}. {kind}"
            url = reverse("atelier:edit", args=[code, "bloc", block["uuid"]])
            found[block["uuid"]] = Place(label, url)
            for number, question in enumerate(block.get("questions", ()), start=1):
                url = reverse("atelier:edit", args=[code, "question", question["uuid"]])
                said = f"{label} › {_('question %d') % number}"
                found[question["uuid"]] = Place(said, url)
    return found


def _remarks(course: Course, document: CourseDoc) -> list[tuple[ReviewRemark, Place | None]]:
    left = list(remarks_left(course))
    known = places(course, document) if left else {}
    return [(each, known.get(str(each.place))) for each in left]


def _holders(node: actions.Node | None) -> list[actions.Node]:
    if node is None or isinstance(node, Course):
        return [node] if node else []
    return [node, *_holders(parent_of(node))]
