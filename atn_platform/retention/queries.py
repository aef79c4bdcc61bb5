"""The one table of what is kept how long (domain of the archivist), and what is past its time.

docs/retention.md says the same; a test holds the two together. Periods are proposals until the
archivist of the university approves them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import RoleGrant, User
from atn_platform.audit.models import Entry, Viewing
from atn_platform.consents.models import Consent
from atn_platform.core.personal import Words
from atn_platform.interop.models import Cmi5Session, PackagePlace
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.portal.models import CallBack
from atn_platform.privacy.models import DataExport
from atn_platform.reports.periods import ZONE
from atn_platform.retention.models import IdleAccount, LegalHold
from certificates.models import Certificate
from enrollments.enums import Status
from enrollments.models import (
    Appointment,
    BlockState,
    CoachAction,
    CoachNote,
    Enrollment,
    GroupEnrollment,
    HelpThread,
    LearningEvent,
    LessonNote,
    PathEnrollment,
    Recognition,
    Registration,
    Slot,
)
from municipalities.models import (
    Claim,
    ImportLine,
    Invitation,
    JoinRequest,
    Mandate,
    Responsibility,
)

MONTH = timedelta(days=30.44)
YEAR = timedelta(days=365.25)
IDLE_AFTER = 3 * YEAR
# Days before an idle account is proposed; a letter leaves when so many are left.
IDLE_NOTICES = (60, 30, 7)
IDLE_NOTICE = timedelta(days=IDLE_NOTICES[0])


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
        held = under_hold()
        rows = self.past(at - self.keep)
        for path in self.of:
            rows = rows.exclude(_of(path, held))
        return rows.order_by("pk")


def under_hold() -> QuerySet[User]:
    """Every account of the people under a legal hold: accounts that were united are one person's.

    What the hold is on may have gone with the account that closed, or with the one that is kept.
    """
    held = LegalHold.objects.filter(lifted_at=None)
    kept = held.values(person=Coalesce("user__united_to", "user"))
    return User.objects.filter(Q(pk__in=kept) | Q(united_to__in=kept))


def _of(path: str, held: QuerySet[User]) -> Q:
    """Rows of people under a hold; an address or a list of keys stands for a person too."""
    if path.endswith("email"):
        # A NULL in the list would make the database spare everybody.
        return Q(**{f"{path}__in": held.filter(email__isnull=False).values("email")})
    if path == "object_id":
        people = ContentType.objects.get_for_model(User)
        return Q(content_type=people, object_id__in=held.values(key=Cast("pk", TextField())))
    if path == "people":
        return Q(people__overlap=list(held.values_list("pk", flat=True)))
    return Q(**{f"{path}__isnull": False, f"{path}__in": held.values("pk")})


def year_start(limit: datetime) -> datetime:
    """First moment of the civil year of a limit: years of training go whole, as reports count."""
    day = limit.astimezone(ZONE).date()
    return datetime(day.year, 1, 1, tzinfo=ZONE)


def enrollments_over(limit: datetime) -> QuerySet[Enrollment]:
    """Enrolments without an attestation that ended, by a choice or with the function, long ago."""
    first = year_start(limit)
    ended = Q(status=Status.WITHDRAWN) | Q(mandate__ends_on__lt=first.date())
    younger = Registration.objects.filter(
        Q(registered_at__gte=first) | Q(session__ends_at__gte=first), enrollment=OuterRef("pk")
    )
    return Enrollment.objects.filter(
        ended,
        Q(last_activity_at__isnull=True) | Q(last_activity_at__lt=first),
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__lt=first),
        ~Exists(younger),
        ~Exists(Certificate.objects.filter(enrollment=OuterRef("pk"))),
        # The one that goes on goes last.
        ~Exists(Enrollment.objects.filter(duplicate_of=OuterRef("pk"))),
        enrolled_at__lt=first,
        completed_at__isnull=True,
    )


def idle(limit: datetime) -> QuerySet[User]:
    """Accounts that served for nothing since that moment: no visit, no course, no function held.

    A role on the platform, a responsibility or a closed account is somebody's decision, and waits
    for another one.
    """
    person = OuterRef("pk")
    day = limit.astimezone(ZONE).date()
    lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return User.objects.filter(
        Q(last_login__isnull=True) | Q(last_login__lt=limit),
        ~Exists(Enrollment.objects.filter(learner=person, last_activity_at__gte=limit)),
        ~Exists(Enrollment.objects.filter(learner=person, enrolled_at__gte=limit)),
        ~Exists(Mandate.objects.filter(lasts, user=person)),
        ~Exists(Responsibility.objects.filter(lasts, user=person)),
        ~Exists(RoleGrant.objects.filter(user=person, ended_at=None)),
        date_joined__lt=limit,
        is_active=True,
        is_staff=False,
        erased_at__isnull=True,
    )


def _of_course(key: str, title: Words, model: type[Any]) -> Rule:
    """What hangs from an enrolment, and has a shorter time than its result."""
    return Rule(
        key,
        title,
        2 * YEAR,
        _("24 mois après la fin du cours"),
        lambda limit: model.objects.filter(enrollment__completed_at__lt=limit),
        ("enrollment__learner",),
    )


def _requests_over(limit: datetime) -> QuerySet[Any]:
    """Requests of people, of an app above this one."""
    requests = apps.get_model("rights", "RightsRequest")._base_manager  # noqa: SLF001
    return requests.filter(Q(decided_at__lt=limit) | Q(cancelled_at__lt=limit))


RULES = (
    _of_course("answers", _("réponses et gestes dans les cours terminés"), LearningEvent),
    _of_course("block-states", _("essais et résultats des questionnaires"), BlockState),
    _of_course(
        "places", _("places dans les modules interactifs des cours terminés"), PackagePlace
    ),
    _of_course(
        "launches", _("séances et énoncés des modules interactifs des cours terminés"), Cmi5Session
    ),
    _of_course("notes", _("notes personnelles des cours terminés"), LessonNote),
    _of_course("questions", _("questions posées dans les cours terminés"), HelpThread),
    Rule(
        "enrollments",
        _("inscriptions finies sans attestation, et leurs présences"),
        7 * YEAR,
        _("7 ans après l’année de la fin"),
        enrollments_over,
        ("learner",),
    ),
    Rule(
        "attendance",
        _("présences aux rencontres"),
        7 * YEAR,
        _("7 ans après l’année de la rencontre"),
        lambda limit: Registration.objects.filter(session__ends_at__lt=year_start(limit)),
        ("learner",),
    ),
    Rule(
        "paths",
        _("parcours quittés"),
        7 * YEAR,
        _("7 ans après le départ"),
        lambda limit: PathEnrollment.objects.filter(withdrawn_at__lt=limit),
        ("learner",),
    ),
    Rule(
        "groups",
        _("inscriptions de groupe"),
        7 * YEAR,
        _("7 ans après l’inscription"),
        lambda limit: GroupEnrollment.objects.filter(chosen_at__lt=limit),
        ("by", "lines__mandate__user"),
    ),
    Rule(
        "recognitions",
        _("formations suivies ailleurs"),
        7 * YEAR,
        _("7 ans après la déclaration"),
        lambda limit: Recognition.objects.filter(declared_at__lt=limit),
        ("learner",),
    ),
    Rule(
        "appointments",
        _("rendez-vous avec qui accompagne"),
        2 * YEAR,
        _("24 mois après le rendez-vous"),
        lambda limit: Appointment.objects.filter(slot__ends_at__lt=limit),
        ("person", "slot__coach", "cancelled_by"),
    ),
    Rule(
        "slots",
        _("plages offertes sans rendez-vous gardé"),
        7 * YEAR,
        _("7 ans après le moment offert"),
        lambda limit: Slot.objects.filter(ends_at__lt=limit, appointments__isnull=True),
        ("coach",),
    ),
    Rule(
        "coach-notes",
        _("notes d’accompagnement"),
        2 * YEAR,
        _("24 mois après la note"),
        lambda limit: CoachNote.objects.filter(written_at__lt=limit),
        ("author",),
    ),
    Rule(
        "coach-actions",
        _("suites à donner"),
        2 * YEAR,
        _("24 mois après la note"),
        lambda limit: CoachAction.objects.filter(noted_at__lt=limit),
        ("author",),
    ),
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


def past_due(at: datetime) -> dict[str, int]:
    """How many rows of each rule are past their time; nothing is changed."""
    counted = {rule.key: rule.due(at).count() for rule in RULES}
    return {key: count for key, count in counted.items() if count}


def rows_of(run_counts: dict[str, int]) -> list[tuple[Rule, int]]:
    """Counts beside their rules, in the order of the table."""
    return [(rule, run_counts[rule.key]) for rule in RULES if rule.key in run_counts]
