"""The file of the parcours, beside the folders of the courses: reading, checking, writing it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from courses.enums import PathOrder
from courses.folder import FolderRefused, contents
from courses.yaml_source import Problem, Source, check_choice, check_each, check_fields, dump
from municipalities.enums import Public

STEP_FIELDS = {
    "course": str, "modules": list, "lessons": list, "choice_group": str, "note": str,
    "equivalents": list,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outline:
    """The keys of a course that steps may name."""

    modules: frozenset[str] = frozenset()
    lessons: frozenset[str] = frozenset()


def read_paths(path: Path, courses: Mapping[str, Outline]) -> list[dict[str, Any]]:
    """Parcours of a file paths.yaml: a list of code, title, summary, publics, order, weeks, steps.

    `courses` are those that steps may name, by code. Raises FolderRefused with every problem.
    """
    problems: list[Problem] = []
    source = Source(path.name)
    rows = source.load(contents(path, path.parent, problems))
    types = {
        "code": str, "title": str, "summary": str, "publics": list, "order": str, "weeks": int,
        "steps": list,
    }  # fmt: skip
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not source.problems and not problems and (not found or len(found) != len(rows)):
        source.complain((), _("le fichier est une liste de parcours."))
    for rank, row in enumerate(found):
        check_fields(source, row, (rank,), types, required=("code", "title", "steps"))
        for place, public in enumerate(row.get("publics") or ()):
            check_choice(source, public, (rank, "publics", place), Public.values)
        check_choice(source, row.get("order"), (rank, "order"), PathOrder.values)
        steps = row.get("steps")
        _check_steps(source, steps if isinstance(steps, list) else [], (rank, "steps"), courses)
    problems += source.problems
    if problems:
        raise FolderRefused(problems)
    return found


def paths_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """The canonical text of the file, from rows such as are read; what is empty is left out."""
    return dump(
        [
            {
                **{name: value for name, value in row.items() if name != "steps" and value},
                "steps": [
                    {name: step[name] for name in STEP_FIELDS if step.get(name)}
                    for step in row["steps"]
                ],
            }
            for row in rows
        ]
    )


def _check_steps(
    source: Source, steps: list[Any], path: tuple[str | int, ...], known: Mapping[str, Outline]
) -> None:
    seen: set[str] = set()
    for place, step in enumerate(steps):
        here = (*path, place)
        if not isinstance(step, dict):
            source.complain(
                here,
                _("une étape a « course », et parfois « modules », « choice_group », « note »."),
            )
            continue
        check_fields(source, step, here, STEP_FIELDS, required=("course",))
        _check_names(source, step, here, known)
        part = repr([step.get(name) for name in ("course", "modules", "lessons")])
        if part in seen:
            source.complain((*here, "course"), _("cette étape est déjà dans le parcours."))
        seen.add(part)


def _check_names(
    source: Source,
    step: dict[str, Any],
    path: tuple[str | int, ...],
    known: Mapping[str, Outline],
) -> None:
    """The course, its modules and lessons, and what counts in its place, are there."""
    for name in ("modules", "lessons", "equivalents"):
        check_each(source, step.get(name), (*path, name), str)
    _check_code(source, str(step.get("course") or ""), (*path, "course"), known)
    course = known.get(str(step.get("course")))
    if course is not None:
        for name, keys in (("modules", course.modules), ("lessons", course.lessons)):
            for place, key in enumerate(_listed(step, name)):
                _check_part(source, key, (*path, name, place), keys, step["course"])
    for place, each in enumerate(_listed(step, "equivalents")):
        code, __, module = each.partition("/")
        here = (*path, "equivalents", place)
        _check_code(source, code, here, known)
        if module and code in known:
            _check_part(source, module, here, known[code].modules, code)


def _check_code(
    source: Source, code: str, path: tuple[str | int, ...], known: Mapping[str, Outline]
) -> None:
    if code and code not in known:
        source.complain(path, _("aucun cours n’a le code « %s ».") % code)


def _check_part(
    source: Source, key: str, path: tuple[str | int, ...], keys: frozenset[str], code: str
) -> None:
    if key not in keys:
        said = _("« %(key)s » n’est pas dans le cours %(code)s.")
        source.complain(path, said % {"key": key, "code": code})


def _listed(step: dict[str, Any], name: str) -> list[str]:
    value = step.get(name)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
