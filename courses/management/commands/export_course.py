from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atn_platform.core import french
from courses import actions
from courses.models import Course


class Command(BaseCommand):
    """Write the draft of a course as a folder of text files, in canonical form."""

    help = "Écrit le brouillon d'un cours dans un dossier de fichiers texte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        course = Course.objects.filter(code=options["code"]).first()
        if course is None:
            raise CommandError(f"Aucun cours ne porte le code {options['code']}.")
        try:
            actions.export_folder(course=course, path=options["folder"])
        except OSError as error:
            raise CommandError(
                f"Impossible d’écrire {error.filename} : {french.refusal(error)}."
            ) from error
        self.stdout.write(f"{course.code} est écrit dans {options['folder']}.")
