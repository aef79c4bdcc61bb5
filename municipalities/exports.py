"""Files that a responsable takes away."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from municipalities.enums import LineState
from municipalities.models import ImportBatch

# Excel in French reads semicolons, and needs the mark to see UTF-8.
UTF8_MARK = "\ufeff"
# A spreadsheet would run a cell that starts like one of these.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MODEL = [
    ("Prénom", "Nom", "Courriel", "Fonction", "Public"),
    ("Camille", "Exemple", "camille.exemple@ville.example", "greffière", "gestionnaire"),
    ("Paul", "Exemple", "", "voirie", "personnel"),
]


def model_list() -> str:
    """An example to fill in: the columns we read, and two people who do not exist."""
    return _csv(iter(MODEL))


def import_result(batch: ImportBatch) -> str:
    """What each line of the list became, its own cells first; opens in Excel in French."""
    return _csv(_result(batch))


def _result(batch: ImportBatch) -> Iterator[tuple[str, ...]]:
    yield (_("Ligne"), *batch.header, _("Effet"), _("Explication"))
    labels = dict(LineState.choices)
    for line in batch.lines.order_by("number").iterator(chunk_size=2_000):
        cells = (line.cells + [""] * len(batch.header))[: len(batch.header)]
        note = " ".join(line.note.split())
        yield (str(line.number), *cells, str(labels[LineState(line.state)]), note)


def _csv(rows: Iterator[tuple[str, ...]]) -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell for cell in row])
    return UTF8_MARK + out.getvalue()
