"""What an e-mail is, before it is anybody's job to send it."""

from dataclasses import dataclass

from atn_platform.accounts.models import User
from atn_platform.notifications.enums import Category


@dataclass(frozen=True, slots=True)
class Message:
    """`key` names the promise: two messages with one key are one e-mail.

    `to_address` is for people without an account; otherwise the recipient's own address serves.
    `calendar` is an iCalendar text with its `calendar_method` (REQUEST or CANCEL).
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
