"""Take a message that came by mail: the end of an alias of the mail server."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from atn_platform.notifications import actions, bounces, replies


class Command(BaseCommand):
    """Read one message from standard input. What is forged, or asks nothing, changes nothing.

    Always ends well once the message is read: a mail server would send an error back to whoever
    forged the message.
    """

    help = "Lit un message reçu (entrée standard) : rapports des serveurs, réponses des personnes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default="", metavar="ADRESSE", help="à qui il est arrivé")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(bounces.LARGEST)
        if (reply := replies.read(raw, to=options["to"])) is not None:
            actions.take_reply(reply, at=timezone.now())
            self.stdout.write(f"Réponse reçue pour l’échange {reply.about}.")
            return
        report = bounces.read(raw, to=options["to"])
        if report is None:
            self.stdout.write("Laissé de côté : rien ne prouve que ce message répond à un nôtre.")
            return
        actions.take_report(report, at=timezone.now())
        self.stdout.write(f"Message {report.email_id} : {report.kind.value} {report.words}")
