from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from atn_platform.core import french
from courses import actions


class Command(BaseCommand):
    """Write every parcours in one file, in canonical form."""

    help = "Écrit les parcours dans un fichier paths.yaml."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            written = actions.export_paths(path=path)
        except OSError as error:
            raise CommandError(f"Impossible d’écrire {path} : {french.refusal(error)}.") from error
        self.stdout.write(f"Parcours écrits : {len(written)}.")
