from django.db import models
from django.utils.translation import gettext_lazy as _


class Element(models.TextChoices):
    """The eight elements of the register (A-2.1, r. 3.1, art. 7), in the order of the text."""

    DATA = "data", _("1. Renseignements visés")
    CIRCUMSTANCES = "circumstances", _("2. Circonstances")
    PERIOD = "period", _("3. Date ou période de l’incident")
    AWARENESS = "awareness", _("4. Prise de connaissance")
    PEOPLE = "people", _("5. Nombre de personnes concernées")
    RISK = "risk", _("6. Risque de préjudice sérieux")
    NOTICES = "notices", _("7. Avis")
    MEASURES = "measures", _("8. Mesures prises")
