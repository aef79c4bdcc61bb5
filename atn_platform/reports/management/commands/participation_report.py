"""The reports from the command line: the figures of their pages, to the last cell."""

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
from atn_platform.reports.enums import Audience, Breakdown, JourneyTable, Scope
from atn_platform.reports.figures import journey as journey_figures
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.periods import Period, last_closed_quarter

PARTICIPATION, JOURNEY = "participation", "chemin"


class Command(BaseCommand):
    """Print or write a participation report, or the way of people in a quarter (--report chemin).

    JSON: `rows`, one object a region, stratum or public with `people`, `municipalities` and their
    denominators (a hidden cell is null); `totals`; `reference_date`; `definitions`.
    """

    help = "Produit un rapport de participation, masqué pour l’UMQ, complet pour l’ATN."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", choices=Breakdown.values, default=Breakdown.REGION)
        parser.add_argument(
            "--from", dest="start", type=_day, metavar="AAAA-MM-JJ",
            help="avec --to; sans les deux, le dernier trimestre terminé, comme à l’écran",
        )  # fmt: skip
        parser.add_argument("--to", dest="end", type=_day, metavar="AAAA-MM-JJ")
        parser.add_argument(
            "--as", dest="audience", choices=Audience.values, default=Audience.UMQ,
            help="pour qui : umq (petits nombres masqués) ou atn",
        )  # fmt: skip
        parser.add_argument(
            "--scope", choices=Scope.values, default=Scope.ORIGIN,
            help="périmètre d’origine, ou du jour : la municipalité qui a succédé à chacune",
        )  # fmt: skip
        parser.add_argument(
            "--report", choices=(PARTICIPATION, JOURNEY), default=PARTICIPATION,
            help="participation, ou chemin : étapes, rythme et heures des personnes",
        )  # fmt: skip
        parser.add_argument(
            "--table", choices=JourneyTable.values, default=JourneyTable.STEPS,
            help="celui des trois tableaux du chemin que donne le CSV",
        )  # fmt: skip
        parser.add_argument("--format", choices=list(exports.CONTENT_TYPES), default="json")
        parser.add_argument("--output", type=Path, metavar="FICHIER", help="sinon, à l’écran")

    def handle(self, *args: Any, **options: Any) -> None:
        period = _period(options["start"], options["end"])
        make = _journey if options["report"] == JOURNEY else _participation
        try:
            content = make(period, options)
        except ActionError as error:
            raise CommandError(str(error)) from error
        self._write(content, options["output"])

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


def _period(start: date | None, end: date | None) -> Period:
    if start is None and end is None:
        return last_closed_quarter(timezone.localdate())
    if start is None or end is None:
        raise CommandError("Donnez les deux jours, --from et --to, ou aucun.")
    if end < start:
        raise CommandError("La fin de la période vient avant son début.")
    return Period(start, end)


def _participation(period: Period, options: dict[str, Any]) -> bytes:
    by, file_format = Breakdown(options["by"]), options["format"]
    audience, scope, today = (
        Audience(options["audience"]), Scope(options["scope"]), timezone.localdate(),
    )  # fmt: skip
    report = figures.build(
        period,
        audience=audience,
        today=today,
        scope=scope,
        pace=None,
        publications=actions.publish(period, scope=scope, audience=audience, today=today),
    )
    actions.log_export(found=report, by=by, file_format=file_format, actor=None, at=timezone.now())
    if file_format == "xlsx":
        return exports.as_xlsx(report, by)
    if file_format == "csv":
        return "".join(exports.as_csv(report, by)).encode()
    return exports.as_json(report, by).encode()


def _journey(period: Period, options: dict[str, Any]) -> bytes:
    by, file_format = Breakdown(options["by"]), options["format"]
    journey = journey_figures.build(
        period,
        audience=Audience(options["audience"]),
        today=timezone.localdate(),
        scope=Scope(options["scope"]),
    )
    actions.log_export(
        found=journey, by=by, file_format=file_format, actor=None, at=timezone.now()
    )
    if file_format == "xlsx":
        return exports.journey_xlsx(journey, by)
    if file_format == "csv":
        return exports.journey_csv(journey, by, JourneyTable(options["table"])).encode()
    return exports.journey_json(journey, by).encode()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"la date « {text} » n’est pas de la forme AAAA-MM-JJ."
        raise ArgumentTypeError(message) from error
