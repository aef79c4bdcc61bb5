"""Taking an import back, for thirty days: what it made, and nothing that others made since."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from municipalities.actions.imports import CHUNK, LINE_FIELDS, ImportRefused
from municipalities.enums import BatchState
from municipalities.models import ImportBatch, ImportLine, Mandate
from municipalities.queries import imports as queries


@transaction.atomic
def undo(*, batch_id: int, by: User, at: datetime) -> ImportBatch:
    """Take an import back: only what it made, and only where nobody has built on it since.

    Accounts that were opened, or hold anything, stay with their mandates. Raises ImportRefused.
    """
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    if batch.state == BatchState.UNDONE:
        return batch
    if not batch.is_open_to_undo(at):
        raise ImportRefused(_("Un import s’annule pendant trente jours après avoir été fait."))
    lines = list(batch.lines.exclude(done={}).select_related("user", "mandate").order_by("number"))
    kept = queries.kept_lines(batch, lines)
    for line in lines:
        _restore(line, queries.said(batch, line).function)
    _remove([line for line in lines if line.pk not in kept])
    _tell([line for line in lines if line.pk in kept])
    batch.state, batch.undone_at = BatchState.UNDONE, at
    batch.save(update_fields=["state", "undone_at", "updated_at"])
    record(at=at, actor=by, verb="import.undone", target=str(batch.pk), kept=len(kept))
    return batch


def _restore(line: ImportLine, written: str) -> None:
    """The words that the import overwrote, unless they were written again since."""
    if "function" in line.done and line.mandate and line.mandate.function == written:
        line.mandate.function = line.done["function"]
        line.mandate.save(update_fields=["function", "updated_at"])
    user = line.user
    if "names" in line.done and user and user.last_login is None:
        user.first_name, user.last_name = line.done["names"]
        user.save(update_fields=["first_name", "last_name"])


def _remove(lines: Sequence[ImportLine]) -> None:
    mandates = [each.mandate_id for each in lines if each.mandate_id and "mandate" in each.done]
    users = [each.user_id for each in lines if each.user_id and "user" in each.done]
    _delete(Mandate, mandates)
    _delete(User, users)


def _delete(model: type[Mandate] | type[User], keys: Sequence[int]) -> None:
    for first in range(0, len(keys), CHUNK):
        model.objects.filter(pk__in=keys[first : first + CHUNK]).delete()


def _tell(kept: Collection[ImportLine]) -> None:
    for line in kept:
        line.note = f"{line.note}\n" + _("Gardée : cette personne s’en est servie.")
    ImportLine.objects.bulk_create(
        kept, batch_size=CHUNK, update_conflicts=True,
        unique_fields=["batch", "number"], update_fields=LINE_FIELDS,
    )  # fmt: skip
