"""The bank and the exercises: changing a question, taking copies, handing files in."""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from courses.actions import bank_pictures
from courses.actions.bank import NAME_LENGTH, fingerprint_of, import_questions, read_questions
from courses.actions.editing import filled_in, revision
from courses.actions.outline import add_questions, lock_course
from courses.models import BankImport, BankQuestion, BankVersion, Block, Question
from courses.notation import TypedQuestion
from courses.queries.bank import uses_by_question

# A file that nobody kept or refused is forgotten after this time.
PENDING = timedelta(days=1)
TITLE_LENGTH = 160
Row = TypeVar("Row", Block, Question)


@transaction.atomic
def save_bank_question(
    *,
    question: BankQuestion,
    changes: dict[str, Any],
    seen: str,
    by: User,
    at: datetime,
    uploads: dict[str, tuple[str, bytes]] | None = None,
) -> BankQuestion:
    """Write what an author changed; another prompt or other answers make a new version.

    `uploads` may hold another picture, by the name of its field. Copies in exercises stay as they
    are. Raises MediaRefused, and ActionError when somebody else saved meanwhile, or when the bank
    asks exactly this already.
    """
    row = BankQuestion.objects.select_for_update(no_key=True).get(pk=question.pk)
    if row.content_hash != seen:
        raise ActionError(
            _("Quelqu’un a modifié cette question pendant que vous écriviez : relisez-la d’abord.")
        )
    rest = dict(changes)
    row.title, row.tags = rest.pop("title"), rest.pop("tags")
    old = BankVersion(question=row, number=row.number, prompt=row.prompt, data=row.data,
                      replaced_at=at)  # fmt: skip
    row.prompt = rest.pop("prompt")
    if not rest.pop("without_image", False):
        rest["image"] = row.data.get("image")
    for field, (name, content) in (uploads or {}).items():
        rest[field] = bank_pictures.keep(name=name, content=content).name
    row.data = filled_in(rest)
    row.content_hash = fingerprint_of(row)
    if row.content_hash != seen:
        old.save(force_insert=True)
        row.number += 1
    try:
        with transaction.atomic():
            row.save(
                update_fields=[
                    "title", "tags", "prompt", "data", "content_hash", "number", "updated_at",
                ]
            )  # fmt: skip
    except IntegrityError:
        message = _("Une autre question de la banque demande déjà exactement cela.")
        raise ActionError(message) from None
    record(at=at, actor=by, verb="bank.saved", target=row.reference)
    return row


@transaction.atomic
def take_from_bank(
    *, block: Block, questions: list[BankQuestion], draw: int | None, by: User, at: datetime
) -> int:
    """Copy questions into an exercise, each once; answer how many were new there.

    `draw`, when given, is how many of all its questions the exercise asks at each attempt. What is
    copied is what the bank asks by then, whatever the caller read; a question that is gone is left
    out. Raises ActionError when the exercise is gone.
    """
    lock_course(block.lesson.module.course)
    row = _held(Block, block.pk)
    taken = {each.bank_uuid for each in row.questions.all()}
    # Held until the end: an importation that is undone meanwhile then finds them used.
    asked = BankQuestion.objects.filter(pk__in=[each.pk for each in questions])
    found = {each.pk: each for each in asked.select_for_update(no_key=True).order_by("pk")}
    chosen = [found[each.pk] for each in questions if each.pk in found]
    new = [each for each in chosen if str(each.uuid) not in taken]
    add_questions(
        block=row,
        questions=[
            TypedQuestion(each.kind, each.prompt, {**_given(each, row), "bank": each.reference})
            for each in new
        ],
        by=by,
        at=at,
    )
    if draw is not None:
        row.data = {**row.data, "draw": draw}
        row.save(update_fields=["data", "updated_at"])
    return len(new)


@transaction.atomic
def renew_copy(*, copy: Question, seen: str) -> None:
    """Put the newest version of the bank in a copy’s place.

    Raises ActionError without one, or when the copy is no longer as its author saw it (`seen`).
    """
    row = _held(Question, copy.pk)
    if revision(row) != seen:
        raise ActionError(
            _("Quelqu’un a modifié cette question pendant que vous écriviez : relisez-la d’abord.")
        )
    found = BankQuestion.objects.filter(uuid=row.bank_uuid).first() if row.bank_uuid else None
    if found is None or found.kind != row.kind:
        raise ActionError(_("Cette question n’est plus dans la banque."))
    # What the answer proves is the course's affair: the bank knows nothing of it.
    proves = {name: each for name, each in row.data.items() if name == "competencies"}
    given = _given(found, row.block)
    row.prompt, row.data = found.prompt, {**given, **proves, "bank": found.reference}
    row.save(update_fields=["prompt", "data", "updated_at"])


@transaction.atomic
def put_in_bank(*, copy: Question, by: User, at: datetime) -> BankQuestion:
    """Keep a question of a course in the bank, and remember that the course's is a copy of it.

    What the bank asks already is not kept twice, nor is a picture.
    """
    row = _held(Question, copy.pk)
    course = row.block.lesson.module.course
    own = ("bank", "competencies")
    said = {name: each for name, each in row.data.items() if name not in own}
    data = bank_pictures.bring(said, course=course)
    asked = BankQuestion(
        uuid=uuid4(),
        kind=row.kind,
        title=" ".join(row.prompt.split())[:TITLE_LENGTH],
        prompt=row.prompt,
        data=data,
        source=course.code,
    )
    found, is_new = BankQuestion.objects.get_or_create(
        content_hash=fingerprint_of(asked),
        defaults={
            name: getattr(asked, name)
            for name in ("uuid", "kind", "title", "prompt", "data", "source")
        },
    )
    proves = {name: row.data[name] for name in own[1:] if name in row.data}
    row.data = {**said, **proves, "bank": found.reference}
    row.save(update_fields=["data", "updated_at"])
    if is_new:
        record(at=at, actor=by, verb="bank.added", target=found.reference)
    return found


def _given(question: BankQuestion, block: Block) -> dict[str, Any]:
    """Its answers; the course of the exercise has their picture by then."""
    course = block.lesson.module.course
    return bank_pictures.give(question.data, course=course)


def _held(model: type[Row], pk: int) -> Row:
    """What was saved last, that nobody writes over before the end."""
    row = model.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise ActionError(_("Cet élément vient d’être supprimé par quelqu’un d’autre."))
    return row


@transaction.atomic
def hand_in(*, content: bytes, kind: str, name: str, at: datetime) -> BankImport:
    """Hold a file until its questions are kept. Raises QuestionsRefused when it cannot be read."""
    read_questions(content=content, kind=kind)
    BankImport.objects.filter(confirmed_at=None, created_at__lt=at - PENDING).delete()
    return BankImport.objects.create(
        uuid=uuid4(), name=name[:NAME_LENGTH], kind=kind, content=content
    )


@transaction.atomic
def confirm_import(*, held: BankImport, by: User, at: datetime) -> BankImport:
    """Keep the questions of a file in the bank; a second call changes nothing."""
    row = BankImport.objects.select_for_update(no_key=True).get(pk=held.pk)
    if row.confirmed_at is not None:
        return row
    import_questions(content=bytes(row.content), kind=row.kind, source=row.name, batch=row.uuid)
    row.added = BankQuestion.objects.filter(batch=row.uuid).count()
    row.confirmed_at, row.content = at, b""
    row.save(update_fields=["added", "confirmed_at", "content", "updated_at"])
    record(at=at, actor=by, verb="bank.imported", target=str(row.uuid), added=row.added)
    return row


@transaction.atomic
def undo_import(*, held: BankImport, by: User, at: datetime) -> tuple[int, int]:
    """Take out what a file brought; what was changed or used since stays. (Removed, left.)"""
    row = BankImport.objects.select_for_update(no_key=True).get(pk=held.pk)
    brought = BankQuestion.objects.filter(batch=row.uuid)
    list(brought.select_for_update(no_key=True).order_by("pk"))
    used = uses_by_question()
    idle = [each.pk for each in brought if each.number == 1 and not used[str(each.uuid)]]
    left = brought.count() - len(idle)
    brought.filter(pk__in=idle).delete()
    row.undone_at = at
    row.save(update_fields=["undone_at", "updated_at"])
    record(at=at, actor=by, verb="bank.undone", target=str(row.uuid), removed=len(idle))
    return len(idle), left
