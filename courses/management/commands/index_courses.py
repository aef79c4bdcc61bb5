from typing import Any

from django.core.management.base import BaseCommand

from courses.actions.indexing import index_everything


class Command(BaseCommand):
    """Write again what the search reads; publishing does it for each course by itself."""

    help = "Réécrit l'index de la recherche pour tous les cours publiés."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{index_everything()} textes indexés.")
