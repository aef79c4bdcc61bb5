"""Slots that coaches offer, who books them, and what is written after a call."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications import outbox
from enrollments.emails import coaching as letters
from enrollments.models import Appointment, CoachAction, CoachNote, Slot
from enrollments.permissions import can_answer
from municipalities.models import Organisation


class SlotRefused(ActionError):
    """The slot cannot be offered, taken or given back."""


@transaction.atomic
def offer_slot(
    *, coach: User, starts_at: datetime, ends_at: datetime, how: str, at: datetime
) -> Slot:
    """Keep a moment for whoever wants it; never two at once for one coach."""
    User.objects.select_for_update(no_key=True).get(pk=coach.pk)
    if starts_at <= at:
        raise SlotRefused(_("Ce moment est passé : choisissez-en un à venir."))
    others = Slot.objects.filter(coach=coach, withdrawn_at__isnull=True)
    if others.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise SlotRefused(_("Vous offrez déjà une plage à ce moment."))
    return Slot.objects.create(coach=coach, starts_at=starts_at, ends_at=ends_at, how=how)


@transaction.atomic
def withdraw_slot(*, slot_id: int, at: datetime) -> None:
    """Offer it no more. Raises SlotRefused while somebody holds it. Safe to repeat."""
    slot = _locked(slot_id)
    if slot.appointments.held().exists():
        raise SlotRefused(_("Quelqu’un a pris cette plage : annulez d’abord le rendez-vous."))
    if slot.withdrawn_at is None:
        slot.withdrawn_at = at
        slot.save(update_fields=["withdrawn_at", "updated_at"])


@transaction.atomic
def book(
    *, slot_id: int, person: User, organisation: Organisation, about: str, at: datetime
) -> Appointment:
    """Take a slot. Whoever comes second waits for its row, then is told that it is taken.

    Safe to repeat: the one who holds it holds it still.
    """
    slot = _locked(slot_id)
    held = slot.appointments.held().first()
    if held is not None and held.person_id == person.pk:
        return held
    if held is not None or slot.withdrawn_at is not None:
        raise SlotRefused(_("Cette plage vient d’être prise. En voici d’autres."))
    if not (slot.coach.is_active and can_answer(slot.coach)):
        raise SlotRefused(_("Cette plage n’est plus offerte. En voici d’autres."))
    if slot.starts_at <= at:
        raise SlotRefused(_("Ce moment est passé : choisissez-en un à venir."))
    made = Appointment.objects.create(
        slot=slot, person=person, organisation=organisation, about=about, booked_at=at
    )
    for to in (person, slot.coach):
        outbox.queue(letters.booked(made, to=to), at=at)
    return made


@transaction.atomic
def cancel_appointment(*, appointment_id: int, by: User, at: datetime) -> Appointment:
    """Give the slot back, and tell both. Safe to repeat: the first one stands.

    Raises SlotRefused once it has begun: what took place stays as it was.
    """
    rows = Appointment.objects.select_related("slot__coach", "person", "organisation")
    row = rows.select_for_update(no_key=True, of=("self",)).get(pk=appointment_id)
    if row.cancelled_at is None:
        if row.slot.starts_at <= at:
            raise SlotRefused(_("Ce rendez-vous a commencé : il ne s’annule plus."))
        row.cancelled_at, row.cancelled_by = at, by
        row.save(update_fields=["cancelled_at", "cancelled_by", "updated_at"])
        for to in (row.person, row.slot.coach):
            outbox.queue(letters.called_off(row, to=to), at=at)
    return row


@transaction.atomic
def write_after_call(
    *,
    author: User,
    organisation: Organisation,
    text: str,
    todo: Sequence[str],
    uuid: UUID,
    at: datetime,
) -> bool:
    """A private note and what to do next. The form's own UUID: sent twice, it is one note.

    Raises ActionError when other words were kept under that UUID: they would be lost unsaid.
    """
    if not text and not todo:
        raise ActionError(_("Écrivez une note, ou une suite à donner."))
    note, is_new = CoachNote.objects.get_or_create(
        uuid=uuid,
        defaults={"author": author, "organisation": organisation, "text": text, "written_at": at},
    )
    if is_new:
        CoachAction.objects.bulk_create(
            CoachAction(author=author, organisation=organisation, text=each, noted_at=at)
            for each in todo
        )
    elif (author.pk, organisation.pk, text, list(todo)) != _kept(note):
        raise ActionError(
            _("Cette note est déjà gardée : écrivez la suite dans une nouvelle note.")
        )
    return is_new


@transaction.atomic
def tick_action(*, action_id: int, at: datetime) -> CoachAction:
    """Done, or not done after all."""
    row = CoachAction.objects.select_for_update(no_key=True).get(pk=action_id)
    row.done_at = at if row.done_at is None else None
    row.save(update_fields=["done_at", "updated_at"])
    return row


def _kept(note: CoachNote) -> tuple[int, int, str, list[str]]:
    """Whose note it is, of which organisation, its words, and what to do that came with it."""
    beside = CoachAction.objects.filter(
        author=note.author_id, organisation=note.organisation_id, noted_at=note.written_at
    )
    todo = list(beside.order_by("pk").values_list("text", flat=True))
    return note.author_id, note.organisation_id, note.text, todo


def _locked(slot_id: int) -> Slot:
    rows = Slot.objects.select_related("coach")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=slot_id)
