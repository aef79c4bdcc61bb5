"""`python -m tests.bench.imports`: time and memory of bringing 10,000, then 100,000 people in.

Each size runs in a process of its own, on a PostgreSQL of its own, for memory to be its own.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.sections import put_section

ROOT = Path(__file__).resolve().parent.parent.parent
OUTPUT = ROOT / "docs" / "benchmarks.md"
MARK = "## Bringing lists of people in"
SIZES = ((10_000, "csv"), (10_000, "xlsx"), (100_000, "csv"))
MEBI = 1024


def main() -> None:
    if len(sys.argv) == 3:
        sys.stdout.write(_row(int(sys.argv[1]), sys.argv[2]))
        return
    rows = [
        subprocess.run(
            [sys.executable, "-m", "tests.bench.imports", str(count), kind],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=900,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "atn_platform.settings.test"},
        ).stdout
        for count, kind in SIZES
    ]  # fmt: skip
    text = _section(rows)
    sys.stdout.write(text)
    if "--write" in sys.argv:
        put_section(MARK, text)


def kept_section() -> str:
    """Figures as they stand, for the run that writes the rest of the page anew."""
    __, mark, rest = OUTPUT.read_text().partition(MARK) if OUTPUT.exists() else ("", "", "")
    return f"\n{mark}{rest}" if mark else ""


def _section(rows: list[str]) -> str:
    from tests.bench import machine  # noqa: PLC0415 -- not needed by the measured processes

    return (
        f"{MARK}\n\n"
        "Written by `python -m tests.bench.imports --write`. *Preview* reads the file and keeps\n"
        "what each line would do; *commit* gives everyone an account and a mandate in one\n"
        "transaction; *memory* is the largest resident size of the process, Django included.\n"
        "Goals: 10,000 rows previewed in 10 s and committed in 60 s, 100,000 in 10 minutes in all,\n"
        "300 MiB.\n\n"
        f"- Machine: {machine.description()}; load {machine.load_average()}\n\n"
        "| Rows | File | Preview, s | Commit, s | Taken back, s | Memory before, MiB "
        "| after preview | after commit |\n|--:|---|--:|--:|--:|--:|--:|--:|\n" + "".join(rows)
    )


def _row(count: int, kind: str) -> str:
    import django  # noqa: PLC0415 -- set up here, in the measured process only

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from atn_platform.core import postgres  # noqa: PLC0415

    folder = Path(settings.VAR_DIR) / f"bench-imports-{os.getpid()}"
    settings.DATABASES["default"]["HOST"] = str(postgres.ensure(folder, fast=True))
    connection.creation.create_test_db(verbosity=0)
    try:
        return _measured(count, kind)
    finally:
        connection.close()
        postgres.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _measured(count: int, kind: str) -> str:
    from django.utils import timezone  # noqa: PLC0415

    from municipalities.actions import import_undo, imports  # noqa: PLC0415
    from municipalities.models import Mandate  # noqa: PLC0415
    from tests.factories import ResponsibilityFactory  # noqa: PLC0415

    answering = ResponsibilityFactory(organisation__code="46010")
    content = _file(count, kind)
    memory, times = [_memory()], []

    def timed(act, **kwargs):
        start = time.monotonic()
        made = act(at=timezone.now(), **kwargs)
        times.append(time.monotonic() - start)
        memory.append(_memory())
        return made

    batch = timed(
        imports.receive, organisation=answering.organisation, name=f"gens.{kind}",
        content=content, by=answering.user,
    )  # fmt: skip
    imports.start(batch_id=batch.pk, writes=False)
    timed(imports.commit, batch_id=batch.pk)
    if Mandate.objects.count() != count:
        sys.exit("The import did not make everyone.")
    timed(import_undo.undo, batch_id=batch.pk, by=answering.user)
    cells = [f"{count:,}", kind, *(f"{each:.1f}" for each in times), *map(str, memory[:3])]
    return f"| {' | '.join(cells)} |\n"


def _file(count: int, kind: str) -> bytes:
    """A list of as many people, none of whom is here yet; its making counts in « before »."""
    from tests.municipalities.lists import listed, workbook  # noqa: PLC0415

    rows = [
        (f"Marie{n}", f"L’Écuyer-{n}", f"p{n}@grande.example", "commis", "personnel")
        for n in range(count)
    ]
    return workbook(*rows) if kind == "xlsx" else listed(*rows)


def _memory() -> int:
    """Largest resident size so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBI


if __name__ == "__main__":
    main()
