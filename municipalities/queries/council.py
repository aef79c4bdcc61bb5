"""The seats of a council, and who holds them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from municipalities.enums import Public
from municipalities.models import (
    RENEWAL_UNDO,
    CouncilRenewal,
    Invitation,
    Mandate,
    MandateChange,
    MandateQuerySet,
    Organisation,
)

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
        return seat_function(self.number)

    @property
    def is_free(self) -> bool:
        return self.mandate is None and self.invitation is None


def seat_label(number: int) -> str:
    return _("Mairie") if number == 0 else _("Siège %s") % number


def seat_function(number: int) -> str:
    return _("mairie") if number == 0 else _("conseil, siège %s") % number


def seat_number(function: str) -> int | None:
    """The seat that a function names: « mairesse », « conseiller, siège 4 »; else None."""
    if found := SEAT.search(function):
        return int(found[1])
    if MAYOR.search(function) and not DEPUTY.search(function):
        return 0
    return None


def elected(organisation: Organisation, *, on: date) -> list[Mandate]:
    """Elected mandates in force that day, the mayor's first, then by seat and by name."""
    return _in_order(organisation.mandates.in_force(on=on).filter(public=Public.ELECTED))


def council(organisation: Organisation, *, on: date) -> list[Seat]:
    """As many seats as the registry counts, more when more people sit."""
    return arranged(organisation, [*elected(organisation, on=on), *_offered(organisation)])


def outgoing(organisation: Organisation, *, elected_on: date) -> list[Mandate]:
    """Who sat on the day of that vote and has been neither renewed nor let go since."""
    dealt_with = MandateChange.objects.filter(
        mandate=OuterRef("pk"), renewal__isnull=False, renewal__undone_at__isnull=True
    )
    rows = organisation.mandates.in_force(on=elected_on).filter(
        ~Exists(dealt_with), _sat_before(elected_on), public=Public.ELECTED
    )
    return _in_order(rows)


def _sat_before(elected_on: date) -> Q:
    """Since the day before at least, be it in a municipality that was merged here on that day."""
    merged = Mandate.objects.filter(
        user=OuterRef("user"), thread=OuterRef("thread"), starts_on__lt=elected_on
    ).exclude(organisation=OuterRef("organisation"))
    return Q(starts_on__lt=elected_on) | Q(Exists(merged), starts_on=elected_on)


def council_since(organisation: Organisation, *, elected_on: date) -> list[Seat]:
    """The seats, with those who are in or asked in since that vote."""
    rows = organisation.mandates.from_day(elected_on).filter(
        ~_sat_before(elected_on), public=Public.ELECTED
    )
    return arranged(organisation, [*_in_order(rows), *_offered(organisation)])


def last_renewal(organisation: Organisation, *, at: datetime) -> CouncilRenewal | None:
    """The last renewal made, while it may still be undone."""
    rows = organisation.renewals.filter(undone_at=None, made_at__gt=at - RENEWAL_UNDO)
    return rows.order_by("-made_at", "-pk").first()


def arranged(organisation: Organisation, sitting: Sequence[Mandate | Invitation]) -> list[Seat]:
    """These people in the seats that their functions name, or else in those that are left."""
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


def _offered(organisation: Organisation) -> list[Invitation]:
    return list(organisation.invitations.pending().filter(public=Public.ELECTED).order_by("pk"))


def _in_order(rows: MandateQuerySet) -> list[Mandate]:
    found = list(rows.select_related("user").order_by("user__sort_key", "pk"))
    return sorted(found, key=lambda mandate: _rank(seat_number(mandate.function)))


def _seat(number: int, row: Mandate | Invitation | None) -> Seat:
    if isinstance(row, Mandate):
        return Seat(number, mandate=row)
    return Seat(number, invitation=row)


def _rank(number: int | None) -> int:
    return 1000 if number is None else number


def namesakes(
    organisation: Organisation, *, on: date, keys: Collection[str]
) -> dict[str, dict[int, str]]:
    """Who is here under one of these names, in the council or not, with an address or without.

    By name: what tells their accounts apart.
    """
    here = organisation.mandates.in_force(on=on).filter(user__sort_key__in=keys)
    found: dict[str, dict[int, str]] = {}
    for mandate in here.select_related("user").order_by("pk"):
        what = mandate.function or mandate.get_public_display()
        same = found.setdefault(mandate.user.sort_key, {})
        known = same.get(mandate.user_id, str(mandate.user))
        same[mandate.user_id] = f"{known}, {what}"
    return found


def taken_addresses(organisation: Organisation, *, on: date) -> dict[str, str]:
    """Addresses that cannot be asked into the council again, each with the reason."""
    rows = organisation.invitations.pending().values_list("email", flat=True)
    invited = dict.fromkeys(rows, _("Cette adresse a déjà une invitation en attente."))
    sitting = organisation.mandates.in_force(on=on).filter(
        public=Public.ELECTED, user__email__isnull=False
    )
    here = sitting.values_list("user__email", flat=True)
    return invited | dict.fromkeys(map(str, here), _("Cette personne est déjà au conseil."))
