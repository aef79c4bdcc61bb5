"""Bring the plural sentences of the code into locale/fr.

Our sentences are French in the source, so a translation is needed for plurals only: without one
Django would count as English does, and write « 0 leçons ».
"""

import re
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

BLOCK = re.compile(r"^msgid .*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
PLURAL = re.compile(r"(?P<one>msgid .*?)\n(?P<many>msgid_plural .*?)\nmsgstr\[0\]", re.DOTALL)


class Command(makemessages.Command):
    help = "Ajoute à locale/fr les pluriels du code qui y manquent."

    def write_po_file(self, potfile: Any, locale: str) -> None:
        """Append what is missing; never touch, and never remove, what people wrote."""
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / "django.po"
        text = catalogue.read_text()
        for block in BLOCK.findall(Path(potfile).read_text()):
            plural = PLURAL.match(block)
            if plural and plural["one"] not in text:
                singular = plural["one"].replace("msgid ", "msgstr[0] ", 1)
                several = plural["many"].replace("msgid_plural ", "msgstr[1] ", 1)
                lines = (text.rstrip(), "", plural["one"], plural["many"], singular, several, "")
                text = "\n".join(lines)
        catalogue.write_text(text)
