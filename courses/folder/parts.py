"""Lines of a table and zones of a picture, checked where they stand in a lesson's file."""

from typing import Any

from django.utils.translation import gettext as _

from courses.notation import NotationRefused
from courses.notation.blocks import read_rows
from courses.numbers import is_inside
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


def check_places(source: Source, places: Any) -> None:
    """Complain of zones that do not lie inside their picture."""
    for rank, each in enumerate(places if isinstance(places, list) else ()):
        area = each.get("area") if isinstance(each, dict) else None
        if isinstance(area, str) and not is_inside(area.replace(",", ".").split()):
            message = _("une place tient dans l’image, en pourcentages : 10 20 30 5.")
            source.complain(("places", rank, "area"), message)
