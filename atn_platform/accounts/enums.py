from django.db import models
from django.utils.translation import gettext_lazy as _

from atn_platform.core import wording


class Role(models.TextChoices):
    """What a person may do on the whole platform; without one, a person simply learns."""

    ADMINISTRATOR = "administrator", _("administration ATN")
    UMQ_COORDINATOR = "umq_coordinator", _("coordination UMQ")
    INSTRUCTOR = "instructor", _("formatrice ou formateur")
    COACH = "coach", _("accompagnatrice ou accompagnateur")


class Language(models.TextChoices):
    """What a person reads the platform in; each is named in itself."""

    FRENCH = wording.FRENCH, "Français"
    ENGLISH = wording.ENGLISH, "English"


# Roles that see many people's records sign in with a second factor.
SECOND_FACTOR_ROLES = (Role.ADMINISTRATOR, Role.UMQ_COORDINATOR)
