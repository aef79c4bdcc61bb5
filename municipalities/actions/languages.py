"""Which organisations may also use English, and what follows for their people."""

from datetime import datetime

from django.db import transaction

from atn_platform.accounts.enums import Language
from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from municipalities.actions.invitations import local_day
from municipalities.models import Mandate, Organisation


@transaction.atomic
def recognise(*, organisation: Organisation, recognised: bool, by: User, at: datetime) -> int:
    """Write down that an organisation is recognised, or is no more; how many people it touches.

    Without the recognition, its people read French again, unless another mandate of theirs
    offers English. Safe to repeat.
    """
    row = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if row.is_recognised == recognised:
        return 0
    row.is_recognised = organisation.is_recognised = recognised
    row.save(update_fields=["is_recognised", "updated_at"])
    verb = "organisation.english_offered" if recognised else "organisation.english_withdrawn"
    record(at=at, actor=by, verb=verb, target=row.handle)
    if row.offers_english:
        return 0
    in_force = Mandate.objects.in_force(on=local_day(at))
    elsewhere = in_force.filter(organisation__in=Organisation.objects.offering_english())
    readers = User.objects.filter(language=Language.ENGLISH)
    here = readers.filter(pk__in=row.mandates.values("user"))
    return here.exclude(pk__in=elsewhere.values("user")).update(language=Language.FRENCH)
