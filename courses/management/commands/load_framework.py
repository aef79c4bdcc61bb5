from typing import Any

from django.core.management.base import BaseCommand

from courses import actions


class Command(BaseCommand):
    """Add what the framework of competencies lacks; harmless when nothing does."""

    help = "Charge le référentiel des compétences; ce qui a été modifié à l’écran reste."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Domaines et compétences ajoutés : {actions.load_framework()}.")
