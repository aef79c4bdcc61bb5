"""The letter about answers that somebody entered from a sheet of paper."""

from django.utils.translation import gettext as _

from atn_platform.core import wording
from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from enrollments.models import PaperSheet


@written_for(lambda sheet: sheet.enrollment.learner)
def sheet_entered(sheet: PaperSheet) -> Message:
    """Who entered what, and how to say that it is not one's own. No answer, no score."""
    title = sheet.version.front["title"]
    return compose(
        key=f"paper:{sheet.uuid}",
        category=Category.SESSION,
        recipient=sheet.enrollment.learner,
        template="sheet_entered",
        subject=_("Vos réponses sur papier sont inscrites : %s") % title,
        reason=_("Vous avez remis une feuille de réponses à votre organisation."),
        context={
            "course": wording.quoted(title),
            "by": str(sheet.entered_by),
            "day": wording.day(sheet.filled_on),
            "is_undoable": sheet.is_undoable,
            "url": absolute("enrollments:my-papers"),
        },
    )
