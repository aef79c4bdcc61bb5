"""What is wrong with the recording of a lesson."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.documents import AssetDoc, LessonDoc

HEAVIEST_SOUND = 110_000  # bytes of a minute: eight of them and their page under a megabyte
LOUD = gettext_lazy(
    "L’enregistrement pèse plus de 110 ko par minute : une voix passe en Opus à 14 kbit/s."
)


def is_heavy(asset: AssetDoc, seconds: int) -> bool:
    return bool(seconds) and asset["size"] * 60 / seconds > HEAVIEST_SOUND


def amiss(lesson: LessonDoc) -> Iterator[tuple[bool, str]]:
    """Each thing to mend, and whether it forbids publishing."""
    audio = lesson.get("audio")
    if audio is None:
        return
    asset = audio.get("asset")
    if asset is None:
        yield True, _("Le fichier de la version à écouter manque.")
        return
    if not asset["type"].startswith("audio/"):
        yield True, _("Le fichier de la version à écouter n’est pas un son.")
    if not audio["seconds"]:
        yield True, _("La durée de la version à écouter ne se lit pas.")
    if audio["stale"]:
        message = _(
            "Le texte a changé depuis l’enregistrement : réécoutez-le en suivant le texte, "
            "puis confirmez-le ou remplacez-le."
        )
        yield False, message
    if is_heavy(asset, audio["seconds"]):
        yield False, str(LOUD)
