"""What is kept of accounts, of what was sent and seen, and of what people asked."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from atn_platform.audit.models import Entry, Viewing
from atn_platform.consents.models import Consent
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.portal.models import CallBack
from atn_platform.privacy.models import DataExport
from atn_platform.retention.models import IdleAccount, LegalHold
from atn_platform.retention.queries.idle import IDLE_AFTER, IDLE_NOTICE, idle
from atn_platform.retention.queries.rule import MONTH, YEAR, Rule


def _requests_over(limit: datetime) -> QuerySet[Any]:
    """Requests of people, of an app above this one."""
    requests = apps.get_model("rights", "RightsRequest")._base_manager  # noqa: SLF001
    return requests.filter(Q(decided_at__lt=limit) | Q(cancelled_at__lt=limit))


RULES = (
    Rule(
        "accounts",
        _("comptes inactifs"),
        IDLE_NOTICE,
        _("36 mois sans activité, puis trois avis en 60 jours"),
        lambda limit: IdleAccount.objects.filter(
            told_at__lt=limit, user__in=idle(limit + IDLE_NOTICE - IDLE_AFTER)
        ),
        ("user",),
    ),
    Rule(
        "sessions",
        _("sessions expirées"),
        timedelta(0),
        _("dès leur fin, 30 jours au plus"),
        lambda limit: Session.objects.filter(expire_date__lt=limit),
        ("opened__user",),
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
        "admin-log",
        _("journal de l’administration"),
        YEAR,
        _("12 mois"),
        lambda limit: LogEntry.objects.filter(action_time__lt=limit),
        ("user", "object_id"),
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
        "exports",
        _("demandes d’un fichier de ses données"),
        YEAR,
        _("12 mois"),
        lambda limit: DataExport.objects.filter(ready_at__isnull=False, asked_at__lt=limit),
        ("user",),
    ),
    Rule(
        "call-backs",
        _("demandes de rappel répondues"),
        2 * YEAR,
        _("24 mois après la réponse"),
        lambda limit: CallBack.objects.filter(handled_at__lt=limit),
        ("person", "handled_by"),
    ),
    Rule(
        "rights",
        _("demandes des personnes, répondues ou annulées"),
        5 * YEAR,
        _("5 ans après la réponse"),
        _requests_over,
        ("user", "decided_by"),
    ),
    Rule(
        "holds",
        _("retenues légales levées"),
        5 * YEAR,
        _("5 ans après la levée"),
        lambda limit: LegalHold.objects.filter(lifted_at__lt=limit),
        ("user", "placed_by"),
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
