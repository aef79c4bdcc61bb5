"""What a lesson page holds that is the same for everyone who follows the version."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from atn_platform.core.templatetags.atn import draw_once, lesson_html
from atn_platform.core.wording import in_english
from courses.documents import block, stations
from courses.queries import document
from enrollments.queries.questions import QuestionView, RowView
from enrollments.queries.thread import Thread

register = template.Library()


# Stands in what is kept for what is not: the words of an author, or what a list offers, which
# follows the order of the attempt.
LEFT_OUT = SafeString("\0")


def _joined(pieces: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(pieces))


@register.simple_tag
def plan(thread: Thread, code: str, here: int) -> SafeString:
    """Every station of the course `code`, one line each; number `here` is the one being read."""
    english = in_english()
    return _joined(
        draw_once(
            "enrollments/plan_line.html",
            english=english,
            code=code.lower(),
            key=each.lesson["key"],
            title=each.lesson["title"],
            done=each.is_done,
            meeting=each.is_meeting,
            here=each.number == here,
        )
        for each in thread.stations
    )


@register.simple_tag
def asked(question: QuestionView) -> SafeString:
    """The words of a question, between its number and how to answer it."""
    around = draw_once(
        "enrollments/blocks/asked.html",
        english=in_english(),
        number=question.number,
        html=LEFT_OUT,
        kind=question.kind,
        several=question.several,
        shared=question.shared,
        may_cost=question.may_cost,
    )
    return SafeString(around.replace(LEFT_OUT, lesson_html(question.prompt_html)))


@register.simple_tag
def choices(question: QuestionView) -> SafeString:
    """The choices of a question, in the order of the attempt."""
    english = in_english()
    return _joined(
        draw_once(
            "enrollments/blocks/choice.html",
            english=english,
            name=question.name,
            rank=rank,
            value=each.value,
            text=each.text,
            several=question.several,
            chosen=each.chosen,
            marked=bool(question.verdict),
            correct=each.correct,
            partly=each.partly,
            worth=each.worth,
            feedback=each.feedback,
            is_zone=question.picture is not None,
        )
        for rank, each in enumerate(question.options, start=1)
    )


@register.simple_tag
def lists(question: QuestionView) -> SafeString:
    """The drop-down lists of a question, but for a text with gaps: there they stand in it."""
    if question.kind == "cloze":
        return SafeString()
    return _joined(_row(row, marked=bool(question.verdict)) for row in question.rows)


def _row(row: RowView, *, marked: bool) -> SafeString:
    around = draw_once(
        "enrollments/blocks/row.html",
        english=in_english(),
        name=row.name,
        text=row.text,
        verdict=row.verdict,
        marked=marked,
        options=LEFT_OUT,
    )
    offered = "\n".join(_option(each.value, each.text, each.chosen) for each in row.options)
    return SafeString(around.replace(LEFT_OUT, offered))


@lru_cache(maxsize=2048)  # a quiz draws fifty of these
def _option(value: str, text: str, chosen: bool) -> SafeString:
    mark = SafeString(" selected" if chosen else "")
    return format_html('<option value="{}"{} lang="fr-CA">{}</option>', value, mark, text)


@register.simple_tag
def gaps(question: QuestionView) -> SafeString:
    """A text and its gaps, without a space that its author did not write."""
    pieces: list[str] = []
    for row in question.rows:
        drawn = render_to_string(
            "enrollments/blocks/gap.html", {"row": row, "marked": bool(question.verdict)}
        )
        pieces += [row.before, drawn.strip()]
    return SafeString("".join([*pieces, question.prompt_html]))


@register.simple_tag
def still(version_id: int, uuid: str, light: bool) -> SafeString:
    """A block that asks nothing of its reader, drawn once a process: versions never change."""
    return _still(version_id, uuid, light, in_english())


@lru_cache(maxsize=512)
def _still(version_id: int, uuid: str, light: bool, _english: bool) -> SafeString:
    found = (block(lesson, uuid) for lesson in stations(document(version_id)))
    shown = next(each for each in found if each is not None)
    return render_to_string("enrollments/blocks/still.html", {"block": shown, "light": light})
