"""Letters about one's own data, as messages. Nothing is sent from here."""

from django.utils.translation import gettext as _

from atn_platform.notifications.emails import Timing, absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.privacy.models import EXPORT_LIFE, DataExport


@written_for(lambda made: made.user)
def export_ready(made: DataExport) -> Message:
    """The file waits behind the sign-in: the letter itself carries nothing."""
    return compose(
        key=f"data-export:{made.uuid}",
        category=Category.ACCOUNT,
        recipient=made.user,
        template="data_export",
        context={
            "first_name": made.user.first_name,
            "days": EXPORT_LIFE.days,
            "url": absolute("privacy:index"),
        },
        subject=_("Le fichier de vos données est prêt"),
        reason=_("Vous avez demandé une copie de ce que la plateforme garde sur vous."),
        timing=Timing(expires_at=made.expires_at),
    )
