"""The council on one page: a line for each seat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.actions.invitations import Guest
from municipalities.enums import Public
from municipalities.forms import ADDRESS_EXAMPLE
from municipalities.queries.council import Seat

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


@dataclass(frozen=True, slots=True)
class Line:
    """A seat, and the three controls of a free one."""

    seat: Seat
    fields: list[forms.BoundField]


class CouncilForm(forms.Form):
    """Names and addresses of the seats that nobody holds; an empty line is a seat left so.

    `taken` gives, for an address of this organisation, why it cannot be asked in again.
    """

    def __init__(
        self, *args: Any, seats: Sequence[Seat], taken: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seats = seats
        self.taken = taken
        for seat in self.free_seats:
            self.fields[f"first_name_{seat.number}"] = name_field(_("Prénom"))
            self.fields[f"last_name_{seat.number}"] = name_field(_("Nom"))
            self.fields[f"email_{seat.number}"] = email_field()

    @property
    def free_seats(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.is_free]

    def lines(self) -> list[Line]:
        return [Line(seat, [*self._controls(seat)]) for seat in self.seats]

    def _controls(self, seat: Seat) -> Iterator[forms.BoundField]:
        if seat.is_free:
            for name in ("first_name", "last_name", "email"):
                yield self[f"{name}_{seat.number}"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first: dict[str, Seat] = {}
        for seat in self.free_seats:
            cell = f"email_{seat.number}"
            address = (cleaned.get(cell) or "").lower()
            is_named = cleaned.get(f"first_name_{seat.number}") or cleaned.get(
                f"last_name_{seat.number}"
            )
            if not address and is_named and cell not in self.errors:
                self.add_error(
                    cell, _("Écrivez l’adresse courriel de cette personne, ou videz la ligne.")
                )
            elif address in self.taken:
                self.add_error(cell, self.taken[address])
            elif address and address in first:
                words = _("Cette adresse est déjà sur la ligne « %(seat)s ».")
                self.add_error(cell, words % {"seat": first[address].label})
            elif address:
                first[address] = seat
        if not first and not self.errors:
            self.add_error(None, _("Écrivez au moins une adresse courriel."))
        return cleaned

    def guests(self) -> list[Guest]:
        typed = self.cleaned_data
        return [
            Guest(
                email=typed[f"email_{seat.number}"].lower(),
                first_name=typed[f"first_name_{seat.number}"],
                last_name=typed[f"last_name_{seat.number}"],
                public=Public.ELECTED,
                function=seat.function,
            )
            for seat in self.free_seats
            if typed[f"email_{seat.number}"]
        ]
