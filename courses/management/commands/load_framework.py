from typing import Any

from django.core.management.base import BaseCommand

from courses import actions


class Command(BaseCommand):
    """Add what lacks of the framework and of the scenarios; harmless when nothing does."""

    help = "Charge le référentiel des compétences; ce qui a été modifié à l’écran reste."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Domaines et compétences ajoutés : {actions.load_framework()}.")
        self.stdout.write(f"Scénarios de départ ajoutés : {actions.load_scenarios()}.")
