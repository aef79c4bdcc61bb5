"""The words of `static/hors-ligne.js` for pages in English."""

import json

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from atn_platform.core.wording import in_english

register = template.Library()

# The script says these in French, as they stand here; a test holds the two together.
SAID = (
    _("Voir ce qui attend"),
    _("Tout est enregistré."),
    _("Voir la page à jour"),
    _("Reconnectez-vous pour envoyer vos réponses. Rien n’est perdu."),
    _("Se connecter"),
    _("Gardé sur cet appareil à {}. Ce sera envoyé au retour du réseau."),
    _("Enregistré. Votre résultat : {} %."),
    _("Voir les explications"),
    _("{}, {}, {} : {}"),
    _("questionnaire"),
    _("réflexion"),
    _("leçon terminée"),
    _("leçon ouverte"),
    _("geste à poser"),
    _("Retirer de la liste"),
    _("J’ai lu"),
    _("Retirer ce cours de l’appareil"),
    _("{} ko"),
    _("{} Mo"),
    _("On prépare l’appareil…"),
    _("Leçons emportées : {} sur {}…"),
    _("{} réponse gardée sur cet appareil, en attente du réseau."),
    _("{} réponses gardées sur cet appareil, en attente du réseau."),
    _("{} leçon, {}"),
    _("{} leçons, {}"),
    _("C’est fait : {} leçon est sur cet appareil."),
    _("C’est fait : {} leçons sont sur cet appareil."),
    _(
        "Cet appareil n’a plus assez de place. "
        "Choisissez moins de leçons, ou laissez les versions à écouter."
    ),
    _("Le réseau a manqué après {} leçon. Réessayez : ce qui est déjà là ne sera pas perdu."),
    _("Le réseau a manqué après {} leçons. Réessayez : ce qui est déjà là ne sera pas perdu."),
    _(
        "{} réponse attend encore le réseau. "
        "Si vous vous déconnectez maintenant, elle sera perdue. "
        "Se déconnecter quand même?"
    ),
    _(
        "{} réponses attendent encore le réseau. "
        "Si vous vous déconnectez maintenant, elles seront perdues. "
        "Se déconnecter quand même?"
    ),
)


@register.simple_tag
def offline_words() -> str:
    """What each of its sentences is in English, as JSON; "" for whoever reads French."""
    if not in_english():
        return ""
    return json.dumps({said: gettext(said) for said in SAID}, ensure_ascii=False)
