"""Hiding small counts of people, so that no sum or difference gives them back.

Counts of 1 to 4 are hidden; then more rows are, the smallest first, until rows and total leave
several values for each hidden cell. Nothing tells a reader which rows were small, and which went
with them. `floors` are what the reader sees beside each count and knows to be no greater: a row
where four municipalities take part counts four people or more, so that « fewer than five » alone
would say exactly four.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

K = 5
RATE_DENOMINATOR = 10


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


def rounded(counts: Sequence[int]) -> Masked:
    """Say of counts that move what one person changes least often: that they are five, ten…

    Fewer than five are not told, nought included. The total goes by steps longer than there are
    rows, or several that grow at once would say how many each did; and it is never so near to what
    the rows may add up to at most that each of these would be known.
    """
    rows = tuple(rounded_down(n) or None for n in counts)
    step = K * -(-(len(counts) + 2) // K)
    total = min(sum(counts), sum(n or 0 for n in rows) + 2 * len(rows))
    return Masked(rows, total // step * step or None)


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


def rounded_down(count: int) -> int:
    """To a multiple of five."""
    return count - count % K


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
