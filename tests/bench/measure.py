"""The measures of one run: pages under load, certificates made, memory held."""

import statistics
import sys
import time
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from tests.bench import doors, machine
from tests.bench.doors import Doors
from tests.bench.load import Answer, Load, Site
from tests.bench.pages import BARE, LESSON, Page, pages
from tests.bench.stack import Stack

CLIENTS = (1, 4, 16)
# Clients at which the goals are stated.
STATED = 4
# What a request costs: the servers, their database, their cache; not the tasks that follow.
SERVERS = ("web", "floor", "postgresql", "redis")
WARM_SECONDS = 0.4
# In each pass a page and the floor are measured in turn, so often and for so large a part of the
# usual time: what others do on the machine meanwhile weighs on both alike.
BATCHES, SHORTER = 6, 0.35
REST_SECONDS = 5.0
PDF_SECONDS = 120.0


@dataclass(slots=True)
class Cell:
    """One page under one number of clients, over all passes."""

    answers: list[Answer] = field(default_factory=list)
    elapsed: float = 0.0
    cpu: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SERVERS, 0.0))

    def add(self, load: Load, cpu: dict[str, float]) -> None:
        self.answers += load.answers
        self.elapsed += load.elapsed
        for name, seconds in cpu.items():
            self.cpu[name] += seconds

    @property
    def load(self) -> Load:
        return Load(self.answers, self.elapsed)

    def cpu_ms(self, *names: str) -> float:
        """Milliseconds of processor a request, of these servers or of all."""
        return 1000 * sum(self.cpu[name] for name in names or SERVERS) / len(self.answers)


@dataclass(slots=True)
class Figures:
    """One page: what one answer is, and its cost by number of clients."""

    page: Page
    answer: Answer
    cells: dict[int, Cell]
    # Of each batch, processor time a request over that of the floor just before.
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """First and third quartile of the ratios."""
        first, __, third = statistics.quantiles(self.ratios, n=4, method="inclusive")
        return first, third


@dataclass(slots=True)
class Run:
    """All that the report says. `memory` by process, MiB; `pdf_ms` is None when none was made."""

    figures: list[Figures] = field(default_factory=list)
    memory: list[tuple[str, float]] = field(default_factory=list)
    drift: float = 0.0
    pdf_ms: float | None = None
    pdfs: int = 0
    doors: Doors | None = None


def run(
    stack: Stack,
    world: dict[str, Any],
    *,
    seconds: float,
    passes: int,
    only: Collection[str],
    say: Callable[[str], None],
) -> Run:
    """Every page at every number of clients, `passes` times over; then the tasks and the rest.

    `only` names the pages that are wanted, if not all: the doors are then left alone.
    """
    site, found = Site(stack.ports), Run()
    wanted = {BARE, LESSON, *only}
    for page in (each for each in pages(world) if not only or each.name in wanted):
        site.load(page, clients=4, seconds=WARM_SECONDS)
        found.figures.append(Figures(page, site.once(page), {n: Cell() for n in CLIENTS}))
    settled = _web_memory(stack)
    bare = next(each for each in found.figures if each.page.name == BARE)
    for number in range(1, passes + 1):
        for each in found.figures:
            _measure_in_turn(stack, site, bare, each, seconds * SHORTER)
            for clients in CLIENTS:
                if clients != STATED:
                    _measure(stack, site, each, clients=clients, seconds=seconds)
            say(f"{number}/{passes} {each.page.name}: {each.ratio:.2f} x bare")
    found.drift = _web_memory(stack) - settled
    found.pdfs, found.pdf_ms = _certificates(stack)
    found.doors = None if only else doors.measure(stack.ports["web"], world)
    # Its connections weigh in PostgreSQL, and are not of the product.
    stack.end("floor")
    stack.start("beat", sys.executable, "-m", "atn_platform.beat")
    time.sleep(REST_SECONDS)
    found.memory = _memory(stack)
    return found


def _measure_in_turn(
    stack: Stack, site: Site, bare: Figures, each: Figures, seconds: float
) -> None:
    """Floor, page, floor, page…; the floor beside itself says what the method is worth."""
    for _ in range(BATCHES):
        floor = _measure(stack, site, bare, clients=STATED, seconds=seconds)
        own = _measure(stack, site, each, clients=STATED, seconds=seconds)
        each.ratios.append(own / floor)


def _measure(stack: Stack, site: Site, figures: Figures, *, clients: int, seconds: float) -> float:
    """Seconds of processor a request, added to those of the page."""
    before = {name: machine.cpu_seconds(stack.pids[name]) for name in SERVERS}
    load = site.load(figures.page, clients=clients, seconds=seconds)
    after = {name: machine.cpu_seconds(stack.pids[name]) for name in SERVERS}
    spent = {name: after[name] - before[name] for name in SERVERS}
    figures.cells[clients].add(load, spent)
    return sum(spent.values()) / len(load.answers)


def _certificates(stack: Stack) -> tuple[int, float | None]:
    """How many owed certificates the worker made, and milliseconds of processor for each."""
    names = ("worker", "postgresql", "redis")
    with closing(psycopg2.connect(stack.environment["DATABASE_URL"])) as connection:
        connection.autocommit = True
        owed = _owed(connection)
        before = sum(machine.cpu_seconds(stack.pids[name]) for name in names)
        stack.run(
            "shell",
            "--no-imports",
            "-v",
            "0",
            "-c",
            "from certificates.tasks import *; settle_debts()",
        )
        until = time.monotonic() + PDF_SECONDS
        while _owed(connection) and time.monotonic() < until:
            time.sleep(0.2)
        made = owed - _owed(connection)
    spent = sum(machine.cpu_seconds(stack.pids[name]) for name in names) - before
    return made, 1000 * spent / made if made else None


def _owed(connection: "psycopg2.extensions.connection") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM certificates_certificate c WHERE NOT EXISTS ("
            "SELECT FROM certificates_certificatefile f WHERE f.certificate_id = c.id)"
        )
        return int(cursor.fetchone()[0])


def _web_memory(stack: Stack) -> float:
    return sum(machine.memory_mib(pid) for pid in machine.family(stack.pids["web"]))


def _memory(stack: Stack) -> list[tuple[str, float]]:
    """Each process of ours; PostgreSQL and Redis as a whole."""
    rows = []
    for name, pid in stack.pids.items():
        family = machine.family(pid)
        if name in {"web", "worker"}:
            labels = ["main process", *(f"process {n}" for n in range(1, len(family)))]
            rows += [
                (f"{name}, {label}", machine.memory_mib(each))
                for label, each in zip(labels, family, strict=True)
            ]
        else:
            rows.append((name, sum(machine.memory_mib(each) for each in family)))
    return rows
