"""Rows of a model by a statement of ours, for the few that are read at each request.

Building a statement from querysets takes the server longer than PostgreSQL takes to run it.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def rows_of(
    model: type[M], statement: str, values: Mapping[str, Any]
) -> list[tuple[M, tuple[Any, ...]]]:
    """Each row, and what the statement asks for besides.

    `{row}` stands for the columns of the model's table, which the statement calls "row". For
    models whose values need no conversion but that of JSON.
    """
    with connection.cursor() as cursor:
        cursor.execute(_written(model, statement), values)
        found = cursor.fetchall()
    return [_read(model, list(row)) for row in found]


def row_of(
    model: type[M], statement: str, values: Mapping[str, Any]
) -> tuple[M, tuple[Any, ...]] | None:
    """The first row, likewise; None when there is none."""
    return next(iter(rows_of(model, statement, values)), None)


def _read(model: type[M], row: list[Any]) -> tuple[M, tuple[Any, ...]]:
    names = _columns(model)
    for rank in _json(model):
        row[rank] = json.loads(row[rank])
    read: M = model.from_db(connection.alias, names, row[: len(names)])
    return read, tuple(row[len(names) :])


@cache
def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _json(model: type[models.Model]) -> list[int]:
    fields = enumerate(model._meta.concrete_fields)
    return [rank for rank, field in fields if isinstance(field, models.JSONField)]


@cache
def _written(model: type[models.Model], statement: str) -> str:
    return statement.format(row=", ".join(f"row.{name}" for name in _columns(model)))
