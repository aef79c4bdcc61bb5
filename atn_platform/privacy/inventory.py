"""Every app's declarations, gathered; see core/personal.py and any `privacy.py`."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from django.apps import apps
from django.db import models

from atn_platform.accounts import privacy as accounts
from atn_platform.accounts.models import User
from atn_platform.audit import privacy as audit
from atn_platform.consents import privacy as consents
from atn_platform.core.personal import Export, Table
from atn_platform.incidents import privacy as incidents
from atn_platform.notifications import privacy as notifications
from atn_platform.portal import privacy as portal
from atn_platform.privacy import privacy as own
from certificates import privacy as certificates
from courses import privacy as courses
from enrollments import privacy as enrollments
from municipalities import privacy as municipalities


class Holder(Protocol):
    """A `privacy.py`: what its app holds on a person."""

    TABLES: list[Table]

    def export(self, user: User) -> Export: ...


# Highest layer first: what depends on a row is told, and one day erased, before the row itself.
HOLDERS: tuple[Holder, ...] = (
    own,
    portal,
    certificates,
    enrollments,
    courses,
    municipalities,
    notifications,
    consents,
    incidents,
    audit,
    accounts,
)


def tables() -> list[Table]:
    return [table for holder in HOLDERS for table in holder.TABLES]


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
