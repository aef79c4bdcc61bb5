"""COPY into the tables of models."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """COPY rows into the table of `model`; None is NULL, a dict is JSON. Moves its sequence on.

    Columns that are not named hold what the model gives a new row.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    others = [field for field in model._meta.concrete_fields if _is_left_out(field, columns)]
    for row in rows:
        whole = [*row, *(field.get_default() for field in others)]
        writer.writerow(["\\N" if value is None else _text(value) for value in whole])
    buffer.seek(0)
    table = model._meta.db_table
    named = [*columns, *(field.column for field in others)]
    names = ", ".join(f'"{column}"' for column in named)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')", buffer)
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {table}", [table]
        )


def _is_left_out(field: "models.Field[Any, Any]", columns: Sequence[str]) -> bool:
    """Whether the table asks for a value that neither the columns nor the database give."""
    given = field.column in columns or field.generated or field.primary_key
    return not (given or field.null or field.has_db_default())


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value)
