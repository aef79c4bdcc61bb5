"""Entering the answer sheet of somebody who worked on paper, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications import outbox
from courses.models import CourseVersion
from courses.paper import Questionnaire
from enrollments import grading
from enrollments.actions.ledger import record_many, take_back
from enrollments.actions.writing import NewEvent, locked
from enrollments.emails.papers import sheet_entered
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment, LearningEvent, PaperSheet, ScoreReview
from enrollments.queries.papers import parts

NOON = time(12, tzinfo=QUEBEC)


class SheetRefused(ActionError):
    """What the sheet says cannot be entered, or not taken back."""


class SheetKnown(SheetRefused):
    """The very same form was sent before, and what it says is not what stands."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What a sheet says. `answers` by UUID of the questionnaire's block, then of the question."""

    uuid: UUID
    version: CourseVersion
    filled_on: date
    done: Sequence[UUID]
    answers: Mapping[str, Mapping[str, Sequence[str]]]


@transaction.atomic
def enter_sheet(*, enrollment_id: int, sheet: Filled, by: User, at: datetime) -> PaperSheet:
    """Add the acts of a sheet to the ledger, as its person's, and tell the person.

    They happened at noon of the day written on the sheet. The same form again adds nothing.
    Raises SheetRefused when the course is over, SheetKnown when the form comes again changed.
    """
    # Where the course goes on, when two accounts of the person became one meanwhile.
    enrollment, __ = locked(enrollment_id)
    known = PaperSheet.objects.filter(uuid=sheet.uuid).first()
    if known is not None:
        if not _is_same(known, enrollment, sheet):
            raise SheetKnown(
                _(
                    "Cette feuille est déjà inscrite, ou annulée. Pour en corriger une qui est "
                    "inscrite, annulez-la d’abord; sinon, relisez ces lignes et inscrivez-les."
                )
            )
        return known
    if enrollment.status != Status.ACTIVE:
        raise SheetRefused(_("Ce cours est terminé ou mis de côté : rien ne s’y inscrit plus."))
    events = _events(enrollment, sheet)
    kept = PaperSheet.objects.create(
        uuid=sheet.uuid,
        enrollment=enrollment,
        version=sheet.version,
        filled_on=sheet.filled_on,
        answers=sum(bool(said) for each in sheet.answers.values() for said in each.values()),
        lessons=len(sheet.done),
        entered_by=by,
        entered_at=at,
    )
    done = record_many(enrollment_id=enrollment.pk, events=events, at=at)
    if done.refused:
        raise SheetRefused(next(iter(done.refused.values())))
    kept.enrollment = done.enrollment  # as these acts leave it: finished, perhaps
    record(at=at, actor=by, verb="paper.entered", target=str(enrollment.pk), sheet=kept.pk)
    outbox.queue(sheet_entered(kept), at=at)
    return kept


@transaction.atomic
def undo_sheet(*, sheet_id: int, by: User, at: datetime) -> PaperSheet:
    """Have the acts of a sheet count no more, by whoever answers for the person or the person.

    Safe to repeat. Raises SheetRefused when something rests on them since.
    """
    # The enrolment first, as for every act: a review asked at this moment waits, or is seen.
    enrollment, __ = locked(PaperSheet.objects.get(pk=sheet_id).enrollment_id)
    sheet = PaperSheet.objects.select_for_update(no_key=True).get(pk=sheet_id)
    if sheet.undone_at is not None:
        return sheet
    # Of two accounts that became one, the copies count, and a review may be of the first acts.
    acts = LearningEvent.objects.filter(
        enrollment__in={sheet.enrollment_id, enrollment.pk}, origin__paper=str(sheet.uuid)
    )
    if ScoreReview.objects.filter(event__in=acts).exists():
        raise SheetRefused(_("Une révision de ces réponses est demandée : elles restent."))
    is_taken = take_back(
        enrollment_id=enrollment.pk,
        acts=set(acts.values_list("uuid", flat=True)),
        uuid=uuid5(sheet.uuid, "undone"),
        at=at,
    )
    if not is_taken:
        raise SheetRefused(
            _("Deux comptes de cette personne sont réunis depuis : cela ne s’annule plus.")
        )
    sheet.undone_by, sheet.undone_at = by, at
    sheet.save(update_fields=["undone_by", "undone_at", "updated_at"])
    record(at=at, actor=by, verb="paper.undone", target=str(sheet.enrollment_id), sheet=sheet.pk)
    return sheet


def _is_same(known: PaperSheet, enrollment: Enrollment, sheet: Filled) -> bool:
    """Whether the form says again what stands: only then is a second sending no news."""
    if known.undone_at is not None or known.enrollment_id != enrollment.pk:
        return False
    if (known.version_id, known.filled_on) != (sheet.version.pk, sheet.filled_on):
        return False
    acts = LearningEvent.objects.filter(enrollment=enrollment, origin__paper=str(sheet.uuid))
    stored = dict(acts.values_list("uuid", "result"))
    return stored == {each.uuid: each.result for each in _events(enrollment, sheet)}


def _events(enrollment: Enrollment, sheet: Filled) -> list[NewEvent]:
    happened_at = datetime.combine(sheet.filled_on, NOON)
    events = []

    def act(verb: Verb, lesson: str, **fields: Any) -> None:
        name = fields.get("block", f"completed/{lesson}")
        events.append(
            NewEvent(
                uuid=uuid5(sheet.uuid, str(name)),
                verb=verb,
                lesson=UUID(lesson),
                happened_at=happened_at,
                origin={"paper": str(sheet.uuid)},
                **fields,
            )
        )

    for part in parts(sheet.version, enrollment.version):
        lesson = part.stop.lesson["uuid"]
        for quiz in part.quizzes:
            said = sheet.answers.get(quiz.block["uuid"], {})
            if any(said.values()):
                act(
                    Verb.ANSWERED,
                    lesson,
                    block=UUID(quiz.block["uuid"]),
                    result=_marked(quiz, said),
                )
        if part.is_lesson and UUID(lesson) in sheet.done:
            act(Verb.COMPLETED, lesson)
    return events


def _marked(quiz: Questionnaire, said: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Marked as an attempt on a screen is: what was left blank is no answer."""
    marked = grading.mark([each.doc for each in quiz.asked], said)
    return grading.kept(marked, quiz.attempt)
