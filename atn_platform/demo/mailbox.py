"""The letter box of the demonstration: an SMTP receiver that keeps messages as files.

No message ever leaves the machine.
"""

import email
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default as policy
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings

KEY = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
# A code stands alone on its line: six digits, or letters and digits in one or two groups.
SIGN_IN_CODE = re.compile(
    r"^\s*(\d{6}|[A-Z0-9]{4}-[A-Z0-9]{4}|(?=\S*\d)[A-Z0-9]{6,8})\s*$", re.MULTILINE
)
STORAGE_FAILED = "452 4.3.1 Insufficient system storage"


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


class ReceivedMessage:
    """One message of the letter box, read from its file."""

    def __init__(self, path: Path) -> None:
        self.key = path.stem
        self.received_at = datetime.strptime(self.key[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
        self._message: EmailMessage = email.message_from_bytes(path.read_bytes(), policy=policy)

    @property
    def subject(self) -> str:
        return str(self._message.get("Subject", ""))

    @property
    def sender(self) -> str:
        return str(self._message.get("From", ""))

    @property
    def recipients(self) -> str:
        return str(self._message.get("To", ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self._message.items()]

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @property
    def sign_in_code(self) -> str:
        """The code to type, when the message carries one; else an empty text."""
        found = SIGN_IN_CODE.search(self.text)
        return found[1] if found else ""

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Files, and calendar parts, which mail programs show as files too."""
        return [
            Attachment(
                part.get_filename() or f"piece.{part.get_content_subtype()}",
                part.get_content_type(),
                bytes(part.get_payload(decode=True) or b""),
            )
            for part in self._message.walk()
            if part.is_attachment() or part.get_content_type() == "text/calendar"
        ]

    def _body(self, kind: str) -> str:
        part = self._message.get_body((kind,))
        return str(part.get_content()) if part else ""


def folder() -> Path:
    return Path(settings.VAR_DIR) / "courriels"


def keys() -> list[str]:
    """Names of the messages, newest first."""
    return sorted((path.stem for path in folder().glob("*.eml")), reverse=True)


def messages(some: list[str]) -> Iterator[ReceivedMessage]:
    """The messages of these names; one deleted meanwhile is left out."""
    for key in some:
        if found := message(key):
            yield found


def message(key: str) -> ReceivedMessage | None:
    path = folder() / f"{key}.eml"
    return ReceivedMessage(path) if KEY.fullmatch(key) and path.is_file() else None


def keep(content: bytes, *, at: datetime) -> Path:
    """Write one message; a reader never sees half of it."""
    folder().mkdir(parents=True, exist_ok=True)
    key = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
    draft = folder() / f"{key}.part"
    draft.write_bytes(content)
    return draft.replace(draft.with_suffix(".eml"))


class Receiver:
    """What aiosmtpd calls for each message."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 -- aiosmtpd's names
        try:
            keep(envelope.content, at=datetime.now(UTC))
        except OSError:
            return STORAGE_FAILED
        return "250 OK"
