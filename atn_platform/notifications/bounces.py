"""What mail servers send back: who refused a letter for good, and which letter it was.

Each letter leaves with an envelope address of its own (« retours+12-a1b2…@… »), whose second part
only we can make. A report that comes back to another address proves nothing and is not listened
to: without that, anybody could silence anybody.

Reports: RFC 3464 (delivery status), RFC 5965 (complaints). Answers of people and of their
machines (« absent du bureau ») are neither.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from enum import Enum

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

TOKEN = re.compile(r"(?P<name>[^+@]+)\+(?P<pk>\d{1,18})-(?P<mac>[0-9a-f]{20})@(?P<host>.+)")
SEEN_LENGTH = 300
LARGEST = 1024 * 1024


class Kind(Enum):
    """What a report says of a letter."""

    REFUSED = "refused"  # the address takes no letters: 5.x.x
    DELAYED = "delayed"  # 4.x.x: its server will try again, or give up later
    COMPLAINT = "complaint"  # the person said « pourriel »
    OTHER = "other"  # an absence, a letter of a person, something that we do not read


@dataclass(frozen=True, slots=True)
class Report:
    """`email_id` is the letter concerned; `words`, what the server said, on one line."""

    kind: Kind
    email_id: int
    words: str = ""


def return_path(email_id: int) -> str:
    """The envelope address of one letter; the plain sender's where no address takes reports."""
    address: str = settings.BOUNCE_EMAIL
    if not address:
        return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name, _at, host = address.rpartition("@")
    return f"{name}+{email_id}-{_mac(email_id)}@{host}"


def read(raw: bytes, *, to: str = "") -> Report | None:
    """What a message says that came to `to` (else to its own « To »); None when it is forged."""
    message = message_from_bytes(raw[:LARGEST], policy=policy.default)
    found = TOKEN.fullmatch(to or parseaddr("".join(headers(message, "to")[:1]))[1])
    if found is None or not constant_time_compare(found["mac"], _mac(int(found["pk"]))):
        return None
    kind, words = _said(message)
    return Report(kind, int(found["pk"]), words)


def headers(message: EmailMessage, name: str) -> list[str]:
    """The values of a header, as readable as they can be made.

    Python's own reading fails on some that are badly made, and anybody may send one.
    """
    values = [value for each, value in message.raw_items() if each.lower() == name.lower()]
    return [sound(_decoded(str(value))) for value in values]


def sound(text: str) -> str:
    """Without what no database keeps: the rest of bytes that were no text, and zeros."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, LookupError, ValueError):
        return value


def _mac(email_id: int) -> str:
    return salted_hmac("notifications.bounce", str(email_id), algorithm="sha256").hexdigest()[:20]


def _said(message: EmailMessage) -> tuple[Kind, str]:
    if message.get_content_type() != "multipart/report":
        return Kind.OTHER, ""
    if message.get_param("report-type") == "feedback-report":
        return Kind.COMPLAINT, ""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            return _status(part)
    return Kind.OTHER, ""


def _status(part: EmailMessage) -> tuple[Kind, str]:
    """The worst that is said of a recipient: ours are letters to one person."""
    kind, words = Kind.OTHER, ""
    for fields in part.walk():
        action = str(fields.get("Action", "")).strip().lower()
        status = str(fields.get("Status", "")).strip()
        said = " ".join(f"{status} {fields.get('Diagnostic-Code', '')}".split())[:SEEN_LENGTH]
        if action == "failed" and status.startswith("5"):
            return Kind.REFUSED, said
        if action in {"failed", "delayed"}:
            kind, words = Kind.DELAYED, said
    return kind, words
