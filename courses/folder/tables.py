"""The lines of a table, checked where they stand in a lesson's file."""

from typing import Any

from courses.notation import NotationRefused
from courses.notation.blocks import read_rows
from courses.yaml_source import Problem, Source

HEADERS = ["row", "column", "both"]


def check_rows(source: Source, rows: Any) -> None:
    """Complain of rows that do not have as many cells as the first, each at its own line."""
    if not isinstance(rows, str):
        return
    try:
        read_rows(rows)
    except NotationRefused as refused:
        # The text stands under the line « rows: | ».
        first = source.lines[("rows",)]
        for each in refused.problems:
            source.problems.append(Problem(source.file, first + each.line, each.message))
