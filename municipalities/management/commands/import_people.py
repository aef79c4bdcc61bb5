"""Bring the people of an organisation in from a list (.xlsx or .csv)."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from municipalities.actions import imports
from municipalities.enums import LineState
from municipalities.models import Organisation
from municipalities.queries.imports import Row
from municipalities.staff.files import LARGEST


class Command(BaseCommand):
    """Do, or only show, what the page « Importer » does.

    JSON: the counts `rows new changed known doubtful`, and `errors`, a list of
    {row, column, message}: `row` is the number that Excel shows; `column` is the name of the
    field, or null for the whole line. Beside them `dry_run`, `ignored` (columns left aside) and
    `batch`, the number of the import, by which it can be taken back.

    Nobody is written to, and doubtful lines are left alone.
    """

    help = (
        "Inscrit les gens d’une organisation d’après une liste (.xlsx ou .csv) : colonnes Prénom, "
        "Nom, Courriel, Fonction, Public. Personne n’est retiré, et aucune lettre ne part."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", help="classeur .xlsx ou fichier .csv")
        parser.add_argument(
            "--organisation",
            required=True,
            metavar="CODE",
            help="code géographique de l’organisation",
        )
        parser.add_argument("--dry-run", action="store_true", help="montre sans rien changer")
        parser.add_argument("--json", action="store_true", help="répond en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.active().at_handle(options["organisation"]).first()
        if organisation is None:
            raise CommandError(
                f"Aucune organisation en activité n’a le code {options['organisation']}."
            )
        content = _read(Path(options["file"]))
        now = timezone.now()
        try:
            found, rows = imports.compare_file(organisation=organisation, content=content, at=now)
            answer = _answer(rows)
            answer |= {"ignored": found.ignored, "dry_run": options["dry_run"], "batch": None}
            if not options["dry_run"]:
                batch = imports.receive(
                    organisation=organisation,
                    name=Path(options["file"]).name,
                    content=content,
                    by=None,
                    at=now,
                )
                imports.start(batch_id=batch.pk, writes=False)
                imports.commit(batch_id=batch.pk, at=now)
                answer["batch"] = batch.pk
        except ActionError as error:
            raise CommandError(f"{error}\nRien n’a été changé.") from error
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_sentences(organisation, answer)))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"Impossible de lire {path} : {french.refusal(error)}.") from error


def _answer(rows: Iterable[Row]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    errors = []
    for row in rows:
        counts[row.state] += 1
        errors += [
            {"row": row.entry.number, "column": flaw.column or None, "message": flaw.message}
            for flaw in row.flaws
        ]
    return {
        "rows": counts.total(),
        "new": counts[LineState.NEW],
        "changed": counts[LineState.CHANGED],
        "known": counts[LineState.KNOWN],
        "doubtful": counts[LineState.DOUBTFUL],
        "errors": errors,
    }


def _sentences(organisation: Organisation, answer: dict[str, Any]) -> list[str]:
    verb = "seraient" if answer["dry_run"] else "sont"
    return [
        f"{organisation} : lignes lues : {answer['rows']}.",
        f"Nouvelles personnes qui {verb} inscrites : {answer['new']}.",
        f"Changements : {answer['changed']}. Déjà là : {answer['known']}.",
        f"À décider sur la page « Importer » : {answer['doubtful']}.",
        *(
            f"Ligne {each['row']}, {each['column'] or 'ligne entière'} : {each['message']}."
            for each in answer["errors"]
        ),
    ]
