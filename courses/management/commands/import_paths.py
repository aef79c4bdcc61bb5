from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses import actions
from courses.folder import FolderRefused


class Command(BaseCommand):
    """Create or update the parcours of a file; nothing is written when one line is wrong."""

    help = "Crée ou met à jour les parcours d'un fichier paths.yaml."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            read = actions.import_paths(path=options["file"])
        except FolderRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Parcours lus : {len(read)}.")
