"""The demonstration's municipalities: facts of real ones, and one that does not exist."""

import csv
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from atn_platform.core import french
from municipalities.enums import Kind
from municipalities.models import Organisation, Region, RegistryImport
from municipalities.registry import REGIONS, official_name

DATA = Path(__file__).parent / "data" / "municipalities.csv"
# No census division is numbered 00: no real municipality will ever bear this code.
FICTIONAL_CODE = "00620"
# An MRC whose municipalities are all in the sample.
MRC_CODE = "090"
# The day of the registry that the facts of the sample were taken from.
REFERENCE_DATE = date(2026, 3, 3)


def load_places() -> list[Organisation]:
    """Write regions, MRCs and municipalities; Saint-Exemple, fictional, comes last.

    Where the real list stands already, its rows serve as they are.
    """
    Region.objects.bulk_create(
        [
            Region(code=code, name=name, sort_key=french.sort_key(name))
            for code, name in REGIONS.items()
        ],
        ignore_conflicts=True,
    )
    with DATA.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    mrcs = _mrcs(rows)
    places = [_place(row, mrcs.get(row["mrc"])) for row in rows]
    fictional = Organisation(
        kind=Kind.MUNICIPALITY,
        code=FICTIONAL_CODE,
        name="Saint-Exemple (fictif)",
        official_name="Municipalité de Saint-Exemple (fictive)",
        designation="05",
        region_id="01",
        population=620,
        seats_filled=7,
    )
    if not RegistryImport.objects.exists():
        RegistryImport.objects.create(
            reference_date=REFERENCE_DATE,
            sha256=sha256(DATA.read_bytes()).hexdigest(),
            imported_at=datetime(2026, 3, 4, 14, 0, tzinfo=UTC),
            counts={"in_scope": len(places), "mrcs": len(mrcs), "regions": len(REGIONS)},
        )
    return _written([*places, fictional])


def _written(wanted: list[Organisation]) -> list[Organisation]:
    """These organisations as they stand in the database, new ones added; in the same order."""
    codes = [each.code for each in wanted]
    known = {each.code: each for each in Organisation.objects.filter(code__in=codes)}
    missing = [each for each in wanted if each.code not in known]
    for each in missing:
        each.set_derived()
    known |= {each.code: each for each in Organisation.objects.bulk_create(missing)}
    return [known[code] for code in codes]


def _mrcs(rows: list[dict[str, str]]) -> dict[str, Organisation]:
    wanted = {row["mrc"]: row for row in rows if row["mrc"]}
    mrcs = [
        Organisation(
            kind=Kind.MRC,
            code=code,
            name=row["mrc_name"],
            official_name=row["mrc_name"],
            region_id=row["region"],
        )
        for code, row in sorted(wanted.items())
    ]
    return {str(mrc.code): mrc for mrc in _written(mrcs)}


def _place(row: dict[str, str], mrc: Organisation | None) -> Organisation:
    return Organisation(
        kind=Kind.MUNICIPALITY,
        code=row["code"],
        name=row["name"],
        official_name=official_name(row["designation"], row["name"]),
        designation=row["designation"],
        region_id=row["region"],
        mrc=mrc,
        population=int(row["population"]),
        seats_filled=int(row["seats_filled"]),
        seats_vacant=int(row["seats_vacant"]),
        time_zone=row["time_zone"],
    )
