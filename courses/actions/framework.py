"""The framework of competencies, brought from its file where it lacks."""

from pathlib import Path

from django.db import transaction

from courses.folder import FolderRefused
from courses.folder.framework import read_framework
from courses.models import Skill, SkillDomain
from courses.yaml_source import Source

FRAMEWORK = Path(__file__).parents[1] / "data" / "cnm.yaml"


@transaction.atomic
def load_framework(*, path: Path = FRAMEWORK) -> int:
    """Add the domains and competencies that lack; how many. What was edited on screen stays.

    Raises courses.folder.FolderRefused before any write.
    """
    source = Source(path.name)
    rows = read_framework(source, path.read_text(encoding="utf-8"))
    if source.problems:
        raise FolderRefused(source.problems)
    added = 0
    for row in rows:
        expected = {f"expected_{public}": level for public, level in row["expected"].items()}
        domain, is_new = SkillDomain.objects.get_or_create(
            letter=row["letter"],
            defaults={
                "title": row["title"], "crcn": row["crcn"], "digcomp": row["digcomp"], **expected,
            },
        )  # fmt: skip
        added += is_new
        for code, title in row["skills"].items():
            __, is_new = Skill.objects.get_or_create(
                code=code, defaults={"domain": domain, "title": title}
            )
            added += is_new
    return added
