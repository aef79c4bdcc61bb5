"""One page after an election: who was returned, who goes, who comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from municipalities.actions.council import Election
from municipalities.actions.invitations import Guest
from municipalities.enums import Public
from municipalities.forms.council import Line, email_field, name_field
from municipalities.forms.mandates import day_field
from municipalities.models import Mandate
from municipalities.queries.council import Seat, seat_function, seat_label, seat_number

RETURNED, LEAVING, STAYING = "reelue", "quitte", "continue"
KEEP = "meme"
LARGE_COUNCIL = 30


class DayForm(forms.Form):
    """The day of the vote, which is past or today."""

    jour = day_field(label=_("Jour du scrutin"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jour"].validators.append(
            MaxValueValidator(today, _("Le jour du scrutin n’est pas encore venu."))
        )


@dataclass(frozen=True, slots=True)
class Sitting:
    """Someone outgoing, and the two controls about them."""

    mandate: Mandate
    fields: list[forms.BoundField]


class RenewalForm(forms.Form):
    """The outgoing people, each returned or not, and a line for each seat left to someone new."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        outgoing: Sequence[Mandate],
        seats: Sequence[Seat],
        taken: dict[str, str],
        is_general: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.outgoing, self.seats, self.taken = outgoing, seats, taken
        self.numbers = [seat.number for seat in seats if seat.is_free]
        for mandate in outgoing:
            self.fields[f"fate_{mandate.pk}"] = _fate(is_general=is_general)
            # Lists of all the seats, once a person, would weigh too much: there the function is
            # kept, and another is written on the mandate.
            if len(self.numbers) <= LARGE_COUNCIL:
                self.fields[f"seat_{mandate.pk}"] = self._seat_field(mandate)
        for number in self.numbers:
            self.fields[f"first_name_{number}"] = name_field(_("Prénom"))
            self.fields[f"last_name_{number}"] = name_field(_("Nom"))
            self.fields[f"email_{number}"] = email_field()

    def _seat_field(self, mandate: Mandate) -> forms.ChoiceField:
        """Which seat they won; their function stays as it is written when it is the same."""
        number = seat_number(mandate.function)
        choices: list[tuple[str, str]] = [(str(n), seat_label(n)) for n in self.numbers]
        if number not in self.numbers:
            choices.insert(0, (KEEP, str(_("Même fonction"))))
        return forms.ChoiceField(
            label=_("Siège obtenu"),
            choices=choices,
            initial=KEEP if number not in self.numbers else str(number),
            required=False,
        )

    def sitting(self) -> list[Sitting]:
        return [
            Sitting(
                mandate,
                [
                    self[name]
                    for name in (f"fate_{mandate.pk}", f"seat_{mandate.pk}")
                    if name in self.fields
                ],
            )
            for mandate in self.outgoing
        ]

    def lines(self) -> list[Line]:
        names = ("first_name", "last_name", "email")
        return [
            Line(
                seat,
                [self[f"{name}_{seat.number}"] for name in names] if seat.is_free else [],
            )
            for seat in self.seats
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        holders = self._check_seats(cleaned)
        first: dict[str, int] = {}
        for number in self.numbers:
            cell = f"email_{number}"
            address = (cleaned.get(cell) or "").lower()
            if error := self._refusal(number, address, cleaned, holders, first):
                self.add_error(cell, error)
            elif address:
                first[address] = number
        return cleaned

    def _check_seats(self, cleaned: dict[str, Any]) -> dict[str, Mandate]:
        """Who is returned to which seat, or stays in theirs; one person each."""
        holders: dict[str, Mandate] = {}
        for mandate in self.outgoing:
            won = self._seat_won(mandate, cleaned)
            if won == KEEP:
                continue
            if won in holders:
                words = _("Ce siège est déjà celui de %(person)s.")
                self.add_error(f"seat_{mandate.pk}", words % {"person": holders[won].user})
            holders.setdefault(won, mandate)
        return holders

    def _seat_won(self, mandate: Mandate, cleaned: dict[str, Any]) -> str:
        fate = cleaned.get(f"fate_{mandate.pk}")
        if fate == RETURNED and f"seat_{mandate.pk}" in self.fields:
            return cleaned.get(f"seat_{mandate.pk}") or KEEP
        number = seat_number(mandate.function) if fate in {RETURNED, STAYING} else None
        return KEEP if number is None else str(number)

    def _refusal(
        self,
        number: int,
        address: str,
        cleaned: dict[str, Any],
        holders: dict[str, Mandate],
        first: dict[str, int],
    ) -> Any:
        """Why this line cannot stand; empty when it can."""
        named = cleaned.get(f"first_name_{number}") or cleaned.get(f"last_name_{number}")
        if f"email_{number}" in self.errors or not (named or address):
            return ""
        if str(number) in holders:
            words = _("Ce siège est déjà celui de %(person)s.")
            return words % {"person": holders[str(number)].user}
        if not address:
            return _("Écrivez l’adresse courriel de cette personne, ou videz la ligne.")
        return self._address_refusal(address, first)

    def _address_refusal(self, address: str, first: dict[str, int]) -> Any:
        if address in {mandate.user.email for mandate in self.outgoing}:
            return _("Cette personne est sortante : choisissez plutôt « Réélue ou réélu ».")
        if address in first:
            words = _("Cette adresse est déjà sur la ligne « %(seat)s ».")
            return words % {"seat": seat_label(first[address])}
        return self.taken.get(address, "")

    def _those(self, fate: str) -> list[Mandate]:
        return [
            mandate for mandate in self.outgoing if self.cleaned_data[f"fate_{mandate.pk}"] == fate
        ]

    def _coming(self) -> list[int]:
        """Numbers of the seats that someone new is asked into."""
        return [number for number in self.numbers if self.cleaned_data[f"email_{number}"]]

    def summary(self) -> dict[str, list[Any]]:
        """What the page says, in words, before it is confirmed."""
        typed = self.cleaned_data
        returned = {mandate: self._function(mandate) for mandate in self._those(RETURNED)}
        staying = self._those(STAYING)
        held = [*returned.values(), *(mandate.function for mandate in staying)]
        filled = {*map(seat_number, held), *self._coming()}
        return {
            "returned": list(returned.items()),
            "staying": staying,
            "leaving": self._those(LEAVING),
            "newcomers": [
                {
                    "seat": seat_label(number),
                    "first_name": typed[f"first_name_{number}"],
                    "last_name": typed[f"last_name_{number}"],
                    "email": typed[f"email_{number}"].lower(),
                }
                for number in self._coming()
            ],
            "empty": [seat_label(number) for number in self.numbers if number not in filled],
        }

    def election(self, elected_on: date) -> Election:
        typed = self.cleaned_data
        return Election(
            uuid=typed["uuid"],
            elected_on=elected_on,
            returned={mandate.pk: self._function(mandate) for mandate in self._those(RETURNED)},
            leaving=frozenset(mandate.pk for mandate in self._those(LEAVING)),
            staying=frozenset(mandate.pk for mandate in self._those(STAYING)),
            newcomers=tuple(
                Guest(
                    email=typed[f"email_{number}"].lower(),
                    first_name=typed[f"first_name_{number}"],
                    last_name=typed[f"last_name_{number}"],
                    public=Public.ELECTED,
                    function=seat_function(number),
                    starts_on=elected_on,
                )
                for number in self._coming()
            ),
        )

    def _function(self, mandate: Mandate) -> str:
        won = self.cleaned_data.get(f"seat_{mandate.pk}") or KEEP
        if won == KEEP or int(won) == seat_number(mandate.function):
            return mandate.function
        return seat_function(int(won))


def _fate(*, is_general: bool) -> forms.ChoiceField:
    choices = [(RETURNED, _("Réélue ou réélu")), (LEAVING, _("Quitte le conseil"))]
    if not is_general:
        choices.append((STAYING, _("Continue : son siège n’était pas en élection")))
    return forms.ChoiceField(
        label=_("Résultat"),
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si cette personne est réélue ou quitte le conseil.")},
    )
