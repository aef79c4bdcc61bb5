"""Who asks to join by a poster, and whom they may be already."""

from atn_platform.core import french
from municipalities.models import JoinRequest, Mandate, Organisation


def waiting(organisation: Organisation) -> list[tuple[JoinRequest, bool]]:
    """Requests to answer, the oldest first; whether someone of that name is or was here.

    A second account would part their training in two: nothing but the name tells two people of
    one name apart, so that a person decides.
    """
    asked = list(JoinRequest.objects.waiting().of(organisation).order_by("asked_at", "pk"))
    keys = {each.pk: french.sort_key(f"{each.last_name} {each.first_name}") for each in asked}
    rows = Mandate.objects.known().filter(organisation=organisation)
    known = set(
        rows.filter(user__sort_key__in=keys.values()).values_list("user__sort_key", flat=True)
    )
    return [(each, keys[each.pk] in known) for each in asked]
