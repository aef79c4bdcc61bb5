"""What whoever answers for the training of an organisation sees of one of its people."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.core import wording
from atn_platform.core.office_hours import QUEBEC
from atn_platform.privacy.seen.sights import Facts, Sight, facts, shown, sight
from certificates.queries import proofs
from enrollments.enums import GroupState, Progress
from enrollments.queries import groups, nudges, papers, team
from municipalities.actions.claims import responsables
from municipalities.enums import Kind
from municipalities.models import (
    Claim,
    ImportLine,
    Invitation,
    JoinRequest,
    Mandate,
    Organisation,
    OrganisationQuerySet,
    Responsibility,
)
from municipalities.queries import cards, duties, imports, mandates
from municipalities.queries import council as councils
from municipalities.queries.addresses import known_address
from municipalities.queries.claims import shown_lately_to_umq, shown_to_umq


def places(user: User, *, on: date) -> OrganisationQuerySet:
    """Organisations whose pages hold something of this person, by name."""
    held = Mandate.objects.filter(user=user).values("organisation")
    answering = Responsibility.objects.in_force(on=on).filter(user=user).values("organisation")
    listed = ImportLine.objects.filter(user=user).values("batch__organisation")
    found = Q(pk__in=held) | Q(pk__in=answering) | Q(pk__in=listed)
    if addresses := user.own_addresses:
        asked = Invitation.objects.pending().filter(email__in=addresses).values("organisation")
        claimed = Organisation.objects.filter(claims__email__in=addresses)
        joining = JoinRequest.objects.waiting().filter(email__in=addresses)
        found |= Q(pk__in=asked) | Q(pk__in=claimed)
        found |= Q(pk__in=joining.values("poster__organisation"))
    return Organisation.objects.active().filter(found).order_by("sort_key")


def onlookers(user: User, place: Organisation, *, on: date) -> int:
    """How many other people answer for that organisation."""
    return sum(each.user_id != user.pk for each in responsables(place, on=on))


def sights(user: User, place: Organisation, *, on: date, at: datetime) -> list[Sight]:
    """Every page of « Mes gens » on which this person is, from the queries of that page."""
    return shown(
        sight(Screen.TEAM.label, _team(user, place, on)),
        sight(Screen.MANDATES.label, _mandates(user, place, on)),
        sight(Screen.PROOFS.label, _proofs(user, place)),
        sight(Screen.NUDGE.label, _nudges(user, place, at)),
        sight(Screen.GROUP.label, _groups(user, place)),
        sight(Screen.PAPERS.label, _papers(user, place, on)),
        sight(Screen.COUNCIL.label, _council(user, place, on)),
        sight(Screen.DUTIES.label, declared(user, place, on)),
        sight(Screen.CARDS.label, _cards(user, place, on, at)),
        sight(Screen.RESPONSABLES.label, _responsable(user, place, on)),
        sight(Screen.IMPORT.label, _lists(user, place)),
        sight(_("les demandes et invitations en attente"), _waiting(user, place)),
    )


def _team(user: User, place: Organisation, on: date) -> Iterator[Facts]:
    rows: Any = team.team(place, on=on).filter(user=user)  # annotated
    for each in rows:
        private = each.state == Progress.PRIVATE
        yield facts(
            (_("Nom"), each.user),
            (_("Fonction"), each.function),
            (_("Public"), each.get_public_display()),
            (_("Avancement"), _("non montré sans votre accord") if private
             else Progress(each.state).label),
            (_("Étapes"), "" if private
             else _("%(done)s sur %(total)s") % {"done": each.stations_done,
                                                 "total": each.stations_total}),
            (_("Cours terminés"), "" if private
             else _("%(done)s sur %(total)s") % {"done": each.courses_done,
                                                 "total": each.courses}),
        )  # fmt: skip


def _mandates(user: User, place: Organisation, on: date) -> Iterator[Facts]:
    address = known_address(user, place)
    for over in (False, True):
        for each in mandates.listed(place, on=on, over=over).filter(user=user):
            yield facts(
                (_("Nom"), each.user),
                (_("Fonction"), each.function or each.get_public_display()),
                (_("Premier jour"), wording.day(each.starts_on)),
                (_("Dernier jour"), each.ends_on and wording.day(each.ends_on)),
                # The page of a departure asks what becomes of it.
                (_("Courriel"), (not over or mandates.is_here(each, on=on)) and address),
            )


def _proofs(user: User, place: Organisation) -> Iterator[Facts]:
    for each in proofs(place).filter(enrollment__learner=user):
        said = each.facts
        yield facts(
            (_("Nom"), said["name"]),
            (_("Fonction"), said["function"] or said["public"]),
            (_("Formation"), f"{said['course_code']} – {said['course_title']}"),
            (_("Terminée le"), wording.day(date.fromisoformat(said["completed_on"]))),
            (_("Durée"), wording.duration(said["minutes"])),
            (_("Attestation"), each.number),
        )


def _nudges(user: User, place: Organisation, at: datetime) -> Iterator[Facts]:
    hindrances = {
        "address": _("impossible : aucun courriel"),
        "refusal": _("vous avez demandé de ne pas en recevoir"),
    }
    for each in nudges.candidates(place, at=at, of=user):
        last = each.last and _("le dernier est du %s") % wording.day(each.last.astimezone(QUEBEC))
        yield facts(
            (_("Cours pas commencé"), each.enrollment.course.code),
            (_("Ouvert le"), wording.day(each.enrollment.enrolled_at.astimezone(QUEBEC))),
            (_("Rappel"), hindrances.get(each.hindrance, last)),
        )


def _groups(user: User, place: Organisation) -> Iterator[Facts]:
    for each in groups.lines_about(user, place):
        is_draft = each.group.state == GroupState.DRAFT
        told = each.group.get_state_display() if is_draft else each.get_outcome_display()
        is_shown = each.is_shown  # type: ignore[attr-defined]  # annotated
        yield facts(
            (_("Formation"), each.path or each.course),
            (_("Préparée le"), wording.day(each.group.chosen_at.astimezone(QUEBEC))),
            (_("Effet"), told if is_shown else _("non montré sans votre accord")),
        )


def _papers(user: User, place: Organisation, on: date) -> Iterator[Facts]:
    # Whoever follows a course may hand in a sheet: the form names them, its page says the course.
    for follows in papers.active_there(place, on=on).filter(learner=user):
        yield facts((_("Nom"), follows.learner), (_("Formation"), follows.course.title))
    for each in papers.entered(place, on=on).filter(enrollment__learner=user):
        undone = each.undone_at
        yield facts(
            (_("Formation"), each.version.course.code),
            (_("Remplie le"), wording.day(each.filled_on)),
            (_("Saisie par"), each.entered_by),
            (_("Réponses"), each.answers),
            (_("Leçons terminées"), each.lessons),
            (_("Annulée le"), undone and wording.day(undone.astimezone(QUEBEC))),
        )


def _council(user: User, place: Organisation, on: date) -> Iterator[Facts]:
    if place.kind != Kind.MUNICIPALITY:
        return
    for seat in councils.council(place, on=on):
        if seat.mandate and seat.mandate.user_id == user.pk:
            ends_on = seat.mandate.ends_on
            yield facts(
                (_("Siège"), seat.label),
                (_("Fonction"), seat.mandate.function),
                (_("Jusqu’au"), ends_on and wording.day(ends_on)),
            )
        elif seat.invitation and seat.invitation.email == user.email:
            asked = seat.invitation
            yield facts(
                (_("Siège"), seat.label),
                (_("Nom"), f"{asked.first_name} {asked.last_name}".strip()),
                (_("Courriel"), asked.email),
            )


def declared(
    user: User, place: Organisation, on: date, *, only_done: bool = False
) -> Iterator[Facts]:
    """Trainings that the law asks of the council, as the list of the organisation tells them."""
    if place.kind != Kind.MUNICIPALITY:
        return
    for row in duties.council(place, on=on):
        if row.mandate.user_id == user.pk:
            said = [(each.duty.label, _duty(each)) for each in row.lines
                    if each.declared or not only_done]  # fmt: skip
            if said or not only_done:
                yield facts((_("Fonction"), row.mandate.function), *said)


def _duty(line: duties.DutyLine) -> str:
    if line.declared is None:
        return _("à suivre avant le %s") % wording.day(line.deadline)
    done = line.declared
    return f"{wording.day(done.followed_on)}, {done.trainer}, {wording.duration(done.minutes)}"


def _cards(user: User, place: Organisation, on: date, at: datetime) -> Iterator[Facts]:
    for person in cards.people(place, on=on, at=at).filter(pk=user.pk):
        words = render_to_string("municipalities/cards/state.html", {"person": person})
        yield facts((_("Accès"), " ".join(words.split())))


def _responsable(user: User, place: Organisation, on: date) -> Iterator[Facts]:
    for each in responsables(place, on=on):
        if each.user_id == user.pk:
            yield facts(
                (_("Nom"), each.user),
                (_("Depuis le"), wording.day(each.starts_on)),
                (_("Jusqu’au"), each.ends_on and wording.day(each.ends_on)),
            )


def _lists(user: User, place: Organisation) -> Iterator[Facts]:
    for line in imports.lines_about(user, place):
        said = [(label, words) for __, label, words in imports.words_of(line.batch, line)]
        yield facts(
            (_("Liste"), line.batch.name),
            *said,
            (_("Effet"), line.get_state_display()),
            (_("Explication"), line.note),
        )


def _waiting(user: User, place: Organisation) -> Iterator[Facts]:
    """What was asked of, or by, the holder of these addresses."""
    addresses = user.own_addresses
    if not addresses:
        return
    for each in place.invitations.pending().filter(email__in=addresses):
        yield facts(
            (_("Invitation envoyée à"), each.email),
            (_("Dernière lettre"), wording.day(each.sent_at.astimezone(QUEBEC))),
        )
    for claim in place.claims.waiting().filter(email__in=addresses):
        yield _claim(claim)
    for request in JoinRequest.objects.waiting().of(place).filter(email__in=addresses):
        yield facts(
            (_("Inscription par l’affiche"), request.full_name),
            (_("Courriel"), request.email),
            (_("Fonction"), request.function),
        )


def _claim(claim: Claim) -> Facts:
    return facts(
        (_("Responsabilité demandée par"), claim.full_name),
        (_("Courriel"), claim.email),
        (_("Fonction"), claim.function),
        (_("Message"), claim.message),
    )


def to_coordinators(user: User, *, on: date, at: datetime) -> list[Sight]:
    """What they asked where nobody of the organisation can answer, and what UMQ may take back."""
    rows = (shown_to_umq(on=on), shown_lately_to_umq(at=at))
    asked = [each for some in rows for each in some.filter(email__in=user.own_addresses)]
    return shown(sight(Screen.CLAIMS.label, (_claim(each) for each in asked)))
