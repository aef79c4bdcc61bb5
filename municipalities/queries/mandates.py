"""Which mandate follows another."""

from datetime import date

from municipalities.models import Mandate


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
