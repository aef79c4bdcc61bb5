"""The database of the tests, migrated once and copied for each of pytest's processes.

Migrations take twenty seconds of processor, a copy a tenth of one. The template stays under var/
for the next run, under a name that changes with the migrations. `make test` makes it beside the
style gate.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import django
import psycopg2
from django.apps import apps
from django.conf import settings

from atn_platform.core import postgres

PREFIX = "migrated_"


def root() -> Path:
    """The folder of the test server."""
    return Path(settings.VAR_DIR) / "pg-test"


def template(socket: Path) -> str:
    """The name of the migrated database, made now if the server has none of these migrations."""
    name = PREFIX + fingerprint()
    root().mkdir(parents=True, exist_ok=True)
    with (root() / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _databases(socket)
        if name not in known:
            _ask(socket, *(f"DROP DATABASE {each} WITH (FORCE)" for each in known))
            draft = f"{PREFIX}draft"
            _ask(socket, f"CREATE DATABASE {draft} TEMPLATE template0")
            _migrate(socket, draft)
            _ask(socket, f"ALTER DATABASE {draft} RENAME TO {name}")  # so a name is always whole
    return name


def fingerprint() -> str:
    """Of all that a migration is made of, the libraries' included."""
    found = hashlib.sha256(django.__version__.encode())
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _databases(socket: Path) -> set[str]:
    rows = _ask(socket, f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'")
    return {name for (name,) in rows}


def _ask(socket: Path, *statements: str) -> list[tuple[str, ...]]:
    with closing(psycopg2.connect(host=str(socket), user="postgres", dbname="postgres")) as asked:
        asked.autocommit = True
        with asked.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def _migrate(socket: Path, name: str) -> None:
    url = f"postgresql://postgres@/{name}?host={quote(str(socket))}"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        check=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "DATABASE_URL": url},
    )


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "atn_platform.settings.test"
    django.setup()
    if not os.environ.get("DATABASE_URL"):
        template(postgres.ensure(root(), fast=True))
        postgres.stop(root(), unless_used=True)
