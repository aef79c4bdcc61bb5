"""Scenarios of departure: brought from their files where they lack, and edited."""

from pathlib import Path

from django.db import transaction

from courses.folder import FolderRefused
from courses.folder.positioning import read_positioning
from courses.models import PositioningScenario
from courses.yaml_source import Source

SCENARIOS = Path(__file__).parents[1] / "data" / "positioning"


@transaction.atomic
def load_scenarios(*, folder: Path = SCENARIOS) -> int:
    """Add the scenarios that lack; how many. What was edited on screen stays."""
    added = 0
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        source = Source(path.name)
        document = read_positioning(source, text)
        if source.problems:
            raise FolderRefused(source.problems)
        __, is_new = PositioningScenario.objects.get_or_create(
            public=document["public"], defaults={"source": text, "document": document}
        )
        added += is_new
    return added


@transaction.atomic
def save_scenario(*, scenario: PositioningScenario, source: str) -> None:
    """Write the text and what it says. Raises FolderRefused, each problem with its line."""
    read = Source("texte")
    document = read_positioning(read, source)
    if not read.problems and document["public"] != scenario.public:
        read.complain(("public",), str(scenario.get_public_display()))
    if read.problems:
        raise FolderRefused(read.problems)
    scenario.source, scenario.document = source, document
    scenario.save(update_fields=["source", "document", "updated_at"])
