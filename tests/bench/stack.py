"""The production stack on this machine: started for the bench, stopped by process number."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from atn_platform.core import postgres, processes
from atn_platform.core.postgres_files import home_folder

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0  # others may use the machine
# The commands of Dockerfile and docker-compose.yml.
WEB = (
    "atn_platform.serve", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "2", "--no-ws",
    "--blocking-threads", "4",
    "--respawn-failed-workers", "--log-level", "warning",
)  # fmt: skip


class CannotStart(Exception):
    """A part of the stack is missing; the message is one French sentence."""


@dataclass(slots=True)
class Stack:
    """Where the site and the floor answer, and which processes serve, by name."""

    folder: Path
    ports: dict[str, int]
    environment: dict[str, str]
    pids: dict[str, int] = field(default_factory=dict)
    _started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(self, *arguments: str) -> None:
        """A `manage.py` command, in the settings of the bench."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True)

    def start(self, name: str, *command: str, **environment: str) -> None:
        env = self.environment | environment
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=env, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        self._started.append(process)
        self.pids[name] = process.pid

    def start_celery(self, name: str, *command: str) -> None:
        celery = (sys.executable, "-m", "celery", "-A", "atn_platform")
        self.start(name, *celery, *command, "--loglevel", "WARNING")

    def start_web(self, name: str, settings: str) -> None:
        port = str(self.ports[name])
        command = (sys.executable, "-m", *WEB, "--port", port, "atn_platform.wsgi:application")
        self.start(name, *command, DJANGO_SETTINGS_MODULE=settings)

    def end(self, name: str) -> None:
        """End one of the processes, for the rest of the run."""
        processes.end(self.pids.pop(name))

    def stop(self) -> None:
        for process in reversed(self._started):
            processes.end(process.pid)


@contextmanager
def running(folder: Path, *, people: int, municipalities: int) -> Iterator[Stack]:
    """PostgreSQL, Redis, the web server and a worker, on data of their own; all stopped after."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(home_folder(folder / "pg"), ignore_errors=True)
    folder.mkdir(parents=True)
    database = folder / "pg"
    stack: Stack | None = None
    try:
        stack = _prepared(folder, postgres.ensure(database))
        stack.pids["postgresql"] = int(
            (home_folder(database) / "data" / "postmaster.pid").read_text().split()[0]
        )
        _fill(stack, people, municipalities)
        stack.start_celery("worker", "worker", "--concurrency", "2")
        stack.start_web("floor", "tests.bench.floor_settings")
        stack.start_web("web", "tests.bench.settings")
        for port in stack.ports.values():
            _wait(port)
        yield stack
    finally:
        if stack is not None:
            stack.stop()
        postgres.stop(database)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepared(folder: Path, database: Path) -> Stack:
    redis = shutil.which("redis-server")
    if redis is None:
        raise CannotStart("La mesure demande Redis : apt-get install -y redis-server")
    ports, redis_port = {"web": free_port(), "floor": free_port()}, free_port()
    environment = _environment(folder, database, ports["web"], redis_port)
    stack = Stack(folder, ports, environment)
    stack.start(
        "redis", redis, "--port", str(redis_port), "--bind", "127.0.0.1",
        "--save", "", "--appendonly", "no", "--dir", str(folder),
    )  # fmt: skip
    return stack


def _environment(folder: Path, database: Path, port: int, redis_port: int) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "ATN_VAR_DIR": str(folder),
        "ATN_INSECURE_LOOPBACK": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": f"postgresql://postgres@/atn?host={database}",
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "EMAIL_HOST": "127.0.0.1",
        "OUTSIDE_SERVICES": "login.microsoftonline.com|x|x|x;accounts.google.com|x|x|x",
        "EMAIL_PORT": "9",  # nobody listens: no message leaves
        "LOG_LEVEL": "ERROR",
        "DATABASE_STATEMENT_TIMEOUT": "0",
    }


def _fill(stack: Stack, people: int, municipalities: int) -> None:
    stack.run("migrate", "--verbosity", "0")
    stack.run("collectstatic", "--noinput", "--verbosity", "0")
    world = stack.folder / "world.json"
    call = f"from tests.bench.fill import main; main({people}, {municipalities}, {str(world)!r})"
    stack.run("shell", "--no-imports", "--verbosity", "0", "-c", call)


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise CannotStart(f"Le serveur Web n’a pas répondu en {START_SECONDS:.0f} secondes.")
