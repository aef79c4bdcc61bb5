"""The letter of invitation, as a message. Nothing is sent from here."""

from datetime import datetime

from django.utils.translation import gettext as _

from atn_platform.notifications.emails import Timing, absolute, compose
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from municipalities.models import INVITATION_LIFE, Invitation


def invitation(invited: Invitation, *, token: str, at: datetime) -> Message:
    """The letter with the link that accepts; one promise for each sending."""
    sender = str(invited.invited_by)
    organisation = invited.organisation.name
    return compose(
        key=f"invitation:{invited.pk}:{at:%Y%m%d%H%M%S}",
        category=Category.INVITATION,
        recipient=invited.email,
        template="invitation",
        context={
            "first_name": invited.first_name,
            "sender": sender,
            "organisation": organisation,
            "days": INVITATION_LIFE.days,
            "url": absolute("municipalities:invitation", token),
        },
        subject=_("%(sender)s vous invite à vous former avec %(organisation)s")
        % {"sender": sender, "organisation": organisation},
        reason=_("%(sender)s a donné votre adresse pour vous inviter, au nom de %(organisation)s.")
        % {"sender": sender, "organisation": organisation},
        timing=Timing(expires_at=invited.expires_at),
    )
