"""What a person may agree to, each thing apart, and the words under which they do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Purpose(models.TextChoices):
    """Nothing here is needed to learn: whoever agrees to none has the whole service."""

    FACTS_TO_ORGANISATION = "facts_to_organisation", _("formation d’une personne élue")
    RECOMMENDATIONS = "recommendations", _("suggestions d’après les résultats")
    PROMOTIONAL_MESSAGES = "promotional_messages", _("nouvelles de l’offre de formation")


class Way(models.TextChoices):
    """By which door an agreement was given or withdrawn."""

    PAGE = "page", _("page « Mes consentements »")
    LETTER = "letter", _("lien d’un courriel")


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` is what is agreed to, word for word.

    Changing it asks everybody again: raise `version`, and agreements to the words before hold no
    longer. Each row keeps the words that its person read.
    """

    version: int
    title: "StrPromise"
    text: "StrPromise"
    without: "StrPromise"


WORDINGS = {
    Purpose.FACTS_TO_ORGANISATION: Wording(
        version=1,
        title=_("Montrer ma formation à ma municipalité (personnes élues)"),
        text=_(
            "J’accepte que les responsables de la formation de ma municipalité voient, pour les "
            "formations que je suis à titre de personne élue : à quels cours je suis inscrite ou "
            "inscrit, si je les ai commencés ou réussis, les heures et la date de mes "
            "attestations. Mes réponses et mes résultats ne sont jamais montrés."
        ),
        without=_(
            "Sans votre accord, votre municipalité voit votre nom et votre fonction, rien de "
            "votre formation."
        ),
    ),
    Purpose.RECOMMENDATIONS: Wording(
        version=1,
        title=_("Me proposer des cours d’après mes résultats"),
        text=_(
            "J’accepte que la plateforme se serve de mes résultats aux questionnaires pour me "
            "proposer, à moi seule ou à moi seul, des cours à suivre ou à revoir. Aucune "
            "décision n’en dépend, et personne d’autre ne voit ces propositions."
        ),
        without=_("Sans votre accord, les propositions suivent votre parcours et le catalogue."),
    ),
    Purpose.PROMOTIONAL_MESSAGES: Wording(
        version=1,
        title=_("M’annoncer les nouvelles formations par courriel"),
        text=_(
            "J’accepte que l’Académie de la transformation numérique m’écrive pour annoncer ses "
            "nouvelles formations et ses activités. Chaque courriel dit qui écrit et comment "
            "arrêter."
        ),
        without=_("Sans votre accord, vous ne recevez que les courriels de vos formations."),
    ),
}
