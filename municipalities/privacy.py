"""What is held of a person in organisations: mandates, invitations, requests, lists."""

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.privacy import forget_before
from atn_platform.core import personal
from atn_platform.core.merging import follows, stays
from atn_platform.core.personal import About, Export, File, Kind, Reader, Retention, Table, nobody
from municipalities.models import (
    Claim,
    CouncilRenewal,
    DeclaredTraining,
    IdentityProvider,
    ImportBatch,
    ImportLine,
    Invitation,
    JoinRequest,
    MailDomain,
    Mandate,
    MandateChange,
    Organisation,
    Poster,
    Region,
    RegistryImport,
    Responsibility,
    TerritorialEvent,
    TrainingList,
)

BELONGS = _("savoir à quel titre vous suivez une formation, et pour quelle organisation")
ANSWERS_FOR = _("savoir qui répond de la formation dans chaque organisation")
INVITED = _("vous inviter, et vous reconnaître quand vous acceptez")
ASKED = _("répondre à votre demande")
LISTED = _("inscrire d’un coup les gens d’une organisation, et pouvoir l’annuler")
ANSWERABLE = _("savoir qui a fait quoi, si une question se pose")
DECLARED = _("tenir la liste publique que la loi demande, et vous rappeler les échéances")
PEOPLE = (Reader.SELF, Reader.RESPONSIBLE, Reader.ATN)
DECIDING = (*PEOPLE, Reader.COORDINATOR)


def _at_address(user: Any) -> Q:
    """The addresses that this person alone signs in by; nothing for whoever has none."""
    return Q(email__in=user.own_addresses)


def invited(user: Any) -> Q:
    return Q(accepted_by=user) | (Q(accepted_by__isnull=True) & _at_address(user))


TABLES = [
    Table(
        Mandate,
        (
            About("user", "user organisation public function starts_on ends_on", Kind.FUNCTION,
                  BELONGS, Retention.TRAINING, (*PEOPLE, Reader.GIVER)),
        ),
        plain="id created_at updated_at thread",
        stays=_(
            "qu’une personne a fait partie de l’organisation, de quand à quand, sans votre nom ni "
            "votre fonction : les statistiques déjà publiées ne changent pas"
        ),
    ),
    Table(
        MandateChange,
        (
            About("mandate__user", "mandate at ends_before ends_after", Kind.FUNCTION, BELONGS,
                  Retention.TRAINING),
            About("by", "by at", Kind.ACT, ANSWERABLE, Retention.TRAINING),
        ),
        plain="id renewal",
        stays=_("les jours où ces dates ont changé, pour les mêmes statistiques"),
    ),
    Table(
        Responsibility,
        (
            About("user", "user organisation starts_on ends_on", Kind.FUNCTION, ANSWERS_FOR,
                  Retention.TRAINING, PEOPLE),
            About("granted_by", "granted_by organisation starts_on", Kind.ACT, ANSWERABLE,
                  Retention.TRAINING),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        Invitation,
        (
            About(invited, "email", Kind.CONTACT, INVITED, Retention.REQUESTS, PEOPLE),
            About(invited, "first_name last_name", Kind.IDENTITY, INVITED, Retention.REQUESTS,
                  PEOPLE),
            About(
                invited,
                "organisation public function starts_on as_responsible responsible_until "
                "invited_at expires_at accepted_at accepted_by cancelled_at",
                Kind.FUNCTION, INVITED, Retention.REQUESTS, PEOPLE,
            ),
            About(invited, "token_hash", Kind.SECRET, INVITED, Retention.REQUESTS, ()),
            About("invited_by", "invited_by organisation invited_at", Kind.ACT, ANSWERABLE,
                  Retention.REQUESTS),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        Claim,
        (
            About(_at_address, "first_name last_name", Kind.IDENTITY, ASKED, Retention.REQUESTS,
                  DECIDING),
            About(_at_address, "email", Kind.CONTACT, ASKED, Retention.REQUESTS, DECIDING),
            About(
                _at_address,
                "organisation function message asked_at proved_at accepted_at refused_at reason "
                "undone_at",
                Kind.FUNCTION, ASKED, Retention.REQUESTS, DECIDING,
            ),
            About(_at_address, "code_hash own_code_hash", Kind.SECRET, ASKED, Retention.REQUESTS,
                  ()),
            About("decided_by", "decided_by organisation accepted_at refused_at", Kind.ACT,
                  ANSWERABLE, Retention.REQUESTS),
            About("undone_by", "undone_by organisation undone_at", Kind.ACT, ANSWERABLE,
                  Retention.REQUESTS),
        ),
        plain="id created_at updated_at uuid sent_to tries",
    ),
    Table(
        JoinRequest,
        (
            About(_at_address, "first_name last_name", Kind.IDENTITY, ASKED, Retention.REQUESTS,
                  PEOPLE),
            About(_at_address, "email", Kind.CONTACT, ASKED, Retention.REQUESTS, PEOPLE),
            About(_at_address, "public function asked_at decided_at is_accepted", Kind.FUNCTION,
                  ASKED, Retention.REQUESTS, PEOPLE),
            About("decided_by", "decided_by decided_at", Kind.ACT, ANSWERABLE,
                  Retention.REQUESTS),
        ),
        plain="id created_at updated_at poster",
    ),
    Table(
        ImportLine,
        (
            About("user", "user cells flaws note decision state done", Kind.FUNCTION, LISTED,
                  Retention.LISTS, PEOPLE),
        ),
        plain="id batch number mandate",
        named=_("lignes de listes du personnel"),
    ),
    Table(
        ImportBatch,
        (
            About("by", "by name organisation received_at committed_at undone_at writes",
                  Kind.ACT, ANSWERABLE, Retention.IMPORTS, PEOPLE),
        ),
        plain="id created_at updated_at state header header_line places questions notes progress",
    ),
    Table(
        CouncilRenewal,
        (
            About("made_by", "made_by organisation elected_on made_at undone_at", Kind.ACT,
                  ANSWERABLE, Retention.TRAINING),
        ),
        # Links to mandates and invitations, which speak for themselves.
        plain="id created_at updated_at uuid opened invited",
    ),
    Table(
        Poster,
        (
            About("made_by", "made_by organisation made_at", Kind.ACT, ANSWERABLE,
                  Retention.REQUESTS, PEOPLE),
        ),
        plain="id created_at updated_at code closed_at",
    ),
    Table(
        MailDomain,
        (
            About("verified_by", "verified_by organisation domain verified_at", Kind.ACT,
                  ANSWERABLE, Retention.REQUESTS, PEOPLE),
        ),
        plain="id created_at updated_at sent_to code_hash code_expires_at",
    ),
    Table(
        DeclaredTraining,
        (
            About(
                "mandate__user",
                "mandate duty followed_on trainer authorisation minutes declared_at withdrawn_at",
                Kind.TRAINING, DECLARED, Retention.DUTIES, PEOPLE,
            ),
            About("mandate__user", "proof proof_name proof_type", Kind.TRAINING, DECLARED,
                  Retention.DUTIES, (Reader.SELF,)),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        TrainingList,
        (
            About("opened_by", "opened_by organisation opened_at closed_at", Kind.ACT, ANSWERABLE,
                  Retention.TRAINING, PEOPLE),
        ),
        plain="id created_at updated_at",
    ),
    # Its address is the one that the official registry publishes.
    *nobody(Organisation, Region, RegistryImport, TerritorialEvent, IdentityProvider),
]  # fmt: skip

LINKS = [
    *follows(Mandate, "user"),
    *follows(Responsibility, "user"),
    *follows(Invitation, "accepted_by"),
    *follows(ImportLine, "user"),
    *stays(Responsibility, "granted_by"),
    *stays(Invitation, "invited_by"),
    *stays(CouncilRenewal, "made_by"),
    *stays(MandateChange, "by"),
    *stays(Claim, "decided_by"),
    *stays(Claim, "undone_by"),
    *stays(TrainingList, "opened_by"),
    *stays(ImportBatch, "by"),
    *stays(Poster, "made_by"),
    *stays(JoinRequest, "decided_by"),
    *stays(MailDomain, "verified_by"),
]


def export(user: User) -> Export:
    """The rows, and the proofs that the person gave."""
    given = DeclaredTraining.objects.visible_to(user).exclude(proof="")
    return replace(personal.export(TABLES, user), files=[_proof(each) for each in given])


def _proof(training: DeclaredTraining) -> File:
    with training.proof.open() as stored:
        return File(f"{training.pk}-{training.proof_name}", stored.read())


def erase(user: User) -> Counter[str]:
    """The person leaves lists and requests, named or not; their mandates are nobody's."""
    # What an account held went to the one that took it over.
    held = Mandate.objects.filter(Q(user=user) | Q(user=user.united_to_id))
    places = list(held.values_list("organisation", flat=True))
    proofs = [each.proof for each in DeclaredTraining.objects.visible_to(user).exclude(proof="")]
    gone = personal.erase(TABLES, user)
    for rows in (_requests(user, places), _lines(user, places)):
        gone[str(rows.model._meta.verbose_name_plural)] += rows.delete()[0]
    # The official box of a small place may be the person's own.
    for letters in (MailDomain, Claim):
        letters._base_manager.filter(sent_to__in=user.own_addresses).update(sent_to="")  # noqa: SLF001
    for proof in proofs:
        # One file serves all who handed in the same bytes. It goes for good, so the last.
        if not DeclaredTraining.objects.filter(proof=proof.name).exists():
            transaction.on_commit(partial(proof.storage.delete, str(proof.name)))
    mandates = Mandate.objects.filter(user=user)
    mandates.update(function="")
    forget_before("mandate.corrected", mandates.values_list("pk", flat=True))
    return +gone


def _requests(user: User, places: list[int]) -> Any:
    """Requests by a poster under the same name in the same places: they hold no link to people."""
    asked = JoinRequest.objects.filter(poster__organisation__in=places)
    if not user.last_name:
        return asked.none()
    return asked.filter(
        first_name__iexact=user.first_name, last_name__iexact=user.last_name
    ).order_by()


def _lines(user: User, places: list[int]) -> Any:
    """Lines of lists that name the person, in their own organisations, linked to them or not."""
    lines = ImportLine.objects.filter(batch__organisation__in=places)
    if not user.last_name:
        return lines.none()
    lines = lines.annotate(said=Cast("cells", TextField()))
    named = Q(said__icontains=user.first_name) & Q(said__icontains=user.last_name)
    for address in user.own_addresses:
        named |= Q(said__icontains=address)
    return lines.filter(named)
