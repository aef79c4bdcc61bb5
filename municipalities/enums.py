from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    MUNICIPALITY = "municipality", _("municipalité")
    MRC = "mrc", _("MRC")
    OTHER = "other", _("autre organisation")


class Designation(models.TextChoices):
    """Legal designations of the official registry (column mcodedesi) that are in scope."""

    TOWNSHIP = "01", _("canton")
    UNITED_TOWNSHIPS = "02", _("cantons unis")
    PARISH = "04", _("paroisse")
    MUNICIPALITY = "05", _("municipalité")
    VILLAGE = "06", _("village")
    CREE_VILLAGE = "07", _("village cri")
    NASKAPI_VILLAGE = "08", _("village naskapi")
    NORTHERN_VILLAGE = "09", _("village nordique")
    CITY = "10", _("ville")
    REGIONAL_GOVERNMENT = "40", _("gouvernement régional")


# Under agreements of their own; free of the Charter of the French language (C-11, art. 95).
UNDER_AGREEMENTS = (
    Designation.CREE_VILLAGE, Designation.NASKAPI_VILLAGE, Designation.NORTHERN_VILLAGE,
)  # fmt: skip


class Public(models.TextChoices):
    """The three publics of the training; whose facts are counted where."""

    ELECTED = "elected", _("élues et élus")
    MANAGER = "manager", _("gestionnaires")
    STAFF = "staff", _("personnel municipal")


class Change(models.TextChoices):
    """What happened to a municipality between two readings of the registry."""

    APPEARED = "appeared", _("apparue au répertoire")
    VANISHED = "vanished", _("disparue du répertoire")
    RENAMED = "renamed", _("renommée")
    DESIGNATION = "designation", _("désignation changée")
    MOVED = "moved", _("MRC ou région changée")
    MEASURED = "measured", _("population ou sièges changés")
    MERGED = "merged", _("regroupée")


class BatchState(models.TextChoices):
    """How far the import of a list has come."""

    READY = "ready", _("à vérifier")
    RUNNING = "running", _("en cours")
    DONE = "done", _("faite")
    UNDONE = "undone", _("annulée")


class LineState(models.TextChoices):
    """What a line of a list would do, or did."""

    NEW = "new", _("nouvelle personne")
    CHANGED = "changed", _("changement")
    KNOWN = "known", _("déjà là")
    DOUBTFUL = "doubtful", _("à décider")
    WRONG = "wrong", _("pas comprise")


class Decision(models.TextChoices):
    """What a responsable says of a doubtful line; nothing is done without."""

    ASK = "ask", _("lui demander son accord, par courriel")
    CREATE = "create", _("c’est une autre personne : l’ajouter")


# Lower bounds of the nine population strata (domain reference 1.4), smallest first.
STRATA = (0, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000)


def stratum(population: int) -> int:
    """Number, 1 to 9, of the population stratum."""
    return sum(population >= bound for bound in STRATA)


class ProviderKind(models.TextChoices):
    """Whose accounts an organisation's people may sign in with."""

    MICROSOFT = "microsoft", "Microsoft"
    GOOGLE = "google", "Google"


class Duty(models.TextChoices):
    """Trainings that the law asks of elected people, followed elsewhere."""

    ETHICS = "ethics", _("Éthique et déontologie en matière municipale")
    SYSTEM = "system", _("Système municipal et rôle des membres du conseil")


class Undone(StrEnum):
    """To whom a letter says that a yes is taken back."""

    CLAIMANT = "claimant"
    NAMED = "named"
    PLACE = "place"
