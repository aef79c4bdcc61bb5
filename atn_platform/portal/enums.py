from django.db import models
from django.utils.translation import gettext_lazy as _


class Moment(models.TextChoices):
    """When someone would rather be called."""

    ANY = "any", _("quand vous pourrez")
    MORNING = "morning", _("le matin")
    AFTERNOON = "afternoon", _("l’après-midi")
    EVENING = "evening", _("en début de soirée")
