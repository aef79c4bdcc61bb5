"""What the demonstration's courses say: Québec's typography, and every kind of block and question."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from atn_platform.demo.modules import ARCHIVE, packed
from courses import actions
from courses.enums import BlockKind, QuestionKind
from courses.folder import CourseFolder, read
from courses.folder.paths import Outline, read_paths
from courses.models import Course, Path
from tests.demo import COURSES, FOLDERS

CODES = {
    "key",
    "kind",
    "file",
    "captions",
    "start",
    "to",
    "ending",
    "tone",
    "code",
    "choice_group",
}
CODE = re.compile(r"`[^`]*`|https?://\S+")
FAULTS = {
    "a straight apostrophe": re.compile(r"\w'\w"),
    "a space before ; ! ?": re.compile(r"[ \u00a0\u202f][;!?]"),
    "no no-break space before : » % $": re.compile(r" [:»%$]|[^\s\u00a0:(]»|\w:\s"),
    "no no-break space after «": re.compile(r"«[^\u00a0]"),
    "straight quotes": re.compile(r"\""),
    "a word that Québec says otherwise": re.compile(
        r"\b(e-?mails?|phishing|ransomwares?|digital\w*|login|cookies?)\b", re.IGNORECASE
    ),
}


def test_the_module_of_the_demonstration_is_made_of_its_sources():
    assert ARCHIVE.read_bytes() == packed()


def prose(value: Any) -> Iterator[str]:
    """Every text that people read, without code and addresses."""
    if isinstance(value, str):
        yield CODE.sub("", value)
    elif isinstance(value, list):
        for each in value:
            yield from prose(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in CODES:
                yield from prose(each)


def sentences(course: CourseFolder) -> Iterator[str]:
    yield from prose([course.front["title"], course.front["summary"], course.front["objectives"]])
    for module in course.modules:
        yield from prose(module.title)
        for lesson in module.lessons:
            yield from prose([lesson.front["title"], lesson.front.get("objective", "")])
            for block in lesson.blocks:
                yield from prose(block.data)
                for question in block.questions:
                    yield from prose([question.prompt, question.data])


def faults(texts: Iterator[str]) -> list[tuple[str, str]]:
    return [
        (name, text[max(0, found.start() - 30) : found.end() + 30])
        for text in texts
        for name, fault in FAULTS.items()
        if (found := fault.search(text))
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_each_course_is_written_with_the_typography_of_quebec(folder):
    assert faults(sentences(read(folder))) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("l'urgence", "a straight apostrophe"),
        ("Prêt ?", "a space before ; ! ?"),
        ("La règle : vérifier", "no no-break space before : » % $"),
        ("La règle: vérifier", "no no-break space before : » % $"),
        ("«\u00a0oui»", "no no-break space before : » % $"),
        ("« oui\u00a0»", "no no-break space after «"),
        ("Un email", "a word that Québec says otherwise"),
    ],
)
def test_a_fault_of_typography_is_found(text, fault):
    assert fault in {name for name, _ in faults(iter([text]))}


def test_every_kind_of_block_and_of_question_is_met_somewhere():
    blocks = [
        block
        for folder in FOLDERS
        for module in read(folder).modules
        for lesson in module.lessons
        for block in lesson.blocks
    ]
    # A package is made with another tool: tests/courses/test_package_blocks.py makes its own.
    assert {block.kind for block in blocks} >= set(BlockKind) - {BlockKind.PACKAGE}
    assert {question.kind for block in blocks for question in block.questions} == set(QuestionKind)
    assert {b.data["tone"] for b in blocks if b.kind == BlockKind.CALLOUT} <= {
        "info",
        "action",
        "warning",
    }


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_texts_that_are_shown_as_typed_hold_no_markdown(folder):
    blocks = [b for m in read(folder).modules for lesson in m.lessons for b in lesson.blocks]
    typed = [[b.data.get("clues"), b.data.get("caption"), b.data.get("options")] for b in blocks]
    typed += [[question.data] for block in blocks for question in block.questions]
    assert [text for text in prose(typed) if "**" in text or "`" in text] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_lessons_are_short_and_close_on_an_act_for_tomorrow(folder):
    for module in read(folder).modules:
        for lesson in module.lessons:
            front = lesson.front
            if front["kind"] == "lesson":
                # A call with one's coach is an appointment, of half an hour.
                most = 30 if lesson.key == "rencontre-accompagnatrice" else 15
                assert front["minutes"] <= most, lesson.key
                optional = not front["required"]
                acts = [b for b in lesson.blocks if b.data.get("tone") == "action"]
                assert acts or optional or lesson.key == "mon-prochain-geste", lesson.key


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_each_course_ends_in_an_act_to_commit_to_and_shows_more_than_text(folder):
    found = [b.kind for m in read(folder).modules for lesson in m.lessons for b in lesson.blocks]
    assert BlockKind.PLEDGE in found
    shown = set(found) - {BlockKind.TEXT, BlockKind.QUIZ, BlockKind.CALLOUT, BlockKind.FILE}
    assert len(shown) >= 4


@pytest.mark.django_db
def test_the_four_parcours_offer_every_course_in_the_advised_order(tmp_path):
    for folder in FOLDERS:
        actions.import_folder(path=folder)
    paths = actions.import_paths(path=COURSES / "paths.yaml")
    order = {
        path.code: list(path.steps.values_list("course__code", flat=True))
        for path in Path.objects.all()
    }
    assert [path.code for path in paths] == list(order)
    assert order == {
        "elus": ["ELU-100", "CYB-101", "VIL-110", "IA-115"],
        "gestionnaires": [
            "CYB-101", "SEC-201", "CYB-210", "DON-210", "SER-130", "IA-115", "ACC-300",
        ],
        "personnel": ["CYB-101", "CYB-120", "SER-130", "IA-115"],
        "petite-municipalite": ["CYB-101", "ELU-100", "SEC-201", "ACC-300"],
    }  # fmt: skip
    assert set(Course.objects.values_list("code", flat=True)) == set().union(*order.values())
    actions.export_paths(path=tmp_path / "paths.yaml")
    assert (tmp_path / "paths.yaml").read_text() == (COURSES / "paths.yaml").read_text()


def test_the_parcours_are_written_with_the_typography_of_quebec():
    rows = read_paths(COURSES / "paths.yaml", {each.name: outline(each) for each in FOLDERS})
    assert faults(prose(rows)) == []


def outline(folder) -> Outline:
    modules = read(folder).modules
    lessons = (lesson.key for module in modules for lesson in module.lessons)
    return Outline(frozenset(module.key for module in modules), frozenset(lessons))
