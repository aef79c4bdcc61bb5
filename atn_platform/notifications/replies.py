"""Answers that people write to a letter of ours, from their own mail.

The address to answer (« retours+q12-34-a1b2…@… ») names a conversation and the one person who may
speak in it by that address; only we can make its last part. Who the letter says it is from proves
nothing, and is not read.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from atn_platform.notifications.bounces import LARGEST

TOKEN = re.compile(
    r"[^+@]+\+q(?P<about>\d{1,18})-(?P<person>\d{1,18})-(?P<mac>[0-9a-f]{20})@.+", re.IGNORECASE
)
# Where the letter that is answered begins, as the usual mail programs mark it.
QUOTED = re.compile(
    r"^(>|-{2,}\s*(Message d.origine|Original Message)|_{10,}|(Le|On)\b.*(a écrit|wrote)\s*:?\s*$"
    r"|(De|From)\s*:\s)",
    re.IGNORECASE,
)
LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Reply:
    """`uuid` is made from the letter's own identity: the same letter twice is one word."""

    about: int
    person: int
    text: str
    uuid: UUID


def reply_address(about: int, person: int) -> str:
    """Where this person answers in this conversation; nothing where no address takes mail."""
    address: str = settings.BOUNCE_EMAIL
    if not address:
        return ""
    name, _at, host = address.rpartition("@")
    return f"{name}+q{about}-{person}-{_mac(about, person)}@{host}"


def read(raw: bytes, *, to: str = "") -> Reply | None:
    """The answer that came to `to` (else to its own « To »); None if forged, empty, automatic."""
    message = message_from_bytes(raw[:LARGEST], policy=policy.default)
    found = TOKEN.fullmatch(to or parseaddr(str(message.get("To", "")))[1])
    if found is None:
        return None
    about, person = int(found["about"]), int(found["person"])
    if not constant_time_compare(found["mac"].lower(), _mac(about, person)):
        return None
    if str(message.get("Auto-Submitted", "no")).strip().lower() != "no":
        return None  # « absent du bureau » (RFC 3834)
    text = _own_words(message)
    identity = str(message.get("Message-ID", "")).strip() or text
    uuid = uuid5(NAMESPACE_URL, f"{about}/{person}/{identity}")
    return Reply(about, person, text, uuid) if text else None


def _own_words(message: EmailMessage) -> str:
    """The text above what is quoted."""
    body = message.get_body(preferencelist=("plain",))
    if body is None:
        return ""
    try:
        lines = str(body.get_content()).splitlines()
    except (LookupError, UnicodeError):  # a character set that nobody knows
        return ""
    kept = []
    for line in lines:
        if QUOTED.match(line.strip()) or line.rstrip() == "--":
            break
        kept.append(line.rstrip())
    return "\n".join(kept).replace("\x00", "").strip()[:LONGEST]


def _mac(about: int, person: int) -> str:
    said = f"{about}/{person}"
    return salted_hmac("notifications.reply", said, algorithm="sha256").hexdigest()[:20]
