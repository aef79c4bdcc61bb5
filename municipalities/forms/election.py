"""One page after an election: who was returned, who goes, who comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from atn_platform.core import wording
from municipalities.actions.council import Election
from municipalities.actions.invitations import Guest
from municipalities.forms.council import (
    LARGE_COUNCIL,
    Line,
    Namesakes,
    add_seat_fields,
    line_flaw,
    seat_lines,
    two_seats,
    typed_guest,
)
from municipalities.forms.mandates import day_field
from municipalities.models import Mandate
from municipalities.queries.council import Seat, seat_function, seat_label, seat_number

RETURNED, LEAVING, STAYING = "reelue", "quitte", "continue"
KEEP = "meme"
OUTGOING = _("Cette personne est sortante : choisissez plutôt « Réélue ou réélu ».")


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
        namesakes: Namesakes,
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
        add_seat_fields(self, self.numbers, namesakes)

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
        return seat_lines(self, self.seats)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        holders = self._check_seats(cleaned)
        first: dict[str, int] = {}
        for number in self.numbers:
            if flaw := line_flaw(self, number) or self._flaw(number, holders, first):
                self.add_error(*flaw)
            elif address := (cleaned.get(f"email_{number}") or "").lower():
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
                words = _("Ce siège est déjà celui %(of_person)s.")
                self.add_error(
                    f"seat_{mandate.pk}", words % {"of_person": wording.of(holders[won].user)}
                )
            holders.setdefault(won, mandate)
        return holders

    def _seat_won(self, mandate: Mandate, cleaned: dict[str, Any]) -> str:
        fate = cleaned.get(f"fate_{mandate.pk}")
        if fate == RETURNED and f"seat_{mandate.pk}" in self.fields:
            return cleaned.get(f"seat_{mandate.pk}") or KEEP
        number = seat_number(mandate.function) if fate in {RETURNED, STAYING} else None
        return KEEP if number is None else str(number)

    def _flaw(
        self, number: int, holders: dict[str, Mandate], first: dict[str, int]
    ) -> tuple[str, Any] | None:
        """Why the person of this line cannot have that seat, and the cell that says so."""
        cell = f"email_{number}"
        if cell in self.errors:
            return None
        guest = typed_guest(self, number)
        if guest is None:
            return None
        if str(number) in holders:
            words = _("Ce siège est déjà celui %(of_person)s.")
            return cell, words % {"of_person": wording.of(holders[str(number)].user)}
        if guest.account in {mandate.user_id for mandate in self.outgoing}:
            return f"account_{number}", OUTGOING
        refusal = self._address_refusal(guest.email, first) if guest.email else ""
        return (cell, refusal) if refusal else two_seats(self, number, self.seats)

    def _address_refusal(self, address: str, first: dict[str, int]) -> Any:
        if address in {mandate.user.email for mandate in self.outgoing}:
            return OUTGOING
        if address in first:
            words = _("Cette adresse est déjà sur la ligne « %(seat)s ».")
            return words % {"seat": seat_label(first[address])}
        return self.taken.get(address, "")

    def _those(self, fate: str) -> list[Mandate]:
        return [
            mandate for mandate in self.outgoing if self.cleaned_data[f"fate_{mandate.pk}"] == fate
        ]

    def _coming(self, *, starts_on: date | None = None) -> dict[int, Guest]:
        """Who is new, by number of seat."""
        found = {n: typed_guest(self, n, starts_on=starts_on) for n in self.numbers}
        return {number: guest for number, guest in found.items() if guest is not None}

    def summary(self) -> dict[str, list[Any]]:
        """What the page says, in words, before it is confirmed."""
        returned = {mandate: self._function(mandate) for mandate in self._those(RETURNED)}
        staying = self._those(STAYING)
        held = [*returned.values(), *(mandate.function for mandate in staying)]
        filled = {*map(seat_number, held), *self._coming()}
        return {
            "returned": list(returned.items()),
            "staying": staying,
            "leaving": self._those(LEAVING),
            "newcomers": [
                {"seat": seat_label(number), "guest": guest}
                for number, guest in self._coming().items()
            ],
            "empty": [seat_label(number) for number in self.numbers if number not in filled],
        }

    def election(self, elected_on: date) -> Election:
        return Election(
            uuid=self.cleaned_data["uuid"],
            elected_on=elected_on,
            returned={mandate.pk: self._function(mandate) for mandate in self._those(RETURNED)},
            leaving=frozenset(mandate.pk for mandate in self._those(LEAVING)),
            staying=frozenset(mandate.pk for mandate in self._those(STAYING)),
            newcomers=tuple(self._coming(starts_on=elected_on).values()),
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
