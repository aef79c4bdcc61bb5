"""The participation report from the command line: the page's figures, to the last cell."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from atn_platform.reports import actions, exports
from atn_platform.reports.enums import Audience, Breakdown, Scope
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.periods import Period


class Command(BaseCommand):
    """Print or write a participation report.

    JSON: `rows`, one object a region, stratum or public with `people`, `municipalities` and their
    denominators (a hidden cell is null); `totals`; `reference_date`; `definitions`.
    """

    help = "Produit le rapport de participation, masqué pour l’UMQ, complet pour l’ATN."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", choices=Breakdown.values, default=Breakdown.REGION)
        parser.add_argument("--from", dest="start", type=_day, required=True, metavar="AAAA-MM-JJ")
        parser.add_argument("--to", dest="end", type=_day, required=True, metavar="AAAA-MM-JJ")
        parser.add_argument(
            "--as", dest="audience", choices=Audience.values, default=Audience.UMQ,
            help="pour qui : umq (petits nombres masqués) ou atn",
        )  # fmt: skip
        parser.add_argument(
            "--scope", choices=Scope.values, default=Scope.ORIGIN,
            help="périmètre d’origine, ou du jour : la municipalité qui a succédé à chacune",
        )  # fmt: skip
        parser.add_argument("--format", choices=list(exports.CONTENT_TYPES), default="json")
        parser.add_argument("--output", type=Path, metavar="FICHIER", help="sinon, à l’écran")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["end"] < options["start"]:
            raise CommandError("La fin de la période vient avant son début.")
        by = Breakdown(options["by"])
        try:
            report = figures.build(
                Period(options["start"], options["end"]),
                audience=Audience(options["audience"]),
                today=timezone.localdate(),
                scope=Scope(options["scope"]),
                pace=None,
            )
        except ActionError as error:
            raise CommandError(str(error)) from error
        actions.log_export(
            report=report, by=by, file_format=options["format"], actor=None, at=timezone.now()
        )
        self._write(_content(report, by, options["format"]), options["output"])

    def _write(self, content: bytes, output: Path | None) -> None:
        if output is None:
            # Bytes as they are: a workbook is no text.
            self.stdout.flush()
            sys.stdout.buffer.write(content)
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(
                f"Impossible d’écrire {output} : {french.refusal(error)}."
            ) from error
        self.stderr.write(f"{output} : {len(content)} octets.")


def _content(report: figures.Report, by: Breakdown, file_format: str) -> bytes:
    if file_format == "xlsx":
        return exports.as_xlsx(report, by)
    if file_format == "csv":
        return "".join(exports.as_csv(report, by)).encode()
    return exports.as_json(report, by).encode()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"la date « {text} » n’est pas de la forme AAAA-MM-JJ."
        raise ArgumentTypeError(message) from error
