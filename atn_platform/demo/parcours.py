"""The four parcours, and the people who follow one."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path as FilePath

from courses.actions import freeze_path, import_paths
from courses.models import Path
from enrollments.models import Enrollment, PathEnrollment

SHARE_FOLLOWING = 0.16
FROZEN_AT = datetime(2025, 11, 3, 14, 0, tzinfo=UTC)


def load_paths(file: FilePath) -> list[Path]:
    return import_paths(path=file) if file.exists() else []


def follow_paths(
    paths: list[Path], enrollments: Iterable[Enrollment], always: set[int], chance: random.Random
) -> int:
    """One parcours at most a person, from their first course in it; `always` follow theirs.

    A parcours for one public alone goes before the one for everybody.
    """
    courses = {path.pk: {step.course_id for step in path.steps.all()} for path in paths}
    ranked = sorted(paths, key=lambda path: len(path.publics))
    versions = {path.pk: freeze_path(path=path, at=FROZEN_AT) for path in paths}
    followed: dict[int, PathEnrollment] = {}
    for enrollment in sorted(enrollments, key=lambda each: each.enrolled_at):
        person = enrollment.learner_id
        wants = person in always or chance.random() < SHARE_FOLLOWING
        if person in followed or not wants:
            continue
        for path in ranked:
            if (
                enrollment.mandate.public in path.publics
                and enrollment.course_id in courses[path.pk]
            ):
                followed[person] = PathEnrollment(
                    learner=enrollment.learner,
                    path=path,
                    version=versions[path.pk],
                    started_at=enrollment.enrolled_at,
                )
                break
    PathEnrollment.objects.bulk_create(followed.values())
    return len(followed)
