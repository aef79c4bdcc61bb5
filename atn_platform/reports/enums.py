from django.db import models
from django.utils.translation import gettext_lazy as _


class Breakdown(models.TextChoices):
    """What a row of the report is."""

    REGION = "region", _("région")
    STRATUM = "stratum", _("taille de la municipalité")
    PUBLIC = "public", _("public")


class Scope(models.TextChoices):
    """Whose municipality a fact counts for, after a merger."""

    ORIGIN = "origine", _("périmètre d’origine")
    TODAY = "jour", _("périmètre du jour")


class Audience(models.TextChoices):
    """Whose eyes: ATN sees every count, UMQ none that points at someone."""

    ATN = "atn", "ATN"
    UMQ = "umq", "UMQ"


class MemberColumn(models.TextChoices):
    """Columns of the municipalities of an MRC, which its page sorts by."""

    NAME = "nom", _("municipalité")
    PEOPLE = "personnes", _("personnes")
    ENROLLED = "inscrites", _("inscrites")
    STARTED = "commence", _("ont commencé")
    FINISHED = "termine", _("ont terminé")


class Step(models.TextChoices):
    """How far a person has come: two ways, and each step of a way is part of the one before."""

    INVITED = "invited", _("invitées")
    JOINED = "joined", _("ont accepté l’invitation")
    ENROLLED = "enrolled", _("inscrites à un cours")
    STARTED = "started", _("première leçon terminée")
    COMPLETED = "completed", _("cours terminé")
    CERTIFIED = "certified", _("attestation remise")


# People come by other doors than an invitation: the two ways have each their own beginning.
DOOR = (Step.INVITED, Step.JOINED)
COURSE = (Step.ENROLLED, Step.STARTED, Step.COMPLETED, Step.CERTIFIED)


class JourneyTable(models.TextChoices):
    """The three tables of the way of people, as their files are named."""

    STEPS = "etapes", _("étapes")
    CURVES = "cohortes", _("cohortes")
    HOURS = "heures", _("heures")


# Stretches of a day, in hours; the last goes past midnight.
SLOTS = ((6, 8), (8, 10), (10, 12), (12, 13), (13, 17), (17, 23), (23, 6))
DAYS = (
    _("lundi"),
    _("mardi"),
    _("mercredi"),
    _("jeudi"),
    _("vendredi"),
    _("samedi"),
    _("dimanche"),
)

# Groups of strata on screens: label, first and last of the nine strata.
STRATUM_GROUPS = (
    (_("moins de 2 000 habitants"), 1, 3),
    (_("2 000 à 9 999"), 4, 5),
    (_("10 000 à 49 999"), 6, 7),
    (_("50 000 et plus"), 8, 9),
)
STRATUM_LABELS = (
    _("moins de 500 habitants"),
    _("500 à 999"),
    _("1 000 à 1 999"),
    _("2 000 à 4 999"),
    _("5 000 à 9 999"),
    _("10 000 à 24 999"),
    _("25 000 à 49 999"),
    _("50 000 à 99 999"),
    _("100 000 et plus"),
)
