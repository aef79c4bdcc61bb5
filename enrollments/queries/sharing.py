"""Whose facts an organisation sees: everyone's, and those of elected people who agree to it.

Someone elected answers to the voters and not to an employer: their training is shown with their
consent alone (RLRQ, c. A-2.1, art. 53.1 and 65.1).
"""

from django.db.models import Q

from atn_platform.consents.enums import Purpose
from atn_platform.consents.models import consenting
from municipalities.enums import Public


def facts_shown(*, mandate: str = "") -> Q:
    """Rows whose facts may be shown; `mandate` leads from the row to its mandate, with « __ »."""
    agreed = consenting(Purpose.FACTS_TO_ORGANISATION, person=f"{mandate}user")
    return ~Q(**{f"{mandate}public": Public.ELECTED}) | Q(agreed)
