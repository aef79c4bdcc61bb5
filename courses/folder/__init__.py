"""A course as a folder of text files (docs/course-format.md): reading, checking and writing it.

Pure: no database. What is read is a `CourseFolder`, which actions turn into a draft.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from atn_platform.core import french
from courses.enums import BlockKind, LessonKind, Mode, QuestionKind, Topic
from courses.folder.framework import check_goals
from courses.folder.parts import HEADERS, check_places, check_rows
from courses.folder.shapes import (
    AUDIO,
    BLOCK_FIELDS,
    COURSE_KEYS,
    ELEMENTS,
    FEEDBACK,
    LESSON_KEYS,
    NESTED,
    QUESTION_FIELDS,
    QUESTION_KEYS,
    WORDS,
)
from courses.yaml_source import (
    Problem,
    Source,
    check_choice,
    check_each,
    check_fields,
    check_key,
    dump,
    ordered,
)
from municipalities.enums import Public

_OPENING = re.compile(r"^::: *([a-z-]+) +([\w-]+) *$")


class FolderRefused(Exception):
    """The folder cannot be read as a course; `problems` says where and why, in order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class QuestionText:
    key: str
    kind: str
    prompt: str
    data: dict[str, Any]


@dataclass(slots=True)
class BlockText:
    key: str
    kind: str
    data: dict[str, Any]
    questions: list[QuestionText] = field(default_factory=list)


@dataclass(slots=True)
class LessonText:
    key: str
    front: dict[str, Any]
    blocks: list[BlockText]


@dataclass(slots=True)
class ModuleText:
    key: str
    title: str
    lessons: list[LessonText]


@dataclass(slots=True)
class CourseFolder:
    """A whole course as read. `media` maps file names to where their bytes are."""

    front: dict[str, Any]
    modules: list[ModuleText]
    media: dict[str, Path]


def read(folder: Path) -> CourseFolder:
    """Read a course's folder. Raises FolderRefused with every problem found, not the first."""
    problems: list[Problem] = []
    source = Source("course.yaml")
    front = source.load(contents(folder / "course.yaml", folder, problems))
    modules: list[ModuleText] = []
    if isinstance(front, dict):
        _check_course(source, front)
        modules = _modules(source, front, folder, problems)
    elif not source.problems and not problems:
        source.complain((), _("le fichier est vide."))
    problems += source.problems
    if problems:
        raise FolderRefused(problems)
    media = sorted((folder / "media").glob("*")) if (folder / "media").is_dir() else []
    return CourseFolder(
        front={key: value for key, value in front.items() if key != "modules"},
        modules=modules,
        media={path.name: path for path in media if path.is_file()},
    )


def write(course: CourseFolder, folder: Path) -> None:
    """Write the folder in canonical form, over what stands there; media are copied."""
    for name in ("lessons", "questions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    outline: list[dict[str, Any]] = [
        {"key": each.key, "title": each.title, "lessons": [lesson.key for lesson in each.lessons]}
        for each in course.modules
    ]
    front = ordered({**course.front, "modules": outline}, COURSE_KEYS)
    (folder / "course.yaml").write_text(dump(front), encoding="utf-8")
    for module in course.modules:
        for lesson in module.lessons:
            _write_lesson(lesson, folder)
    if course.media:
        (folder / "media").mkdir(exist_ok=True)
        for name, path in course.media.items():
            (folder / "media" / name).write_bytes(path.read_bytes())
    if not any((folder / "questions").iterdir()):
        (folder / "questions").rmdir()


def lesson_text(lesson: LessonText) -> str:
    """The canonical text of a lesson's file."""
    parts = ["---\n", dump(ordered(lesson.front, LESSON_KEYS)), "---\n"]
    texts, follows_text = 0, False
    for block in lesson.blocks:
        is_text = block.kind == BlockKind.TEXT
        texts += is_text
        # A run of plain Markdown only when reading it gives the same block back.
        is_run = is_text and not follows_text and block.key == f"texte-{texts}"
        is_run = is_run and bool(markdown := block.data.get("markdown", "").strip())
        follows_text = is_run
        if is_run:
            parts.append(f"\n{markdown}\n")
        else:
            data = ordered(block.data, tuple(BLOCK_FIELDS[block.kind]))
            body = dump(data) if data else ""
            parts.append(f"\n::: {block.kind} {block.key}\n{body}:::\n")
    return "".join(parts)


def _write_lesson(lesson: LessonText, folder: Path) -> None:
    (folder / "lessons" / f"{lesson.key}.md").write_text(lesson_text(lesson), encoding="utf-8")
    for block in lesson.blocks:
        if block.questions:
            path = folder / "questions" / f"{lesson.key}.{block.key}.yaml"
            path.write_text(dump([_question(each) for each in block.questions]), encoding="utf-8")


def _question(question: QuestionText) -> dict[str, Any]:
    head = {"key": question.key, "kind": question.kind, "prompt": question.prompt}
    fields: dict[str, Any] = ordered({**head, **question.data}, QUESTION_KEYS)
    return fields


def contents(path: Path, folder: Path, problems: list[Problem]) -> str:
    name = str(path.relative_to(folder))
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(name, 1, _("le fichier est absent.")))
    except OSError as error:
        problems.append(Problem(name, 1, _("illisible : %s.") % french.refusal(error)))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(name, line, _("le fichier n’est pas en UTF-8.")))
    return ""


def _check_course(source: Source, front: dict[str, Any]) -> None:
    types = {
        "code": str, "title": str, "summary": str, "objectives": list, "topic": str, "mode": str,
        "publics": list, "competencies": list, "pass_mark": int, "gives_uec": bool,
        "review_on": date,
        "modules": list,
    }  # fmt: skip
    check_fields(source, front, (), types, required=("code", "title", "topic", "mode", "modules"))
    _check_elements(source, front, ())
    for name, choices in (("topic", Topic.values), ("mode", Mode.values)):
        check_choice(source, front.get(name), (name,), choices)
    for rank, public in enumerate(front.get("publics") or ()):
        check_choice(source, public, ("publics", rank), Public.values)
    check_goals(source, front.get("competencies"), ("competencies",))


def _modules(
    source: Source, front: dict[str, Any], folder: Path, problems: list[Problem]
) -> list[ModuleText]:
    modules = []
    seen: set[str] = set()
    outline = front.get("modules")
    for rank, each in enumerate(outline if isinstance(outline, list) else ()):
        path = ("modules", rank)
        if not isinstance(each, dict):
            source.complain(path, _("un module a « key », « title » et « lessons »."))
            continue
        types = {"key": str, "title": str, "lessons": list}
        check_fields(source, each, path, types, required=tuple(types))
        lessons = []
        for place, key in enumerate(each.get("lessons") or ()):
            if check_key(source, key, (*path, "lessons", place), seen):
                lessons.append(_lesson(str(key), folder, problems))
        modules.append(ModuleText(str(each.get("key")), str(each.get("title")), lessons))
    return modules


def _lesson(key: str, folder: Path, problems: list[Problem]) -> LessonText:
    name = f"lessons/{key}.md"
    lines = contents(folder / name, folder, problems).split("\n")
    if lines[0].rstrip() != "---" or "---" not in [line.rstrip() for line in lines[1:]]:
        problems.append(Problem(name, 1, _("l’en-tête entre deux lignes --- manque.")))
        return LessonText(key, {}, [])
    end = [line.rstrip() for line in lines].index("---", 1)
    source = Source(name, first_line=2)
    front = source.load("\n".join(lines[1:end]))
    front = front if isinstance(front, dict) else {}
    types = {
        "title": str, "kind": str, "minutes": int, "objective": str, "required": bool,
        "audio": dict,
    }  # fmt: skip
    check_fields(source, front, (), types, required=("title", "kind", "minutes"))
    if isinstance(audio := front.get("audio"), dict):
        check_fields(source, audio, ("audio",), AUDIO, required=("file",))
    check_choice(source, front.get("kind"), ("kind",), LessonKind.values)
    problems += source.problems
    return LessonText(key, front, _blocks(key, lines, end + 1, folder, problems))


def _blocks(
    lesson: str, lines: list[str], start: int, folder: Path, problems: list[Problem]
) -> list[BlockText]:
    name = f"lessons/{lesson}.md"
    blocks: list[BlockText] = []
    seen: set[str] = set()
    for rank, closing in _pieces(lines, start):
        if not lines[rank].startswith(":::"):
            if markdown := "\n".join(line.rstrip() for line in lines[rank:closing]).strip():
                place = sum(block.kind == BlockKind.TEXT for block in blocks) + 1
                seen.add(key := f"texte-{place}")
                blocks.append(BlockText(key, BlockKind.TEXT, {"markdown": markdown}))
            continue
        opening = _OPENING.match(lines[rank])
        if opening is None or closing == len(lines):
            message = _("un bloc s’écrit « ::: genre clé », puis se ferme par « ::: ».")
            problems.append(Problem(name, rank + 1, message))
            continue
        source = Source(name, first_line=rank + 2)
        block = _block(source, opening, "\n".join(lines[rank + 1 : closing]), seen)
        problems += source.problems
        if block.kind == BlockKind.QUIZ:
            block.questions = _questions(f"questions/{lesson}.{block.key}.yaml", folder, problems)
        blocks.append(block)
    return blocks


def _pieces(lines: list[str], start: int) -> Iterator[tuple[int, int]]:
    """First line and end of each run of text and each block; a block's end is its closing line."""
    rank = start
    while rank < len(lines):
        is_block = lines[rank].startswith(":::")
        following = range(rank + 1, len(lines))
        if is_block:
            end = next((i for i in following if lines[i].rstrip() == ":::"), len(lines))
        else:
            end = next((i for i in following if lines[i].startswith(":::")), len(lines))
        yield rank, end
        rank = end + 1 if is_block else end


def _block(source: Source, opening: re.Match[str], body: str, seen: set[str]) -> BlockText:
    data = source.load(body)
    block = BlockText(opening[2], opening[1], data if isinstance(data, dict) else {})
    source.lines[()] = source.first_line - 1
    check_key(source, block.key, (), seen)
    _check_block(source, block)
    return block


def _check_block(source: Source, block: BlockText) -> None:
    if block.kind not in BLOCK_FIELDS:
        source.complain((), _("genre de bloc inconnu; attendu : %s.") % ", ".join(BLOCK_FIELDS))
        return
    check_fields(source, block.data, (), BLOCK_FIELDS[block.kind], required=())
    check_choice(source, block.data.get("tone"), ("tone",), ["info", "action", "warning"])
    check_choice(source, block.data.get("header"), ("header",), HEADERS)
    check_rows(source, block.data.get("rows"))
    check_places(source, block.data.get("places"))
    _check_elements(source, block.data, ())


def _check_elements(source: Source, value: dict[str, Any], path: tuple[str | int, ...]) -> None:
    for name, shape in ELEMENTS.items():
        check_each(source, value.get(name), (*path, name), shape)
    for (name, inner), shape in NESTED.items():
        for place, each in _dicts(value.get(name)):
            check_each(source, each.get(inner), (*path, name, place, inner), shape)
    for (name, inner), words in WORDS.items():
        for place, each in _dicts(value.get(name)):
            check_choice(source, each.get(inner), (*path, name, place, inner), words)
    if isinstance(feedback := value.get("feedback"), dict):
        check_fields(source, feedback, (*path, "feedback"), FEEDBACK, required=())


def _dicts(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, each in enumerate(value if isinstance(value, list) else ()):
        if isinstance(each, dict):
            yield place, each


def _questions(name: str, folder: Path, problems: list[Problem]) -> list[QuestionText]:
    source = Source(name)
    rows = source.load(contents(folder / name, folder, problems))
    questions = []
    seen: set[str] = set()
    for rank, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, dict):
            source.complain((rank,), _("une question a « key », « kind » et « prompt »."))
            continue
        check_key(source, row.get("key"), (rank, "key"), seen)
        fields = QUESTION_FIELDS.get(row.get("kind", ""), {})
        check_choice(source, row.get("kind"), (rank, "kind"), QuestionKind.values)
        types = {"key": str, "kind": str, "prompt": str, **fields}
        check_fields(source, row, (rank,), types, required=("key", "kind", "prompt"))
        _check_elements(source, row, (rank,))
        check_goals(source, row.get("competencies"), (rank, "competencies"))
        data = {key: value for key, value in row.items() if key in fields}
        questions.append(
            QuestionText(str(row.get("key")), str(row.get("kind")), str(row.get("prompt")), data)
        )
    problems += source.problems
    return questions
