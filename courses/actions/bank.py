"""Questions of other systems, brought into the bank."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from uuid import NAMESPACE_URL, UUID, uuid5
from zipfile import BadZipFile, ZipFile

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses.exchange import gift, moodle_xml, qti
from courses.exchange.items import Item
from courses.exchange.ours import Imported, Left, Reading, ours
from courses.models import BankQuestion
from courses.notation import NotationRefused

LARGEST = 20 * 1024 * 1024
# A QTI package: files in it, and their size once unpacked.
MOST_FILES = 2_000
LARGEST_UNPACKED = 100 * 1024 * 1024
NAME_LENGTH = 200


class QuestionsRefused(ActionError):
    """The file cannot be read; the sentence says where and why."""


def read_questions(*, content: bytes, kind: str) -> Reading:
    """What a file holds: questions, and what cannot be represented. Nothing is kept.

    `kind` is "gift", "moodle-xml" or "qti" (one XML file, or a zip of them). Raises
    QuestionsRefused.
    """
    if len(content) > LARGEST:
        raise QuestionsRefused(_("Ce fichier dépasse 20 Mo."))
    try:
        return READERS[kind](content)
    except (NotationRefused, UnicodeDecodeError) as error:
        words = _("ce n’est pas un texte en UTF-8.")
        raise QuestionsRefused(
            words if isinstance(error, UnicodeDecodeError) else str(error)
        ) from error


@transaction.atomic
def import_questions(
    *, content: bytes, kind: str, source: str, batch: UUID | None = None
) -> Reading:
    """Keep the questions of a file in the bank; those that are there already stay as they are."""
    reading = read_questions(content=content, kind=kind)
    rows = {fingerprint_of(each): each for each in reading.questions}
    BankQuestion.objects.bulk_create(
        [
            BankQuestion(
                uuid=uuid5(NAMESPACE_URL, f"bank/{fingerprint}"),
                kind=each.kind,
                title=each.title,
                prompt=each.prompt,
                data=each.data,
                tags=[tag[:80] for tag in each.tags],
                source=source[:NAME_LENGTH],
                content_hash=fingerprint,
                batch=batch,
            )
            for fingerprint, each in rows.items()
        ],
        ignore_conflicts=True,
    )
    return reading


def fingerprint_of(question: Imported | BankQuestion) -> str:
    """SHA-256 of what is asked: kind, prompt and answers."""
    facts = [question.kind, question.prompt, question.data]
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _gift(content: bytes) -> Reading:
    return ours(gift.read(content.decode("utf-8-sig")))


def _moodle(content: bytes) -> Reading:
    return ours(moodle_xml.read(content))


def _qti(content: bytes) -> Reading:
    if not content.startswith(b"PK"):
        return ours(qti.read(content))
    reading, items = Reading(), []
    for name, text in _unpacked(content):
        try:
            items += qti.read(text)
        except NotationRefused as error:
            if b"assessmentItem" in text or b"qti-assessment-item" in text:
                reading.left.append(Left(name, str(error)))
    found = ours(_numbered(items))
    found.left = [*reading.left, *found.left]
    return found


def _numbered(items: list[Item]) -> list[Item]:
    """Items by their rank in the package: each file says that it is the first."""
    return [replace(each, line=rank) for rank, each in enumerate(items, start=1)]


def _unpacked(content: bytes) -> list[tuple[str, bytes]]:
    """The XML files of a package, in the order of their names; bombs are refused before."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            files = [each for each in archive.infolist() if each.filename.endswith(".xml")]
            if len(files) > MOST_FILES or sum(each.file_size for each in files) > LARGEST_UNPACKED:
                raise QuestionsRefused(_("Ce paquet est trop gros une fois ouvert."))
            return [
                (each.filename, archive.open(each).read(LARGEST_UNPACKED))
                for each in sorted(files, key=lambda each: each.filename)
            ]
    except (BadZipFile, RuntimeError, NotImplementedError) as error:
        raise QuestionsRefused(_("Ce paquet ne s’ouvre pas : il est coupé ou chiffré.")) from error


READERS: dict[str, Callable[[bytes], Reading]] = {
    "gift": _gift,
    "moodle-xml": _moodle,
    "qti": _qti,
}
