"""Rows of a model by a statement of ours, for the few that are read at each request.

Building a statement from querysets takes the server longer than PostgreSQL takes to run it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def row_of(
    model: type[M], statement: str, values: Mapping[str, Any]
) -> tuple[M, tuple[Any, ...]] | None:
    """The first row, and what the statement asks for besides; None when there is none.

    `{row}` stands for the columns of the model's table, which the statement calls "row". For
    models whose values need no conversion: JSON does.
    """
    with connection.cursor() as cursor:
        cursor.execute(_written(model, statement), values)
        found = cursor.fetchone()
    if found is None:
        return None
    names = _columns(model)
    read: M = model.from_db(connection.alias, names, found[: len(names)])
    return read, found[len(names) :]


@cache
def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _written(model: type[models.Model], statement: str) -> str:
    return statement.format(row=", ".join(f"row.{name}" for name in _columns(model)))
