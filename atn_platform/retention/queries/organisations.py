"""What is kept of how people came into their organisations, and of what they declared there."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from atn_platform.reports.periods import ZONE
from atn_platform.retention.queries.rule import YEAR, Rule
from courses.models import DraftRevision
from municipalities.models import (
    Claim,
    DeclaredTraining,
    ImportBatch,
    ImportLine,
    Invitation,
    JoinRequest,
)


def _duties_over(limit: datetime) -> QuerySet[DeclaredTraining]:
    """Of mandates that ended long ago, and those taken back: the deadlines of a mandate in force
    are counted from what was declared under it.
    """
    day = limit.astimezone(ZONE).date()
    return DeclaredTraining.objects.filter(Q(mandate__ends_on__lt=day) | Q(withdrawn_at__lt=limit))


RULES = (
    Rule(
        "revisions",
        _("révisions des brouillons de cours"),
        2 * YEAR,
        _("24 mois après l’enregistrement"),
        lambda limit: DraftRevision.objects.filter(saved_at__lt=limit),
        ("saved_by",),
    ),
    Rule(
        "lists",
        _("lignes des listes importées"),
        timedelta(days=31),
        _("30 jours, le temps de pouvoir annuler"),
        lambda limit: ImportLine.objects.filter(batch__received_at__lt=limit).filter(
            Q(batch__committed_at__isnull=True) | Q(batch__committed_at__lt=limit)
        ),
        ("user",),
    ),
    Rule(
        "imports",
        _("listes importées : fichier, colonnes retenues, qui l’a déposée"),
        2 * YEAR,
        _("24 mois après l’importation"),
        lambda limit: ImportBatch.objects.filter(received_at__lt=limit).filter(
            Q(committed_at__isnull=True) | Q(committed_at__lt=limit)
        ),
        ("by", "lines__user"),
    ),
    Rule(
        "duties",
        _("formations obligatoires déclarées, et leurs preuves"),
        7 * YEAR,
        _("7 ans après la fin du mandat, ou après le retrait"),
        _duties_over,
        ("mandate__user",),
    ),
    Rule(
        "invitations",
        _("invitations acceptées, annulées ou expirées"),
        2 * YEAR,
        _("24 mois"),
        lambda limit: Invitation.objects.filter(expires_at__lt=limit).filter(
            Q(accepted_at__isnull=True) | Q(accepted_at__lt=limit)
        ),
        ("accepted_by", "email"),
    ),
    Rule(
        "claims",
        _("demandes de responsabilité répondues"),
        2 * YEAR,
        _("24 mois après la réponse"),
        lambda limit: Claim.objects.filter(Q(accepted_at__lt=limit) | Q(refused_at__lt=limit)),
        ("email",),
    ),
    Rule(
        "join-requests",
        _("demandes d’affiche répondues"),
        2 * YEAR,
        _("24 mois après la réponse"),
        lambda limit: JoinRequest.objects.filter(decided_at__lt=limit),
        ("email",),
    ),
)
