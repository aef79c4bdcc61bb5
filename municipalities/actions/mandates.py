"""Opening, correcting and ending mandates, and who answers for an organisation."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core import wording
from atn_platform.core.exceptions import ActionError
from municipalities.models import (
    CouncilRenewal,
    Mandate,
    MandateChange,
    Organisation,
    Responsibility,
)


class MandateRefused(ActionError):
    """The mandate cannot be opened, corrected or ended like that."""


@dataclass(frozen=True, slots=True)
class Term:
    """What is said of a mandate, and its first and last days; None: no end is known."""

    function: str
    starts_on: date
    ends_on: date | None = None


@transaction.atomic
def open_mandate(
    *, user: User, organisation: Organisation, public: str, term: Term, by: User, at: datetime
) -> Mandate:
    """Give someone a function more. Two of the same public in the same place never overlap."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    mandate = Mandate(
        user=user,
        organisation=organisation,
        public=public,
        function=term.function,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
    )
    refuse_disorder(mandate)
    mandate.save()
    record(at=at, actor=by, verb="mandate.opened", target=str(mandate.pk))
    return mandate


@transaction.atomic
def correct_mandate(*, mandate_id: int, term: Term, by: User, at: datetime) -> Mandate:
    """Write function and days as they should be; the same words twice change nothing.

    Days that another mandate already shared, since two accounts became one, are of the past: they
    refuse no correction that adds none.
    """
    mandate = _locked(mandate_id)
    if (mandate.function, mandate.starts_on, mandate.ends_on) == (
        term.function,
        term.starts_on,
        term.ends_on,
    ):
        return mandate
    function, shared = mandate.function, _shared_days(mandate)
    mandate.function, mandate.starts_on = term.function, term.starts_on
    before, mandate.ends_on = mandate.ends_on, term.ends_on
    refuse_disorder(mandate, shared=shared)
    mandate.ends_on = before
    write_end(mandate, ends_on=term.ends_on, by=by, at=at)
    # What a correction replaced may have to be shown (A-2.1, art. 89).
    kept = {"before": {"function": function}} if function != term.function else {}
    record(at=at, actor=by, verb="mandate.corrected", target=str(mandate.pk), **kept)
    return mandate


@transaction.atomic
def end_mandate(*, mandate_id: int, on: date, by: User, at: datetime) -> Mandate:
    """Bring the last day of a mandate forward; a later day, or a second call, changes nothing.

    What was done under it stays, and so does every report of a time before this call.
    """
    mandate = _locked(mandate_id)
    if mandate.ends_on is not None and mandate.ends_on <= on:
        return mandate
    if on < mandate.starts_on:
        raise MandateRefused(_("Un mandat ne peut pas finir avant d’avoir commencé."))
    write_end(mandate, ends_on=on, by=by, at=at)
    record(at=at, actor=by, verb="mandate.ended", target=str(mandate.pk), on=on.isoformat())
    return mandate


def write_end(
    mandate: Mandate,
    *,
    ends_on: date | None,
    by: User | None,
    at: datetime,
    renewal: CouncilRenewal | None = None,
) -> None:
    """Save a mandate that the caller has locked, and keep what its last day was until now.

    In a renewal the line is written even when the day was foreseen: it says who was dealt with.
    """
    before, mandate.ends_on = mandate.ends_on, ends_on
    mandate.save(update_fields=["function", "starts_on", "ends_on", "updated_at"])
    if before != ends_on or renewal is not None:
        MandateChange.objects.create(
            mandate=mandate, at=at, by=by, ends_before=before, ends_after=ends_on, renewal=renewal
        )


def _locked(mandate_id: int) -> Mandate:
    """The mandate, once nobody else is changing those of its organisation."""
    place = Mandate.objects.values("organisation").filter(pk=mandate_id)
    Organisation.objects.select_for_update(no_key=True).get(pk__in=place)
    return Mandate.objects.select_for_update(no_key=True).get(pk=mandate_id)


# First and last day in common with each other mandate, by its key.
Shared = dict[int, tuple[date, date]]


def refuse_disorder(mandate: Mandate, *, shared: Shared | None = None) -> None:
    """Raise MandateRefused for days out of order, or a second mandate of the kind meanwhile.

    On the days of `shared` that second one is known.
    """
    if mandate.ends_on is not None and mandate.ends_on < mandate.starts_on:
        raise MandateRefused(_("Un mandat ne peut pas finir avant d’avoir commencé."))
    known = shared or {}
    for other, (first, last) in _shared_days(mandate).items():
        if other not in known or first < known[other][0] or last > known[other][1]:
            raise MandateRefused(
                _("Cette personne a déjà ce rôle dans l’organisation à ces dates.")
            )


def overlaps(mandate: Mandate) -> bool:
    """Whether its holder has another of the same public, in the same place, on a common day."""
    return bool(_shared_days(mandate))


def _shared_days(mandate: Mandate) -> Shared:
    same = Mandate.objects.from_day(mandate.starts_on).filter(
        user=mandate.user_id, organisation=mandate.organisation_id, public=mandate.public
    )
    if mandate.ends_on is not None:
        same = same.filter(starts_on__lte=mandate.ends_on)
    return {
        other.pk: (
            max(mandate.starts_on, other.starts_on),
            min(mandate.ends_on or date.max, other.ends_on or date.max),
        )
        for other in same.exclude(pk=mandate.pk)
    }


@transaction.atomic
def name_responsible(
    *,
    user: User,
    organisation: Organisation,
    on: date,
    by: User,
    at: datetime,
    until: date | None = None,
) -> Responsibility:
    """Let this person look after the people of an organisation; a second call is harmless.

    `until` is the last day of a delegate. Without it no end is known. Raises MandateRefused when
    a delegate would so bring forward the day of somebody else who stays longer than they do.
    """
    if until is not None and until < on:
        raise MandateRefused(_("Le dernier jour ne peut pas être déjà passé."))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    found = answers_longest(user, organisation, on=on)
    last = found.ends_on if found else None
    if found is not None and last in {None, until}:
        return found
    if last is not None and until is not None and until < last and user != by:
        refuse_beyond(
            by, organisation, until=last, on=on,
            doing=_("vous ne retirez personne qui reste plus longtemps"),
        )  # fmt: skip
    if found is None:
        found = Responsibility(user=user, organisation=organisation, starts_on=on, granted_by=by)
    found.ends_on = until
    found.save()
    record(
        at=at,
        actor=by,
        verb="responsibility.granted",
        target=str(user.pk),
        organisation=organisation.handle,
        until=until.isoformat() if until else None,
    )
    return found


def answers_longest(user: User, organisation: Organisation, *, on: date) -> Responsibility | None:
    """The responsibility that this person holds there on that day, the one that ends last."""
    held = Responsibility.objects.in_force(on=on).filter(user=user, organisation=organisation)
    return held.order_by(F("ends_on").desc(nulls_first=True)).first()


def refuse_beyond(
    by: User, organisation: Organisation, *, until: date | None, on: date, doing: str
) -> None:
    """Raise MandateRefused when a delegate decides of days after their own last one.

    Two delegates would otherwise prolong each other for ever, or put out whoever named them.
    """
    if by.has_role(Role.ADMINISTRATOR):
        return
    held = Responsibility.objects.in_force(on=on).filter(user=by, organisation=organisation)
    days = list(held.values_list("ends_on", flat=True))
    if not days or None in days:
        return
    last = max(day for day in days if day is not None)
    if until is None or until > last:
        raise MandateRefused(
            _("Vous répondez %(of_place)s jusqu’au %(day)s : %(doing)s. Une autre personne "
              "responsable le fait, ou l’Académie.")
            % {"of_place": wording.of(organisation), "day": wording.day(last), "doing": doing}
        )  # fmt: skip


@transaction.atomic
def end_responsibility(
    *, responsibility_id: int, on: date, by: User, at: datetime
) -> Responsibility:
    """Write the last day of a responsibility; invitations already sent keep working.

    Raises MandateRefused when a delegate would end that of somebody who stays longer.
    """
    rows = Responsibility.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("organisation").get(pk=responsibility_id)
    refuse_beyond(
        by, found.organisation, until=found.ends_on, on=on,
        doing=_("vous ne retirez personne qui reste plus longtemps"),
    )  # fmt: skip
    last = max(on, found.starts_on)
    if found.ends_on is None or found.ends_on > last:
        found.ends_on = last
        found.save(update_fields=["ends_on", "updated_at"])
        record(at=at, actor=by, verb="responsibility.ended", target=str(found.user_id))
    return found
