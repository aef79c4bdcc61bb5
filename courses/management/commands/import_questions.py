"""Bring questions of another system into the bank."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from courses.actions import bank


class Command(BaseCommand):
    """Do, or only show, what a file brings.

    JSON: `questions`, a list of {type, title}; `not_represented`, a list of {where, what}. A file
    imported twice adds nothing the second time.
    """

    help = "Ajoute à la banque les questions d’un fichier GIFT, Moodle XML ou QTI."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--format", required=True, choices=list(bank.READERS))
        parser.add_argument("--dry-run", action="store_true", help="montre sans rien changer")
        parser.add_argument("--json", action="store_true", help="répond en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path, kind = options["file"], options["format"]
        try:
            with path.open("rb") as stream:
                content = stream.read(bank.LARGEST + 1)
            if options["dry_run"]:
                reading = bank.read_questions(content=content, kind=kind)
            else:
                reading = bank.import_questions(content=content, kind=kind, source=path.name)
        except OSError as error:
            raise CommandError(f"Impossible de lire {path} : {french.refusal(error)}.") from error
        except ActionError as error:
            raise CommandError(f"{error}\nRien n’a été changé.") from error
        answer = {
            "questions": [{"type": each.kind, "title": each.title} for each in reading.questions],
            "not_represented": [{"where": each.where, "what": each.what} for each in reading.left],
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"Questions lues : {len(reading.questions)}.")
        for each in reading.left:
            self.stdout.write(f"Laissé de côté, {each.where} : {each.what}.")
