"""The proofs of a year for an employer: the statement as a workbook, and all in one archive."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO

from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.core.spreadsheets import Sheet, workbook
from certificates.figures import headings, line, title
from certificates.models import Certificate
from municipalities.models import Organisation


def statement_xlsx(
    organisation: Organisation, year: int, rows: Iterable[Certificate], *, on: date
) -> bytes:
    sheet = Sheet(
        _("Preuves %(year)s") % {"year": year}, headings(), [line(each) for each in rows]
    )
    return workbook(title(organisation, year), [sheet], on=on)


class _Pipe(BytesIO):
    """What was written since it was last emptied; it cannot be rewound."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError

    def take(self) -> bytes:
        found = self.getvalue()
        self.truncate(0)
        super().seek(0)
        return found


def archive(
    statements: Iterable[tuple[str, bytes]], rows: Iterable[Certificate], *, on: date
) -> Iterator[bytes]:
    """A ZIP as it is made: the statements, then a PDF for each certificate that has its file."""
    pipe, day = _Pipe(), (on.year, on.month, on.day, 12, 0, 0)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in statements:
            book.writestr(zipfile.ZipInfo(name, day), content, zipfile.ZIP_DEFLATED)
            yield pipe.take()
        for each in rows:
            if each.pdf is not None:
                name = f"attestations/{french.slugify(each.facts['name'])}-{each.number}.pdf"
                # A PDF is compressed already.
                book.writestr(zipfile.ZipInfo(name, day), bytes(each.pdf.content))
                yield pipe.take()
    yield pipe.take()
