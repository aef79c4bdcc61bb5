"""The whole platform on one machine, until Ctrl-C."""

import errno
import fcntl
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import DatabaseError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from atn_platform.core import postgres
from atn_platform.core.queueing import prepare_broker
from atn_platform.demo import mailbox
from atn_platform.demo.accounts import CARD_HANDLE, DEMO_ACCOUNTS
from atn_platform.demo.supervisor import Program, ProgramFailed, Supervisor

SMTP_PORT = 1025
# Free space, in MiB: room for the database and its journal the first time, to work the next ones.
FIRST_TIME_MIB, LATER_MIB = 400, 50
DISK_FULL = "Le disque est plein : libérez de l'espace, puis recommencez."
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    help = "Démarre la démonstration complète : site, tâches, courriels. Ctrl-C arrête tout."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument(
            "--empty", action="store_true", help="sans charger les données de démonstration"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr] # old terminals
        started = time.monotonic()
        try:
            port = _free_port(options["port"])
            _room_on_disk()
            with _stopped_by_signals(), self._database(), _letter_box() as smtp_port:
                self._prepare(load=not options["empty"])
                self._run(port, smtp_port, started, empty=options["empty"])
        except KeyboardInterrupt:
            self.say("Tout est arrêté.")
        except (ProgramFailed, postgres.PostgresUnavailable) as error:
            raise CommandError(str(error)) from None
        except (OSError, DatabaseError) as error:
            if _is_disk_full(error):
                raise CommandError(DISK_FULL) from None
            if isinstance(error, OperationalError):
                reason = str(error).strip().splitlines()[0]
                raise CommandError(f"La base de données a cessé de répondre : {reason}") from None
            raise

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    @contextmanager
    def _database(self) -> Iterator[None]:
        """The server of DATABASE_URL, or the embedded one, stopped again if it is ours."""
        if url := os.environ.get("DATABASE_URL"):
            postgres.reach(url)
            yield
            return
        root = postgres.default_root()
        self.say("Base de données…")
        with (Path(settings.VAR_DIR) / "demo.lock").open("w") as lock:
            # Shared by demonstrations of one folder; a start waits for the end of a stop.
            fcntl.flock(lock, fcntl.LOCK_SH)
            joined = postgres.running(root)
            try:
                postgres.ensure(root)
                yield
            finally:
                connections.close_all()
                if not (_alone(lock) and postgres.stop(root, unless_used=joined)):
                    self.say("PostgreSQL reste en marche : un autre programme s'en sert.")

    def _prepare(self, *, load: bool) -> None:
        executor = MigrationExecutor(connections["default"])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Préparation des tables…")
            call_command("migrate", interactive=False, verbosity=0)
        if load and "load_demo" in get_commands():
            self.say("Données de démonstration…")
            call_command("load_demo", stdout=self.stdout)
        connections.close_all()
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns of its absence
        prepare_broker()

    def _run(self, port: int, smtp_port: int, started: float, *, empty: bool) -> None:
        site = f"http://localhost:{port}"
        supervisor = Supervisor(_programs(port), env=_environment(site, smtp_port), say=self.say)
        address = Path(settings.VAR_DIR) / "demo-address"  # read by settings/dev.py
        try:
            address.write_text(site)
            supervisor.start()
            supervisor.wait_until(lambda: _answers(f"http://127.0.0.1:{port}/sante/"), seconds=60)
            self._welcome(site, time.monotonic() - started, _first_one() if empty else _accounts())
            supervisor.watch()
        finally:
            self.say("\nArrêt…")
            supervisor.stop()
            # Another demonstration of this folder may have said its own since.
            if address.exists() and address.read_text() == site:
                address.unlink()

    def _welcome(self, site: str, seconds: float, people: list[str]) -> None:
        duration = f"{seconds:.1f}".replace(".", ",")
        self.say(
            "\n".join(
                [
                    "",
                    f"  Plateforme ATN, prête en {duration} s",
                    "",
                    f"  Site       {site}/",
                    f"  Courriels  {site}/demo/courriels/",
                    "",
                    *people,
                    "",
                    "  Ctrl-C arrête tout.",
                ]
            )
        )


def _accounts() -> list[str]:
    width = max(len(account.email) for account in DEMO_ACCOUNTS)
    return [
        "  Comptes : on entre son adresse, et le code arrive dans les courriels.",
        *(
            f"    {account.email:<{width}}  {account.role_label} ({account.note})"
            for account in DEMO_ACCOUNTS
        ),
        f"    {CARD_HANDLE:<{width}}  Sans courriel (une carte)",
        "  Le second code (responsable, administration, coordination) et celui de la",
        "  carte sont affichés en haut des courriels.",
    ]


def _first_one() -> list[str]:
    folder = os.environ.get("ATN_VAR_DIR")
    where = f"ATN_VAR_DIR={folder} " if folder else ""
    return [
        "  La plateforme est vide. Nommez une première personne dans un autre terminal; elle",
        "  entre ensuite par son adresse, et le code arrive dans les courriels :",
        f"    {where}.venv/bin/python manage.py createsuperuser",
    ]


def _alone(lock: TextIO) -> bool:
    """Whether no other demonstration holds the lock, which is then ours alone."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _free_port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:  # noqa: PLR2004
        raise CommandError(f"PORT doit être un nombre de 1 à 65535, et non « {text} ».")
    port = int(text)
    with socket.socket() as probe:
        # As the web server does: a port just released is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CommandError(
                f"Le port {port} est réservé à root; essayez PORT=8000 make demo."
            ) from None
        except OSError:
            other = port % 65535 + 1
            raise CommandError(
                f"Le port {port} est déjà pris; essayez-en un autre : PORT={other} make demo."
            ) from None
    return port


def _room_on_disk() -> None:
    folder = Path(settings.VAR_DIR)
    first_time = not (folder / "pg").exists() and not os.environ.get("DATABASE_URL")
    folder.mkdir(parents=True, exist_ok=True)
    needed = FIRST_TIME_MIB if first_time else LATER_MIB
    free = shutil.disk_usage(folder).free // 2**20
    if free < needed:
        raise CommandError(
            f"Le disque est plein : il reste {free} Mio dans {folder}, il en faut {needed}."
        )


def _is_disk_full(error: Exception) -> bool:
    return getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT} or (
        "No space left on device" in str(error)
    )


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Make Ctrl-C, a kill and a closed terminal all end by the same road, once."""

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _letter_box() -> Iterator[int]:
    """Receive mail in this process; gives the port, the usual one when it is free."""
    port = _smtp_port()
    controller = Controller(mailbox.Receiver(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def _smtp_port() -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", SMTP_PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _programs(port: int) -> list[Program]:
    logs = Path(settings.VAR_DIR) / "journaux"
    commands = {
        "site": (
            "atn_platform.serve", "--interface", "wsgi",
            "--host", "127.0.0.1", "--port", str(port),
            "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers",
            "--log-level", "warning",
            "atn_platform.wsgi:application",
        ),
        "taches": (
            "celery", "-A", "atn_platform", "worker", "--concurrency", "1",
            "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        ),
        "horaire": ("atn_platform.beat",),
    }  # fmt: skip
    return [Program(name, command, logs / f"{name}.log") for name, command in commands.items()]


def _environment(site: str, smtp_port: int) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "atn_platform.settings.dev",
        "DEBUG": "0",
        "SECRET_KEY": _secret_key(),
        "SITE_URL": site,
        "PACKAGES_ORIGIN": site.replace("//", "//contenus."),
        "EMAIL_PORT": str(smtp_port),
        "PYTHONPATH": str(settings.BASE_DIR),
    }


def _secret_key() -> str:
    """One key for each clone, kept so that people stay signed in after a restart."""
    file = Path(settings.VAR_DIR) / "demo-secret-key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 -- loopback
            return bool(response.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False
