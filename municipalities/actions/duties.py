"""The register of the trainings that the law asks of elected people."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.office_hours import QUEBEC, opening
from atn_platform.notifications.outbox import queue
from municipalities import emails
from municipalities.enums import Duty
from municipalities.models import DeclaredTraining, Mandate, Organisation, TrainingList
from municipalities.queries import duties as queries

# Kinds of proofs, with the bytes that such a file starts with.
PROOFS = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}
LARGEST_PROOF = 10_000_000


class TrainingRefused(ActionError):
    """What was declared cannot be; `field` is the place to mend."""

    def __init__(self, message: str, field: str = "followed_on") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Proof:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Declared:
    """What the person says of the training. Without a proof, the one that is there stays."""

    followed_on: date
    trainer: str
    authorisation: str
    minutes: int
    proof: Proof | None = None


@transaction.atomic
def declare(
    *, mandate_id: int, duty: Duty, said: Declared, by: User, at: datetime
) -> DeclaredTraining:
    """Write, or correct, what an elected person followed. Safe to repeat."""
    mandate = Mandate.objects.select_for_update(no_key=True).get(pk=mandate_id)
    if said.followed_on > at.astimezone(QUEBEC).date():
        raise TrainingRefused(_("Cette date n’est pas encore venue."))
    if said.followed_on < mandate.starts_on:
        raise TrainingRefused(
            _("Ce mandat commence plus tard : la formation se suit pendant le mandat.")
        )
    found = mandate.declared_trainings.live().filter(duty=duty).first()
    training = found or DeclaredTraining(mandate=mandate, duty=duty)
    training.followed_on, training.trainer = said.followed_on, said.trainer
    training.authorisation, training.minutes = said.authorisation, said.minutes
    training.declared_at = at
    replaced = str(training.proof)
    if said.proof is not None:
        _keep_proof(training, said.proof)
    training.save()
    let_go_of_proofs([replaced])
    record(
        at=at, actor=by, verb="training.declared", target=str(training.pk), duty=str(duty),
        corrected=found is not None,
    )  # fmt: skip
    return training


@transaction.atomic
def withdraw(*, training_id: int, by: User, at: datetime) -> DeclaredTraining:
    """Take a declaration back, and its proof; it may be declared again. Safe to repeat."""
    training = DeclaredTraining.objects.select_for_update(no_key=True).get(pk=training_id)
    if training.withdrawn_at is None:
        given = str(training.proof)
        training.withdrawn_at = at
        training.proof.name = training.proof_name = training.proof_type = ""
        training.save(
            update_fields=["withdrawn_at", "proof", "proof_name", "proof_type", "updated_at"]
        )
        let_go_of_proofs([given])
        record(at=at, actor=by, verb="training.withdrawn", target=str(training.pk))
    return training


@transaction.atomic
def open_list(*, organisation: Organisation, by: User, at: datetime) -> TrainingList:
    """Let the public list be printed. Safe to repeat."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    found = organisation.training_lists.filter(closed_at=None).first()
    if found is not None:
        return found
    record(at=at, actor=by, verb="training-list.opened", target=organisation.handle)
    return TrainingList.objects.create(organisation=organisation, opened_by=by, opened_at=at)


@transaction.atomic
def close_list(*, organisation: Organisation, by: User, at: datetime) -> None:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if organisation.training_lists.filter(closed_at=None).update(closed_at=at, updated_at=at):
        record(at=at, actor=by, verb="training-list.closed", target=organisation.handle)


def remind(*, at: datetime) -> int:
    """Promise the reminders of deadlines 90, 30 and 7 days away; how many.

    One for each mandate, training and distance, whatever is run twice: the outbox keeps the key.
    A day without a run costs nothing, for what is nearer than a distance is due at that distance.
    """
    today = at.astimezone(QUEBEC).date()
    rows = queries.seats(on=today).filter(user__is_active=True, user__email__isnull=False)
    promised = 0
    for line in queries.lines(rows):
        left = line.days_left(today)
        near = next((days for days in queries.REMINDED_AT if 0 <= left <= days), None)
        if line.declared is None and near is not None:
            message = emails.duty_near(line, days=near, leaves_at=opening(at))
            promised += queue(message, at=at)
    return promised


def let_go_of_proofs(names: Iterable[str]) -> None:
    """Delete the files to which no declaration leads any more, once the rows are safe.

    One file serves all who handed in the same bytes: it goes with the last.
    """
    for name in filter(None, set(names)):
        if not DeclaredTraining.objects.filter(proof=name).exists():
            transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _keep_proof(training: DeclaredTraining, proof: Proof) -> None:
    suffix = PurePath(proof.name).suffix.lower()
    if suffix not in PROOFS:
        raise TrainingRefused(_("La preuve est un PDF ou une photo (JPG, PNG)."), "proof")
    kind, signature = PROOFS[suffix]
    if not proof.content.startswith(signature):
        raise TrainingRefused(
            _("Ce fichier n’est pas du type que son nom annonce : choisissez-le de nouveau."),
            "proof",
        )
    if len(proof.content) > LARGEST_PROOF:
        raise TrainingRefused(
            _("Ce fichier dépasse 10 Mo : une photo plus petite suffit."), "proof"
        )
    digest = hashlib.sha256(proof.content).hexdigest()
    path = f"preuves/{digest[:2]}/{digest}{suffix}"
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(proof.content))
    training.proof.name = path
    training.proof_name, training.proof_type = PurePath(proof.name).name[:120], kind
