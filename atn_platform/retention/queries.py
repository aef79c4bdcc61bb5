"""The one table of what is kept how long (domain of the archivist), and what is past its time.

docs/retention.md says the same; a test holds the two together. Periods are proposals until the
archivist of the university approves them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry, Viewing
from atn_platform.consents.models import Consent
from atn_platform.core.personal import Words
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.retention.models import LegalHold
from enrollments.models import BlockState, HelpThread, LearningEvent, LessonNote
from municipalities.models import Claim, ImportLine, Invitation, JoinRequest

MONTH = timedelta(days=30.44)
YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data. `past(limit)` is what ended before that moment.

    `of` names the people that a row speaks of: paths of relations, spared under a legal hold.
    """

    key: str
    title: Words
    keep: timedelta
    period: Words
    past: Callable[[datetime], QuerySet[Any]]
    of: tuple[str, ...]

    def due(self, at: datetime) -> QuerySet[Any]:
        """Rows past their time at that moment, but for those of people under a legal hold."""
        held = LegalHold.objects.filter(lifted_at=None)
        rows = self.past(at - self.keep)
        for path in self.of:
            rows = rows.exclude(_of(path, held))
        return rows.order_by("pk")


def _of(path: str, held: QuerySet[LegalHold]) -> Q:
    """Rows of people under a hold; an address or a list of keys stands for a person too."""
    if path.endswith("email"):
        return Q(
            **{f"{path}__in": User.objects.filter(pk__in=held.values("user")).values("email")}
        )
    if path == "people":
        return Q(people__overlap=list(held.values_list("user", flat=True)))
    return Q(**{f"{path}__isnull": False, f"{path}__in": held.values("user")})


RULES = (
    Rule(
        "answers",
        _("réponses et gestes dans les cours terminés"),
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: LearningEvent.objects.filter(enrollment__completed_at__lt=limit),
        ("enrollment__learner",),
    ),
    Rule(
        "block-states",
        _("essais et résultats des questionnaires"),
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: BlockState.objects.filter(enrollment__completed_at__lt=limit),
        ("enrollment__learner",),
    ),
    Rule(
        "notes",
        _("notes personnelles des cours terminés"),
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: LessonNote.objects.filter(enrollment__completed_at__lt=limit),
        ("enrollment__learner",),
    ),
    Rule(
        "questions",
        _("questions posées dans les cours terminés"),
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: HelpThread.objects.filter(enrollment__completed_at__lt=limit),
        ("enrollment__learner",),
    ),
    Rule(
        "letters",
        _("courriels envoyés ou abandonnés"),
        13 * MONTH,
        _("13 mois après l’envoi"),
        lambda limit: OutgoingEmail.objects.filter(
            Q(sent_at__lt=limit) | Q(abandoned_at__lt=limit)
        ),
        ("recipient",),
    ),
    Rule(
        "journal",
        _("journal des gestes"),
        YEAR,
        _("12 mois"),
        lambda limit: Entry.objects.filter(at__lt=limit),
        ("actor",),
    ),
    Rule(
        "viewings",
        _("consultations des dossiers"),
        YEAR + timedelta(days=1),
        _("12 mois"),
        lambda limit: Viewing.objects.filter(at__lt=limit),
        ("reader", "people"),
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
    Rule(
        "consents",
        _("consentements de personnes effacées"),
        5 * YEAR,
        _("5 ans après l’effacement"),
        lambda limit: Consent.objects.filter(user__erased_at__lt=limit),
        ("user",),
    ),
)


def past_due(at: datetime) -> dict[str, int]:
    """How many rows of each rule are past their time; nothing is changed."""
    counted = {rule.key: rule.due(at).count() for rule in RULES}
    return {key: count for key, count in counted.items() if count}


def rows_of(run_counts: dict[str, int]) -> list[tuple[Rule, int]]:
    """Counts beside their rules, in the order of the table."""
    return [(rule, run_counts[rule.key]) for rule in RULES if rule.key in run_counts]
