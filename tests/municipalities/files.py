"""Small files in the ministry's format, and the place of the published ones."""

import csv
import io
import os
from pathlib import Path

import pytest
from django.conf import settings

COLUMNS = ("mcode", "munnom", "mcourriel", "mcodedesi", "regadm", "mrc", "mpopul", "maire")
SEATS = ("con1", "con2")


def row(code: str = "46005", name: str = "Abercorn", **cells: str) -> dict[str, str]:
    """One valid row; any cell may be given another value."""
    return {
        "mcode": code,
        "munnom": name,
        "mcourriel": f"info@m{code}.example",
        "mcodedesi": "06",
        "regadm": "Estrie (05)",
        "mrc": "MRC Brome-Missisquoi (460)",
        "mpopul": "368",
        "maire": "(nom retiré)",
        "con1": "(nom retiré)",
        "con2": "Poste Vacant",
    } | cells


def content(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS + SEATS) -> bytes:
    """A file as published: BOM, commas, every cell quoted, LF."""
    text = io.StringIO()
    writer = csv.DictWriter(
        text, columns, quoting=csv.QUOTE_ALL, lineterminator="\n", extrasaction="ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def published(name: str) -> Path:
    """A published file, looked for beside the repository; the test is skipped without it."""
    roots = [Path(os.environ["ATN_REGISTRY_DIR"])] if "ATN_REGISTRY_DIR" in os.environ else []
    roots += [parent / "shared" / "data" for parent in Path(settings.BASE_DIR).parents]
    for root in roots:
        if (root / name).is_file():
            return root / name
    pytest.skip(f"{name} is not shipped: put it in ATN_REGISTRY_DIR")
