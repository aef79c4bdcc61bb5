"""Do, or only show, what is due at a moment."""

import json
from argparse import ArgumentParser
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from atn_platform.core import french
from atn_platform.core.office_hours import QUEBEC
from enrollments.actions import reminding
from enrollments.enums import ReminderRule
from enrollments.queries.reminders import Reminder

YEARS = range(2020, 2100)


class Command(BaseCommand):
    """Promise the reminders due at a moment: the same call as the scheduled task.

    JSON: `at` (in Québec's time), `dry_run`, `queued`: a list of {`key`, `rule`, `person` (the
    address), `reason`, `leaves_at`}, `withdrawn`: keys of waiting reminders that have lost their
    reason, and `totals`, by rule.
    """

    help = (
        "Envoie les rappels dus à un moment donné, ou les montre seulement. Une seconde "
        "exécution n’envoie rien de plus."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="AAAA-MM-JJTHH:MM",
            help="moment, à l’heure de Québec si aucun fuseau n’est donné; maintenant sinon",
        )
        parser.add_argument("--dry-run", action="store_true", help="montre sans rien changer")
        parser.add_argument("--json", action="store_true", help="répond en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        at = moment(options["at"]) if options["at"] is not None else timezone.now()
        at = at.astimezone(QUEBEC)
        run = (reminding.preview if options["dry_run"] else reminding.remind)(at=at)
        if options["json"]:
            report = {
                "at": at.isoformat(),
                "dry_run": options["dry_run"],
                "queued": [row(each) for each in run.queued],
                "withdrawn": run.withdrawn,
                "totals": totals(run.queued),
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(sentences(run, at, dry_run=options["dry_run"])))


def moment(text: str) -> datetime:
    """The moment written; without a zone it is Québec's."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or "T" not in text.strip().upper().replace(" ", "T"):
        raise CommandError(
            f"« {text} » n’est pas un moment : écrivez la date et l’heure, par exemple "
            "2027-01-19T12:00."
        )
    if found.year not in YEARS:
        raise CommandError(f"L’année {found.year} est hors du calendrier de la plateforme.")
    return found if found.tzinfo else found.replace(tzinfo=QUEBEC)


def row(due: Reminder) -> dict[str, Any]:
    return {
        "key": due.key,
        "rule": due.rule.value,
        "person": due.person.email,
        "reason": due.reason,
        "leaves_at": due.leaves_at.astimezone(QUEBEC).isoformat(),
    }


def totals(queued: list[Reminder]) -> dict[str, int]:
    """How many by rule, zeros included."""
    return {rule.value: sum(due.rule == rule for due in queued) for rule in ReminderRule}


def sentences(run: reminding.Run, at: datetime, *, dry_run: bool) -> list[str]:
    """The run in French, for the terminal."""
    start = "Essai, rien n’est changé. " if dry_run else ""
    when = f"{french.day(at, weekday=True)} à {french.hour(at)}"
    lines = [f"{start}Rappels dus le {when}, heure de Québec : {len(run.queued)}."]
    for rule, group in groupby(run.queued, key=lambda due: due.rule):
        members = list(group)
        lines += ["", f"{ReminderRule(rule).label} : {len(members)}"]
        for due in members:
            later = due.leaves_at.astimezone(QUEBEC)
            wait = f" (partira le {french.day(later)} à {french.hour(later)})"
            lines.append(
                f"  {due.person} <{due.person.email}>{wait if due.leaves_at > at else ''}"
            )
            lines.append(f"      {due.reason}")
    if run.withdrawn:
        lines += ["", f"Rappels en attente repris, leur raison est passée : {len(run.withdrawn)}."]
    return lines
