"""Two accounts of one person: asking, proving, uniting, and parting again."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _

from atn_platform.accounts.actions import announce, end_sessions, trust_address
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.accounts.privacy import empty
from atn_platform.audit.recording import record
from atn_platform.core import codes
from atn_platform.core.exceptions import ActionError
from atn_platform.core.merging import Change, made, move, take_back, written
from atn_platform.interop.actions import merging as modules
from atn_platform.merging import emails
from atn_platform.merging.models import Merge
from atn_platform.merging.queries import may_be_one
from atn_platform.notifications.outbox import queue
from atn_platform.privacy.inventory import links
from atn_platform.retention.models import LegalHold
from atn_platform.rights.enums import Kind
from atn_platform.rights.models import RightsRequest
from certificates.actions import mark_duplicates, withdraw_unearned
from enrollments.actions import merging as courses
from enrollments.models import LearningEvent
from municipalities.actions import merging as functions

CODE_LENGTH = 8
ASKED_A_DAY = 5


class MergeRefused(ActionError):
    """The accounts cannot become one, or part again, like that."""


def ask(*, kept: User, email: str, on: date, at: datetime) -> UUID:
    """Send a code to the other address, when it is an account that may be the same person's.

    The answer is the same whoever's address it is. Raises MergeRefused past some a day.
    """
    lately = Merge.objects.filter(asked_by=kept, asked_at__gt=at - timedelta(days=1))
    if lately.count() >= ASKED_A_DAY:
        raise MergeRefused(_("Plusieurs codes sont déjà partis aujourd’hui. Revenez demain."))
    other = User.objects.filter(email=email.strip().lower()).first()
    if other is None or not may_be_one(kept, other, on=on):
        return uuid4()
    return _ask(kept, other, at=at).uuid


@transaction.atomic
def _ask(kept: User, other: User, *, at: datetime) -> Merge:
    code = get_random_string(CODE_LENGTH, codes.ALPHABET)
    merge = Merge(kept=kept, absorbed=other, asked_by=kept, asked_at=at)
    merge.code_hash = _imprint(merge, code)
    merge.save()
    queue(emails.code_to_prove(merge, code), at=at)
    record(at=at, actor=kept, verb="merge.asked", target=str(merge.pk))
    return merge


def prove(*, uuid: UUID, code: str, by: User, at: datetime) -> Merge:
    """The code that was read in the other letter box. A wrong try counts whatever comes next."""
    merge = Merge.objects.filter(uuid=uuid, asked_by=by).exclude(code_hash="").first()
    if merge is None or not merge.is_open_to_proof(at):
        raise MergeRefused(_("Ce n’est pas le code de la lettre, ou il n’est plus bon."))
    if not constant_time_compare(_imprint(merge, codes.read(code)), merge.code_hash):
        Merge.objects.filter(pk=merge.pk).update(tries=F("tries") + 1)
        raise MergeRefused(_("Ce n’est pas le code de la lettre, ou il n’est plus bon."))
    merge.proven_at = at
    merge.save(update_fields=["proven_at", "updated_at"])
    return merge


@transaction.atomic
def decide(*, kept: User, absorbed: User, reason: str, by: User, at: datetime) -> Merge:
    """ATN says that both are one person, and how it knows; nothing is united before the yes."""
    _refuse(kept, absorbed)
    merge = Merge.objects.create(
        kept=kept, absorbed=absorbed, asked_by=by, asked_at=at, proven_at=at, reason=reason
    )
    record(at=at, actor=by, verb="merge.decided", target=str(merge.pk))
    return merge


@transaction.atomic
def unite(*, merge_id: int, by: User, on: date, at: datetime) -> Merge:
    """Lead all that follows the person to the account that is kept, and close the other.

    Both accounts are locked whole, then their enrolments: nothing is added to either meanwhile.
    A second call changes nothing.
    """
    merge = _locked(merge_id)
    if merge.made_at is not None:
        return merge
    if not merge.is_open_to_decision(at):
        raise MergeRefused(_("Cette demande n’est plus bonne. Recommencez."))
    kept, absorbed = merge.kept, merge.absorbed
    _refuse(kept, absorbed)
    address = absorbed.letter_address
    _lead(merge, by=by, on=on, at=at)
    merge.changes += _close(kept, absorbed, at=at)
    merge.made_at = at
    merge.save(update_fields=["made_at", "changes", "ended", "updated_at"])
    end_sessions(user=absorbed, by=by, at=at)
    announce(user=kept, verb="united", by=by, at=at)
    for letter in emails.united(merge, address):
        queue(letter, at=at)
    return merge


def _lead(merge: Merge, *, by: User, on: date, at: datetime) -> None:
    """Lead to the account that is kept all that follows the person; what changed is noted."""
    kept, absorbed = merge.kept, merge.absorbed
    merge.changes += courses.unite(kept=kept, absorbed=absorbed, merge=merge.uuid, at=at)
    merge.changes += modules.unite(kept=kept, absorbed=absorbed)
    held, ended = functions.unite(kept=kept, absorbed=absorbed, on=on, by=by, at=at)
    merge.changes += held
    merge.ended |= ended
    merge.changes += move(links(), absorbed=absorbed.pk, kept=kept.pk)
    merge.changes += mark_duplicates(learner=kept)


@transaction.atomic
def gather(*, merge_id: int, on: date, at: datetime) -> int:
    """Lead along what was being written while the accounts became one; how many changes.

    Whoever wrote waited for the account to be free again, and found the one that closes: a list
    being imported, a group being enrolled.
    """
    merge = _locked(merge_id)
    if merge.made_at is None or merge.undone_at is not None or merge.kept.erased_at is not None:
        return 0
    known = len(merge.changes)
    _lead(merge, by=merge.asked_by, on=on, at=at)
    if len(merge.changes) > known:
        merge.save(update_fields=["changes", "ended", "updated_at"])
    return len(merge.changes) - known


def settle(*, on: date, at: datetime) -> int:
    """Gather what came late, then empty the accounts that nobody may part again; how many.

    What stayed with such an account and opened it serves nothing any more. A legal hold on either
    account keeps both.
    """
    made = Merge.objects.in_force().filter(absorbed__erased_at__isnull=True).order_by("pk")
    done = 0
    for merge in made:
        gather(merge_id=merge.pk, on=on, at=at)
        pair = (merge.kept_id, merge.absorbed_id)
        held = LegalHold.objects.filter(user__in=pair, lifted_at=None).exists()
        if not held and not merge.is_open_to_undo(at):
            _empty(merge.pk, at=at)
            done += 1
    return done


@transaction.atomic
def _empty(merge_id: int, *, at: datetime) -> None:
    merge = _locked(merge_id)
    empty(merge.absorbed)
    User.objects.filter(pk=merge.absorbed_id).update(erased_at=at)
    merge.changes, merge.ended = [], {}
    merge.save(update_fields=["changes", "ended", "updated_at"])


@transaction.atomic
def part(*, merge_id: int, by: User, at: datetime) -> Merge:
    """Give each account back what was its own; what was done since stays with its course.

    What changed again in the meantime is left as it is. A second call changes nothing.
    """
    merge = _locked(merge_id)
    if merge.undone_at is not None:
        return merge
    if not merge.is_open_to_undo(at):
        raise MergeRefused(_("Les 30 jours sont passés : les comptes restent réunis."))
    since = Merge.objects.in_force().filter(kept=merge.kept, made_at__gt=merge.made_at)
    if since.exists() or Merge.objects.in_force().filter(absorbed=merge.kept).exists():
        raise MergeRefused(_("Ce compte a été réuni à un autre depuis : séparez-les d’abord."))
    if merge.kept.erased_at is not None or _erasure_asked([merge.kept]):
        raise MergeRefused(_("Une demande d’effacement est en cours pour un de ces comptes."))
    copied_to = _copied_to(merge)
    take_back(merge.changes, apps.get_model)
    functions.give_days_back(merge.ended, kept=merge.kept, since=merge.made_at, by=by, at=at)
    courses.project_again(copied_to)
    withdraw_unearned(enrollment_ids=copied_to, by=by, at=at)
    merge.undone_at = at
    # It said what either account held, words and addresses, for this day alone.
    merge.changes, merge.ended = [], {}
    merge.save(update_fields=["undone_at", "changes", "ended", "updated_at"])
    merge.absorbed.refresh_from_db()
    announce(user=merge.kept, verb="parted", by=by, at=at)
    for letter in emails.parted(merge):
        queue(letter, at=at)
    return merge


def _locked(merge_id: int) -> Merge:
    """The request, its accounts locked against every row that would lead to them meanwhile."""
    merge = Merge.objects.select_for_update(no_key=True).get(pk=merge_id)
    people = User.objects.select_for_update().filter(pk__in=(merge.kept_id, merge.absorbed_id))
    found = {each.pk: each for each in people.order_by("pk")}
    merge.kept, merge.absorbed = found[merge.kept_id], found[merge.absorbed_id]
    return merge


def _refuse(kept: User, absorbed: User) -> None:
    pair = [kept, absorbed]
    if kept.pk == absorbed.pk:
        raise MergeRefused(_("C’est deux fois le même compte."))
    if not all(each.is_active for each in pair):
        raise MergeRefused(_("Un de ces comptes est fermé."))
    if absorbed.has_role(*Role):
        raise MergeRefused(
            _("Le compte à réunir tient un rôle d’ATN ou de l’UMQ : terminez-le d’abord.")
        )
    if any(each.legal_holds.filter(lifted_at=None).exists() for each in pair):
        raise MergeRefused(_("Une retenue légale l’empêche."))
    if _erasure_asked(pair):
        raise MergeRefused(_("Une demande d’effacement est en cours pour un de ces comptes."))


def _erasure_asked(people: list[User]) -> bool:
    asked = RightsRequest.objects.filter(user__in=people, cancelled_at=None, erased_at=None)
    return asked.filter(kind=Kind.ERASURE).exclude(is_granted=False).exists()


def _close(kept: User, absorbed: User, *, at: datetime) -> list[Change]:
    """Both addresses open the account that is kept; nothing opens the other any more."""
    trust_address(user=kept)
    changes = [
        written(each, user=kept.pk, primary=False)
        for each in EmailAddress.objects.filter(user=absorbed)
    ]
    address = absorbed.email
    changes += [written(each, united_to=kept.pk) for each in absorbed.united.order_by("pk")]
    changes.append(written(absorbed, email=None, is_active=False, united_to=kept.pk))
    changes += [written(each, replaced_at=at) for each in absorbed.cards.live(at)]
    if address and not EmailAddress.objects.filter(user=kept, email=address).exists():
        added = EmailAddress.objects.create(user=kept, email=address, verified=True)
        changes.append(made(added))
    return changes


def _copied_to(merge: Merge) -> list[int]:
    """Enrolments whose ledger holds acts of the other account's."""
    copies = [
        each["pk"]
        for each in merge.changes
        if each["model"] == LearningEvent._meta.label and each["before"] is None
    ]
    found = LearningEvent.objects.filter(pk__in=copies).order_by()
    return list(found.values_list("enrollment", flat=True).distinct())


def _imprint(merge: Merge, code: str) -> str:
    said = f"{merge.uuid}:{code}"
    return salted_hmac("merging.code", said, algorithm="sha256").hexdigest()
