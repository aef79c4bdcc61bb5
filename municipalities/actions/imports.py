"""Bringing a list of people in: kept as read, done at once, taken back for thirty days."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from atn_platform.accounts import actions as accounts
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.actions.import_kept import kept, pruned, tell_what_is_left
from municipalities.actions.invitations import Guest, invite, local_day
from municipalities.enums import BatchState, Decision, LineState
from municipalities.models import ImportBatch, ImportLine, Mandate, Organisation
from municipalities.queries import imports as queries
from municipalities.queries.elections import usual_end
from municipalities.queries.imports import PART, Comparison, Row
from municipalities.staff import columns, files, free, people
from municipalities.staff.columns import Columns
from municipalities.staff.files import Line
from municipalities.staff.people import Entry

# Shown on the page of an import, written as it advances.
LARGEST_NUMBER = 2**31 - 1
LINE_FIELDS = ["cells", "flaws", "state", "note", "decision", "user", "mandate", "done"]


class ImportRefused(ActionError):
    """The list cannot be taken, done or undone like that."""


def compare_file(
    *, organisation: Organisation, content: bytes, at: datetime
) -> tuple[Columns, Iterator[Row]]:
    """What a list would do, without keeping anything. Raises FileRefused."""
    sheet, found = columns.find(files.read(content))
    known = queries.remembered(organisation, found.header.cells)
    found = columns.placed(found.header, known) if known else found
    if found.questions:
        raise ImportRefused(" ".join(found.questions))
    place = queries.ways_to_name(organisation)
    comparison = queries.Comparison(organisation, on=local_day(at))
    entries = people.entries(sheet, found, place)
    return found, (row for part in _by_parts(entries) for row in comparison.rows(part))


@transaction.atomic
def receive(
    *,
    organisation: Organisation,
    name: str,
    content: bytes,
    by: User | None,
    at: datetime,
    pasted: bool = False,
) -> ImportBatch:
    """Keep a list to be looked at; nobody is touched. Raises FileRefused.

    Lines that were pasted may come without a header. Of each line, only the columns that are read
    are kept (A-2.1, art. 64); while one is in doubt, those among which a person will choose.
    """
    sheet, found = free.find(content) if pasted else columns.find(files.read(content))
    header = list(found.header.cells)
    known = queries.remembered(organisation, header)
    batch = ImportBatch.objects.create(
        organisation=organisation,
        by=by,
        name=name[:200],
        header=header,
        header_line=found.header.number,
        places=known or found.places,
        questions=[] if known else found.questions,
        notes=sheet.notes,
        received_at=at,
    )
    tell_what_is_left(batch)
    after = columns.people_lines(sheet, found)
    parts = ([kept(batch, line) for line in part] for part in _by_parts(after))
    _write(batch, parts, at=at)
    record(at=at, actor=by, verb="import.received", target=str(batch.pk), lines=len(after))
    return batch


@transaction.atomic
def choose_columns(*, batch_id: int, places: dict[str, int], at: datetime) -> ImportBatch:
    """Read the list again, its columns as a person says."""
    batch = _ready(batch_id)
    if not set(places.values()) <= batch.kept_columns:
        raise ImportRefused(_("Cette colonne n’a pas été gardée : déposez la liste de nouveau."))
    batch.places, batch.questions = places, []
    batch.save(update_fields=["places", "questions", "updated_at"])
    tell_what_is_left(batch)
    parts = ([pruned(batch, line) for line in part] for part in queries.parts(batch))
    _write(batch, parts, at=at)
    return batch


@transaction.atomic
def mend_line(*, batch_id: int, number: int, said: dict[str, str], at: datetime) -> ImportLine:
    """Write the cells of a line anew, by field, and compare the whole list again."""
    batch = _ready(batch_id)
    line = batch.lines.filter(number=number).first()
    if line is None:
        raise ImportRefused(_("Cette ligne n’est plus dans la liste."))
    cells = line.cells[: len(batch.header)] + [""] * (len(batch.header) - len(line.cells))
    for name, words in said.items():
        if name in batch.places:
            cells[batch.places[name]] = files.clean(words)
    line.cells, line.flaws = cells, {}
    line.save(update_fields=["cells", "flaws"])
    _write(batch, queries.parts(batch), at=at)
    line.refresh_from_db()
    return line


@transaction.atomic
def drop_line(*, batch_id: int, number: int, at: datetime) -> ImportBatch:
    """Leave a line out of the import."""
    batch = _ready(batch_id)
    batch.lines.filter(number=number).delete()
    _write(batch, queries.parts(batch), at=at)
    return batch


@transaction.atomic
def decide(*, batch_id: int, decisions: dict[int, str]) -> None:
    """Keep what is said of doubtful lines, by number of line; "" is nothing for now."""
    batch = _ready(batch_id)
    # A larger number is no line of ours, and an error of the database.
    wanted = [number for number in decisions if number <= LARGEST_NUMBER]
    doubtful = list(batch.lines.filter(number__in=wanted, state=LineState.DOUBTFUL))
    may_be = queries.open_decisions(batch, doubtful)
    for line in doubtful:
        if decisions[line.number] in ("", *may_be[line.number]):
            line.decision = decisions[line.number]
    ImportLine.objects.bulk_update(doubtful, ["decision"], batch_size=PART)


@transaction.atomic
def discard(*, batch_id: int) -> None:
    """Forget a list that was not imported."""
    _ready(batch_id).delete()


def start(*, batch_id: int, writes: bool) -> bool:
    """Say that the import begins; False when it had begun already. Call `commit` after."""
    ready = ImportBatch.objects.filter(pk=batch_id, state=BatchState.READY, questions=[])
    return bool(ready.update(state=BatchState.RUNNING, writes=writes))


def commit(*, batch_id: int, at: datetime) -> ImportBatch:
    """Do all that the list says, or nothing; a second call finds it done.

    Another town may take an address meanwhile: the comparison is then made once more.
    """
    try:
        return _commit(batch_id, at)
    except IntegrityError:
        return _commit(batch_id, at)
    except ActionError as refused:
        return _give_back(batch_id, str(refused))


@transaction.atomic
def _give_back(batch_id: int, reason: str) -> ImportBatch:
    """Nothing was done: the list waits again for a person, with the reason among its remarks."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.state == BatchState.RUNNING:
        batch.state, batch.progress = BatchState.READY, 0
        batch.notes = [*(note for note in batch.notes if note != reason), reason]
        batch.save(update_fields=["state", "progress", "notes", "updated_at"])
    return batch


@transaction.atomic
def _commit(batch_id: int, at: datetime) -> ImportBatch:
    batch = ImportBatch.objects.select_related("organisation", "by").get(pk=batch_id)
    Organisation.objects.select_for_update(no_key=True).get(pk=batch.organisation_id)
    batch.refresh_from_db(fields=["state"])
    if batch.state != BatchState.RUNNING:
        return batch
    comparison, done = queries.Comparison(batch.organisation, on=local_day(at)), 0
    for lines in queries.parts(batch):
        _commit_part(batch, lines, comparison, at=at)
        done += len(lines)
        _advance(batch, done)
    _tell_of_twins(batch, comparison)
    batch.state, batch.committed_at = BatchState.DONE, at
    batch.save(update_fields=["state", "committed_at", "updated_at"])
    record(at=at, actor=batch.by, verb="import.committed", target=str(batch.pk), lines=done)
    return batch


def _commit_part(
    batch: ImportBatch, lines: list[ImportLine], comparison: Comparison, *, at: datetime
) -> None:
    rows = comparison.rows(_entries(batch, lines))
    work = list(zip(lines, rows, strict=True))
    decided = [(line, row) for line, row in work if _takes_place(line, row)]
    _open_accounts(decided, place=batch.organisation.name, at=at)
    _open_mandates(decided, batch.organisation, on=local_day(at))
    _change(work)
    _ask(work, batch, at=at)
    for line, row in work:
        _tell(line, row)
    _save_lines(lines)
    if batch.writes:
        _welcome(decided, batch, at=at)


def _takes_place(line: ImportLine, row: Row) -> bool:
    """Whether a line gives someone an account or a mandate."""
    wanted = row.state == LineState.DOUBTFUL and line.decision == Decision.CREATE
    if wanted and row.first is None and row.user is None and not row.taken:
        return True
    return row.state == LineState.NEW or (row.state == LineState.CHANGED and row.mandate is None)


def _open_accounts(work: Sequence[tuple[ImportLine, Row]], *, place: str, at: datetime) -> None:
    """An account for each person who has none, without a password: codes and cards open it."""
    made = []
    for line, row in work:
        if row.user is None and row.first is None:
            entry = row.entry
            row.user = User(
                email=entry.email or None,
                delivery_email=entry.delivery,
                first_name=entry.first_name,
                last_name=entry.last_name,
                password=make_password(None),
                date_joined=at,
            )
            row.user.set_sort_key()
            made.append(row.user)
            line.done = {**line.done, "user": True}
    User.objects.bulk_create(made)
    accounts.give_handles(people=made, place=place)
    for __, row in work:
        if row.known is not None and row.user is not None:
            row.known.user_id = row.user.pk


def _open_mandates(
    work: Sequence[tuple[ImportLine, Row]], organisation: Organisation, *, on: date
) -> None:
    end = cache(lambda public: usual_end(organisation, public, on))
    made = []
    for line, row in work:
        row.mandate = Mandate(
            user_id=cast("int", row.user_id),
            organisation=organisation,
            public=row.public,
            function=row.entry.function,
            starts_on=on,
            ends_on=end(row.public),
        )
        made.append(row.mandate)
        line.done = {**line.done, "mandate": True}
    Mandate.objects.bulk_create(made)


def _change(work: Iterable[tuple[ImportLine, Row]]) -> None:
    """New functions, and the names of accounts that nobody has opened yet."""
    mandates, users = [], []
    for line, row in work:
        if row.state != LineState.CHANGED or "mandate" in line.done or row.mandate is None:
            continue
        entry = row.entry
        if entry.function and entry.function != row.mandate.function:
            line.done = {**line.done, "function": row.mandate.function}
            row.mandate.function = entry.function
            mandates.append(row.mandate)
        if row.renames and row.user is not None:
            line.done = {**line.done, "names": [row.user.first_name, row.user.last_name]}
            row.user.first_name, row.user.last_name = entry.first_name, entry.last_name
            row.user.set_sort_key()
            users.append(row.user)
    Mandate.objects.bulk_update(mandates, ["function"])
    User.objects.bulk_update(users, ["first_name", "last_name", "sort_key"])


def _ask(work: Iterable[tuple[ImportLine, Row]], batch: ImportBatch, *, at: datetime) -> None:
    """The letter by which whoever has an account elsewhere says yes, or nothing."""
    guests = [
        Guest(
            email=row.entry.email,
            first_name=row.entry.first_name,
            last_name=row.entry.last_name,
            public=row.entry.public,
            function=row.entry.function,
        )
        for line, row in work
        if row.state == LineState.DOUBTFUL and line.decision == Decision.ASK and row.entry.email
    ]
    if guests and batch.by is not None:
        invite(organisation=batch.organisation, guests=guests, by=batch.by, at=at)


def _welcome(work: Iterable[tuple[ImportLine, Row]], batch: ImportBatch, *, at: datetime) -> None:
    for line, row in work:
        if "user" in line.done and row.user is not None and row.user.letter_address:
            queue(emails.welcome(row.user, batch.organisation, sender=batch.by), at=at)


def _tell(line: ImportLine, row: Row) -> None:
    """Copy on the line what the comparison, or the work, made of it."""
    line.state, line.note = row.state, "\n".join([*row.notes, *map(str, row.flaws)])
    line.user_id, line.mandate = row.user_id, row.mandate


def _ready(batch_id: int) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.state != BatchState.READY:
        raise ImportRefused(_("Cet import est déjà fait : il ne se corrige plus."))
    return batch


def _by_parts(lines: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(lines), PART):
        yield lines[first : first + PART]


def _entries(batch: ImportBatch, lines: Sequence[ImportLine]) -> list[Entry]:
    """The persons of some lines, their columns read as the list says."""
    found = columns.placed(Line(batch.header_line, tuple(batch.header)), batch.places)
    place = queries.ways_to_name(batch.organisation)
    return [
        people.understand(
            Line(
                each.number,
                tuple(each.cells),
                {int(at): words for at, words in each.flaws.items()},
            ),
            found,
            place,
        )
        for each in lines
    ]


def _write(batch: ImportBatch, parts: Iterable[list[ImportLine]], *, at: datetime) -> None:
    """Compare the lines with who is here today, and keep what each would do."""
    comparison = queries.Comparison(batch.organisation, on=local_day(at))
    for lines in parts:
        for line, row in zip(lines, comparison.rows(_entries(batch, lines)), strict=True):
            _tell(line, row)
        _save_lines(lines)
    _tell_of_twins(batch, comparison)


def _tell_of_twins(batch: ImportBatch, comparison: Comparison) -> None:
    """Name, on the first line about a person, some of the later ones."""
    firsts = list(batch.lines.filter(number__in=comparison.also))
    for line in firsts:
        also = (_("Aussi à la ligne %d.") % number for number in comparison.also[line.number])
        line.note = "\n".join([*filter(None, [line.note]), *also])
    ImportLine.objects.bulk_update(firsts, ["note"], batch_size=PART)


def _save_lines(lines: Sequence[ImportLine]) -> None:
    ImportLine.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["batch", "number"], update_fields=LINE_FIELDS
    )


def _advance(batch: ImportBatch, count: int) -> None:
    """Write the progress past the transaction, through a connection of its own."""
    aside = connection.copy()
    try:
        with aside.cursor() as cursor:
            cursor.execute(
                "UPDATE municipalities_importbatch SET progress = %s WHERE id = %s",
                [count, batch.pk],
            )
    finally:
        aside.close()
