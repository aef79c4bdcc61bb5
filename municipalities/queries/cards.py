"""Who in an organisation may want a printed card, and what became of their last one."""

from datetime import date, datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from atn_platform.accounts.models import Card, User
from municipalities.models import Mandate, Organisation


def people(organisation: Organisation, *, on: date, at: datetime) -> QuerySet[User]:
    """People of the organisation, by name, with `mandate_function` and what their card says.

    `needs_card`: they have no other way in, and no card that is still good.
    """
    held = Mandate.objects.from_day(on).filter(organisation=organisation, user=OuterRef("pk"))
    cards = Card.objects.filter(user=OuterRef("pk")).order_by("-printed_at", "-pk")
    live = Card.objects.live(at).filter(user=OuterRef("pk"))
    other_ways = Q(email__isnull=False) | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return (
        User.objects.filter(Exists(held), is_active=True)
        .annotate(
            mandate_function=Subquery(held.order_by("starts_on", "pk").values("function")[:1]),
            card_used_at=Subquery(cards.values("used_at")[:1]),
            card_expires_at=Subquery(live.values("expires_at")[:1]),
            has_card=Exists(live),
            needs_card=Case(
                When(Q(other_ways) | Exists(live), then=Value(False)),
                default=Value(True),
                output_field=BooleanField(),
            ),
        )
        .order_by("sort_key", "pk")
    )
