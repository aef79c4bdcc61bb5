"""Pictures of printed pages, already in the operators of PDF: setting a page only places them.

Left in SVG, the four of a certificate were a quarter of its making.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import segno

# How the operators take up a state of their document: here, how much shows through.
STATE = b" gs"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What WeasyPrint asks of an image (`weasyprint.images.SVGImage`), and nothing more."""

    width: float
    height: float
    operators: bytes

    def get_intrinsic_size(self, *_: Any) -> tuple[float, float, float]:
        return self.width, self.height, self.width / self.height

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        with stream.stacked():
            stream.transform(a=width / self.width, d=height / self.height)
            stream.stream.append(self.operators)


def qr_code(address: str, *, mask: int | None = None) -> Drawing:
    """The address as a square to photograph: a line for each run of dark modules.

    Without a mask, all eight are tried and the one that reads best is kept.
    """
    code = segno.make(address, error="m", mask=mask)
    rows = enumerate(code.matrix)
    lines = [b"%d %d.5 m %d %d.5 l" % (x, y, end, y) for y, row in rows for x, end in _runs(row)]
    side = len(code.matrix)
    return Drawing(side, side, b"0 G 1 w " + b" ".join(lines) + b" S")


@lru_cache(maxsize=64)
def drawing(svg: bytes) -> Drawing:
    """A picture in SVG whose shapes are all opaque: it is drawn in documents of any states."""
    from weasyprint.images import SVGImage  # noqa: PLC0415 -- slow, and absent where no PDF is made
    from weasyprint.pdf.stream import Stream  # noqa: PLC0415

    tree = ElementTree.fromstring(svg)  # noqa: S314 -- our own pictures
    width, height = (float(side) for side in tree.attrib["viewBox"].split()[2:])
    resources: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    stream = Stream({}, None, resources, {}, None, {}, None)
    SVGImage(tree, "", None, None).draw(stream, width, height, None)
    if any(share != 1 for state in resources["ExtGState"].values() for share in state.values()):
        raise ValueError("A drawing of printed pages cannot be transparent.")
    written = b" ".join(each for each in stream.stream if not each.endswith(STATE))
    return Drawing(width, height, written)


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Where dark modules begin, and where they end."""
    found, start = [], None
    for place, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place))
            start = None
    return found
