"""Which public a word of a list means, however written: « élu·e », « Employés (es) », « DG »."""

import re

from atn_platform.core import french
from municipalities.enums import Public

# Words in the singular and the masculine, as `plain` gives them.
PUBLICS = {
    Public.ELECTED: (
        "elu|elu municipal|personne elu|conseil|conseil municipal|conseiller|conseiller municipal"
        "|membre conseil|membre conseil municipal|maire|maire suppleant|prefet|prefet suppleant"
        "|elected|elected official|councillor|mayor"
    ),
    Public.MANAGER: (
        "gestionnaire|gestion|cadre|cadre superieur|cadre intermediaire|personnel cadre|direction"
        "|direction general|personnel gestion|personnel direction|directeur|directeur general"
        "|directeur general adjoint|directeur general greffier tresorier|directeur adjoint|dg|d g"
        "|dga|manager"
    ),
    Public.STAFF: (
        "personnel|personnel municipal|personnel administratif|personnel bureau|membre personnel"
        "|employe|employe municipal|staff|salarie|col bleu|col blanc|professionnel|pompier"
        "|pompier volontaire|policier|brigadier|journalier"
    ),
}
PUBLIC_OF = {word: public for public, words in PUBLICS.items() for word in words.split("|")}
# Functions that only elected people have: « conseillère en communication » is not one.
ELECTED = re.compile(
    r"((pro )?maire|promaire|prefet)\b.*"
    r"|elu( municipal)?"
    r"|conseiller( municipal)?( (siege|poste|district|quartier|n|no|numero|maire|\d+)\b.*)?"
)
MASCULINE = {
    "adjointe": "adjoint", "administrative": "administratif", "brigadiere": "brigadier",
    "conseillere": "conseiller", "directrice": "directeur", "elue": "elu", "employee": "employe",
    "generale": "general", "greffiere": "greffier", "journaliere": "journalier",
    "mairesse": "maire", "municipale": "municipal", "municipaux": "municipal",
    "policiere": "policier", "pompiere": "pompier", "prefete": "prefet",
    "professionnelle": "professionnel", "salariee": "salarie", "superieure": "superieur",
    "suppleante": "suppleant", "tresoriere": "tresorier",
}  # fmt: skip
# Small words, and the feminine ends that inclusive writing sets apart: « conseiller·ère ».
LEFT_OUT = frozenset(
    {"au", "de", "des", "du", "e", "ere", "eres", "es", "et", "iere", "la", "le", "les", "ne",
     "nes", "ou", "s", "trice", "trices"}
)  # fmt: skip
SHORTEST_PLURAL = 4


def public_of(said: str) -> str:
    """The public that a cell means; "" when it means none that we know."""
    words = plain(said)
    return PUBLIC_OF.get(words) or (Public.ELECTED if ELECTED.fullmatch(words) else "")


def is_elected(function: str) -> bool:
    """Whether only elected people have this function."""
    return ELECTED.fullmatch(plain(function)) is not None


def plain(said: str) -> str:
    """Folded words, each once, in the masculine singular."""
    found = []
    for word in re.findall(r"[^\W_]+", french.fold(said)):
        if word in LEFT_OUT:
            continue
        single = word[:-1] if word.endswith("s") and len(word) >= SHORTEST_PLURAL else word
        found.append(MASCULINE.get(single, single))
    return " ".join(dict.fromkeys(found))
