"""The council on one page: a line for each seat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.core import french
from municipalities.actions.invitations import Guest
from municipalities.enums import Public
from municipalities.forms import ADDRESS_EXAMPLE
from municipalities.queries.council import Seat, seat_function, seat_label

EMAIL_LENGTH = 254


def name_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "words"}),
    )


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("Courriel"),
        required=False,
        max_length=EMAIL_LENGTH,
        error_messages={"invalid": ADDRESS_EXAMPLE},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


SEAT_FIELDS = ("first_name", "last_name", "email", "no_email", "account")
# Somebody else of the same name.
ANOTHER = 0
Namesakes = Mapping[str, Mapping[int, str]]


# Above this number of seats a page drops what it can do without, to stay light on a slow line.
LARGE_COUNCIL = 30


def add_seat_fields(form: forms.Form, numbers: Sequence[int], namesakes: Namesakes) -> None:
    """The controls of free seats; in a large council everyone has an address.

    `namesakes` are people here who bear a name that was typed: see queries.council.namesakes.
    """
    for number in numbers:
        _add_seat(form, number, asks_no_email=len(numbers) <= LARGE_COUNCIL)
        _ask_whether_here(form, number, namesakes)


def _add_seat(form: forms.Form, number: int, *, asks_no_email: bool) -> None:
    form.fields[f"first_name_{number}"] = name_field(_("Prénom"))
    form.fields[f"last_name_{number}"] = name_field(_("Nom"))
    form.fields[f"email_{number}"] = email_field()
    if asks_no_email:
        form.fields[f"no_email_{number}"] = forms.BooleanField(
            label=_("Sans courriel"), required=False
        )


def names_without_address(data: Mapping[str, Any]) -> set[str]:
    """The names typed on lines that say « Sans courriel », as people are sorted by."""
    lines = (name.rpartition("_")[2] for name in data if name.startswith("no_email_"))
    return {_name_typed(data, line) for line in lines} - {""}


def _name_typed(data: Mapping[str, Any], number: int | str) -> str:
    first, last = (data.get(f"{name}_{number}", "") for name in ("first_name", "last_name"))
    return french.sort_key(f"{last} {first}")


def _ask_whether_here(form: forms.Form, number: int, namesakes: Namesakes) -> None:
    """A name typed without an address may be of someone here, or of a father or a cousin."""
    same = namesakes.get(_name_typed(form.data, number))
    if not same or not form.data.get(f"no_email_{number}"):
        return
    form.fields[f"account_{number}"] = forms.TypedChoiceField(
        label=_("Est-ce la même personne?"),
        choices=[
            ("", _("Choisissez")),
            *same.items(),
            (ANOTHER, _("Non : une autre personne du même nom")),
        ],
        coerce=int,
        error_messages={
            "required": _(
                "Quelqu’un de ce nom est déjà parmi vos gens : dites si c’est la même personne."
            )
        },
    )


def line_flaw(form: forms.Form, number: int) -> tuple[str, Any] | None:
    """The cell of a line that cannot stand by itself, and why; None when it can, or is empty."""
    typed = form.cleaned_data
    address = typed.get(f"email_{number}")
    if f"email_{number}" in form.errors or (address and not typed.get(f"no_email_{number}")):
        return None
    if address:
        return f"no_email_{number}", _("Écrivez une adresse, ou cochez « Sans courriel ».")
    missing = [n for n in ("first_name", "last_name") if not typed.get(f"{n}_{number}")]
    if typed.get(f"no_email_{number}"):
        cell = f"{missing[0]}_{number}" if missing else ""
        return (cell, _("Écrivez le prénom et le nom de cette personne.")) if cell else None
    if len(missing) == len(("first_name", "last_name")):
        return None
    return f"email_{number}", _(
        "Écrivez l’adresse courriel de cette personne, cochez « Sans courriel » ou videz la ligne."
    )


def typed_guest(form: forms.Form, number: int, *, starts_on: date | None = None) -> Guest | None:
    """The person of a line that is sound; None for an empty one."""
    typed = form.cleaned_data
    if not typed[f"email_{number}"] and not typed.get(f"no_email_{number}"):
        return None
    return Guest(
        email=typed[f"email_{number}"].lower(),
        first_name=typed[f"first_name_{number}"],
        last_name=typed[f"last_name_{number}"],
        public=Public.ELECTED,
        function=seat_function(number),
        starts_on=starts_on,
        account=typed.get(f"account_{number}") or None,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A seat, and the controls of a free one."""

    seat: Seat
    fields: list[forms.BoundField]


def seat_lines(form: forms.Form, seats: Sequence[Seat]) -> list[Line]:
    names = {seat.number: [f"{name}_{seat.number}" for name in SEAT_FIELDS] for seat in seats}
    return [
        Line(seat, [form[name] for name in names[seat.number] if name in form.fields])
        for seat in seats
    ]


def two_seats(form: forms.Form, number: int, seats: Sequence[Seat]) -> tuple[str, Any] | None:
    """The refusal of a line whose person sits already, or takes the seat of another line too."""
    cell = f"account_{number}"
    if said := form.cleaned_data.get(cell):
        before = range(number)
        twice = said in {form.cleaned_data.get(f"account_{other}") for other in before}
        if twice or said in {each.mandate.user_id for each in seats if each.mandate}:
            return cell, _(
                "Cette personne est déjà au conseil : elle n’y prend pas un second siège."
            )
    return None


class CouncilForm(forms.Form):
    """Names and addresses of the seats that nobody holds; an empty line is a seat left so.

    `taken` gives, for an address of this organisation, why it cannot be asked in again.
    """

    def __init__(
        self,
        *args: Any,
        seats: Sequence[Seat],
        taken: dict[str, str],
        namesakes: Namesakes,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seats = seats
        self.taken = taken
        self.numbers = [seat.number for seat in seats if seat.is_free]
        add_seat_fields(self, self.numbers, namesakes)

    def lines(self) -> list[Line]:
        return seat_lines(self, self.seats)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first: dict[str, int] = {}
        for number in self.numbers:
            cell = f"email_{number}"
            address = (cleaned.get(cell) or "").lower()
            if flaw := line_flaw(self, number) or two_seats(self, number, self.seats):
                self.add_error(*flaw)
            elif address in self.taken:
                self.add_error(cell, self.taken[address])
            elif address and address in first:
                words = _("Cette adresse est déjà sur la ligne « %(seat)s ».")
                self.add_error(cell, words % {"seat": seat_label(first[address])})
            elif address:
                first[address] = number
        if not self.errors and not self.guests():
            self.add_error(None, _("Écrivez au moins une personne."))
        return cleaned

    def guests(self) -> list[Guest]:
        found = (typed_guest(self, number) for number in self.numbers)
        return [guest for guest in found if guest is not None]
