"""Read the official list of municipalities, from a file or from its https address."""

import json
import re
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from hashlib import sha256
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from socket import gaierror
from ssl import SSLCertVerificationError, SSLError
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from atn_platform.core.outside import NotPublic, PublicHttps
from municipalities.actions import registry as actions
from municipalities.models import Organisation, RegistryImport
from municipalities.registry import parse

# The published file weighs about 1.1 MB.
SIZE_LIMIT = 20_000_000
SOCKET_TIMEOUT = 20
DOWNLOAD_TIMEOUT = 120
CHUNK = 65_536
# The first that fits: the narrower come first.
REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (NotPublic, "cette adresse n’est pas publique; téléchargez le fichier, puis nommez-le"),
    (gaierror, "le nom du serveur est introuvable"),
    (SSLCertVerificationError, "le certificat du serveur n’est pas reconnu"),
    (SSLError, "la connexion sécurisée a échoué"),
    (TimeoutError, "le serveur ne répond pas à temps"),
    (ConnectionRefusedError, "le serveur refuse la connexion"),
    (HTTPException, "la réponse est incomplète"),
)


class Command(BaseCommand):
    """Apply, or only show, the changes between our list and a reading of the registry.

    JSON: the counts `in_scope mrcs regions created changed unchanged vanished renamed
    population_changed seats_filled seats_vacant out_of_scope`, all integers (`renamed` and
    `population_changed` are parts of `changed`; `in_scope` is created + changed + unchanged),
    `reference_date`, `sha256`, `dry_run`, and `lists`: created, unchanged, vanished, mrcs,
    regions ({code, name}), changed ({code, name, fields: {field: [before, after]}}) and renamed
    ({code, before, after}).
    """

    help = (
        "Lit le Répertoire des municipalités du Québec (fichier CSV du MAMH) et met à jour les "
        "municipalités, les MRC et les régions. Rien n’est supprimé."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FICHIER|URL", help="fichier CSV ou adresse https")
        parser.add_argument(
            "--on",
            type=_day,
            metavar="AAAA-MM-JJ",
            help="date de référence; sinon celle du nom du fichier, sinon aujourd’hui",
        )
        parser.add_argument("--dry-run", action="store_true", help="montre sans rien changer")
        parser.add_argument(
            "--force", action="store_true", help="accepte plus de 3 %% de municipalités disparues"
        )
        parser.add_argument("--json", action="store_true", help="répond en JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"]
        on = options["on"] or _day_in(source) or timezone.localdate()
        content = read(source)
        digest = sha256(content).hexdigest()
        self._warn_when_older(on)
        try:
            outcome = actions.import_registry(
                snapshot=parse(content),
                sha256=digest,
                on=on,
                at=timezone.now(),
                dry_run=options["dry_run"],
                force=options["force"],
            )
        except ActionError as error:
            raise CommandError(f"{error}\nRien n’a été changé.") from error
        report = {
            "reference_date": on.isoformat(),
            "sha256": digest,
            "dry_run": options["dry_run"],
            **actions.counts(outcome.municipalities, outcome.snapshot),
            "lists": lists(outcome),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(sentences(report)))

    def _warn_when_older(self, on: date) -> None:
        newer = RegistryImport.objects.filter(reference_date__gt=on).exists()
        if newer:
            self.stderr.write(
                f"Attention : une lecture plus récente que le {on} a déjà été importée."
            )


def read(source: str) -> bytes:
    """Bytes of the file or of the https address, within bounds of size and time."""
    if "://" in source:
        return _download(source)
    path = Path(source)
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise CommandError(f"{source} dépasse 20 Mo : ce n’est pas le fichier attendu.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"Impossible de lire {source} : {french.refusal(error)}.") from error


class _HttpsOnly(HTTPRedirectHandler):
    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        if urlsplit(newurl).scheme != "https":
            raise CommandError("Le serveur renvoie à une adresse qui n’est pas https.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _download(url: str) -> bytes:
    if urlsplit(url).scheme != "https":
        raise CommandError("L’adresse doit commencer par https://.")
    deadline = time.monotonic() + DOWNLOAD_TIMEOUT
    content = bytearray()
    try:
        with build_opener(_HttpsOnly, PublicHttps).open(url, timeout=SOCKET_TIMEOUT) as answer:
            while chunk := answer.read(CHUNK):
                content += chunk
                if len(content) > SIZE_LIMIT:
                    raise CommandError("La réponse dépasse 20 Mo : ce n’est pas le fichier.")
                if time.monotonic() > deadline:
                    raise CommandError("Le téléchargement est trop lent : il a été abandonné.")
    except (OSError, HTTPException) as error:
        raise CommandError(f"Impossible de télécharger {url} : {_why(error)}.") from error
    return bytes(content)


def _why(error: OSError | HTTPException) -> str:
    """Say in French what the system says in English; its own words stay in the exception."""
    if isinstance(error, HTTPError):
        return f"le serveur a répondu {error.code}"
    cause = error.reason if isinstance(error, URLError) else error
    for kind, words in REASONS:
        if isinstance(cause, kind):
            return words
    return "la connexion a échoué"


def lists(outcome: actions.Outcome) -> dict[str, list[dict[str, Any]]]:
    """The rows behind the counts."""
    places = outcome.municipalities
    return {
        "created": _named(places.appeared),
        "changed": [
            {
                "code": change.organisation.code,
                "name": change.organisation.name,
                "fields": {
                    name: [before, after] for name, (before, after) in change.fields.items()
                },
            }
            for change in places.changed
        ],
        "unchanged": _named(places.unchanged),
        "vanished": _named(places.vanished),
        "renamed": [
            {
                "code": change.organisation.code,
                "before": change.fields["name"][0],
                "after": change.fields["name"][1],
            }
            for change in places.with_new("name")
        ],
        "mrcs": [{"code": mrc.code, "name": mrc.name} for mrc in outcome.snapshot.mrcs],
        "regions": [
            {"code": code, "name": name} for code, name in outcome.snapshot.regions.items()
        ],
    }


def _named(places: list[Organisation]) -> list[dict[str, Any]]:
    return [{"code": place.code, "name": place.name} for place in places]


def sentences(report: dict[str, Any]) -> list[str]:
    """The report in French, for the terminal."""
    rows = report["lists"]
    start = "Essai, rien n’a été changé. " if report["dry_run"] else ""
    lines = [
        f"{start}Répertoire du {report['reference_date']} : {report['in_scope']} municipalités, "
        f"{report['mrcs']} MRC, {report['regions']} régions, {report['seats_filled']} sièges "
        f"pourvus et {report['seats_vacant']} vacants.",
        f"Créées : {report['created']}. Changées : {report['changed']}. "
        f"Inchangées : {report['unchanged']}. Disparues : {report['vanished']}. "
        f"Renommées : {report['renamed']}. Populations changées : {report['population_changed']}.",
    ]
    lines += [
        f"  renommée  {row['code']} {row['before']} → {row['after']}" for row in rows["renamed"]
    ]
    lines += [
        f"  disparue  {row['code']} {row['name']} (inactive; son successeur reste à nommer)"
        for row in rows["vanished"]
    ]
    if report["unchanged"] + report["changed"]:
        lines += [f"  créée     {row['code']} {row['name']}" for row in rows["created"]]
    return lines


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"la date « {text} » n’est pas de la forme AAAA-MM-JJ."
        raise ArgumentTypeError(message) from error


def _day_in(source: str) -> date | None:
    found = re.search(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])", Path(source).name)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None
