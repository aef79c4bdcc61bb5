"""Questions of other systems, brought into the bank."""

import hashlib
import io
import json
import posixpath
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.core.exceptions import ActionError
from courses import packages
from courses.actions import bank_pictures
from courses.actions.illustrating import Find, Pictures, beside, illustrated, inside, nowhere
from courses.exchange import gift, moodle_xml, qti
from courses.exchange.items import Item
from courses.exchange.ours import Imported, Left, Reading, ours
from courses.models import BankQuestion
from courses.notation import NotationRefused

LARGEST = 20 * 1024 * 1024
# Without one of these, a file of a QTI package is not one of questions.
QTI_WORDS = (b"ssessmentItem", b"ssessmentTest", b"qti-assessment-", b"questestinterop")
NAME_LENGTH = 200
PICTURES = (".png", ".jpg", ".jpeg", ".webp")


class QuestionsRefused(ActionError):
    """The file cannot be read; the sentence says where and why."""


def read_questions(*, content: bytes, kind: str) -> Reading:
    """What a file holds: questions, and what cannot be represented. Nothing is kept.

    `kind` is "gift", "moodle-xml" or "qti" (one XML file, or a zip of them). Raises
    QuestionsRefused.
    """
    if len(content) > LARGEST:
        raise QuestionsRefused(_("Ce fichier dépasse 20 Mo."))
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
    for name, picture in reading.pictures.values():
        bank_pictures.keep(name=name, content=picture)
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
    encoding = "utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    text = content.decode(encoding)
    if "\x00" in text:
        raise QuestionsRefused(
            _("Ce fichier contient des caractères nuls : ce n’est pas un texte.")
        )
    return _read((each, nowhere) for each in gift.read(text))


def _moodle(content: bytes) -> Reading:
    return _read((each, inside(dict(each.files))) for each in moodle_xml.read(content))


def _qti(content: bytes) -> Reading:
    if not content.startswith(b"PK"):
        return _read((each, nowhere) for each in qti.read(content))
    items: list[tuple[Item, Find]] = []
    left: list[Left] = []
    files = _unpacked(content)
    for name, text in files.items():
        if not _is_xml(name) or not any(word in text for word in QTI_WORDS):
            continue
        find = beside(files, posixpath.dirname(name))
        try:
            items += [(each, find) for each in qti.read(text)]
        except NotationRefused as error:
            left += [Left(name, words)] if (words := _not_an_item(text, error)) else []
    if not items:
        why = [f"{each.where} : {each.what}" for each in left]
        raise QuestionsRefused("\n".join([_("Ce paquet ne contient aucune question QTI."), *why]))
    # By their rank in the package: each file says that its own is the first.
    numbered = ((replace(each, line=n), find) for n, (each, find) in enumerate(items, start=1))
    found = _read(numbered)
    found.left = [*left, *found.left]
    return found


def _read(items: Iterable[tuple[Item, Find]]) -> Reading:
    """Questions, with the pictures that they show."""
    pictures: Pictures = {}
    found = ours(illustrated(each, find, pictures) for each, find in items)
    found.pictures = pictures
    return found


def _not_an_item(text: bytes, error: NotationRefused) -> str:
    """What a file of a package holds that is no question; nothing for its table."""
    kind = qti.kind_of(text)
    if kind == "assessmentTest":
        return _("un test : son ordre, ses durées et ses notes")
    return "" if kind in {"manifest", "assessmentSection"} else str(error)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The XML files and the pictures of a package, by name, once all of it was checked."""
    try:
        with packages.opened(io.BytesIO(content)) as archive:
            names = packages.listing(archive).names
            wanted = [name for name in sorted(names) if _is_xml(name) or _is_drawn(name)]
            return {name: archive.read(name) for name in wanted}
    except packages.PackageRefused as error:
        raise QuestionsRefused(str(error)) from error


def _is_drawn(name: str) -> bool:
    return name.lower().endswith(PICTURES)


def _is_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


READERS: dict[str, Callable[[bytes], Reading]] = {
    "gift": _gift,
    "moodle-xml": _moodle,
    "qti": _qti,
}
