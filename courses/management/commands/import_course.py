from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.folder import FolderRefused


class Command(BaseCommand):
    """Create or update the draft of a course from a folder of text files."""

    help = "Crée ou met à jour le brouillon d'un cours à partir d'un dossier de fichiers texte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--publish", action="store_true", help="publie ensuite le brouillon")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            course = actions.import_folder(path=options["folder"])
            if options["publish"]:
                version = actions.publish(course_id=course.pk, by=None, at=timezone.now())
                self.stdout.write(f"{version} est en vigueur.")
            else:
                self.stdout.write(f"Le brouillon de {course.code} est à jour.")
        except (FolderRefused, ActionError) as error:
            raise CommandError(str(error)) from None
