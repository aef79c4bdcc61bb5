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


# Lower bounds of the nine population strata (domain reference 1.4), smallest first.
STRATA = (0, 500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000)


def stratum(population: int) -> int:
    """Number, 1 to 9, of the population stratum."""
    return sum(population >= bound for bound in STRATA)
