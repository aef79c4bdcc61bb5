from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """Why a message leaves. Only reminders may be refused by the person (RFC 8058)."""

    ACCOUNT = "account", _("compte")
    INVITATION = "invitation", _("invitation")
    SESSION = "session", _("rencontre")
    CERTIFICATE = "certificate", _("attestation")
    REMINDER = "reminder", _("rappel")
    # Only to whoever agreed to it (consents), and no longer once they withdraw.
    PROMOTION = "promotion", _("nouvelles de l’offre")


REFUSABLE = (Category.REMINDER,)
# Asked for by the person at this very moment: they leave even for an address that refused.
ASKED_FOR = (Category.ACCOUNT,)
