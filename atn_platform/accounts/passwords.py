"""What a password may be; docs/sign-in.md says it in words."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from atn_platform.core import french

LONGEST = 128
# Letters that must be left once every expected word is taken out.
OF_ONE_S_OWN = 8
EXPECTED = (
    "municipalites", "municipalite", "municipal", "mairie", "village", "paroisse", "conseil",
    "ville", "mrc", "quebec", "canada", "academie", "transformation", "numerique", "formation",
    "plateforme", "atn", "umq", "motdepasse", "passe", "password", "bonjour", "bienvenue",
    "soleil", "azerty", "qwerty", "admin", "bureau", "direction", "janvier", "fevrier", "mars",
    "avril", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
    "printemps", "automne", "hiver",
)  # fmt: skip


def normalized(password: str) -> str:
    """The same bytes whether the keyboard composed « é » or not (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


class LengthValidator:
    """Never cut in silence: what is too long is refused."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002 -- Django passes it
        if len(normalized(password)) > LONGEST:
            raise ValidationError(
                _("Ce mot de passe dépasse %d caractères.") % LONGEST, code="password_too_long"
            )

    def get_help_text(self) -> str:
        return _("Il compte au plus %d caractères, espaces et émojis compris.") % LONGEST


class ExpectedWordsValidator:
    """Refuse what anyone would try first: the municipality's name, « mot de passe », a month."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = french.sort_key(normalized(password)).replace(" ", "")
        if not any(each.isalpha() for each in letters):
            return
        rest = "".join(each for each in letters if each.isalpha())
        for word in sorted([*EXPECTED, *_places(user)], key=len, reverse=True):
            rest = rest.replace(word, "")
        if len(rest) < OF_ONE_S_OWN:
            raise ValidationError(
                _(
                    "Ce mot de passe se devine : il tient au nom de votre municipalité ou à un "
                    "mot courant. Prenez plutôt quatre mots sans lien."
                ),
                code="password_expected",
            )

    def get_help_text(self) -> str:
        return _("Ni le nom de votre municipalité, ni un mot courant suivi d’une année.")


def _places(user: Any) -> list[str]:
    """Names of the organisations where this person has a mandate, letters only."""
    if user is None or user.pk is None:
        return []
    names = user.mandates.values_list("organisation__name", flat=True).distinct()
    return [key for name in names if len(key := french.sort_key(name).replace(" ", "")) > 2]  # noqa: PLR2004
