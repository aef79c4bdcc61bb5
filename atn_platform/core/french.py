"""French of Québec as code: sort and search keys, elision, dates, hours, numbers, typography.

Sources of the rules: OQLF (Vitrine linguistique 22039 for spaces, 21640 for dates, 21241 for
hours); Commission de toponymie for the names of municipalities.
"""

import errno
import re
import unicodedata
from datetime import date, datetime, time

NBSP = "\u00a0"
REFUSALS = {
    errno.ENOENT: "il n’existe pas",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EACCES: "la permission manque",
    errno.EPERM: "la permission manque",
    errno.EROFS: "ce disque se lit seulement",
    errno.ENOSPC: "le disque est plein",
    errno.ENAMETOOLONG: "son nom est trop long",
}
# Ligatures, and the letters whose stroke no decomposition takes away.
LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE", "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O",
     "đ": "d", "Đ": "D"}
)  # fmt: skip
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT_MONTHS = [
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juill.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
]
WEEKDAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
# Names beginning with h that elide; every other h does not.
MUTE_H = ("hébertville", "hérouxville", "henryville", "honfleur", "huberdeau")
VOWELS = "aeiouàâäéèêëîïôöùûüœæ"
# A y before a vowel and the W of Algonquian names are semi-consonants: « de Yamaska ».
SEMI_CONSONANT = re.compile(r"(y[aeiou]|oui|oua)", re.IGNORECASE)


def fold(text: str) -> str:
    """Lower case, no accent, no ligature; composed and decomposed forms become equal."""
    decomposed = unicodedata.normalize("NFD", text.translate(LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def sort_key(text: str) -> str:
    """What `ORDER BY` compares: folded letters and digits, anything else one space.

    Letters of every script count: « ᐊᓂ » and « 李雷 » are two people.
    """
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def slugify(text: str) -> str:
    """Address form of a French text: dashes where Django's own function glues words."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))


SEARCH_FORMS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
ARTICLES = {"l", "le", "la", "les", "d", "de", "du", "des", "a", "au", "aux", "et", "en"}


def search_key(text: str) -> str:
    """What people's typing is compared with: st/ste spelled out, articles left out.

    « L'Île-Perrot » becomes "ile perrot"; « St-Elzéar » and « Saint-Elzéar » become the same.
    """
    words = [SEARCH_FORMS.get(word, word) for word in sort_key(text).split()]
    return " ".join(word for word in words if word not in ARTICLES) or " ".join(words)


def elides(name: str) -> bool:
    """Whether « de » and « le » lose their vowel before this name."""
    start = name.lstrip().lower()
    if SEMI_CONSONANT.match(start):
        return False
    if start.startswith("h"):
        return start.startswith(MUTE_H)
    return start[:1] in VOWELS


def of_place(name: str) -> str:
    """« de » before the name of a place: d'Amos, de La Tuque, du Granit, des Éboulements."""
    for article, contracted in (("Les ", "des "), ("Le ", "du ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d’{name}" if elides(name) else f"de {name}"


# First words of official names, by the article that they take after « de ».
ARTICLES_OF_BODIES = {
    "de la ": ("ville", "municipalité", "paroisse", "mrc", "régie", "communauté", "société"),
    "de l’": ("administration", "union", "agglomération", "office", "académie", "université"),
    "du ": ("village", "canton", "gouvernement", "conseil", "centre", "regroupement"),
    "des ": ("cantons", "municipalités", "villages"),
}


def of_body(name: str) -> str:
    """« de » before an organisation's full name: de la Ville d’Amos, du Canton de Gore."""
    first = name.split(" ", 1)[0].lower()
    for article, words in ARTICLES_OF_BODIES.items():
        if first in words:
            return article + name
    return of_place(name)


def day(value: date, *, weekday: bool = False) -> str:
    """« mardi 1er décembre 2026 »; the hours of a datetime are ignored, in its own zone."""
    number = "1er" if value.day == 1 else str(value.day)
    text = f"{number}{NBSP}{MONTHS[value.month - 1]}{NBSP}{value.year}"
    return f"{WEEKDAYS[value.weekday()]} {text}" if weekday else text


def short_month(value: date) -> str:
    """« déc. »."""
    return SHORT_MONTHS[value.month - 1]


def hour(value: time | datetime) -> str:
    """« 13 h 30 », « 9 h », « 8 h 5 »: twenty-four hours, no padding (OQLF 21241)."""
    minutes = f"{NBSP}{value.minute}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def span(start: datetime, end: datetime) -> str:
    """« de 9 h à 12 h », or with the day of the end when it is another one."""
    if start.date() == end.date():
        return f"de {hour(start)} à {hour(end)}"
    return f"de {hour(start)} au {day(end, weekday=True)}, {hour(end)}"


# Places whose clocks differ from the rest of Québec, whole year or part of it.
ZONES = {
    "America/Toronto": "heure de Québec",
    "America/Halifax": "heure des Îles-de-la-Madeleine",
    "America/Blanc-Sablon": "heure de Blanc-Sablon",
}


def zone(name: str) -> str:
    """« heure des Îles-de-la-Madeleine » for an IANA zone that Québec's places use."""
    return ZONES.get(name, name)


def duration(minutes: int) -> str:
    """« 45 min », « 1 h », « 1 h 45 »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h" + (f"{NBSP}{rest:02d}" if rest else "")


def seconds(length: int) -> str:
    """« 56 s », « 2 min », « 2 min 5 s »: how long a recording lasts."""
    minutes, rest = divmod(length, 60)
    if not minutes:
        return f"{rest}{NBSP}s"
    return f"{minutes}{NBSP}min" + (f"{NBSP}{rest}{NBSP}s" if rest else "")


def number(value: float, decimals: int = 0) -> str:
    """« 1 913 561 » or « 25,5 »: no-break spaces by thousands, decimal comma."""
    return f"{value:,.{decimals}f}".replace(",", NBSP).replace(".", ",")


def percent(share: float) -> str:
    """« 64 % » from a share of 0 to 1."""
    return f"{number(100 * share)}{NBSP}%"


MEGABYTE = 1_000_000


def weight(size: int) -> str:
    """Bytes for people: « 61 ko », « 1,1 Mo »."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1000))}{NBSP}ko"
    return f"{number(size / MEGABYTE, 1)}{NBSP}Mo"


def quoted(text: str) -> str:
    """« text »; what it quotes itself takes the inner marks “ ”."""
    inner = re.sub(rf"«[ {NBSP}]*", "“", text)
    inner = re.sub(rf"[ {NBSP}]*»", "”", inner)
    return f"«{NBSP}{inner}{NBSP}»"


UNITS = "min|h|km|ko|Mo|Go|%|\\$|ans|places|pages|leçons|minutes|heures|personnes|étapes|questions"


def typography(text: str) -> str:
    """Put Québec's no-break spaces where plain ones were typed; idempotent.

    A no-break space before « : », « % » and « $ », inside guillemets, between a number and its
    unit; none before « ; ! ? ». The apostrophe becomes typographic.
    """
    text = text.replace("'", "’")
    text = re.sub(rf"[ {NBSP}]+([;!?])", r"\1", text)
    text = re.sub(r" ([:»%$])", rf"{NBSP}\1", text)
    text = text.replace("« ", f"«{NBSP}")
    text = re.sub(rf"(\d) (?=(?:{UNITS})(?!\w))", rf"\1{NBSP}", text)
    return re.sub(rf"(\d{NBSP}h) (\d)", rf"\1{NBSP}\2", text)


def refusal(error: OSError) -> str:
    """Why the system refuses a file or a folder; its own words are in English."""
    return REFUSALS.get(error.errno or 0, "le système refuse")
