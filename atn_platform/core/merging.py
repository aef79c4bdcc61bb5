"""Two accounts of one person become one: which rows follow, and how to give each of them back.

Each app says in its `privacy.py` what becomes of every link to a person. What is done is written
down row by row, as it was and as it became, so that all of it can be taken back.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from atn_platform.core.purging import purging

# A row as it was and as it became, ready for JSON; `before` is None for a row that was made.
Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A field that leads to a person. It `follows` the person to the account that is kept, or
    stays with the one that closes: who signed what, and what opened it. With `once`, a row stays
    when the account that is kept has one with the same values there.
    """

    model: type[models.Model]
    field: str
    follows: bool
    once: Sequence[str] = ()


def follows(model: type[models.Model], *fields: str, once: Sequence[str] = ()) -> list[Link]:
    return [Link(model, field, follows=True, once=once) for field in fields]


def stays(model: type[models.Model], *fields: str) -> list[Link]:
    return [Link(model, field, follows=False) for field in fields]


def move(links: Iterable[Link], *, absorbed: int, kept: int) -> Iterator[Change]:
    """Lead to the account that is kept all that follows the person."""
    for link in links:
        if not link.follows:
            continue
        rows = link.model._base_manager  # noqa: SLF001 -- every model has it, and it hides nothing
        for row in rows.filter(**{link.field: absorbed}).order_by("pk"):
            same = {name: getattr(row, name) for name in link.once}
            if not same or not rows.filter(**(same | {link.field: kept})).exists():
                yield written(row, **{link.field: kept})


def written(row: models.Model, **values: Any) -> Change:
    """Write these values (links by their key) without a word to anybody; what changed."""
    names = {name: _field(row, name).attname for name in values}
    before = {name: getattr(row, names[name]) for name in values}
    for name, value in values.items():
        setattr(row, names[name], value)
    _rows(row).update(**{names[name]: value for name, value in values.items()})
    return _change(row, before, values)


def made(row: models.Model) -> Change:
    """A row that exists only because the accounts were joined."""
    return _change(row, None, {})


def take_back(changes: Sequence[Change], find: Any) -> None:
    """Undo, the last first. A value that changed again since is left as it is.

    `find` gives the model of a label: this module knows none.
    """
    with purging():
        for change in reversed(changes):
            model = find(change["model"])
            rows = model._base_manager.filter(pk=change["pk"])  # noqa: SLF001
            if change["before"] is None:
                rows.delete()
            elif (row := rows.first()) is not None:
                _restore(row, change)


def _restore(row: models.Model, change: Change) -> None:
    fields = {name: _field(row, name) for name in change["before"]}
    values = {
        field.attname: field.to_python(change["before"][name])
        for name, field in fields.items()
        if _plain(getattr(row, field.attname)) == change["after"][name]
    }
    if values:
        _rows(row).update(**values)


def _field(row: models.Model, name: str) -> Any:
    return row._meta.get_field(name)


def _rows(row: models.Model) -> models.QuerySet[Any]:
    return type(row)._base_manager.filter(pk=row.pk)  # noqa: SLF001


def _change(row: models.Model, before: dict[str, Any] | None, after: dict[str, Any]) -> Change:
    return {
        "model": row._meta.label,
        "pk": _plain(row.pk),
        "before": None if before is None else {name: _plain(v) for name, v in before.items()},
        "after": {name: _plain(value) for name, value in after.items()},
    }


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
