"""What several pages say of the letters that they caused."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from atn_platform.core import wording
from atn_platform.notifications.models import OutgoingEmail


def tell_late(request: HttpRequest, addresses: Sequence[str]) -> int:
    """Say which letters wait for their turn: outsiders get three an hour. How many."""
    late = list(OutgoingEmail.objects.to_come(addresses, at=timezone.now()))
    for letter in late:
        leaves = timezone.localtime(letter.not_before)
        messages.warning(
            request,
            _("La lettre à %(address)s partira à %(hour)s : cette adresse en a déjà reçu trois "
              "dans l’heure.")
            % {"address": letter.to_address, "hour": wording.hour(leaves)},
        )  # fmt: skip
    return len(late)
