"""The seats of a council, and who holds them."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from municipalities.enums import Public
from municipalities.models import Invitation, Mandate, Organisation

# Where the registry tells no number: a mayor and six councillors, as in most municipalities.
USUAL_SEATS = 7
SEAT = re.compile(r"si[èe]ge\s+(?:n[o°º]\s*)?(\d{1,2})\b", re.IGNORECASE)
MAYOR = re.compile(r"\bmair", re.IGNORECASE)
DEPUTY = re.compile(r"suppl", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat: number 0 is the mayor's. Held, offered by an invitation not answered, or free."""

    number: int
    mandate: Mandate | None = None
    invitation: Invitation | None = None

    @property
    def label(self) -> str:
        return seat_label(self.number)

    @property
    def function(self) -> str:
        """What the mandate says of it; the person may write it otherwise."""
        return _("mairie") if self.number == 0 else _("conseil, siège %s") % self.number

    @property
    def is_free(self) -> bool:
        return self.mandate is None and self.invitation is None


def seat_label(number: int) -> str:
    return _("Mairie") if number == 0 else _("Siège %s") % number


def seat_number(function: str) -> int | None:
    """The seat that a function names: « mairesse », « conseiller, siège 4 »; else None."""
    if found := SEAT.search(function):
        return int(found[1])
    if MAYOR.search(function) and not DEPUTY.search(function):
        return 0
    return None


def elected(organisation: Organisation, *, on: date) -> list[Mandate]:
    """Elected mandates in force that day, the mayor's first, then by seat and by name."""
    rows = organisation.mandates.in_force(on=on).filter(public=Public.ELECTED)
    found = list(rows.select_related("user").order_by("user__sort_key", "pk"))
    return sorted(found, key=lambda mandate: _rank(seat_number(mandate.function)))


def council(organisation: Organisation, *, on: date) -> list[Seat]:
    """As many seats as the registry counts, more when more people sit."""
    pending = organisation.invitations.pending().filter(public=Public.ELECTED).order_by("pk")
    sitting: list[Mandate | Invitation] = [*elected(organisation, on=on), *pending]
    known = organisation.seats_filled + organisation.seats_vacant
    total = max(known or USUAL_SEATS, len(sitting))
    places: dict[int, Mandate | Invitation] = {}
    others = []
    for row in sitting:
        number = seat_number(row.function)
        if number is None or number in places or number >= total:
            others.append(row)
        else:
            places[number] = row
    # Whoever names no seat takes a councillor's before the mayor's.
    free = sorted(set(range(total)) - places.keys(), key=lambda number: (number == 0, number))
    places |= dict(zip(free, others, strict=False))
    return [_seat(number, places.get(number)) for number in range(total)]


def _seat(number: int, row: Mandate | Invitation | None) -> Seat:
    if isinstance(row, Mandate):
        return Seat(number, mandate=row)
    return Seat(number, invitation=row)


def _rank(number: int | None) -> int:
    return 1000 if number is None else number


def taken_addresses(organisation: Organisation, *, on: date) -> dict[str, str]:
    """Addresses that cannot be asked into the council again, each with the reason."""
    rows = organisation.invitations.pending().values_list("email", flat=True)
    invited = dict.fromkeys(rows, _("Cette adresse a déjà une invitation en attente."))
    sitting = organisation.mandates.in_force(on=on).filter(
        public=Public.ELECTED, user__email__isnull=False
    )
    here = sitting.values_list("user__email", flat=True)
    return invited | dict.fromkeys(map(str, here), _("Cette personne est déjà au conseil."))
