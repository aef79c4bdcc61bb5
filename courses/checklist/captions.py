"""What the checklist says of captions, with the lines of their file."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from atn_platform.core import french
from courses.captions import Amiss
from courses.documents import BlockDoc

# Of one kind of mistake; an author who mends these sees the rest.
MOST_LINES = 3


def amiss(block: BlockDoc) -> Iterator[tuple[bool, str]]:
    """Each thing to mend, and whether it forbids publishing, which a measured length may prove."""
    told: dict[str, int] = {}
    for each in block.get("captions_amiss", ()):
        told[each["rule"]] = told.get(each["rule"], 0) + 1
        if told[each["rule"]] <= MOST_LINES:
            yield each.get("sure", False), _said(each)


def _said(each: Amiss) -> str:
    words = {
        "unread": _(
            "Ces sous-titres n’ont pas été mesurés : enregistrez de nouveau ce bloc. Si ce "
            "message demeure, leur fichier ne se lit pas : envoyez-en un autre."
        ),
        "length": _("La durée écrite n’est pas celle du fichier, qui dure %(length)s."),
        "short": _(
            "Sous-titres, ligne %(line)d : ils s’arrêtent %(length)s avant la fin. Un silence "
            "ou une musique s’écrit aussi : [musique]."
        ),
        "beyond": _(
            "Sous-titres, ligne %(line)d : ils dépassent la fin de %(length)s. Est-ce le bon "
            "fichier?"
        ),
        "gap": _("Sous-titres, ligne %(line)d : rien ne s’affiche pendant %(length)s avant elle."),
        "overlap": _("Sous-titres, ligne %(line)d : elle commence avant la fin de la précédente."),
        "fast": _(
            "Sous-titres, ligne %(line)d : %(much)d caractères par seconde se lisent mal; visez "
            "20 au plus."
        ),
    }[each["rule"]]
    length = french.seconds(each["much"])
    return words % {"line": each["line"], "length": length, "much": each["much"]}
