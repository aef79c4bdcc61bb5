"""Appointments with a coach, and the coach's page on each municipality."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from atn_platform.accounts.decorators import requires
from atn_platform.accounts.http import SignedInRequest, author_token
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from enrollments import calendars, headlines
from enrollments.actions import coaching as actions
from enrollments.forms.coaching import AfterCallForm, BookForm, SlotForm
from enrollments.models import Appointment, CoachAction, CoachNote, Slot
from enrollments.permissions import can_answer
from enrollments.queries.coaching import preparations
from enrollments.queries.entrusted import coach_of, coaches_of
from enrollments.queries.readiness import readiness
from municipalities.enums import Kind
from municipalities.models import Mandate, Organisation
from municipalities.permissions import organisations_of


@require_http_methods(["GET", "HEAD", "POST"])
def appointments(request: SignedInRequest) -> HttpResponse:
    """One's own appointments, taken or given, the moments that coaches offer, and a form."""
    now = timezone.now()
    slots = list(Slot.objects.open_to_all(at=now).select_related("coach")[:50])
    places = _places(request)
    form = BookForm(request.POST or None, slots=slots, organisations=places)
    if form.is_valid():
        slot = next(each for each in slots if each.uuid == form.cleaned_data["slot"])
        try:
            actions.book(
                slot_id=slot.pk, person=request.user, at=now,
                organisation=form.cleaned_data["organisation"], about=form.cleaned_data["about"],
            )  # fmt: skip
        except ActionError as error:
            form.add_error("slot", str(error))
        else:
            messages.success(request, _("C’est pris. Un courriel l’ajoute à votre agenda."))
            return redirect("enrollments:appointments")
    mine = list(Appointment.objects.visible_to(request.user).shown(at=now))
    _watch(request, mine)
    context = {
        "mine": mine,
        "form": form if places and (slots or form.errors) else None,
        "has_place": bool(places),
        "coaches": coaches_of(places),
        "author": author_token(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "enrollments/coaching/appointments.html", context, status=status)


@require_POST
def cancel(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    """Give the moment back; the coach may too, even out of that role since."""
    row = get_object_or_404(Appointment.objects.visible_to(request.user), uuid=uuid)
    try:
        actions.cancel_appointment(appointment_id=row.pk, by=request.user, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Le rendez-vous est annulé, et l’autre personne le sait."))
    mine = row.person_id == request.user.pk
    return redirect("enrollments:appointments" if mine else _page_of_slots(request.user))


@require_safe
def calendar(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    rows = Appointment.objects.visible_to(request.user).held()
    row = get_object_or_404(
        rows.select_related("slot__coach", "person", "organisation"), uuid=uuid
    )
    response = HttpResponse(
        calendars.appointment(row, request.user, method="PUBLISH"), content_type="text/calendar"
    )
    response["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@requires(can_answer)
def slots(request: SignedInRequest) -> HttpResponse:
    """What this coach offers, who took it, and a form to offer more."""
    now = timezone.now()
    form = SlotForm(request.POST or None, initial={"minutes": 30}, today=timezone.localdate())
    if form.is_valid():
        start, end = form.moments()
        try:
            actions.offer_slot(
                coach=request.user, starts_at=start, ends_at=end,
                how=form.cleaned_data["how"], at=now,
            )  # fmt: skip
        except ActionError as error:
            form.add_error("day", str(error))
        else:
            messages.success(request, _("La plage est offerte."))
            return redirect("enrollments:slots")
    rows = Slot.objects.filter(coach=request.user, withdrawn_at=None, ends_at__gt=now)
    held = Appointment.objects.held().filter(slot__in=rows)
    taken = {each.slot_id: each for each in held.select_related("person", "organisation")}
    _watch(request, taken.values())
    context = {
        "lines": [(each, taken.get(each.pk)) for each in rows.order_by("starts_at")],
        "form": form,
        "author": author_token(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "enrollments/coaching/slots.html", context, status=status)


def _watch(request: SignedInRequest, shown: Iterable[Appointment]) -> None:
    """Whoever takes a moment is named to the coach, with what they wish to speak of."""
    people = [each.person_id for each in shown]
    now = timezone.now()
    opened(at=now, reader=request.user, screen=Screen.APPOINTMENTS, people=people)


def _page_of_slots(user: User) -> str:
    """Whoever left the role has no slots to offer: their own appointments stay theirs to see."""
    return "enrollments:slots" if can_answer(user) else "enrollments:appointments"


@require_POST
def withdraw(request: SignedInRequest, uuid: UUID) -> HttpResponse:
    slot = get_object_or_404(Slot, uuid=uuid, coach=request.user)
    try:
        actions.withdraw_slot(slot_id=slot.pk, at=timezone.now())
    except ActionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("La plage n’est plus offerte."))
    return redirect(_page_of_slots(request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(can_answer)
def town(request: SignedInRequest, handle: str) -> HttpResponse:
    """A municipality's preparation, and what this coach writes of it: counts, never a score."""
    towns = Organisation.objects.active().filter(kind=Kind.MUNICIPALITY)
    place = get_object_or_404(towns.at_handle(handle))
    today = timezone.localdate()
    form = AfterCallForm(request.POST) if request.method == "POST" else AfterCallForm.blank()
    if form.is_bound and form.is_valid():
        try:
            actions.write_after_call(
                author=request.user, organisation=place, text=form.cleaned_data["text"].strip(),
                todo=form.todo(), uuid=form.cleaned_data["uuid"], at=timezone.now(),
            )  # fmt: skip
        except ActionError as error:
            form.add_error("text", str(error))
            form.renew()
        else:
            messages.success(request, _("C’est noté. Vous seule ou vous seul le lisez."))
            return redirect("enrollments:coached-town", handle)
    context = {
        "place": place,
        "coach": coach_of(place),
        "said": headlines.of(readiness(place, on=today)),
        "numbers": preparations([place.pk], on=today).get(place.pk),
        "notes": CoachNote.objects.visible_to(request.user).filter(organisation=place),
        "todo": CoachAction.objects.visible_to(request.user).filter(organisation=place),
        "form": form,
        "author": author_token(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "enrollments/coaching/town.html", context, status=status)


@require_POST
def tick(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = CoachAction.objects.visible_to(request.user).select_related("organisation")
    row = get_object_or_404(rows, pk=pk)
    actions.tick_action(action_id=row.pk, at=timezone.now())
    return redirect("enrollments:coached-town", row.organisation.handle)


def _places(request: SignedInRequest) -> list[Organisation]:
    """The organisations in whose name this person may ask: their mandates, and whom they answer
    for.
    """
    today = timezone.localdate()
    held = Mandate.objects.in_force(on=today).filter(user=request.user)
    mine = Organisation.objects.active().filter(pk__in=held.values("organisation"))
    return list((mine | organisations_of(request.user, on=today)).distinct().order_by("sort_key"))
