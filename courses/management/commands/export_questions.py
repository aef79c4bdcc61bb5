"""Write questions of the bank for another system."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atn_platform.core import french
from courses.exports import FORMATS, questions_file
from courses.models import BankQuestion


class Command(BaseCommand):
    """All the bank, or the questions of one tag, as a file.

    JSON: `questions`, how many the file holds; `not_represented`, a list of {where, what}.
    """

    help = "Écrit les questions de la banque dans un fichier GIFT ou Moodle XML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--tag", metavar="ÉTIQUETTE", help="celles de cette étiquette")
        parser.add_argument("--json", action="store_true", help="répond en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        questions = BankQuestion.objects.order_by("pk")
        if options["tag"]:
            questions = questions.filter(tags__contains=[options["tag"]])
        made = questions_file(questions, kind=options["format"])
        path = options["file"]
        try:
            path.write_bytes(made.content)
        except OSError as error:
            raise CommandError(f"Impossible d’écrire {path} : {french.refusal(error)}.") from error
        left = [{"where": each.where, "what": each.what} for each in made.left]
        if options["json"]:
            answer = {"questions": made.count, "not_represented": left}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"Questions écrites : {made.count}.")
        for each in made.left:
            self.stdout.write(f"Laissé de côté, {each.where} : {each.what}.")
