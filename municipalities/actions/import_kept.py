"""What is kept of a list: the columns that are read, and nothing else (A-2.1, art. 64)."""

from django.utils.translation import gettext as _

from municipalities.models import ImportBatch, ImportLine
from municipalities.staff.files import Line

# In the place of what stood beyond the last column.
MORE_CELLS = "…"


def kept(batch: ImportBatch, line: Line) -> ImportLine:
    """A line to be written, from that of the file."""
    flaws = {str(place): words for place, words in line.flaws.items()}
    return pruned(
        batch, ImportLine(batch=batch, number=line.number, cells=list(line.cells), flaws=flaws)
    )


def pruned(batch: ImportBatch, line: ImportLine) -> ImportLine:
    """The line without what its list does not read; places stay, so that columns keep theirs."""
    columns, width = batch.kept_columns, len(batch.header)
    has_more = any(line.cells[width:])
    line.cells = [cell if at in columns else "" for at, cell in enumerate(line.cells[:width])]
    # Cells beyond the header keep the line out: that they were there is all that is kept of them.
    if has_more:
        line.cells += [MORE_CELLS]
    line.flaws = {place: words for place, words in line.flaws.items() if int(place) in columns}
    return line


def tell_what_is_left(batch: ImportBatch) -> None:
    """Name the columns of which nothing is kept, once each, among the remarks of the list."""
    left = [
        _("Colonne laissée de côté : %s. Rien n’en est gardé.") % cell
        for at, cell in enumerate(batch.header)
        if cell and at not in batch.kept_columns
    ]
    batch.notes = list(dict.fromkeys([*batch.notes, *left]))
    batch.save(update_fields=["notes", "updated_at"])
