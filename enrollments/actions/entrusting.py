"""Which coach accompanies which municipality, as the administration decides."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from enrollments.models import Accompaniment
from enrollments.permissions import coaches
from municipalities.models import Organisation


@transaction.atomic
def entrust(*, towns: Collection[int], coach: User | None, by: User, at: datetime) -> int:
    """Give municipalities to a coach, or to nobody; how many changed hands. Safe to repeat."""
    if coach is not None and not coaches().filter(pk=coach.pk).exists():
        raise ActionError(_("%s n’accompagne plus de municipalités.") % coach)
    places = Organisation.objects.municipalities().filter(pk__in=towns).order_by("pk")
    found = [each.pk for each in places.select_for_update(no_key=True)]
    held = Accompaniment.objects.filter(organisation__in=found)
    before = dict(held.values_list("organisation", "coach"))
    to = coach.pk if coach else None
    changed = [pk for pk in found if before.get(pk) != to]
    if not changed:
        return 0
    held.filter(organisation__in=changed).delete()
    if coach is not None:
        Accompaniment.objects.bulk_create(
            Accompaniment(organisation_id=pk, coach=coach, since=at) for pk in changed
        )
    was = {str(pk): before[pk] for pk in changed if pk in before}
    record(
        at=at, actor=by, verb="municipalities.entrusted", target=str(to or ""),
        municipalities=changed, before=was,
    )  # fmt: skip
    return len(changed)
