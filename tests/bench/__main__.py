"""`make bench`: BENCH_SECONDS, BENCH_PASSES, BENCH_PEOPLE make it shorter; see docs/benchmarks.md.

BENCH_PAGES="quiz;home, learner" measures these pages, the bare view and the lesson alone.

A run of another size than the usual one is printed, not written: BENCH_OUTPUT names its file.
"""

import json
import os
import shutil
import signal
import sys
from datetime import datetime
from pathlib import Path

from atn_platform.core.postgres_files import home_folder
from tests.bench import imports, machine, measure, report, stack
from tests.bench.load import UnexpectedAnswer

PEOPLE, MUNICIPALITIES, SECONDS, PASSES = 20_000, 200, 2.0, 2
FOLDER = stack.ROOT / "var" / "bench"
OUTPUT = stack.ROOT / "docs" / "benchmarks.md"


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    people = int(os.environ.get("BENCH_PEOPLE", PEOPLE))
    seconds = float(os.environ.get("BENCH_SECONDS", SECONDS))
    passes = int(os.environ.get("BENCH_PASSES", PASSES))
    only = [name for name in os.environ.get("BENCH_PAGES", "").split(";") if name]
    before = machine.load_average()
    _say(f"Remplissage : {people} personnes, {MUNICIPALITIES} municipalités…")
    try:
        with stack.running(FOLDER, people=people, municipalities=MUNICIPALITIES) as running:
            world = json.loads((FOLDER / "world.json").read_text())
            run = measure.run(running, world, seconds=seconds, passes=passes, only=only, say=_say)
    except (stack.CannotStart, UnexpectedAnswer) as error:
        sys.exit(str(error))
    told = report.Circumstances(
        people=people,
        municipalities=MUNICIPALITIES,
        command=_command(),
        date=f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
        machine=machine.description(),
        before=before,
        after=machine.load_average(),
        seconds=seconds,
        passes=passes,
    )
    _publish(report.write(run, told), usual=_command() == "make bench")
    _clear()


def _command() -> str:
    knobs = ("BENCH_SECONDS", "BENCH_PASSES", "BENCH_PEOPLE", "BENCH_PAGES")
    asked = [f"{name}={os.environ[name]}" for name in knobs if os.environ.get(name)]
    return " ".join(["make bench", *asked])


def _publish(text: str, *, usual: bool) -> None:
    output = os.environ.get("BENCH_OUTPUT") or (str(OUTPUT) if usual else "")
    sys.stdout.write(text)
    if output:
        kept = imports.kept_section() if output == str(OUTPUT) else ""
        Path(output).write_text(text + kept)
        _say(f"Écrit dans {output}.")


def _clear() -> None:
    """The data go; after a failure they stay, with the logs, for whoever looks for the cause."""
    shutil.rmtree(home_folder(FOLDER / "pg"), ignore_errors=True)
    shutil.rmtree(FOLDER, ignore_errors=True)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
