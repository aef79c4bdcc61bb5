"""Files that a responsable takes away."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from atn_platform.core.spreadsheets import csv_text
from municipalities.enums import LineState
from municipalities.models import ImportBatch

MODEL = [
    ("Prénom", "Nom", "Courriel", "Fonction", "Public"),
    ("Camille", "Exemple", "camille.exemple@ville.example", "greffière", "gestionnaire"),
    ("Paul", "Exemple", "", "voirie", "personnel"),
]


def model_list() -> str:
    """An example to fill in: the columns we read, and two people who do not exist."""
    return csv_text(MODEL)


def import_result(batch: ImportBatch) -> str:
    """What each line of the list became, the cells that we read first; for Excel in French."""
    return csv_text(_result(batch))


def _result(batch: ImportBatch) -> Iterator[tuple[str, ...]]:
    kept = sorted(batch.kept_columns)
    yield (_("Ligne"), *(batch.header[at] for at in kept), _("Effet"), _("Explication"))
    labels = dict(LineState.choices)
    for line in batch.lines.order_by("number").iterator(chunk_size=2_000):
        cells = [line.cells[at] if at < len(line.cells) else "" for at in kept]
        note = " ".join(line.note.split())
        yield (str(line.number), *cells, str(labels[LineState(line.state)]), note)
