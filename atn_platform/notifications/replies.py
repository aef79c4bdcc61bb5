"""Answers that people write to a letter of ours, from their own mail.

The address to answer (« retours+q12-34-a1b2…@… ») names a conversation and the one person who may
speak in it by that address; only we can make its last part. Who the letter says it is from proves
nothing, and is not read.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from atn_platform.notifications.bounces import LARGEST, headers, sound
from atn_platform.notifications.quoting import own_words

TOKEN = re.compile(
    r"[^+@]+\+q(?P<about>\d{1,18})-(?P<person>\d{1,18})-(?P<mac>[0-9a-f]{20})@.+", re.IGNORECASE
)
# How programs that answer by themselves say so, or let it be seen.
AUTOMATIC = {
    "auto-submitted": re.compile(r"(?!no$).", re.IGNORECASE),
    "precedence": re.compile(r"bulk|junk|list|auto_reply", re.IGNORECASE),
    "return-path": re.compile(r"<>"),  # the sender of reports, who takes no letter
    "list-id": re.compile(r".+"),
    "x-autoreply": re.compile(r".+"),
    "x-autorespond": re.compile(r".+"),
    "subject": re.compile(
        r"(réponse automatique|absence? du bureau|automatic reply|out of office)\b", re.IGNORECASE
    ),
}
# The alias of a mail server gives no address: it says in a header where the letter arrived.
ADDRESSED = ("Delivered-To", "X-Original-To", "To", "Cc")
LONGEST = 5000
NAMES = 500


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
    if (found := _addressed(message, to)) is None:
        return None
    about, person = int(found["about"]), int(found["person"])
    if not constant_time_compare(found["mac"].lower(), _mac(about, person)):
        return None
    if _is_automatic(message):
        return None
    text = _with_attachments(sound(own_words(message))[: LONGEST - 2 * NAMES], message)
    identity = "".join(headers(message, "message-id")).strip() or text
    uuid = uuid5(NAMESPACE_URL, f"{about}/{person}/{identity}")
    return Reply(about, person, text, uuid) if text else None


def _addressed(message: EmailMessage, to: str) -> re.Match[str] | None:
    said = [each for name in ADDRESSED for each in headers(message, name)]
    addresses = [to] if to else [address for _name, address in getaddresses(said)]
    found = (TOKEN.fullmatch(address) for address in addresses)
    return next((each for each in found if each is not None), None)


def _is_automatic(message: EmailMessage) -> bool:
    """An absence (RFC 3834), a report, a receipt (RFC 8098), a list: nobody wrote it to us."""
    if message.get_content_type() == "multipart/report":
        return True
    return any(
        pattern.match(value.strip())
        for name, pattern in AUTOMATIC.items()
        for value in headers(message, name)
    )


def _with_attachments(text: str, message: EmailMessage) -> str:
    """What came with the letter is not kept: whoever reads the thread is told its name."""
    files = [each.get_filename() for each in message.walk() if each.is_attachment()]
    names = ", ".join(sound(each)[:80] for each in files if each)
    if not names:
        return text
    left = _("(Fichier joint laissé de côté : %s)") % names[:NAMES]
    return f"{text}\n\n{left}".strip()


def _mac(about: int, person: int) -> str:
    said = f"{about}/{person}"
    return salted_hmac("notifications.reply", said, algorithm="sha256").hexdigest()[:20]
