"""Asking for one's own data, making the file and letting it go; and taking a person out."""

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.personal import Export
from atn_platform.notifications.outbox import queue
from atn_platform.privacy import emails, exports
from atn_platform.privacy.inventory import HOLDERS
from atn_platform.privacy.inventory import erase as erase_from
from atn_platform.privacy.models import EXPORT_LIFE, DataExport
from certificates import privacy as proofs
from enrollments.actions.seats import release_all
from municipalities.actions.departures import leave_everything

# A worker that said nothing for so long is dead, and another one starts again.
PATIENCE = timedelta(minutes=2)
# Between two files of the same person.
PAUSE = timedelta(hours=1)


class ExportRefused(ActionError):
    """No file can be asked for now."""


@transaction.atomic
def ask(*, user: User, at: datetime, by: User | None = None) -> DataExport:
    """State the debt; the one already in hand, when there is one. `by` ATN, when not themself."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    mine = DataExport.objects.visible_to(user)
    owed = mine.owed().first()
    if owed is not None:
        return owed
    if mine.filter(asked_at__gt=at - PAUSE).exists():
        raise ExportRefused(
            _("Votre dernier fichier a moins d’une heure. Téléchargez-le, ou revenez plus tard.")
        )
    made = DataExport.objects.create(user=user, asked_at=at)
    record(at=at, actor=by or user, verb="data.asked", target=str(user.pk))
    return made


def build(*, export_id: int, at: datetime) -> bool:
    """Make the file. False when it is made already, or when another worker is at it.

    Not one transaction: the page shows how far it is. A worker killed half-way has written
    nothing but its claim, and another makes the whole file again.
    """
    owed = DataExport.objects.owed().filter(pk=export_id)
    free = owed.filter(Q(claimed_at=None) | Q(claimed_at__lt=at - PATIENCE))
    if not free.update(claimed_at=at, progress=0):
        return False
    made = DataExport.objects.select_related("user").get(pk=export_id)
    held: list[Export] = []
    accounts = list(User.objects.accounts_of(made.user))
    with override(made.user.language):
        for done, holder in enumerate(HOLDERS, 1):
            held += [holder.export(each) for each in accounts]
            owed.update(progress=done)
        content = exports.archive(made.user, held, at=at)
    return _keep(made, content, at=at)


@transaction.atomic
def _keep(made: DataExport, content: bytes, *, at: datetime) -> bool:
    """The file, its journal and its letter, together or not at all."""
    expires_at = at + EXPORT_LIFE
    owed = DataExport.objects.owed().filter(pk=made.pk)
    if not owed.update(content=content, ready_at=at, expires_at=expires_at, updated_at=at):
        return False
    made.expires_at = expires_at
    record(at=at, actor=made.user, verb="data.ready", target=str(made.user_id))
    queue(emails.export_ready(made), at=at)
    return True


@transaction.atomic
def hand_over(*, export: DataExport, at: datetime) -> bytes | None:
    """The content, for its person, and a line in the journal; None once it has expired."""
    if not export.is_offered(at) or export.content is None:
        return None
    record(at=at, actor=export.user, verb="data.downloaded", target=str(export.user_id))
    return bytes(export.content)


def let_go(*, at: datetime) -> int:
    """Empty the files whose time is over; how many."""
    over = DataExport.objects.filter(expires_at__lte=at, content__isnull=False)
    return over.update(content=None, updated_at=at)


@transaction.atomic
def erase_person(
    *, user: User, on: date, at: datetime, spare_proofs: bool = False
) -> Counter[str]:
    """Take the person out of every table that does not say why it keeps them; how many rows.

    Attestations stay verifiable and figures stay what they were: each `privacy.py` says so. With
    `spare_proofs` attestations keep their name too. Accounts that this one took over go with it.
    """
    people = User.objects.accounts_of(user).select_for_update()
    return sum(
        (_erase_account(each, on=on, at=at, spare_proofs=spare_proofs) for each in people),
        Counter(),
    )


def _erase_account(person: User, *, on: date, at: datetime, spare_proofs: bool) -> Counter[str]:
    for enrollment_id in person.enrollments.values_list("pk", flat=True):
        release_all(enrollment_id=enrollment_id, at=at)
    leave_everything(user=person, on=on, at=at)
    gone: Counter[str] = Counter()
    for holder in HOLDERS:
        if not (spare_proofs and holder is proofs):
            gone += erase_from(holder, person)
    User.objects.filter(pk=person.pk).update(erased_at=at)
    return gone
