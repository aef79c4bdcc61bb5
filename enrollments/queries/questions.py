"""A question as the page shows it: open, sent back with what is missing, or explained."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from atn_platform.core import french
from courses import draws
from courses.documents import AssetDoc, ChoiceDoc, QuestionDoc, takes_several, worth
from courses.numbers import read_number
from courses.worths import NEARLY, WHOLE
from enrollments import grading

Posted = MultiValueDict[str, str]
TYPED = frozenset({"short", "numeric"})
TICKED = frozenset({"single", "multiple", "true-false", "hot-spot"})
_GAP = re.compile(r"\[\[(\d{1,2})\]\]")


@dataclass(frozen=True, slots=True)
class OptionView:
    """A choice, a rank or a side; `feedback` is empty until the answers are in."""

    value: str
    text: str
    chosen: bool
    feedback: str = ""
    correct: bool = False
    # What choosing it was worth, once the answers are in, where parts of the mark are at stake.
    worth: str = ""
    partly: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """One item to rank, one left side to match, or one gap to fill.

    A drop-down list, or a field to write in when there are no options. `before` is what stands
    before a gap, and `verdict` is empty until the answers are in, then right, partly or wrong.
    """

    name: str
    text: str
    options: list[OptionView]
    typed: str = ""
    is_number: bool = False
    before: str = ""
    verdict: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class ZoneView:
    """A zone drawn over a picture, in percent; `control` is the id of its choice in the list."""

    number: int
    control: str
    area: list[str]


@dataclass(frozen=True, slots=True)
class PictureView:
    asset: AssetDoc
    alt: str
    zones: list[ZoneView]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """`verdict` is empty before submission, then right, partly, wrong or unanswered.

    `share` is the part of the mark that was earned, when it is one. Of a text with gaps,
    `prompt_html` is what follows the last one.
    """

    name: str
    number: int
    kind: str
    prompt_html: str
    several: bool = False
    shared: bool = False
    may_cost: bool = False
    options: list[OptionView] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    picture: PictureView | None = None
    text: str = ""
    verdict: str = ""
    share: str = ""
    feedback: str = ""
    error: str = ""

    @property
    def control(self) -> str:
        """The id of what an error leads to: the first control of the question."""
        return self.rows[0].name if self.rows else f"{self.name}-1" if self.options else self.name

    @property
    def is_typed(self) -> bool:
        return self.kind in TYPED


def name_of(question: QuestionDoc) -> str:
    return f"q-{question['uuid']}"


def shown(marked: grading.Marked, number: int, attempt: UUID, *, is_open: bool) -> QuestionView:
    """The question, open or with its explanations."""
    question = marked.question
    view = QuestionView(
        name=name_of(question),
        number=number,
        kind=question["kind"],
        prompt_html=_GAP.split(question["prompt_html"])[-1],
        several=question["kind"] in TICKED and takes_several(question),
        shared=grading.is_shared(question),
        may_cost=grading.may_cost(question),
        options=_options(marked, attempt, is_open=is_open),
        rows=[
            row if is_open else _judged(marked, rank, row)
            for rank, row in enumerate(_rows(marked, attempt))
        ],
        text=marked.chosen[0] if question["kind"] in TYPED and marked.chosen else "",
        verdict="" if is_open else _verdict(marked),
        share=_percent(marked.worth) if marked.partly else "",
        feedback="" if is_open else _feedback(marked),
    )
    return replace(view, picture=_picture(question, view.options))


def sent_back(question: QuestionDoc, number: int, attempt: UUID, posted: Posted) -> QuestionView:
    """The question with every field as the form sent it, and what is missing."""
    view = shown(grading.mark([question], {})[0], number, attempt, is_open=True)
    sent = posted.getlist(view.name)
    rows = [_row_as_sent(row, posted.get(row.name) or "") for row in view.rows]
    if view.options:
        # What the question does not offer answers nothing (as grading reads it).
        sent = [option.value for option in view.options if option.value in sent]
    return replace(
        view,
        options=[replace(option, chosen=option.value in sent) for option in view.options],
        rows=rows,
        text=_typed(posted.get(view.name) or ""),
        error=_missing(question["kind"], rows, sent),
    )


def answer_from(posted: Posted, question: QuestionDoc, attempt: UUID) -> list[str]:
    """The answer in the shape that grading reads, from the fields of the form."""
    name = name_of(question)
    if question["kind"] == "ordering":
        return _read_ranks(posted, question, attempt)
    if "pairs" in question:
        return [posted.get(f"{name}-{each['key']}", "") or "" for each in question["pairs"]]
    if question["kind"] == "cloze":
        return [posted.get(f"{name}-{each['key']}", "") or "" for each in question["gaps"]]
    return posted.getlist(name)


def _read_ranks(posted: Posted, question: QuestionDoc, attempt: UUID) -> list[str]:
    items = draws.shuffled(question["items"], question, attempt)
    ranks = [posted.get(f"{name_of(question)}-{i}", "") or "" for i in range(len(items))]
    expected = [str(rank) for rank in range(1, len(items) + 1)]
    if sorted(ranks, key=lambda text: (len(text), text)) != expected:
        return []
    return [item for __, item in sorted(zip(map(int, ranks), items, strict=True))]


def _typed(text: str) -> str:
    return grading.typed_text(text, longest=grading.MOST_CHARACTERS)


def _row_as_sent(row: RowView, sent: str) -> RowView:
    options = [replace(option, chosen=option.value == sent) for option in row.options]
    return replace(row, options=options, typed="" if row.options else _typed(sent))


def _missing(kind: str, rows: list[RowView], sent: list[str]) -> str:
    """What keeps the answer from being one; empty when nothing does."""
    if rows:
        return _missing_in_rows(kind, rows)
    text = "".join(sent).strip()
    if kind == "numeric" and text and read_number(text) is None:
        return _("Écrivez un nombre seul, par exemple 3,5.")
    if text:
        return ""
    if kind in TYPED:
        return _("Écrivez une réponse, même incertaine.")
    return _("Choisissez ce qui vous semble le plus juste.")


def _missing_in_rows(kind: str, rows: list[RowView]) -> str:
    chosen = [option.value for row in rows for option in row.options if option.chosen]
    is_once = kind in {"ordering", "matching"}
    twice = [value for value in chosen if chosen.count(value) > 1] if is_once else []
    if twice:
        said = _("Le rang %s est donné deux fois."), _("« %s » est choisi deux fois.")
        return said[kind == "matching"] % twice[0]
    numbers = [row for row in rows if row.is_number and row.typed]
    if wrong := [row.text for row in numbers if read_number(row.typed) is None]:
        return _("%s : écrivez un nombre seul, par exemple 3,5.") % wrong[0]
    counts = {"done": len(chosen) + sum(bool(row.typed) for row in rows), "all": len(rows)}
    if counts["done"] == counts["all"]:
        return ""
    if kind == "cloze":
        return _("Chaque trou demande une réponse : %(done)d sur %(all)d sont faits.") % counts
    return _("Chaque liste demande un choix : %(done)d sur %(all)d sont faits.") % counts


def _feedback(marked: grading.Marked) -> str:
    """Of the one answer given, when its author wrote some; else of the question."""
    question = marked.question
    if question["kind"] in TYPED:
        found = grading.typed_answer(question, marked.chosen[0]) if marked.answered else None
        chosen = [found] if found else []
    else:
        chosen = [c for c in question.get("choices", ()) if c["key"] in marked.chosen]
    if len(chosen) == 1 and question["kind"] != "multiple" and chosen[0]["feedback"]:
        return chosen[0]["feedback"]
    said = question["feedback"]
    if marked.partly and "partly" in said:
        return said["partly"]
    return said["right" if marked.right else "wrong"]


def _verdict(marked: grading.Marked) -> str:
    if marked.right or marked.partly:
        return "right" if marked.right else "partly"
    return "wrong" if marked.answered else "unanswered"


def _options(marked: grading.Marked, attempt: UUID, *, is_open: bool) -> list[OptionView]:
    question = marked.question
    if question["kind"] not in TICKED:
        return []
    choices = {choice["key"]: choice for choice in question["choices"]}
    order = list(choices)
    # Said once: below the question when one choice is made, beside each when there may be several.
    beside = not is_open and takes_several(question)
    if question["kind"] != "true-false":
        order = draws.shuffled(order, question, attempt)
    return [
        OptionView(
            value=key,
            text=choices[key]["text"],
            chosen=key in marked.chosen,
            feedback=choices[key]["feedback"] if beside and key in marked.chosen else "",
            correct=not is_open and choices[key]["correct"],
            worth="" if is_open else _worth(choices[key]),
            partly=not is_open and not choices[key]["correct"] and worth(choices[key]) > 0,
        )
        for key in order
    ]


def _worth(choice: ChoiceDoc) -> str:
    """« 50 % », « −25 % »; nothing where the author gave no part of the mark."""
    return _percent(choice["worth"]) if "worth" in choice else ""


def _percent(share: float) -> str:
    return french.percent(round(share) / 100).replace("-", "−")


def _picture(question: QuestionDoc, options: list[OptionView]) -> PictureView | None:
    """The picture; of a hot spot, with its zones numbered as the list of choices is."""
    if "asset" not in question:
        return None
    if question["kind"] != "hot-spot":
        return PictureView(question["asset"], question.get("alt", ""), [])
    areas = {choice["key"]: choice["area"] for choice in question["choices"]}
    zones = [
        ZoneView(rank, f"{name_of(question)}-{rank}", [f"{each}%" for each in areas[option.value]])
        for rank, option in enumerate(options, start=1)
    ]
    return PictureView(question["asset"], question.get("alt", ""), zones)


def _rows(marked: grading.Marked, attempt: UUID) -> Iterator[RowView]:
    question = marked.question
    name = name_of(question)
    if question["kind"] == "ordering":
        items = draws.shuffled(question["items"], question, attempt)
        given = {item: str(rank) for rank, item in enumerate(marked.chosen, start=1)}
        ranks = [str(rank) for rank in range(1, len(items) + 1)]
        for i, item in enumerate(items):
            yield RowView(f"{name}-{i}", item, _list(ranks, given.get(item, "")))
    elif question["kind"] == "cloze":
        yield from _gap_rows(marked, attempt)
    elif "pairs" in question:
        sides, pairs = _sides(question, attempt), question["pairs"]
        given = dict(zip((p["key"] for p in pairs), marked.chosen, strict=False))
        if question["kind"] == "classifying":
            keys = draws.shuffled([p["key"] for p in pairs], question, attempt)
            pairs = sorted(pairs, key=lambda pair: keys.index(pair["key"]))
        for p in pairs:
            options = _list(sides, given.get(p["key"], ""))
            yield RowView(f"{name}-{p['key']}", p["left"], options)


def _sides(question: QuestionDoc, attempt: UUID) -> list[str]:
    if question["kind"] == "classifying":
        return question["categories"]
    sides = {p["right"]: None for p in question["pairs"]}
    sides |= dict.fromkeys(question.get("distractors", ()))
    return draws.shuffled(list(sides), question, attempt)


def _gap_rows(marked: grading.Marked, attempt: UUID) -> Iterator[RowView]:
    question = marked.question
    pieces = _GAP.split(question["prompt_html"])
    given = [*marked.chosen, *[""] * len(question["gaps"])]
    for rank, gap in enumerate(question["gaps"]):
        choices = {choice["key"]: choice["text"] for choice in gap["choices"]}
        order = draws.shuffled(list(choices), question, attempt)
        is_list = gap["kind"] == "single"
        yield RowView(
            name=f"{name_of(question)}-{gap['key']}",
            text=_("Trou %s") % gap["key"],
            options=[
                OptionView(key, choices[key], chosen=key == given[rank])
                for key in (order if is_list else ())
            ],
            typed="" if is_list else given[rank],
            is_number=gap["kind"] == "numeric",
            before=pieces[2 * rank],
        )


def _judged(marked: grading.Marked, rank: int, row: RowView) -> RowView:
    """A row with whether it is right, where each row is an answer of its own."""
    question = marked.question
    if question["kind"] == "cloze":
        gap = question["gaps"][rank]
        given = marked.chosen[rank] if marked.chosen else ""
        found = grading.expected(gap["kind"], gap["choices"], given)
        earned = worth(found) if found else 0.0
        return _with_verdict(row, earned, found["feedback"] if found else "")
    if question["kind"] != "classifying" and not question.get("partial"):
        return row
    due = _due(question)
    chosen = next((option.value for option in row.options if option.chosen), "")
    return _with_verdict(row, WHOLE * (chosen == due[row.text]), "")


def _due(question: QuestionDoc) -> dict[str, str]:
    """What each list should say: the rank of an element, or the side that goes with another."""
    if question["kind"] == "ordering":
        return {item: str(rank) for rank, item in enumerate(question["items"], start=1)}
    return {pair["left"]: pair["right"] for pair in question["pairs"]}


def _with_verdict(row: RowView, earned: float, feedback: str) -> RowView:
    verdict = "right" if earned >= NEARLY else "partly" if earned > 0 else "wrong"
    return replace(row, verdict=verdict, feedback=feedback)


def _list(values: list[str], chosen: str) -> list[OptionView]:
    return [OptionView(value=value, text=value, chosen=value == chosen) for value in values]
