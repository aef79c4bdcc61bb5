"""Every app's declarations, gathered; see core/personal.py and any `privacy.py`."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Protocol, cast

from django.apps import apps
from django.db import models
from django.utils.module_loading import module_has_submodule

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import Link
from atn_platform.core.personal import Export, Table


class Holder(Protocol):
    """A `privacy.py`: what its app holds on a person.

    `erase(user)` beside it says how they leave, where deleting rows is not all there is to it.
    """

    TABLES: list[Table]

    def export(self, user: User) -> Export: ...


def _holders() -> tuple[Holder, ...]:
    """The `privacy.py` of every app that has one, the highest layer first.

    Found rather than imported: apps above this one hold data too. What depends on a row is told,
    and erased, before the row itself.
    """
    found = [
        f"{config.name}.privacy"
        for config in apps.get_app_configs()
        if config.module and module_has_submodule(config.module, "privacy")
    ]
    return tuple(cast("Holder", import_module(name)) for name in reversed(found))


HOLDERS = _holders()


def erase(holder: Holder, user: User) -> Counter[str]:
    """Take a person out of what one app holds; how many rows, by table."""
    own: Callable[[User], Counter[str]] | None = getattr(holder, "erase", None)
    return own(user) if own else personal.erase(holder.TABLES, user)


def tables() -> list[Table]:
    return [table for holder in HOLDERS for table in holder.TABLES]


def links() -> list[Link]:
    """What becomes of each link to a person when two accounts of theirs become one."""
    return [link for holder in HOLDERS for link in getattr(holder, "LINKS", ())]


def flaws(
    declared: Iterable[Table], known: Iterable[type[models.Model]] | None = None
) -> Iterator[str]:
    """What is wrong between declarations and models, in words; nothing when they agree."""
    by_model: dict[type[models.Model], Table] = {}
    for table in declared:
        if table.model in by_model:
            yield f"{table.model._meta.label}: declared twice"
        by_model[table.model] = table
    for model in apps.get_models() if known is None else known:
        if model not in by_model:
            yield f"{model._meta.label}: in no privacy.py"
        else:
            yield from _flaws_of(by_model[model])


def _flaws_of(table: Table) -> Iterator[str]:
    meta = table.model._meta
    fields = {field.name: field for field in [*meta.local_fields, *meta.local_many_to_many]}
    told = {name for about in table.about for name in about.names}
    plain = set(fields) if table.plain == "*" else set(table.plain.split())
    for name in fields.keys() - told - plain:
        yield f"{meta.label}.{name}: personal or not?"
    for name in (told | plain) - fields.keys():
        yield f"{meta.label}.{name}: no such field"
    for name in told & plain:
        yield f"{meta.label}.{name}: said to be personal and not"
    for name in plain & fields.keys():
        field = fields[name]
        if field.related_model is User and not field.many_to_many:
            yield f"{meta.label}.{name}: leads to a person, so it is personal"
