"""The mandates of an organisation, and which one follows another."""

from datetime import date

from municipalities.models import Mandate, MandateQuerySet, Organisation


def listed(organisation: Organisation, *, on: date, over: bool = False) -> MandateQuerySet:
    """Mandates in force and to come, by name; or those that are over."""
    rows = Mandate.objects.known().filter(organisation=organisation).select_related("user")
    rows = rows.filter(ends_on__lt=on) if over else rows.from_day(on)
    return rows.order_by("user__sort_key", "user", "-starts_on", "pk")


def is_here(mandate: Mandate, *, on: date) -> bool:
    """Whether its holder still is, that day or later, among the people of its organisation."""
    here = Mandate.objects.from_day(on).filter(organisation=mandate.organisation_id)
    return here.filter(user=mandate.user_id).exists()


def continued(mandate: Mandate, *, on: date) -> Mandate | None:
    """Under which mandate its holder goes on, that day; None when they hold none.

    The one that prolongs it first, by an election or a merger; else one in the same organisation,
    of the same public, the latest.
    """
    held = Mandate.objects.in_force(on=on).filter(user=mandate.user_id).order_by("starts_on", "pk")

    def nearness(other: Mandate) -> tuple[bool, bool, bool]:
        return (
            other.thread == mandate.thread,
            other.organisation_id == mandate.organisation_id,
            other.public == mandate.public,
        )

    # Of equals, the last: the latest.
    return max(reversed(held), key=nearness, default=None)
