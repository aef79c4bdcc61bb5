"""The embedded PostgreSQL 18 of laptops and tests: binaries of a wheel, our own manager.

Used only when DATABASE_URL is unset. Importing this module starts nothing. Why not the wheel's
own manager: docs/decisions/0003-embedded-postgresql.md.
"""

import errno
import fcntl
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from atn_platform.core import processes
from atn_platform.core.postgres_files import (
    PostgresUnavailable,
    binary,
    home_folder,
    own_folder,
    server_user,
    socket_folder,
)

__all__ = [
    "PostgresUnavailable",
    "default_root",
    "ensure",
    "reach",
    "running",
    "start_for_command",
    "stop",
]

# Commands that never read the database, so that they work where no server can start.
# « demo » starts the server itself, to be able to stop it.
WITHOUT_DATABASE = {
    "help",
    "version",
    "--version",
    "--help",
    "check",
    "demo",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "makemigrations",
    "plurals",
    "startapp",
    "startproject",
    "diffsettings",
    "findstatic",
}
PORT = 5432  # part of the socket's name; nothing listens on the network
START_SECONDS = 60
GRACE_SECONDS = 2  # between the server's first breath and its socket
FAST_SHUTDOWN = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0))
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "100",
    "max_wal_size": "256MB",
    # As in docker-compose.yml: what it does not hold, the system's own cache does.
    "shared_buffers": "64MB",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

# Kept so that Python does not complain of a child that outlives us on purpose.
_launched: list["subprocess.Popen[bytes]"] = []


def start_for_command(argv: list[str]) -> None:
    """Start or join the embedded server when the command in `argv` needs one.

    With DATABASE_URL, only make sure that its server answers.
    """
    command = argv[1] if len(argv) > 1 else "help"
    if command in WITHOUT_DATABASE or {"--help", "-h"} & set(argv):
        return
    if url := os.environ.get("DATABASE_URL"):
        reach(url)
    else:
        ensure(default_root())


def default_root() -> Path:
    """The server that manage.py and the demonstration use."""
    project = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("ATN_VAR_DIR", project / "var")).resolve() / "pg"


def reach(url: str) -> None:
    """Connect once to a `postgresql://` URL, or raise PostgresUnavailable within 5 seconds."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise PostgresUnavailable("DATABASE_URL doit commencer par postgresql://.")
    try:
        psycopg2.connect(url, connect_timeout=5).close()
    except (psycopg2.Error, UnicodeError) as error:
        reason = (str(error).strip().splitlines() or ["aucune réponse"])[0]
        raise PostgresUnavailable(
            f"La base de données de DATABASE_URL ne répond pas : {reason}"
        ) from None


def ensure(root: Path, *, fast: bool = False) -> Path:
    """Start, or join, the server named by `root`; return the folder of its socket.

    `fast` gives up durability, for tests. Safe to call from several processes at once, after
    a kill, and after the loss of the socket.
    """
    try:
        with _locked(root) as home:
            socket = own_folder(socket_folder(root), home)
            if not _answers(socket):
                _clear_leftovers(home / "data", socket)
                _initialise(home, fast=fast)
                _launch(home, socket, fast=fast)
            _create_database(socket)
            return socket
    except OSError as error:
        raise PostgresUnavailable(_sentence(error)) from error
    except psycopg2.OperationalError as error:
        raise PostgresUnavailable(f"PostgreSQL embarqué a répondu : {error}") from error


def running(root: Path) -> bool:
    """Whether the server of `root` answers now."""
    return _answers(socket_folder(root))


def stop(root: Path, *, unless_used: bool = False) -> bool:
    """Stop the server of `root`, disconnecting its clients; answer whether none is left.

    `unless_used` spares a server to which another program is connected.
    """
    if not home_folder(root).exists():
        return True
    with _locked(root) as home:
        if unless_used and _has_clients(socket_folder(root)):
            return False
        pid = _postmaster(home / "data")
        if pid is not None:
            processes.end(pid, signals=FAST_SHUTDOWN)
        for process in _launched:
            process.poll()
        return True


@contextmanager
def _locked(root: Path) -> Iterator[Path]:
    """Hold the one lock of a server; give its home folder."""
    home = home_folder(root)
    own_folder(home, home)
    with (home / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield home


def _initialise(home: Path, *, fast: bool) -> None:
    data, draft, log = home / "data", home / "data.new", home / "initdb.log"
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)
    shutil.rmtree(draft, ignore_errors=True)  # what an interrupted initdb left
    log.unlink(missing_ok=True)
    process = _spawn(
        home,
        [binary("initdb"), "-D", draft, "-U", "postgres", "-E", "UTF8", "-A", "trust",
         # The same order of letters on every system.
         "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
         *(["-N"] if fast else [])],
        log,
    )  # fmt: skip
    if process.wait():
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresUnavailable(_explained(log))
    draft.rename(data)  # a folder named « data » is always whole


def _launch(home: Path, socket: Path, *, fast: bool) -> None:
    log = home / "postgres.log"
    deadline = time.monotonic() + START_SECONDS
    while not _launched_once(home, socket, fast=fast, deadline=deadline):
        # Children of a killed server hold its shared memory for an instant.
        if "shared memory block" not in log.read_text() or time.monotonic() > deadline:
            raise PostgresUnavailable(_explained(log))
        time.sleep(0.2)


def _launched_once(home: Path, socket: Path, *, fast: bool, deadline: float) -> bool:
    options = OPTIONS | (NOT_DURABLE if fast else {})
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    log = home / "postgres.log"
    log.unlink(missing_ok=True)
    process = _spawn(
        home,
        [binary("postgres"), "-D", home / "data", "-k", socket, "-p", str(PORT), *settings],
        log,
    )
    while process.poll() is None:
        if _answers(socket):
            _launched.append(process)
            return True
        if time.monotonic() > deadline:
            processes.end(process.pid, signals=FAST_SHUTDOWN)
        time.sleep(0.02)
    return False


def _spawn(home: Path, command: list[str | Path], output: Path) -> "subprocess.Popen[bytes]":
    """Start a binary as the server's user, tied neither to our terminal nor to our variables."""
    user = server_user(home)
    account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    with output.open("ab") as log:
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return] # noqa: S603 -- no shell
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},  # PGPORT, LANG… would change it
            umask=0o077,
            start_new_session=True,
            **account,
        )


def _clear_leftovers(data: Path, socket: Path) -> None:
    """Wait for a server that is starting; end one that lost its socket; forget a dead one."""
    began = time.monotonic()
    while (pid := _postmaster(data)) is not None:
        if _answers(socket):
            return
        patience = START_SECONDS if _socket_file(socket).exists() else GRACE_SECONDS
        if time.monotonic() - began > patience:
            processes.end(pid, signals=FAST_SHUTDOWN)
        time.sleep(0.05)
    for survivor in processes.all_in(data, program="postgres"):
        processes.end(survivor, signals=())
    # The numbers in these files may by now be another program's, which PostgreSQL would fear.
    for name in (data / "postmaster.pid", _socket_file(socket), f"{_socket_file(socket)}.lock"):
        Path(name).unlink(missing_ok=True)


def _postmaster(data: Path) -> int | None:
    """The pid of the live server of `data`, if there is one."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    # A server always works from its data folder.
    ours = pid > 0 and processes.works_in(pid, data, program="postgres")
    return pid if ours and processes.alive(pid) else None


def _socket_file(socket: Path) -> Path:
    return socket / f".s.PGSQL.{PORT}"


def _connect(socket: Path) -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(
        host=str(socket), port=PORT, user="postgres", dbname="postgres", connect_timeout=5
    )
    connection.autocommit = True
    return connection


def _answers(socket: Path) -> bool:
    # Connecting, not looking for a process: one just killed looks alive for an instant.
    try:
        _connect(socket).close()
    except psycopg2.OperationalError as error:
        return "too many clients" in str(error) or "connection slots" in str(error)
    return True


def _has_clients(socket: Path) -> bool:
    if not _answers(socket):
        return False
    with closing(_connect(socket)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) > 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )
        return bool(cursor.fetchone()[0])


def _create_database(socket: Path) -> None:
    with closing(_connect(socket)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'atn'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE atn TEMPLATE template0")


def _explained(log: Path) -> str:
    output = log.read_text(errors="replace") if log.exists() else ""
    if "No space left" in output:
        return _sentence(OSError(errno.ENOSPC, ""))
    telling = [line for line in output.splitlines() if re.search("FATAL|PANIC|error:", line)]
    last = (telling or output.splitlines() or ["aucun message"])[-1]
    return f"PostgreSQL embarqué n'a pas démarré : {last} (voir {log})"


def _sentence(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "Le disque est plein : libérez de l'espace, puis recommencez."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"PostgreSQL embarqué ne peut pas écrire dans {error.filename} : "
            "donnez ATN_VAR_DIR ou DATABASE_URL."
        )
    return f"PostgreSQL embarqué n'a pas démarré : {error}"
