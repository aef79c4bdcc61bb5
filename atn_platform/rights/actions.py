"""Asking, answering within the days of the law, and erasing."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.actions import close_account, open_account
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.outbox import queue
from atn_platform.privacy import actions as data
from atn_platform.privacy.actions import ExportRefused, erase_person
from atn_platform.retention.models import LegalHold
from atn_platform.rights import emails
from atn_platform.rights.enums import Kind, Part, State
from atn_platform.rights.models import ANSWER_DAYS, EXTRA_DAYS, NOTICE, RightsRequest
from municipalities.actions.mandates import Term, correct_mandate
from municipalities.models import Mandate


class RequestRefused(ActionError):
    """The request cannot be made, or changed, like that."""


@transaction.atomic
def ask_erasure(*, user: User, on: date, at: datetime) -> RightsRequest:
    """State the wish; nothing goes before ATN says yes. The one in hand, when there is one."""
    standing = _standing(user, at=at)
    return standing or _open(RightsRequest(kind=Kind.ERASURE, user=user), on=on, at=at)


def ask_rectification(
    *, user: User, part: Part, mandate: Mandate | None, wanted: str, on: date, at: datetime
) -> RightsRequest:
    """Ask for a correction that the person cannot make alone."""
    asked = RightsRequest(
        kind=Kind.RECTIFICATION, user=user, part=part, mandate=mandate, wanted=wanted
    )
    return _open(asked, on=on, at=at)


@transaction.atomic
def write_down(*, asked: RightsRequest, on: date, by: User, at: datetime) -> RightsRequest:
    """A request that came by letter or telephone, from the person or someone for them."""
    if asked.kind == Kind.ERASURE and asked.user is not None:
        standing = _standing(asked.user, at=at)
        if standing is not None:
            message = _("Un effacement est déjà demandé pour ce compte : voyez la demande n° %s.")
            raise RequestRefused(message % standing.pk)
    return _open(asked, on=on, at=at, by=by)


def _standing(user: User, *, at: datetime) -> RightsRequest | None:
    """The erasure in hand of a person, who is locked until the end of the transaction.

    One that was accepted before the account was opened again is let go: erase() would drop it,
    and a wish said anew is a new one.
    """
    rows = RightsRequest.objects.visible_to(user).erasures_standing()
    # Before its person, in the order of erase() and of grant().
    list(rows.select_for_update(no_key=True))
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    asked = rows.first()
    if asked is None or asked.state != State.PENDING or not person.is_active:
        return asked
    _let_go(asked, at=at)
    return None


def _let_go(asked: RightsRequest, *, at: datetime) -> None:
    """Cancel an erasure whose person uses the account again."""
    asked.cancelled_at = at
    asked.save(update_fields=["cancelled_at", "updated_at"])
    record(at=at, actor=None, verb="rights.cancelled", target=str(asked.pk))


@transaction.atomic
def _open(
    asked: RightsRequest, *, on: date, at: datetime, by: User | None = None
) -> RightsRequest:
    asked.asked_at, asked.due_on = at, on + timedelta(days=ANSWER_DAYS)
    asked.save()
    record(at=at, actor=by or asked.user, verb="rights.asked", target=str(asked.pk))
    if asked.user is not None:
        queue(emails.received(asked, asked.user), at=at)
    return asked


@transaction.atomic
def extend(*, request_id: int, reason: str, by: User, at: datetime) -> RightsRequest:
    """Take ten days more, once, and tell the person why (A-2.1, art. 98)."""
    asked = _locked(request_id, State.WAITING)
    if asked.extended_at is not None:
        raise RequestRefused(_("Cette demande a déjà été prolongée : la loi le permet une fois."))
    asked.extended_at, asked.extension_reason = at, reason
    asked.due_on += timedelta(days=EXTRA_DAYS)
    asked.save()
    record(at=at, actor=by, verb="rights.extended", target=str(asked.pk))
    if asked.user is not None:
        queue(emails.extended(asked, asked.user), at=at)
    return asked


@transaction.atomic
def refuse(*, request_id: int, reason: str, by: User, at: datetime) -> RightsRequest:
    """Say no, and why."""
    asked = _locked(request_id, State.WAITING)
    return _answer(asked, granted=False, reason=reason, by=by, at=at)


@transaction.atomic
def grant(*, request_id: int, reason: str, by: User, at: datetime) -> RightsRequest:
    """Say yes. A function is corrected at once, and a file of one's own data asked for; an erasure
    closes the account at once, and comes when the person can no longer take it back.
    """
    asked = _locked(request_id, State.WAITING)
    if asked.kind == Kind.ERASURE:
        _close(asked, by=by, at=at)
        asked.erase_at = max(asked.cooling_until, at + NOTICE)
    elif asked.kind == Kind.ACCESS and asked.user is not None and not asked.on_behalf:
        # For them alone, who signs in to take it; one of the last hour is as good.
        with suppress(ExportRefused):
            data.ask(user=asked.user, by=by, at=at)
    elif asked.part == Part.FUNCTION and asked.mandate is not None:
        held = asked.mandate
        term = Term(asked.wanted, held.starts_on, held.ends_on)
        correct_mandate(mandate_id=held.pk, term=term, by=by, at=at)
    return _answer(asked, granted=True, reason=reason, by=by, at=at)


def _close(asked: RightsRequest, *, by: User, at: datetime) -> None:
    person = asked.user
    if person is None:
        raise RequestRefused(_("Cette demande ne désigne aucun compte : rien n’est à effacer."))
    if _is_held(person):
        raise RequestRefused(_("Une retenue légale l’empêche : levez-la d’abord, ou refusez."))
    if person.has_role(*Role):
        raise RequestRefused(_("Cette personne tient un rôle d’ATN ou de l’UMQ : terminez-le."))
    close_account(user=person, by=by, at=at)


def _answer(
    asked: RightsRequest, *, granted: bool, reason: str, by: User, at: datetime
) -> RightsRequest:
    asked.decided_at, asked.decided_by, asked.is_granted = at, by, granted
    # The proof of identity is not kept longer than it serves.
    asked.reason, asked.identity_proof = reason, ""
    asked.save()
    verb = "rights.granted" if granted else "rights.refused"
    record(at=at, actor=by, verb=verb, target=str(asked.pk))
    if asked.user is not None:
        queue(emails.answered(asked, asked.user), at=at)
    return asked


@transaction.atomic
def cancel(*, request_id: int, by: User, at: datetime) -> RightsRequest:
    """Take a request back; the account of an erasure to come opens again."""
    asked = _locked(request_id, State.WAITING, State.PENDING)
    if asked.state == State.PENDING and asked.user is not None:
        open_account(user=asked.user, by=by, at=at)
    asked.cancelled_at, asked.identity_proof = at, ""
    asked.save()
    record(at=at, actor=by, verb="rights.cancelled", target=str(asked.pk))
    return asked


def _locked(request_id: int, *states: State) -> RightsRequest:
    """The request, if it is still in one of these states once nobody else holds it."""
    rows = RightsRequest.objects.select_for_update(no_key=True, of=("self",))
    asked = rows.select_related("user", "mandate").get(pk=request_id)
    if asked.state not in states:
        raise RequestRefused(
            _("Cette demande est %s : rien ne change plus.") % asked.get_state_display()
        )
    return asked


def _is_held(person: User) -> bool:
    held = LegalHold.objects.filter(user__in=User.objects.accounts_of(person), lifted_at=None)
    return held.exists()


def erase_due(*, on: date, at: datetime) -> int:
    """Carry out the erasures whose time has come, each in a transaction of its own; how many."""
    due = list(RightsRequest.objects.due_for_erasure(at).values_list("pk", flat=True))
    return sum(erase(request_id=pk, on=on, at=at) for pk in due)


@transaction.atomic
def erase(*, request_id: int, on: date, at: datetime) -> bool:
    """Erase the person of an accepted request. False when done.

    Whoever opened the account again took the request back: nobody is erased while they use it,
    and a letter says so. A legal hold placed since makes it wait.
    """
    due = RightsRequest.objects.due_for_erasure(at).select_for_update(
        no_key=True, skip_locked=True
    )
    asked = due.filter(pk=request_id).first()
    if asked is None or asked.user is None:
        return False
    # Whoever places a hold waits for these rows, or we see it.
    accounts = User.objects.accounts_of(asked.user).select_for_update(no_key=True)
    person = next(each for each in accounts if each.pk == asked.user_id)
    if _is_held(person):
        return False
    if person.is_active:
        _let_go(asked, at=at)
        queue(emails.not_erased(asked, person), at=at)
        return False
    gone = erase_person(user=asked.user, on=on, at=at)
    asked.refresh_from_db()
    asked.erased_at, asked.gone = at, dict(gone)
    asked.save(update_fields=["erased_at", "gone", "updated_at"])
    record(at=at, actor=asked.decided_by, verb="rights.erased", target=str(asked.pk))
    return True
