"""Parcours and their steps."""

from datetime import datetime
from pathlib import Path as FilePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses.enums import PathOrder
from courses.folder.paths import Outline, paths_text, read_paths
from courses.models import Course, Path, PathStep, PathVersion, content_hash_of


@transaction.atomic
def add_step(*, path: Path, course: Course) -> PathStep:
    """Put a course at the end of a parcours: whole once, and otherwise by its parts."""
    _lock(path)
    if path.steps.filter(course=course, modules=[], lessons=[]).exists():
        raise ActionError(
            _("Ce cours est déjà dans le parcours, en entier : modifiez d’abord cette étape.")
        )
    return PathStep.objects.create(path=path, course=course, position=path.steps.count() + 1)


@transaction.atomic
def save_step(
    *,
    step: PathStep,
    choice_group: str,
    note: str,
    equivalents: list[str],
    modules: list[str],
    lessons: list[str],
) -> None:
    """Raises ActionError when another step is that part of the course already."""
    _lock(step.path)
    others = step.path.steps.exclude(pk=step.pk)
    if others.filter(course=step.course, modules=modules, lessons=lessons).exists():
        raise ActionError(_("Cette partie du cours est déjà dans le parcours."))
    step.choice_group, step.note, step.equivalents = choice_group, note, sorted(equivalents)
    step.modules, step.lessons = modules, lessons
    step.save(
        update_fields=[
            "choice_group", "note", "equivalents", "modules", "lessons", "updated_at",
        ]
    )  # fmt: skip


@transaction.atomic
def freeze_path(*, path: Path, at: datetime) -> PathVersion:
    """The version that says what the parcours is today; a new one only when it changed."""
    _lock(path)
    path.refresh_from_db()
    document = path.document(path.steps.select_related("course").order_by("position"))
    version, __ = PathVersion.objects.get_or_create(
        path=path,
        content_hash=content_hash_of(document),
        defaults={
            "document": document, "number": path.versions.count() + 1, "frozen_at": at,
        },
    )  # fmt: skip
    return version


@transaction.atomic
def move_step(*, step: PathStep, by: int) -> None:
    """Exchange a step with its neighbour, before (-1) or after (1); harmless at the ends."""
    _lock(step.path)
    rows = list(step.path.steps.order_by("position"))
    rank = rows.index(step) + by
    if 0 <= rank < len(rows):
        rows.remove(step)
        rows.insert(rank, step)
        _renumber(rows)


@transaction.atomic
def remove_step(*, step: PathStep) -> None:
    _lock(step.path)
    rows = [row for row in step.path.steps.order_by("position") if row != step]
    step.delete()
    _renumber(rows)


@transaction.atomic
def import_paths(*, path: FilePath) -> list[Path]:
    """Create or update the parcours of a file paths.yaml; other parcours are left alone.

    Raises courses.folder.FolderRefused before any write.
    """
    known = {course.code: course for course in Course.objects.all()}
    read = read_paths(path, _outlines())
    rows = []
    for rank, each in enumerate(read, start=1):
        steps = each.pop("steps")
        row, __ = Path.objects.update_or_create(
            code=each.pop("code"),
            defaults={"order": PathOrder.ADVISED, "weeks": None, **each, "position": rank},
        )
        row.steps.all().delete()
        for place, step in enumerate(steps, start=1):
            course = known[step.pop("course")]
            PathStep.objects.create(path=row, course=course, position=place, **step)
        rows.append(row)
    return rows


def export_paths(*, path: FilePath) -> list[Path]:
    """Write every parcours in such a file, in the order in which they are shown."""
    paths = list(Path.objects.order_by("position", "code").prefetch_related("steps__course"))
    path.write_text(paths_text(_row(each) for each in paths), encoding="utf-8")
    return paths


def _row(path: Path) -> dict[str, Any]:
    steps = sorted(path.steps.all(), key=lambda step: step.position)
    return {
        "code": path.code,
        "title": path.title,
        "summary": path.summary,
        "publics": list(path.publics),
        "order": path.order if path.order != PathOrder.ADVISED else "",
        "weeks": path.weeks,
        "steps": [step.document() for step in steps],
    }


def _outlines() -> dict[str, Outline]:
    """The keys of every draft, by the code of its course."""
    courses = Course.objects.prefetch_related("modules__lessons")
    return {
        each.code: Outline(
            frozenset(module.key for module in each.modules.all()),
            frozenset(
                lesson.key for module in each.modules.all() for lesson in module.lessons.all()
            ),
        )
        for each in courses
    }


def _lock(path: Path) -> None:
    Path.objects.select_for_update(no_key=True).get(pk=path.pk)


def _renumber(rows: list[PathStep]) -> None:
    for rank, row in enumerate(rows, start=1):
        row.position = rank
    PathStep.objects.bulk_update(rows, ["position"])
