from typing import Any

from django.core.management.base import BaseCommand

from atn_platform.demo.loading import load


class Command(BaseCommand):
    """Load the demonstration once; the second time changes nothing."""

    help = "Charge les données de démonstration : municipalités, personnes fictives, cours."

    def handle(self, *args: Any, **options: Any) -> None:
        written = load()
        if not written:
            self.stdout.write("La démonstration est déjà chargée : rien n'a changé.")
            return
        self.stdout.write(
            f"Démonstration chargée : {written['municipalities']} municipalités, "
            f"{written['people']} personnes, {written['enrollments']} inscriptions, "
            f"{written['sessions']} rencontres, {written['certificates']} attestations."
        )
