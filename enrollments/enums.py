from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.enums import SessionMode


class Status(models.TextChoices):
    ACTIVE = "active", _("en cours")
    COMPLETED = "completed", _("terminée")
    WITHDRAWN = "withdrawn", _("abandonnée")


class Verb(models.TextChoices):
    """What a learner does; the ledger's vocabulary, close to xAPI's."""

    OPENED = "opened", _("a ouvert la leçon")
    ANSWERED = "answered", _("a répondu au questionnaire")
    CHOSE = "chose", _("a choisi dans le scénario")
    NOTED = "noted", _("a noté sa réflexion")
    PLEDGED = "pledged", _("s’est engagée à un geste")
    PLAYED = "played", _("a fait une partie d’un module interactif")
    COMPLETED = "completed", _("a terminé la leçon")
    ATTENDED = "attended", _("a assisté à la rencontre")
    MISSED = "missed", _("n'a pas assisté à la rencontre")
    # By a trainer, of an attempt that its learner asked to have looked at.
    REVISED = "revised", _("a vu son résultat révisé")
    # By the academy: the course goes on in a newer version, and what was finished stays so.
    MOVED = "moved", _("a changé de version")
    # Acts that count no more: a sheet of paper entered by mistake, a change of version undone.
    UNDONE = "undone", _("a vu des gestes repris")


class Fate(models.TextChoices):
    """What became of an act that a device kept and sent later; the protocol's own words."""

    KEPT = "garde", _("gardé")
    KNOWN = "connu", _("déjà reçu")
    REFUSED = "refuse", _("refusé")


class Seat(models.TextChoices):
    ON_SITE = "on-site", _("sur place")
    ONLINE = "online", _("en ligne")


# The seats that each way of meeting has.
SEATS: dict[str, tuple[Seat, ...]] = {
    SessionMode.IN_PERSON: (Seat.ON_SITE,),
    SessionMode.VIRTUAL: (Seat.ONLINE,),
    SessionMode.BOTH: (Seat.ON_SITE, Seat.ONLINE),
}


class Attendance(models.TextChoices):
    UNKNOWN = "unknown", _("à prendre")
    PRESENT = "present", _("présente")
    ABSENT = "absent", _("absente")


class ReminderRule(models.TextChoices):
    """Rules of the reminders; each name stands in the key of the messages it makes."""

    NOT_STARTED = "not-started", _("pas commencé après 7 jours")
    DORMANT = "dormant", _("en pause depuis 14 jours")
    SESSION_WEEK = "session-in-7-days", _("rencontre dans 7 jours")
    SESSION_TOMORROW = "session-tomorrow", _("rencontre demain")


# Of the message that a responsable asks for, beside the rules that run by themselves.
NUDGE = "nudge"


class Progress(models.TextChoices):
    """Where a person stands, as the organisation sees it: facts, and no more."""

    FINISHED = "finished", _("terminé")
    UNDER_WAY = "under-way", _("en cours")
    WAITING = "waiting", _("pas commencé")
    NONE = "none", _("aucun cours")
    PRIVATE = "private", _("avec leur accord seulement")


class GroupState(models.TextChoices):
    DRAFT = "draft", _("à confirmer")
    DONE = "done", _("faite")
    UNDONE = "undone", _("annulée")


class Outcome(models.TextChoices):
    """What a line of a group does, or did."""

    NEW = "new", _("à inscrire")
    KNOWN = "known", _("déjà inscrite")
    # Set aside by the person, or followed in another capacity: not the organisation's affair.
    APART = "apart", _("en décide elle-même")
    GONE = "gone", _("n’est plus en poste")
