"""What an erasure takes and leaves, in words."""

from dataclasses import dataclass

from atn_platform.accounts.models import User
from atn_platform.core.personal import Kind, Table, rows_of
from atn_platform.privacy.inventory import tables


@dataclass(frozen=True, slots=True)
class Effect:
    """`goes`: how many rows, by table; `stays`: tables and why their rows stay, without a name."""

    goes: list[tuple[str, int]]
    stays: list[tuple[str, str]]


def effect_on(user: User) -> Effect:
    """From the declarations themselves, so that what is told is what is done."""
    counted = [(table, _count(table, user)) for table in tables()]
    held = [(table, count) for table, count in counted if count]
    return Effect(
        goes=[(table.title, count) for table, count in held if not table.stays],
        stays=[(table.title, str(table.stays)) for table, _count in held if table.stays],
    )


def _count(table: Table, user: User) -> int:
    finders = {about.of: None for about in table.about if about.kind != Kind.ACT or table.stays}
    accounts = User.objects.accounts_of(user)
    return sum(rows_of(table, of, each).count() for each in accounts for of in finders)
