"""What happens below and concerns the people of an organisation."""

from typing import Any

from django.dispatch import receiver

from atn_platform.core.queueing import after_commit
from atn_platform.notifications.signals import address_refused
from municipalities.tasks import tell_of_refusal


@receiver(address_refused, dispatch_uid="municipalities.tell_of_refusal")
def tell_when_an_address_refuses(refusal_id: int, **kwargs: Any) -> None:
    after_commit(tell_of_refusal, refusal_id=refusal_id)
