"""The form of each object of a draft, and where two of its texts differ."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from courses import actions
from courses.enums import BlockKind, QuestionKind
from courses.forms.blocks import block_form
from courses.forms.drafts import CourseForm, LessonForm, ModuleForm, NodeForm
from courses.forms.questions import question_form
from courses.models import Block, Course, DraftRevision, Lesson, Module, Question


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two texts say differently."""

    label: str
    mine: str
    theirs: str


def form_of(
    node: actions.Node, data: Any = None, files: Any = None, *, said: Any = None
) -> NodeForm:
    """The form of the object as it stands, or with the words of another time (`said`)."""
    values = dict(actions.values(node) if said is None else said)
    values |= values.get("feedback") or {}
    initial = {**values, "seen": actions.revision(node)}
    if isinstance(node, Block):
        return block_form(node, data, files, initial=initial)
    if isinstance(node, Question):
        return question_form(node, data, files, initial=initial)
    kinds: dict[type[actions.Node], type[NodeForm]] = {
        Course: CourseForm,
        Module: ModuleForm,
        Lesson: LessonForm,
    }
    return kinds[type(node)](data, files, initial=initial)


def differences(mine: NodeForm, theirs: NodeForm) -> list[Difference]:
    pairs = (
        (str(mine[name].label), _words(mine[name].value()), _words(theirs[name].value()))
        for name in mine.fields
        if name != "seen"
    )
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def told(course: Course, old: DraftRevision) -> list[tuple[str, str]]:
    """Each field that a revision said, under its label, whatever the object is today."""
    return _told(course, old.kind, old.said)


def told_of(course: Course, held: dict[str, Any] | None, noun: str) -> list[tuple[str, str]]:
    """The same of an object that was removed, and of all that it held."""
    if not held:
        return []
    kind = held["kind"] if noun in {"block", "question"} else noun
    own = {name: each for name, each in held.items() if name not in {"key", "parts", "data"}}
    rows = _told(course, kind, {**own, **held.get("data", {})})
    below = {"module": "lesson", "lesson": "block", "block": "question"}
    return rows + [
        row for part in held.get("parts", ()) for row in told_of(course, part, below[noun])
    ]


def _told(course: Course, kind: str, said: dict[str, Any]) -> list[tuple[str, str]]:
    node = _blank(course, kind)
    if node is None:
        return [("", _words(each)) for each in said.values()]
    form = form_of(node, said=said)
    shown = [form[name] for name in form.fields if name != "seen"]
    rows = [(str(field.label), _words(_named(field))) for field in shown]
    return [(label, words) for label, words in rows if words]


def _named(field: BoundField) -> object:
    """Its value; of a field of choices, their names."""
    value = field.value()
    if not isinstance(field.field, forms.ChoiceField):
        return value
    names = {str(code): str(name) for code, name in cast("Any", field.field).choices}
    several = value if isinstance(value, list) else [value]
    return [names.get(str(each), each) for each in several if each not in ("", None)]


def _blank(course: Course, kind: str) -> actions.Node | None:
    """An object of this kind, in no draft, whose form says the names of its fields."""
    module = Module(course=course)
    lesson = Lesson(module=module)
    if kind in BlockKind.values:
        return Block(kind=kind, lesson=lesson)
    if kind in QuestionKind.values:
        return Question(kind=kind, block=Block(lesson=lesson))
    of_draft = {actions.kind_of(each): each for each in (course, module, lesson)}
    return of_draft.get(kind)


def _words(value: object) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, dict):
        return "\n".join(map(_words, value.values()))
    if isinstance(value, list):
        between = "\n\n" if any(isinstance(each, dict) for each in value) else ", "
        return between.join(map(_words, value))
    return str("" if value is None else value).replace("\r\n", "\n").strip()
