"""What happens below and concerns people's questions."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from atn_platform.notifications.replies import Reply
from atn_platform.notifications.signals import letter_answered
from enrollments import actions


@receiver(letter_answered, dispatch_uid="enrollments.letter_answered")
def join_thread(reply: Reply, at: datetime, **kwargs: Any) -> None:
    """Written at once, not queued: the letter is nowhere else, and a queue may be emptied."""
    actions.say_by_mail(reply, at=at)
