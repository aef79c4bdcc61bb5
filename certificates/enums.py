from django.db import models
from django.utils.translation import gettext_lazy as _


class RevocationReason(models.TextChoices):
    """Classes shown on the public page; the details stay in the journal."""

    ERROR = "error", _("délivrée par erreur")
    REPLACED = "replaced", _("remplacée par une attestation corrigée")
    REQUEST = "request", _("à la demande de la personne")


# What a person may choose; « replaced » is written by replacing.
CHOSEN_REASONS = (RevocationReason.ERROR, RevocationReason.REQUEST)
