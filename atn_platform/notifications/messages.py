"""What an e-mail is, before it is anybody's job to send it."""

import re
from dataclasses import dataclass
from datetime import datetime

from atn_platform.accounts.models import User
from atn_platform.notifications.enums import Category

# Everything that could end a header, besides what mail software itself may take for a line.
LINE_ENDS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Message:
    """`key` names the promise: two messages with one key are one e-mail.

    `to_address` is for people without an account, or for the one of their addresses that somebody
    typed; otherwise the recipient's first address serves.
    `calendar` is an iCalendar text with its `calendar_method` (REQUEST or CANCEL).
    `not_before` postpones; past `expires_at` the message has lost its sense and stays unsent.
    """

    key: str
    category: Category
    subject: str
    text: str
    html: str
    reason: str
    recipient: User | None = None
    to_address: str = ""
    calendar: str = ""
    calendar_method: str = ""
    # Where an answer joins a conversation (replies.reply_address).
    reply_to: str = ""
    not_before: datetime | None = None
    expires_at: datetime | None = None


def one_line(text: str) -> str:
    """Text that may stand in a header: whatever breaks a line becomes one space."""
    return LINE_ENDS.sub(" ", text).strip()
