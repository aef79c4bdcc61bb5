"""Drafts from folders of text files, and back."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses import folder
from courses.actions.media import store_asset
from courses.folder import BlockText, CourseFolder, LessonText, ModuleText, QuestionText
from courses.models import Asset, Block, Course, Lesson, Module, Question, course_uuid

FRONT = (
    "code", "title", "summary", "topic", "mode", "publics", "competencies", "pass_mark",
    "gives_uec",
)  # fmt: skip
MEDIA = (
    "name",
    "file",
    "sha256",
    "content_type",
    "size",
    "width",
    "height",
    "contrast",
    "package",
    "seconds",
    "cues",
)


@transaction.atomic
def import_folder(*, path: Path) -> Course:
    """Create or update the draft that a folder describes; what it no longer holds leaves it.

    Raises courses.folder.FolderRefused, with every problem and its line, before any write.
    """
    read = folder.read(path)
    front = {key: value for key, value in read.front.items() if key != "code"}
    front["objectives"] = "\n".join(front.get("objectives") or ())
    code = read.front["code"]
    course, __ = Course.objects.update_or_create(
        code=code, defaults={"uuid": course_uuid(code), **front}
    )
    for name, media in read.media.items():
        store_asset(course=course, name=name, content=media.read_bytes())
    course.assets.exclude(name__in=read.media).delete()
    _put_modules(course, read.modules)
    return course


@transaction.atomic
def copy_course(*, course: Course, code: str, title: str) -> Course:
    """Open a draft that says what this one says, under another code; media are stored once.

    Publication, owner and dates are not copied: they are facts of the other course. Raises
    ActionError when the code is taken.
    """
    if Course.objects.filter(code=code).exists():
        raise ActionError(_("Le code %s est déjà celui d’un cours.") % code)
    front = {name: getattr(course, name) for name in (*FRONT, "objectives")}
    copy = Course.objects.create(uuid=course_uuid(code), **{**front, "code": code, "title": title})
    Asset.objects.bulk_create(
        Asset(course=copy, **{name: getattr(each, name) for name in MEDIA})
        for each in course.assets.order_by("pk")
    )
    _put_modules(copy, _folder_of(course, {}).modules)
    return copy


def export_folder(*, course: Course, path: Path) -> None:
    """Write the draft as a folder in canonical form."""
    with TemporaryDirectory() as temporary:
        media = {}
        for asset in course.assets.order_by("name"):
            media[asset.name] = Path(temporary) / asset.name
            with default_storage.open(str(asset.file.name)) as stored:
                media[asset.name].write_bytes(stored.read())
        folder.write(_folder_of(course, media), path)


def _put_modules(course: Course, modules: list[ModuleText]) -> None:
    # A lesson that moves to another module keeps its row: sessions and progress hang on it.
    kept = [course.stable_uuid(lesson.key) for module in modules for lesson in module.lessons]
    rows = []
    for rank, module in enumerate(modules, start=1):
        uuid = course.stable_uuid(f"module/{module.key}")
        values = {"course": course, "key": module.key, "title": module.title, "position": rank}
        row, __ = Module.objects.update_or_create(uuid=uuid, defaults=values)
        rows.append(row)
    lessons = Lesson.objects.filter(module__course=course)
    lessons.update(position=models.F("position") + 1000)
    for row, module in zip(rows, modules, strict=True):
        for place, lesson in enumerate(module.lessons, start=1):
            _put_lesson(course, row, place, lesson)
    lessons.exclude(uuid__in=kept).delete()
    course.modules.exclude(pk__in=[row.pk for row in rows]).delete()


def _put_lesson(course: Course, module: Module, place: int, text: LessonText) -> None:
    front = text.front
    audio = front.get("audio") or {}
    lesson, __ = Lesson.objects.update_or_create(
        uuid=course.stable_uuid(text.key),
        defaults={
            "module": module,
            "key": text.key,
            "position": place,
            "kind": front["kind"],
            "title": front["title"],
            "objective": front.get("objective", ""),
            "minutes": front["minutes"],
            "is_required": front.get("required", True),
            "recording": audio.get("file", ""),
            "recorded_words": audio.get("words", ""),
        },
    )
    lesson.blocks.all().delete()
    for rank, block in enumerate(text.blocks, start=1):
        _put_block(course, lesson, rank, block)


def _put_block(course: Course, lesson: Lesson, rank: int, text: BlockText) -> None:
    block = Block.objects.create(
        lesson=lesson,
        uuid=course.stable_uuid(f"{lesson.key}/{text.key}"),
        key=text.key,
        position=rank,
        kind=text.kind,
        data=text.data,
    )
    Question.objects.bulk_create(
        Question(
            block=block,
            uuid=course.stable_uuid(f"{lesson.key}/{text.key}/{question.key}"),
            key=question.key,
            position=place,
            kind=question.kind,
            prompt=question.prompt,
            data=question.data,
        )
        for place, question in enumerate(text.questions, start=1)
    )


def _folder_of(course: Course, media: dict[str, Path]) -> CourseFolder:
    front: dict[str, Any] = {name: getattr(course, name) for name in (*FRONT, "review_on")}
    front["objectives"] = course.objectives.splitlines()
    modules = course.modules.prefetch_related("lessons__blocks__questions")
    return CourseFolder(
        front={key: value for key, value in front.items() if value not in ("", [], None)},
        modules=[
            ModuleText(
                module.key, module.title, [_lesson_text(each) for each in module.lessons.all()]
            )
            for module in modules
        ],
        media=media,
    )


def _lesson_text(lesson: Lesson) -> LessonText:
    front = {
        "title": lesson.title,
        "kind": lesson.kind,
        "minutes": lesson.minutes,
        "objective": lesson.objective,
        "required": lesson.is_required,
    }
    if lesson.recording:
        words = {"words": lesson.recorded_words} if lesson.recorded_words else {}
        front["audio"] = {"file": lesson.recording, **words}
    blocks = [
        BlockText(
            block.key,
            block.kind,
            block.data,
            [QuestionText(q.key, q.kind, q.prompt, q.data) for q in block.questions.all()],
        )
        for block in lesson.blocks.all()
    ]
    return LessonText(lesson.key, {k: v for k, v in front.items() if v != ""}, blocks)
