"""Saving one object of a draft, without ever overwriting what somebody else just wrote."""

import hashlib
import json
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.core.french import slugify
from courses.actions.media import measure_captions, store_asset
from courses.actions.revisions import Said
from courses.actions.revisions import keep as keep_revision
from courses.models import Asset, Block, Course, DraftRevision, Lesson, Module, Question
from courses.queries.revisions import latest

Node = Course | Module | Lesson | Block | Question
COLUMNS: dict[type[Node], tuple[str, ...]] = {
    Course: (
        "title", "summary", "objectives", "topic", "mode", "publics", "competencies",
        "pass_mark", "gives_uec",
    ),
    Module: ("title",),
    Lesson: ("title", "kind", "minutes", "objective", "is_required"),
}  # fmt: skip


class EditConflict(ActionError):
    """Somebody saved the object meanwhile; `theirs` is what stands now."""

    def __init__(self, theirs: Node) -> None:
        self.theirs = theirs
        super().__init__(_("Quelqu’un a modifié ceci pendant que vous écriviez."))


def values(node: Node) -> dict[str, Any]:
    """What an author can change in the object, by name."""
    if isinstance(node, Block):
        return dict(node.data)
    if isinstance(node, Question):
        return {"prompt": node.prompt, **node.data}
    return {name: getattr(node, name) for name in COLUMNS[type(node)]}


def kind_of(node: Node) -> str:
    """What its words are the words of: those of another kind would mean nothing in it."""
    return node.kind if isinstance(node, Block | Question) else type(node).__name__.lower()


def fits(old: DraftRevision, node: Node) -> bool:
    """Whether the object is still of the kind that this revision speaks of."""
    return old.kind in ("", kind_of(node))


def revision(node: Node) -> str:
    """Fingerprint of what the object says: the same words give the same revision."""
    return _print(values(node))


def _print(said: dict[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def save(  # noqa: PLR0913 -- an author, their words, and what they started from
    *,
    node: Node,
    changes: dict[str, Any],
    seen: str,
    by: User,
    at: datetime,
    typing: bool = False,
    uploads: dict[str, tuple[str, bytes]] | None = None,
) -> DraftRevision | None:
    """Write `changes` over the object if it still is as the author saw it (`seen`).

    `uploads` are files by the name of the field that shall hold their name; `typing` is said of
    what a script saves. What stands already is saved: its author asks again when the answer was
    lost on its way. Raises EditConflict, MediaRefused, or ActionError when the object is gone.
    """
    row = _locked(node)
    if (stands := revision(row)) != seen:
        if not uploads and _print(_changed(row, changes)) == stands:
            return latest(row.uuid)
        raise EditConflict(row)
    for name, (filename, content) in (uploads or {}).items():
        changes = {**changes, name: keep(course_of(row), filename, content).name}
    return _revise(row, node, _changed(row, changes), by=by, at=at, typing=typing)


@transaction.atomic
def go_back(*, node: Node, number: int, seen: str, by: User, at: datetime) -> DraftRevision:
    """Give the object the words of a revision, as a new one: going back again undoes it.

    Raises EditConflict when somebody wrote since its author looked, ActionError when that
    revision is kept no more, or when the object became of another kind.
    """
    row = _locked(node)
    old = DraftRevision.objects.filter(node=row.uuid, number=number).first()
    if old is None:
        raise ActionError(_("Cette révision n’est plus gardée."))
    if not fits(old, row):
        raise ActionError(
            _("Cet élément n’est plus du même genre : cette révision se lit, sans y revenir.")
        )
    if revision(row) != seen:
        raise EditConflict(row)
    return _revise(row, node, _restored(row, old.said), by=by, at=at, typing=False)


def _locked(node: Node) -> Node:
    row = type(node).objects.select_for_update(no_key=True).filter(pk=node.pk).first()
    if row is None:
        raise ActionError(_("Cet élément vient d’être supprimé par quelqu’un d’autre."))
    return row


def _revise(
    row: Node, node: Node, said: dict[str, Any], *, by: User, at: datetime, typing: bool
) -> DraftRevision:
    """Write the words and keep their revision; `node` knows its course without a query."""
    kind = kind_of(row)
    before = Said(kind, values(row), revision(row), row.updated_at)
    _write(row, said)
    now = Said(kind, values(row), revision(row), at)
    return keep_revision(
        course=course_of(node), node=row.uuid, before=before, now=now, by=by, typing=typing
    )


def _restored(row: Node, said: dict[str, Any]) -> dict[str, Any]:
    """The words of another time under the names of today."""
    if isinstance(row, Block):
        return said
    if isinstance(row, Question):
        origin = {name: each for name, each in row.data.items() if name == "bank"}
        return {**{name: each for name, each in said.items() if name != "bank"}, **origin}
    return {name: said.get(name, each) for name, each in values(row).items()}


def course_of(node: Node) -> Course:
    """The course that holds the object."""
    if isinstance(node, Question):
        return node.block.lesson.module.course
    if isinstance(node, Block):
        return node.lesson.module.course
    if isinstance(node, Lesson):
        return node.module.course
    return node.course if isinstance(node, Module) else node


def _changed(row: Node, changes: dict[str, Any]) -> dict[str, Any]:
    """`values` of the object once the changes are written."""
    if isinstance(row, Block):
        return filled_in(changes)
    if isinstance(row, Question):
        filled = filled_in({name: each for name, each in changes.items() if name != "prompt"})
        # Where it was taken from stays true, whatever is changed here.
        origin = {name: each for name, each in row.data.items() if name == "bank"}
        return {"prompt": changes["prompt"], **filled, **origin}
    return {name: changes[name] for name in COLUMNS[type(row)]}


def _write(row: Node, said: dict[str, Any]) -> None:
    if isinstance(row, Block):
        row.data = said
        row.save(update_fields=["data", "updated_at"])
        if said.get("captions"):
            measure_captions(course=course_of(row), names=[said["captions"]])
    elif isinstance(row, Question):
        row.prompt = said["prompt"]
        row.data = {name: each for name, each in said.items() if name != "prompt"}
        row.save(update_fields=["prompt", "data", "updated_at"])
    else:
        for name, each in said.items():
            setattr(row, name, each)
        row.save(update_fields=[*COLUMNS[type(row)], "updated_at"])


def filled_in(changes: dict[str, Any]) -> dict[str, Any]:
    """Only what was filled in, as in the text files; False is an answer, not an absence."""
    kept = {name: each for name, each in changes.items() if each not in (None, "", [], {})}
    for name in ("decorative", "finishes", "holds_text", "partial"):
        if kept.get(name) is False:
            del kept[name]
    return kept


def keep(course: Course, filename: str, content: bytes) -> Asset:
    """Store an upload under a plain name of its own."""
    path = PurePath(filename)
    stem, suffix = slugify(path.stem)[:60] or "fichier", path.suffix.lower().replace("jpeg", "jpg")
    digest = hashlib.sha256(content).hexdigest()
    taken = dict(course.assets.values_list("name", "sha256"))
    name, rank = f"{stem}{suffix}", 1
    while taken.get(name, digest) != digest:
        rank += 1
        name = f"{stem}-{rank}{suffix}"
    return store_asset(course=course, name=name, content=content)
