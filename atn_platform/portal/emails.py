"""What the help page sends to the people of ATN."""

from email.utils import parseaddr

from django.conf import settings
from django.utils.translation import gettext as _

from atn_platform.notifications.emails import absolute, compose, nobody, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.portal.models import CallBack


@written_for(nobody)
def call_back(asked: CallBack) -> Message:
    """To the address that people answer to: who to call, when, and about what."""
    return compose(
        key=f"call-back:{asked.pk}",
        category=Category.ACCOUNT,
        recipient=parseaddr(settings.REPLY_TO_EMAIL)[1],
        template="call_back",
        context={
            "asked": asked,
            "email": asked.person.email if asked.person else "",
            "url": absolute("admin:portal_callback_changelist"),
        },
        subject=_("À rappeler : %s") % asked.name,
        reason=_("Quelqu’un a demandé un rappel sur la page d’aide."),
    )
