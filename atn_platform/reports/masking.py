"""Hiding small counts of people, so that no sum or difference gives them back.

Counts of 1 to 4 are hidden; then more rows are, the smallest first, until rows and total leave
several values for each hidden cell. Nothing tells a reader which rows were small, and which went
with them. `floors` are what the reader sees beside each count and knows to be no greater: a row
where four municipalities take part counts four people or more, so that « fewer than five » alone
would say exactly four.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

K = 5
RATE_DENOMINATOR = 10
# How many numbers a hidden cell of nested columns may be, at least.
SEVERAL = 3


@dataclass(frozen=True, slots=True)
class Masked:
    """What may be shown; None is a hidden cell."""

    rows: tuple[int | None, ...]
    total: int | None


def mask(
    counts: Sequence[int],
    total: int,
    floors: Sequence[int] = (),
    *,
    hide_total: bool = False,
    forced: Collection[int] = (),
) -> Masked:
    """Hide what must be in one column and its total.

    The total goes too when it is small, or when all that stands behind it is hidden and too tight.
    With `hide_total`, because another table hides that same total, one row at least is hidden.
    Rows whose rank is `forced` go as if they were small.
    """
    least = [max(1, floor) for floor in floors] or [1] * len(counts)
    # A row as great as its floor is a poor hiding place: the reader knows it cannot be less.
    order = sorted(
        (rank for rank, n in enumerate(counts) if n > 0),
        key=lambda rank: (counts[rank] == least[rank], counts[rank]),
    )
    hidden = {rank for rank in order if counts[rank] < _threshold(least[rank]) or rank in forced}
    if hide_total or 0 < total < K:
        hidden |= set(order[:1])
    shown = [rank for rank in order if rank not in hidden]
    while hidden and shown and not _loose(counts, least, hidden):
        hidden.add(shown.pop(0))
    tight = bool(hidden) and not _loose(counts, least, hidden)
    return Masked(
        tuple(None if rank in hidden else n for rank, n in enumerate(counts)),
        None if hide_total or tight or 0 < total < K else total,
    )


@dataclass(frozen=True, slots=True)
class Table:
    """One breakdown to mask: its counts, their floors, and ranks that must be hidden anyway."""

    counts: Sequence[int]
    floors: Sequence[int] = ()
    forced: Collection[int] = ()

    def hiding(self, ranks: Collection[int]) -> "Table":
        return replace(self, forced={*self.forced, *ranks})

    def between(self, start: int, end: int) -> "Table":
        """Some of its rows, as a table."""
        ranks = {rank - start for rank in self.forced if start <= rank < end}
        return Table(self.counts[start:end], self.floors[start:end], ranks)


@dataclass(frozen=True, slots=True)
class Part:
    """The same column of a shorter period: what it counts, and what the reader sees of it."""

    counts: Sequence[int]
    shown: Masked


def whole_of(table: Table, parts: Sequence[Part]) -> Table:
    """What to hide in the table of a period beside those of the periods that it is made of.

    Somebody may be in several: a row of the whole is as great as its greatest part at least, and
    not greater than their sum. So a row that one part hides is hidden; and those that hide it need
    people more than their greatest parts, or the total would say how small these are. Where all
    came in one part, the whole is that part, and tells nothing more.
    """
    filled = [part for part in parts if any(part.counts)]
    gone = {r for part in filled for r, n in enumerate(part.shown.rows) if n is None}
    if len(filled) == 1 and list(filled[0].counts) == list(table.counts):
        return table.hiding(gone)
    beside = (table.floors, *(part.counts for part in filled))
    floors = [max(each) for each in zip(*beside, strict=True)]
    return replace(table.hiding(gone), floors=floors) if filled else table


def mask_together(
    tables: Sequence[Table], total: int, *, hide_total: bool = False
) -> list[Masked]:
    """Mask several breakdowns of one total: hidden in one, hidden in all."""
    masked = [_masked(table, total, hide_total=hide_total) for table in tables]
    if all(each.total is not None for each in masked):
        return masked
    return [_masked(table, total, hide_total=True) for table in tables]


def _masked(table: Table, total: int, *, hide_total: bool) -> Masked:
    return mask(table.counts, total, table.floors, hide_total=hide_total, forced=table.forced)


def mask_nested(table: Table, parent: int | None) -> Masked:
    """Mask the parts of a row that is itself shown, or hidden (None): then all parts are."""
    if parent is None:
        return Masked(tuple(None if n else 0 for n in table.counts), None)
    return _masked(table, sum(table.counts), hide_total=False)


def mask_steps(
    steps: Sequence[Sequence[int]],
    forced: Sequence[Collection[int]] = (),
    *,
    with_losses: bool = False,
) -> list[Masked]:
    """Mask columns where each count is part of the one before it: people, enrolled, started…

    A row hidden in a column is hidden in all that follow, nought included. Where the column before
    shows a row, the reader knows that it cannot be greater: more rows go until each small count
    hidden may be three numbers at least; the total goes when even that is not enough. `forced`:
    ranks that go in each column as if small. `with_losses`: so do a row and a total that one to
    four people left since they were last shown, for a subtraction would count these.
    """
    masked: list[Masked] = []
    gone: set[int] = set()
    ceilings: list[int | None] = [None] * len(steps[0])
    whole: int | None = None
    for counts, also in zip_longest(steps, forced, fillvalue=()):
        ranks = frozenset(r for r in also if counts[r])
        column = _Column(counts, gone, ceilings, ranks, with_losses)
        hidden = _hidden_step(column)
        total = sum(counts)
        is_secret = 0 < total < K or (with_losses and _is_loss(total, whole))
        is_shown = not is_secret and not column.is_all_secret and _is_uncertain(column, hidden)
        masked.append(
            Masked(
                tuple(None if rank in hidden else n for rank, n in enumerate(counts)),
                total if is_shown else None,
            )
        )
        ceilings = [
            ceiling if rank in hidden else counts[rank] for rank, ceiling in enumerate(ceilings)
        ]
        whole = total if is_shown else whole
        gone = hidden
    return masked


def _is_loss(count: int, before: int | None) -> bool:
    return before is not None and 0 < before - count < K


@dataclass(frozen=True, slots=True)
class Steps:
    """One breakdown of nested columns: a list of counts for each, and ranks to hide in each."""

    counts: Sequence[Sequence[int]]
    forced: Sequence[Collection[int]] = ()


def mask_steps_together(tables: Sequence[Steps], *, upto: int | None = None) -> list[list[Masked]]:
    """Mask several breakdowns of the same nested columns, and what few people lost between two.

    From the first column whose total is hidden in one of them, or from `upto` on, nothing is shown
    in any: the rows of another table would add up to it.
    """
    masked = [mask_steps(table.counts, table.forced, with_losses=True) for table in tables]
    closed = [
        step for columns in masked for step, column in enumerate(columns) if column.total is None
    ]
    last = min([*closed, len(tables[0].counts) if upto is None else upto])
    return [
        [
            column if step < last else Masked((None,) * len(column.rows), None)
            for step, column in enumerate(columns)
        ]
        for columns in masked
    ]


def mask_growth(
    counts: Sequence[int], people: Sequence[int], *, beside: int | None = None
) -> list[int | None]:
    """Mask a count that only grows, week after week: so that no step of it is of 1 to 4 people.

    `people`: how many stand behind each count, when one may count for several. What ends at a
    number that is shown anyway, `beside` as its rank, keeps five people from it too.
    """
    shown: list[int | None] = []
    last = (0, 0)
    for n, behind in zip(counts, people, strict=True):
        is_seen = _is_apart((n, behind), last) and (
            beside is None or _is_apart((counts[beside], people[beside]), (n, behind))
        )
        shown.append(n if is_seen else None)
        last = (n, behind) if is_seen else last
    return shown


def _is_apart(now: tuple[int, int], before: tuple[int, int]) -> bool:
    return now[0] == before[0] or now[1] - before[1] >= K


# What a hidden row may be to its reader: nought, a secret, or one that only goes with others.
VOID, SECRET, PLAIN = 0, 1, 2
# One of these, from what to what.
Span = tuple[int, int, int]
# Where a row stands among those to hide: whether it is as great as it can be, its count, its rank.
Place = tuple[bool, int, int]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of nested counts: ranks hidden in the one before, what each row last showed, ranks
    that must go, and whether small losses must.
    """

    counts: Sequence[int]
    gone: set[int]
    ceilings: Sequence[int | None]
    forced: Collection[int]
    with_losses: bool

    @property
    def secrets(self) -> set[int]:
        return {rank for rank in range(len(self.counts)) if self._is_secret(rank)}

    @property
    def is_all_secret(self) -> bool:
        """Nothing but secrets: the total would say so, and that leaves too little to guess."""
        filled = {rank for rank, n in enumerate(self.counts) if n}
        return bool(filled) and not self.forced and filled <= self.secrets

    def _is_secret(self, rank: int) -> bool:
        n, ceiling = self.counts[rank], self.ceilings[rank]
        is_lost = self.with_losses and _is_loss(n, ceiling)
        return n > 0 and (n < K or rank in self.forced or is_lost)

    def order(self, hidden: set[int]) -> list[Place]:
        """The rows that are left to hide, those that go first before the others.

        A row as great as its ceiling is a poor hiding place: the reader knows it cannot be more.
        """
        return sorted(
            (n == self.ceilings[rank], n, rank)
            for rank, n in enumerate(self.counts)
            if n and rank not in hidden
        )

    def spans(self, rank: int, shown: Place | None, whole: int) -> list[Span]:
        """What a hidden row may be. `shown`: the first that was left; a row that only goes with
        the others stands before it.
        """
        ceiling = self.ceilings[rank]
        most = whole if ceiling is None else min(ceiling, whole)
        below = at_most = most
        if shown is not None and not self.forced and rank not in self.gone:
            is_full, n, beside = shown
            at_most = min(most, n - (rank > beside))
            below, at_most = (most, at_most) if is_full else (at_most, 0)
        spans = [(SECRET, 1, min(K - 1, most)), (PLAIN, max(K, ceiling or 0), at_most)]
        if rank in self.gone:
            spans.append((VOID, 0, 0))
        if ceiling is None:
            return [*spans, (PLAIN, K, below)]
        lost = K if self.with_losses else 1
        return [
            *spans,
            (SECRET, max(K, ceiling - lost + 1), min(ceiling - 1, whole)),
            (PLAIN, K, min(below, ceiling - lost)),
        ]


def _hidden_step(column: _Column) -> set[int]:
    hidden = column.gone | column.secrets
    left = [rank for *_key, rank in column.order(hidden)]
    while left and not _is_uncertain(column, hidden):
        hidden.add(left.pop(0))
    return hidden


def _is_uncertain(column: _Column, hidden: set[int]) -> bool:
    """Whether each count that must be hidden may be several, for whoever knows the total.

    The reader knows that a row hidden here first is not nought, the sum of them all, that the
    smallest rows go first, that some hidden row is a secret where no other reason could hide one,
    and that they are not secrets all.
    """
    whole = sum(column.counts[rank] for rank in hidden)
    shown = next(iter(column.order(hidden)), None)
    spans = {rank: column.spans(rank, shown, whole) for rank in hidden}
    needed = VOID if column.forced else SECRET if shown else SECRET | PLAIN
    return all(_possible(rank, spans, whole, needed) >= SEVERAL for rank in column.secrets)


def _possible(rank: int, spans: Mapping[int, Sequence[Span]], whole: int, needed: int) -> int:
    """How many numbers a hidden row may be, when the others take what is left.

    The sums that the others may have are the bits of a number, one for each mix of what they are.
    """
    sums = [1, 0, 0, 0]
    for other, choices in spans.items():
        if other == rank:
            continue
        more = [0] * len(sums)
        for mix, sofar in enumerate(sums):
            for kind, low, high in choices:
                more[mix | kind] |= _added(sofar, low, high)
        sums = [each & ((2 << whole) - 1) for each in more]
    return len(
        {
            n
            for kind, low, high in spans[rank]
            for n in range(low, min(high, whole) + 1)
            for mix, each in enumerate(sums)
            if (mix | kind) & needed == needed and each >> (whole - n) & 1
        }
    )


def _added(sums: int, low: int, high: int) -> int:
    """These sums, each with from `low` to `high` more."""
    if not sums or low > high:
        return 0
    found, width = sums << low, 1
    while width <= high - low:
        step = min(width, high - low + 1 - width)
        found |= found << step
        width += step
    return found


def told_apart(shown: Sequence[int | None], before: Sequence[int], now: Sequence[int]) -> set[int]:
    """Ranks to hide in a second view of a column, beside a first that shows `shown` of `before`.

    What the first view hides stays hidden; and so does what differs by one to four people, for
    the difference would count those who moved from one row to another.
    """
    return {
        rank
        for rank, (seen, one, other) in enumerate(zip(shown, before, now, strict=True))
        if seen is None or 0 < abs(one - other) < K
    }


def rate(part: int | None, whole: int) -> float | None:
    """A share from 0 to 1, when the part is shown and the whole is not too small."""
    if part is None or whole < RATE_DENOMINATOR:
        return None
    return part / whole


def _threshold(floor: int) -> int:
    # A floor of 4 under a ceiling of 5 would leave one value only.
    return K + 1 if floor == K - 1 else K


def _loose(counts: Sequence[int], least: Sequence[int], hidden: set[int]) -> bool:
    """Two rows at least, and one person more in each, on average, than the reader knows of."""
    room = sum(counts[rank] - least[rank] for rank in hidden)
    return len(hidden) > 1 and room >= len(hidden)
