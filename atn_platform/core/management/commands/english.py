"""Bring every sentence that may be read in English into locale/en; those still to translate first.

An empty translation shows the French sentence; tests/core/test_languages.py lists them.
"""

import re
from pathlib import Path
from typing import Any

from django.core.management.commands import makemessages

# Pages of whoever runs the platform, which stay in French: docs/languages.md.
FRENCH_ONLY = (
    "templates/admin/*", "templates/atelier/*", "templates/reports/*", "templates/demo/*",
    "atn_platform/audit/[aqr]*", "atn_platform/demo/*", "atn_platform/incidents/*",
    "atn_platform/reports/*", "atn_platform/retention/[afmq]*", "atn_platform/settings/*",
    "courses/actions/*", "courses/admin/*", "courses/exchange/*", "courses/forms/*",
    "templates/courses/booklet/*", "courses/epub.py", "courses/pdf.py",
    "courses/checklist/*", "courses/folder/*", "courses/notation/*", "courses/packages/*",
    "courses/yaml_source.py", "courses/differences.py", "enrollments/actions/moving.py",
    "municipalities/admin/*", "municipalities/actions/readings.py",
    "municipalities/actions/registry.py",
    "municipalities/actions/territory.py", "municipalities/forms/readings.py",
    "municipalities/registry.py", "*/admin.py", "*/management/*", "tests/*", "var/*",
)  # fmt: skip
DATES = re.compile(r'^"(?:POT-Creation|PO-Revision)-Date:.*\n', re.MULTILINE)


class Command(makemessages.Command):
    help = (
        "Met locale/en à jour : ajoute les phrases nouvelles, retire celles qui n’existent plus."
    )

    # A guess of msgmerge would be shown to people as if somebody had written it.
    msgmerge_options = ["-q", "--backup=none", "--update", "--no-fuzzy-matching"]

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = {"locale": ["en"], "no_location": True, "no_obsolete": True}
        ignored = [*options["ignore_patterns"], *FRENCH_ONLY]
        super().handle(*args, **{**options, **chosen, "ignore_patterns": ignored})

    def write_po_file(self, potfile: Any, locale: str) -> None:
        """As Django does, without the moment of writing, over which two branches would clash."""
        super().write_po_file(potfile, locale)
        catalogue = Path(potfile).parent / locale / "LC_MESSAGES" / "django.po"
        catalogue.write_text(DATES.sub("", catalogue.read_text()))
