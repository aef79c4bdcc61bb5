"""Who may read the platform in English: Charter of the French language (C-11), art. 29.1."""

from datetime import date

from atn_platform.accounts.models import User
from municipalities.models import Mandate, Organisation


def may_choose_english(user: User, *, on: date) -> bool:
    """Whether one of their mandates of that day is in an organisation that offers it."""
    places = Organisation.objects.offering_english()
    mine = Mandate.objects.in_force(on=on).filter(user=user)
    return mine.filter(organisation__in=places).exists()
