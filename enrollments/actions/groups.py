"""Enrolling people together: choose, look, do, and take back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications import outbox
from courses.actions import freeze_path
from courses.documents import stations
from courses.models import Course, Path
from courses.queries import document
from enrollments.emails import teams as letters
from enrollments.enums import GroupState
from enrollments.models import (
    LARGEST_GROUP,
    Enrollment,
    GroupEnrollment,
    GroupLine,
    PathEnrollment,
)
from enrollments.queries import groups as queries
from enrollments.queries.groups import Effect
from municipalities.models import Mandate, Organisation


class GroupRefused(ActionError):
    """The group cannot be enrolled, or taken back."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A course or a parcours for the holder of a mandate."""

    mandate: Mandate
    object: Course | Path


@transaction.atomic
def choose(
    *, organisation: Organisation, wishes: Sequence[Wish], by: User, at: datetime
) -> GroupEnrollment:
    """Keep a group to look at; nobody is enrolled yet. Replaces what this person left unconfirmed.

    Someone with two mandates here is taken once, under the first. Raises GroupRefused.
    """
    once = list({each.mandate.user_id: each for each in reversed(wishes)}.values())[::-1]
    if not once:
        raise GroupRefused(_("Choisissez au moins une personne."))
    if len(once) > LARGEST_GROUP:
        raise GroupRefused(
            _("Une inscription de groupe compte %(most)s personnes au plus : filtrez la liste.")
            % {"most": LARGEST_GROUP}
        )
    if any(each.mandate.organisation_id != organisation.pk for each in once):
        raise GroupRefused(_("Une de ces personnes n’est pas de cette organisation."))
    drafts = GroupEnrollment.objects.filter(organisation=organisation, by=by)
    drafts.filter(state=GroupState.DRAFT).delete()
    group = GroupEnrollment.objects.create(organisation=organisation, by=by, chosen_at=at)
    GroupLine.objects.bulk_create(
        GroupLine(
            group=group,
            mandate=each.mandate,
            course=each.object if isinstance(each.object, Course) else None,
            path=each.object if isinstance(each.object, Path) else None,
        )
        for each in once
    )
    return group


@transaction.atomic
def enroll_group(
    *, group_id: int, advised_on: date | None, by: User, at: datetime, in_order: bool = False
) -> GroupEnrollment:
    """Enrol everyone who can be, and promise each a letter. Done once, whatever is sent twice.

    `in_order` makes the order of its parcours compulsory for those who begin one here; where its
    author wants so, it is already, and whoever followed one before goes on as before.
    """
    group = _locked(group_id)
    if group.state != GroupState.DRAFT:
        return group
    today = at.astimezone(QUEBEC).date()
    if advised_on is not None and advised_on < today:
        raise GroupRefused(_("La date suggérée est passée."))
    lines = list(queries.lines_of(group))
    courses = {each.course for each in lines if each.course}
    if any(each.current_version_id is None or each.withdrawn_at for each in courses):
        raise GroupRefused(_("Ce cours n’est plus offert."))
    found = queries.effects(lines, on=today)
    _join(found, at=at)
    _follow(found, in_order=in_order, at=at)
    for effect in found:
        effect.line.outcome = effect.outcome
    GroupLine.objects.bulk_update(lines, ["outcome", "enrollment", "path_enrollment"])
    group.state, group.done_at, group.advised_on = GroupState.DONE, at, advised_on
    group.in_order = in_order
    group.save(update_fields=["state", "done_at", "advised_on", "in_order", "updated_at"])
    new = [each for each in found if each.line.is_kept]
    for effect in new:
        outbox.queue(letters.enrolled(group, effect.line, by=by, at=at), at=at)
    record(at=at, actor=by, verb="group.enrolled", target=str(group.pk), people=len(new))
    return group


def _join(found: Iterable[Effect], *, at: datetime) -> None:
    """Open the courses; somebody who joined by themselves meanwhile keeps their own enrolment."""
    rows = {}
    for effect in found:
        course = effect.opens
        if course is not None and course.current_version_id is not None:
            rows[effect.line.pk] = Enrollment(
                uuid=uuid4(),
                learner=effect.line.mandate.user,
                course=course,
                version_id=course.current_version_id,
                mandate=effect.line.mandate,
                enrolled_at=at,
                stations_total=_required(course.current_version_id),
            )
    Enrollment.objects.bulk_create(rows.values(), ignore_conflicts=True)
    made = Enrollment.objects.in_bulk([each.uuid for each in rows.values()], field_name="uuid")
    for effect in found:
        wanted = rows.get(effect.line.pk)
        effect.line.enrollment = made.get(wanted.uuid) if wanted else None


def _follow(found: Iterable[Effect], *, in_order: bool, at: datetime) -> None:
    """Open the parcours, likewise."""
    wanted = [each.line for each in found if each.follows]
    paths = {each.path.pk: each.path for each in wanted if each.path}
    versions = {pk: freeze_path(path=path, at=at) for pk, path in sorted(paths.items())}
    PathEnrollment.objects.bulk_create(
        [
            PathEnrollment(
                learner=each.mandate.user,
                path=each.path,
                version=versions[each.path_id or 0],
                in_order=in_order,
                started_at=at,
            )
            for each in wanted
        ],
        ignore_conflicts=True,
    )
    rows = PathEnrollment.objects.live().filter(
        learner__in=[each.mandate.user_id for each in wanted], started_at=at
    )
    made = {(each.learner_id, each.path_id): each for each in rows}
    for line in wanted:
        line.path_enrollment = made.get((line.mandate.user_id, line.path_id or 0))


def _required(version_id: int) -> int:
    return sum(each["required"] for each in stations(document(version_id)))


@transaction.atomic
def undo_group(*, group_id: int, by: User, at: datetime) -> GroupEnrollment:
    """Take back what a group made, for seven days, but what people have begun since.

    Letters that have not left do not leave. Raises GroupRefused when it is too late.
    """
    group = _locked(group_id)
    if group.state == GroupState.UNDONE:
        return group
    if not group.is_open_to_undo(at):
        raise GroupRefused(_("Une inscription de groupe s’annule pendant sept jours."))
    lines = list(queries.lines_of(group))
    outbox.withdraw([letters.key_of(group, each) for each in lines if each.is_kept])
    opened = Enrollment.objects.filter(pk__in=[each.enrollment_id for each in lines])
    # Whoever begins at this moment waits here, or is seen to have begun.
    locked = list(opened.select_for_update(no_key=False).values_list("pk", flat=True))
    gone = set(
        Enrollment.objects.filter(queries.untouched(), pk__in=locked).values_list("pk", flat=True)
    )
    Enrollment.objects.filter(pk__in=gone).delete()
    # A parcours stays with the course of it that was begun.
    paths = [
        each.path_enrollment_id
        for each in lines
        if each.path_enrollment_id and (each.enrollment_id is None or each.enrollment_id in gone)
    ]
    PathEnrollment.objects.filter(pk__in=paths).delete()
    group.state, group.undone_at = GroupState.UNDONE, at
    group.save(update_fields=["state", "undone_at", "updated_at"])
    _free(lines, at=at)
    record(at=at, actor=by, verb="group.undone", target=str(group.pk), taken_back=len(gone))
    return group


def _free(lines: Iterable[GroupLine], *, at: datetime) -> None:
    """Whoever follows on after a group was taken back does so freely, but for another group."""
    whose = Q(mandate__user=OuterRef("learner"), path=OuterRef("path"))
    here = GroupLine.objects.filter(whose, pk__in=[each.pk for each in lines])
    others = queries.ordering_lines(on=at.astimezone(QUEBEC).date()).filter(whose)
    bound = PathEnrollment.objects.live().filter(Exists(here), ~Exists(others), in_order=True)
    bound.update(in_order=False, updated_at=at)


def _locked(group_id: int) -> GroupEnrollment:
    rows = GroupEnrollment.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "by").get(pk=group_id)
