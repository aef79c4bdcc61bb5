"""Shape of a published course: the JSON document of a CourseVersion (docs/course-format.md).

Types only, and reading helpers without a query. HTML is already rendered and cleaned; learners'
pages print it as it is. `correct` flags and answers never reach a page before submission.
"""

from collections.abc import Collection, Iterator
from functools import lru_cache
from html import escape
from typing import Any, Literal, NotRequired, TypedDict, cast
from uuid import UUID

from courses.captions import Amiss, Cue
from courses.worths import WHOLE

FORMAT = 1
MEASURED = frozenset({"seconds", "cues"})
ADVICE = "captions_amiss"


class PartDoc(TypedDict):
    """What of a package is launched: a SCO, an assignable unit, or the whole of an H5P."""

    key: str
    title: str
    href: str  # inside the archive, with its query
    asset: NotRequired[bool]  # SCORM: says nothing of itself, so that opening it is doing it
    data: NotRequired[str]  # what its author lets the player hand over
    mastery: NotRequired[float]
    move_on: NotRequired[str]  # cmi5


class PackageDoc(TypedDict):
    """What was recognised in an archive (courses.packages); `standard` is scorm-1.2, scorm-2004,
    h5p or cmi5. `left_out` names files that are not served.
    """

    standard: str
    title: str
    parts: list[PartDoc]
    files: int
    unpacked: int
    left_out: list[str]
    # What the package asks of the order of its parts, which is not followed (SCORM 2004).
    unfollowed: NotRequired[list[str]]


class AssetDoc(TypedDict):
    """A stored file: address parts, weight in bytes, and pixels for images and videos."""

    name: str
    sha256: str
    type: str
    size: int
    width: NotRequired[int | None]
    height: NotRequired[int | None]
    contrast: NotRequired[float]  # of a pale picture: the greatest there is in it
    package: NotRequired[PackageDoc]
    # Of a draft's files alone: how long a sound or a film lasts, and the cues of captions.
    seconds: NotRequired[int]
    cues: NotRequired[list[Cue]]


class ChoiceDoc(TypedDict):
    key: str
    text: str
    correct: bool
    feedback: str
    # Percent of the mark, below 0 for what costs some; said of all the choices or of none.
    worth: NotRequired[float]
    area: NotRequired[list[str]]  # hot-spot: left, top, width, height, in percent of the picture


class GapDoc(TypedDict):
    """A hole of a text; `kind` is single, short or numeric, and `choices` are what it expects."""

    key: str
    kind: str
    choices: list[ChoiceDoc]
    weight: NotRequired[float]  # beside the other gaps, which weigh 1 when nothing is said


class PairDoc(TypedDict):
    """`key` names the left side; the right answer of a pair is its own `right`."""

    key: str
    left: str
    right: str


class FeedbackDoc(TypedDict):
    """`partly` is said to whoever has a part of the mark, `wrong` in its absence."""

    right: str
    wrong: str
    partly: NotRequired[str]


class QuestionDoc(TypedDict):
    """One question. Which of the optional parts it has depends on its `kind` (QuestionKind)."""

    uuid: str
    key: str
    kind: str
    prompt_html: str
    # single, multiple, true-false (keys "true", "false"); hot-spot, one for each zone; numeric,
    # the numbers expected (courses.numbers): the first one that holds the answer judges it; short,
    # the words expected, as numbers are.
    choices: NotRequired[list[ChoiceDoc]]
    items: NotRequired[list[str]]  # ordering, in the right order
    # matching; classifying: an item on the left, its category on the right
    pairs: NotRequired[list[PairDoc]]
    categories: NotRequired[list[str]]  # classifying, in the author's order
    gaps: NotRequired[list[GapDoc]]  # cloze: [[1]] in the prompt is the place of the first one
    asset: NotRequired[AssetDoc]  # hot-spot, and whatever shows a picture under its prompt
    alt: NotRequired[str]
    distractors: NotRequired[list[str]]  # matching
    # short, when all are right and none has a word of its own; compared folded, articles kept
    answers: NotRequired[list[str]]
    # ordering, matching, classifying, cloze: each part that is right earns its share
    partial: NotRequired[bool]
    feedback: FeedbackDoc
    competencies: NotRequired[list[str]]  # what a right answer proves: A1-2


class SceneChoiceDoc(TypedDict):
    key: str
    text: str
    feedback_html: str
    to: str


class SceneDoc(TypedDict):
    """A node of a scenario; without choices it is an ending, and `ending` says which kind."""

    key: str
    text_html: str
    choices: list[SceneChoiceDoc]
    ending: Literal["", "good", "mixed", "bad"]


class StepDoc(TypedDict):
    title: str
    html: str


class PlaceDoc(TypedDict):
    """A zone of a picture and what it opens; `area` is left, top, width, height in percent."""

    title: str
    html: str
    area: list[str]


class CellDoc(TypedDict):
    """A cell of a table; `scope` is « col », « row », or empty when it is no header."""

    html: str
    scope: str


class BlockDoc(TypedDict):
    """One block. Optional parts by `kind` (BlockKind), as listed beside them."""

    uuid: str
    key: str
    kind: str
    # What is read first, in: text, callout, zones, steps, message, reflection, pledge, scenario.
    html: NotRequired[str]
    # Of all but: text, image, table, message, reflection.
    title: NotRequired[str]
    tone: NotRequired[Literal["info", "action", "warning"]]  # callout
    asset: NotRequired[AssetDoc]  # image, zones, video, audio, file, package
    alt: NotRequired[str]  # image, where it is empty only when decorative; zones
    decorative: NotRequired[bool]  # image
    holds_text: NotRequired[bool]  # image: its author says that words are drawn in it
    caption: NotRequired[str]  # image, table
    captions: NotRequired[AssetDoc]  # video, audio: WebVTT
    # Of a draft's video or audio alone, and only when there is something.
    captions_amiss: NotRequired[list[Amiss]]
    audio: NotRequired[AssetDoc | None]  # video: the listening version
    seconds: NotRequired[int]  # video, audio
    transcript_html: NotRequired[str]  # video, audio
    equivalent_html: NotRequired[str]  # package: the same in words, which counts as much
    finishes: NotRequired[bool]  # package: what it says of its completion finishes the lesson
    steps: NotRequired[list[StepDoc]]  # steps
    places: NotRequired[list[PlaceDoc]]  # zones
    rows: NotRequired[list[list[CellDoc]]]  # table
    sender: NotRequired[str]  # message
    subject: NotRequired[str]  # message
    clues: NotRequired[list[dict[str, str]]]  # message: {"mark": "1", "text": "…"}
    options: NotRequired[list[str]]  # reflection, pledge: boxes to tick, may be empty
    start: NotRequired[str]  # scenario: key of the first scene
    scenes: NotRequired[list[SceneDoc]]  # scenario
    draw: NotRequired[int | None]  # quiz: questions drawn at each attempt; all when None
    questions: NotRequired[list[QuestionDoc]]  # quiz


class ListeningDoc(TypedDict):
    """The recording of a lesson; `asset` lacks in a draft only. `stale`: it says other words."""

    asset: NotRequired[AssetDoc]
    seconds: int
    stale: bool


class LessonDoc(TypedDict):
    """A station. Its index over all modules, from 1, is its number on the thread."""

    uuid: str
    key: str
    kind: str
    title: str
    objective: str
    minutes: int
    required: bool
    bytes: int
    audio: NotRequired[ListeningDoc]
    blocks: list[BlockDoc]


class ModuleDoc(TypedDict):
    uuid: str
    key: str
    title: str
    lessons: list[LessonDoc]


class FactsDoc(TypedDict):
    """The front page: `minutes` sums the stations; `uec` is minutes / 600, down to .05."""

    format: int
    code: str
    title: str
    summary: str
    objectives: list[str]
    topic: str
    mode: str
    publics: list[str]
    competencies: list[str]
    pass_mark: int
    minutes: int
    uec: float | None


class CourseDoc(FactsDoc):
    """The whole course."""

    modules: list[ModuleDoc]


def frozen(asset: AssetDoc) -> AssetDoc:
    """A file as versions keep it: without what was measured to check the draft."""
    kept = {name: value for name, value in asset.items() if name not in MEASURED}
    return cast("AssetDoc", kept)


def frozen_document(document: CourseDoc) -> CourseDoc:
    """A draft as versions keep it: what its checklist alone reads is no part of them."""
    modules: list[ModuleDoc] = [
        {**each, "lessons": [_frozen_lesson(lesson) for lesson in each["lessons"]]}
        for each in document["modules"]
    ]
    return {**document, "modules": modules}


def _frozen_lesson(lesson: LessonDoc) -> LessonDoc:
    return {**lesson, "blocks": [frozen_block(each) for each in lesson["blocks"]]}


def frozen_block(block: BlockDoc) -> BlockDoc:
    """A block less what is wrong with its captions, which is advice on a draft."""
    return cast("BlockDoc", {name: part for name, part in block.items() if name != ADVICE})


def takes_several(question: QuestionDoc) -> bool:
    """Whether more than one choice may be ticked."""
    if question["kind"] == "hot-spot":
        return sum(choice["correct"] for choice in question["choices"]) > 1
    return question["kind"] == "multiple"


def worth(choice: ChoiceDoc) -> float:
    """Percent of the mark that a choice is worth."""
    return choice.get("worth", WHOLE if choice["correct"] else 0.0)


def expected_words(question: QuestionDoc) -> list[ChoiceDoc]:
    """What a short question expects, in the one shape of choices."""
    return question.get("choices") or [
        {"key": str(rank), "text": text, "correct": True, "feedback": ""}
        for rank, text in enumerate(question.get("answers", ()), start=1)
    ]


@lru_cache(maxsize=4096)
def identity(uuid: str) -> UUID:
    """A UUID of a document, made once: pages compare them with those of rows by the dozen."""
    return UUID(uuid)


def stations(document: CourseDoc) -> Iterator[LessonDoc]:
    """Every station of the course, in order."""
    for module in document["modules"]:
        yield from module["lessons"]


def part_of(
    document: CourseDoc, modules: Collection[str], lessons: Collection[str]
) -> list[LessonDoc]:
    """The stations of these modules, and these lessons, by their keys and in order."""
    return [
        lesson
        for module in document["modules"]
        for lesson in module["lessons"]
        if module["key"] in modules or lesson["key"] in lessons
    ]


def station(document: CourseDoc, uuid: UUID | str) -> LessonDoc | None:
    """The station of that UUID, or None."""
    wanted = str(uuid)
    return next((lesson for lesson in stations(document) if lesson["uuid"] == wanted), None)


def block(lesson: LessonDoc, uuid: UUID | str) -> BlockDoc | None:
    """The block of that UUID in a station, or None."""
    wanted = str(uuid)
    return next((block for block in lesson["blocks"] if block["uuid"] == wanted), None)


def parts_html(block: BlockDoc) -> Iterator[str]:
    """HTML of the parts of a block that stand apart: steps, zones, cells of a table."""
    for part in (*block.get("steps", ()), *block.get("places", ())):
        yield f"<p>{escape(part['title'])}</p>{part['html']}"
    for row in block.get("rows", ()):
        yield from (f"<p>{cell['html']}</p>" for cell in row)


def data_of(document: dict[str, Any]) -> CourseDoc:
    """A version's JSON under its type; nothing is checked, for the version was when published."""
    return document  # type: ignore[return-value]
