"""Giving an agreement and taking it back, each as easy as the other."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.consents.enums import WORDINGS, Purpose, Way
from atn_platform.consents.models import Consent
from atn_platform.core.exceptions import ActionError


class WordsChanged(ActionError):
    """What was read is no longer what would be agreed to."""


@transaction.atomic
def give(*, user: User, purpose: Purpose, version: int, way: Way, at: datetime) -> bool:
    """Agree to the words of that version. False when the person agrees already.

    An agreement to older words ends where the new one begins.
    """
    wording = WORDINGS[purpose]
    if version != wording.version:
        raise WordsChanged(_("Ce texte a changé. Relisez-le avant d’accepter."))
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    given = user.consents.filter(purpose=purpose, withdrawn_at=None)
    if given.filter(version=version).exists():
        return False
    given.update(withdrawn_at=at, withdrawn_by=way, updated_at=at)
    Consent.objects.create(
        user=user,
        purpose=purpose,
        version=version,
        words=str(wording.text),
        given_at=at,
        given_by=way,
    )
    return True


def withdraw(*, user_id: int, purpose: Purpose, way: Way, at: datetime) -> bool:
    """Take back an agreement, at once. False when there is none."""
    given = Consent.objects.filter(user_id=user_id, purpose=purpose, withdrawn_at=None)
    return bool(given.update(withdrawn_at=at, withdrawn_by=way, updated_at=at))
