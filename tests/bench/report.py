"""docs/benchmarks.md: the figures of a run beside the goals."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.doors import Doors
from tests.bench.measure import BATCHES, CLIENTS, SHORTER, STATED, Figures, Run
from tests.bench.pages import LESSON, TRIES

WEB_MIB, CELERY_MIB, STACK_MIB, DRIFT_MIB = 160, 400, 520, 5
PDF_MS = 60
LESSONS_A_SECOND, LESSON_P95_MS = 220, 90
TOLD_MS = 20
BUSY = 0.5

HEAD = """\
# Benchmarks

Written by `make bench`; do not edit. The command starts the production stack on one machine, in
data of its own: granian with two workers, Celery, Redis, PostgreSQL 18, compressed static files,
no proxy. It fills {people:,} people and {municipalities} municipalities, then asks for each page
from 1, 4 and 16 clients on loopback. *CPU* is processor time per request of the web server,
PostgreSQL and Redis together, from the kernel's own accounts; the load generator's share is not
in it. *x bare* compares it with a bare Django view (session, user, one query, small template),
with the middleware of `startproject` and none of ours, on the same database: that ratio travels
between machines, times do not. The two are measured in turn, {batches} times over, {batch:g} s each;
the ratio is the median of the {batches}, and *half of them* lie between the two figures beside it. The
bare view stands beside itself too: what its ratio differs from 1 is the method's own error.

- Command: `{command}`
- Date: {date}
- Machine: {machine}
- Load average before: {before}; after: {after}{busy}
- {seconds:g} s for each page and other number of clients, {passes} pass(es); {requests:,} requests
"""
BUSY_NOTE = """.
  Other programs were using the machine: trust the ratios, not the times"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the reader must know of the run."""

    people: int
    municipalities: int
    command: str
    date: str
    machine: str
    before: str
    after: str
    seconds: float
    passes: int


def write(run: Run, circumstances: Circumstances) -> str:
    """The whole page."""
    parts = [_head(run, circumstances), *_costs(run), *_times(run), *_rest(run)]
    return "\n".join(parts) + "\n"


def _head(run: Run, told: Circumstances) -> str:
    busy = BUSY_NOTE if float(told.before.split()[0]) > BUSY else ""
    requests = sum(len(cell.answers) for each in run.figures for cell in each.cells.values())
    facts = {name: getattr(told, name) for name in told.__slots__}
    batches = {"batches": BATCHES * told.passes, "batch": told.seconds * SHORTER}
    return HEAD.format(**facts, **batches, busy=busy, requests=requests)


def _costs(run: Run) -> Iterator[str]:
    yield f"## Cost of a request, {STATED} clients\n"
    yield "Goals stand in brackets.\n"
    yield "| Page | Queries | Bytes sent | CPU, ms | of which PostgreSQL | x bare | half of them | Reached |"
    yield "|---|--:|--:|--:|--:|--:|--:|---|"
    for each in run.figures:
        goal, cell, (low, high) = each.page.goal, each.cells[STATED], each.spread
        yield (
            f"| {each.page.name} | {_beside(each.answer.queries, goal.queries)} "
            f"| {_beside(each.answer.bytes, goal.bytes)} | {cell.cpu_ms():.2f} "
            f"| {cell.cpu_ms('postgresql'):.2f} "
            f"| {each.ratio:.2f}{_bracket(goal.ratio)} | {low:.2f}–{high:.2f} | {_verdict(each)} |"
        )


def _times(run: Run) -> Iterator[str]:
    yield "\n## Times seen by a client\n"
    yield "Median / 95th percentile in ms, and requests a second.\n"
    yield "| Page | " + " | ".join(f"{n} client{'s' * (n > 1)} | /s" for n in CLIENTS) + " |"
    yield "|---|" + "--:|--:|" * len(CLIENTS)
    for each in run.figures:
        loads = [cell.load for cell in each.cells.values()]
        cells = (
            f"{1000 * load.p50:.1f} / {1000 * load.p95:.1f} | {load.rate:.0f}" for load in loads
        )
        yield f"| {each.page.name} | " + " | ".join(cells) + " |"


def _rest(run: Run) -> Iterator[str]:
    lesson = next(each for each in run.figures if each.page.name == LESSON).cells[16].load
    web = max(size for name, size in run.memory if name.startswith("web"))
    celery = sum(size for name, size in run.memory if name.startswith("worker"))
    whole = sum(size for _, size in run.memory)
    yield "\n## Throughput, tasks and memory\n"
    yield "| Measure | Figure | Goal | Reached |"
    yield "|---|--:|--:|---|"
    yield _row("lessons a second, 16 clients", lesson.rate, LESSONS_A_SECOND, more=True)
    yield _row("lesson, 16 clients, 95th percentile, ms", 1000 * lesson.p95, LESSON_P95_MS)
    if run.pdf_ms is not None:
        yield _row(f"attestation made by the worker, ms of CPU ({run.pdfs})", run.pdf_ms, PDF_MS)
    yield _row("largest web process, MiB", web, WEB_MIB)
    yield _row("Celery worker after making PDFs, MiB", celery, CELERY_MIB)
    yield _row("whole stack at rest after the load, MiB", whole, STACK_MIB)
    yield _row("growth of the web processes over the load, MiB", run.drift, DRIFT_MIB)
    if run.doors is not None:
        yield from _doors(run.doors)
    yield "\n| Process | PSS, MiB |"
    yield "|---|--:|"
    yield from (f"| {name} | {size:.0f} |" for name, size in run.memory)


def _doors(found: Doors) -> Iterator[str]:
    who = f"of {found.all} colleagues behind one address, came in ({found.seconds:.0f} s)"
    yield _row(who, found.inside, found.all, more=True)
    for door, told in found.told.items():
        name = f"{door}: medians of known and unknown addresses differ by, ms ({TRIES} tries)"
        yield _row(name, told, TOLD_MS)


def _row(name: str, value: float, goal: float, *, more: bool = False) -> str:
    reached = value >= goal if more else value <= goal
    sign = ">=" if more else "<="
    return f"| {name} | {value:.0f} | {sign} {goal} | {'yes' if reached else '**no**'} |"


def _verdict(each: Figures) -> str:
    goal = each.page.goal
    measured = {
        "queries": (each.answer.queries, goal.queries),
        "bytes": (each.answer.bytes, goal.bytes),
        "CPU": (each.ratio, goal.ratio),
    }
    stated = {name: pair for name, pair in measured.items() if pair[1] is not None}
    missed = [name for name, (value, most) in stated.items() if value > (most or 0)]
    if not stated:
        return ""
    return f"**no**: {', '.join(missed)}" if missed else "yes"


def _beside(value: int, goal: int | None) -> str:
    return f"{value:,}{_bracket(goal)}"


def _bracket(goal: float | None) -> str:
    return "" if goal is None else f" ({goal:,})"
