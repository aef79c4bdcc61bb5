from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What the law lets a person ask of whoever holds data on them (A-2.1, art. 73, 83 and 89)."""

    ACCESS = "access", _("accès")
    RECTIFICATION = "rectification", _("rectification")
    ERASURE = "erasure", _("effacement")


class Part(models.TextChoices):
    """What a rectification is about; the name is corrected by the person at once."""

    FUNCTION = "function", _("ma fonction")
    ORGANISATION = "organisation", _("ma municipalité ou mon organisation")
    OTHER = "other", _("autre chose")


class State(models.TextChoices):
    """Where a request is; read from its dates, never written."""

    WAITING = "waiting", _("à traiter")
    REFUSED = "refused", _("refusée")
    CANCELLED = "cancelled", _("annulée")
    GRANTED = "granted", _("acceptée")
    PENDING = "pending", _("acceptée, effacement à venir")
    ERASED = "erased", _("effacée")
