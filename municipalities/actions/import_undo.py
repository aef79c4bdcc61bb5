"""Taking an import back, for thirty days: what it made, and nothing that others made since."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from municipalities.actions.imports import LINE_FIELDS, ImportRefused
from municipalities.enums import BatchState
from municipalities.models import ImportBatch, ImportLine, Mandate, Organisation
from municipalities.queries import import_undo as queries
from municipalities.queries import imports as lists
from municipalities.staff.people import Entry


def undo(*, batch_id: int, by: User, at: datetime) -> ImportBatch:
    """Take an import back: only what it made, and only where nobody has built on it since.

    Accounts that were opened, or hold anything, stay with their mandates. Somebody may be enrolled
    at that very moment: who stays is then looked at once more. Raises ImportRefused.
    """
    try:
        return _undo(batch_id, by, at)
    except IntegrityError:
        return _undo(batch_id, by, at)


@transaction.atomic
def _undo(batch_id: int, by: User, at: datetime) -> ImportBatch:
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    # As an import does: another list may be giving these people one mandate more.
    Organisation.objects.select_for_update(no_key=True).get(pk=batch.organisation_id)
    if batch.state == BatchState.UNDONE:
        return batch
    if not batch.is_open_to_undo(at):
        raise ImportRefused(_("Un import s’annule pendant trente jours après avoir été fait."))
    _hold_accounts(batch)
    kept = queries.kept_if_undone(batch)
    for part in lists.parts(batch):
        lines = [line for line in part if line.done]
        prefetch_related_objects(lines, "user", "mandate")
        for line in lines:
            _restore(line, lists.said(batch, line))
        _tell([line for line in lines if line.user_id in kept])
        _remove(Mandate, [each.mandate_id for each in lines if _goes(each, "mandate", kept)])
    # After all their mandates, which may stand in parts that come later.
    for part in lists.parts(batch):
        _remove(User, [each.user_id for each in part if _goes(each, "user", kept)])
    batch.state, batch.undone_at = BatchState.UNDONE, at
    batch.save(update_fields=["state", "undone_at", "updated_at"])
    record(at=at, actor=by, verb="import.undone", target=str(batch.pk), kept=len(kept))
    return batch


def _hold_accounts(batch: ImportBatch) -> None:
    """Whoever signs in meanwhile waits, and whoever has just done so is seen."""
    made = batch.lines.filter(done__has_key="user", user__isnull=False).values("user")
    held = User.objects.filter(pk__in=made).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk"))


def _restore(line: ImportLine, written: Entry) -> None:
    """The words that the import overwrote, unless they were written again since."""
    if "function" in line.done and line.mandate and line.mandate.function == written.function:
        line.mandate.function = line.done["function"]
        line.mandate.save(update_fields=["function", "updated_at"])
    user, names = line.user, (written.first_name, written.last_name)
    if user is None or "names" not in line.done or user.last_login is not None:
        return
    if (user.first_name, user.last_name) == names:
        user.first_name, user.last_name = line.done["names"]
        user.save(update_fields=["first_name", "last_name"])


def _goes(line: ImportLine, made: str, kept: set[int]) -> bool:
    return made in line.done and line.user_id not in kept


def _remove(model: type[Mandate] | type[User], keys: Sequence[int | None]) -> None:
    model.objects.filter(pk__in=[key for key in keys if key]).delete()


def _tell(kept: Sequence[ImportLine]) -> None:
    for line in kept:
        line.note = f"{line.note}\n" + _("Gardée : cette personne s’en est servie.")
    ImportLine.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["batch", "number"],
        update_fields=LINE_FIELDS,
    )  # fmt: skip
