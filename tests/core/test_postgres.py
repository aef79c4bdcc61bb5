"""The manager of the embedded server, against real servers in folders of their own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from atn_platform.core import postgres, postgres_files, processes

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="DATABASE_URL is set: no embedded server"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pytest's own folders are closed to « nobody », to whom root lends the server."""
    made = Path(settings.VAR_DIR) / "pg-essais" / f"{os.getpid()}"
    made.mkdir(parents=True)
    yield made
    for root in made.rglob("data"):
        postgres.stop(root.parent)
    subprocess.run(["rm", "-rf", made], check=True)


@pytest.fixture(scope="module")
def root(folder):
    """One server for the tests that do not spoil it."""
    made = folder / "un"
    postgres.ensure(made, fast=True)
    return made


def ask(socket: Path, sql: str) -> object:
    connection = psycopg2.connect(host=str(socket), port=5432, user="postgres", dbname="atn")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def postmaster(root: Path) -> int:
    data = postgres_files.home_folder(root) / "data"
    return int((data / "postmaster.pid").read_text().split()[0])


def wait_for(condition) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_six_concurrent_first_starts_make_one_server(folder):
    root = folder / "six"
    code = (
        "import sys; from pathlib import Path; from atn_platform.core import postgres; "
        "print(postgres.ensure(Path(sys.argv[1]), fast=True))"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(root)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
        )
        for _ in range(6)
    ]
    answers = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0] * 6, answers
    assert len({out for out, _ in answers}) == 1
    assert ask(Path(answers[0][0].strip()), "SHOW server_version").startswith("18")
    assert len(processes.all_in(root / "data", program="postgres")) > 0
    assert postgres.stop(root)
    assert wait_for(lambda: processes.all_in(root / "data", program="postgres") == [])


def test_a_second_start_joins_the_first(root):
    before = postmaster(root)
    began = time.monotonic()
    postgres.ensure(root, fast=True)
    assert time.monotonic() - began < 0.5
    assert postmaster(root) == before


def test_what_was_committed_survives_a_kill_of_the_server(folder):
    root = folder / "tue"
    socket = postgres.ensure(root)
    ask(socket, "CREATE TABLE kept AS SELECT 42 AS n")
    os.kill(postmaster(root), signal.SIGKILL)

    assert ask(postgres.ensure(root), "SELECT n FROM kept") == 42


def test_a_server_whose_socket_vanished_is_replaced(root):
    before = postmaster(root)
    socket = postgres_files.socket_folder(root)
    (socket / ".s.PGSQL.5432").unlink()
    assert not postgres.running(root)

    assert ask(postgres.ensure(root, fast=True), "SELECT 1") == 1

    assert postmaster(root) != before
    assert not processes.alive(before)


def test_a_stale_number_that_belongs_to_another_program_is_forgotten(root):
    data = root / "data"
    postgres.stop(root)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        for name in (data / "postmaster.pid", root / ".s.PGSQL.5432.lock"):
            name.write_text(f"{stranger.pid}\n{data}\n0\n5432\n{root}\n\n")
        assert ask(postgres.ensure(root, fast=True), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_begun_again(folder):
    root = folder / "demi"
    (root / "data.new" / "base").mkdir(parents=True)
    (root / "data").mkdir()
    assert ask(postgres.ensure(root, fast=True), "SELECT 1") == 1


@pytest.mark.parametrize("name", ['l\'été à "Québec", $HOME', "x" * 110])
def test_odd_and_long_paths_work(folder, name):
    root = folder / name
    socket = postgres.ensure(root, fast=True)
    assert ask(socket, "SELECT 1") == 1
    assert socket != root
    assert (root / "data").exists()
    postgres.stop(root)
    socket.rmdir()


def test_a_server_in_use_is_spared_when_asked(root):
    socket = postgres.ensure(root, fast=True)
    client = psycopg2.connect(host=str(socket), port=5432, user="postgres", dbname="atn")
    assert postgres.stop(root, unless_used=True) is False
    assert postgres.running(root)
    client.close()
    assert wait_for(lambda: postgres.stop(root, unless_used=True))
    assert not postgres.running(root)


def test_stopping_what_never_started_is_nothing(folder):
    assert postgres.stop(folder / "jamais") is True
    assert not (folder / "jamais").exists()


def test_a_server_full_of_clients_still_answers(root):
    socket = postgres.ensure(root, fast=True)
    clients = []

    def connect() -> None:
        clients.append(
            psycopg2.connect(host=str(socket), port=5432, user="postgres", dbname="atn")
        )

    for _ in range(100):
        connect()
    try:
        with pytest.raises(psycopg2.OperationalError, match=r"clients|slots"):
            connect()
        assert postgres.running(root)
        with pytest.raises(postgres.PostgresUnavailable, match="PostgreSQL embarqué a répondu"):
            postgres.ensure(root, fast=True)
    finally:
        for client in clients:
            client.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://atn@127.0.0.1:1/atn",
        "postgresql://atn@localhost:notaport/atn",
        "postgresql://atn@/atn?host=/nowhere",
    ],
)
def test_an_unreachable_url_is_one_sentence(url):
    with pytest.raises(postgres.PostgresUnavailable) as refused:
        postgres.reach(url)
    sentence = str(refused.value)
    assert sentence.startswith("La base de données de DATABASE_URL ne répond pas : ")
    assert "\n" not in sentence


def test_a_folder_of_somebody_else_is_refused(folder):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    root = folder / "autrui"
    root.mkdir()
    os.chown(root, 12345, -1)
    with pytest.raises(postgres.PostgresUnavailable, match="appartient à un autre compte"):
        postgres.ensure(root)


def test_a_path_that_is_a_file_is_one_sentence(folder):
    (folder / "fichier").touch(mode=0o755)
    with pytest.raises(postgres.PostgresUnavailable, match="PostgreSQL embarqué"):
        postgres.ensure(folder / "fichier" / "pg")


def test_a_closed_folder_sends_root_to_the_shared_one(tmp_path):
    root = tmp_path / "pg"
    tmp_path.chmod(0o700)
    home = postgres_files.home_folder(root)
    assert (home == root) is (os.geteuid() != 0)
    assert home.parent == (postgres_files.SHARED_FOLDER if os.geteuid() == 0 else tmp_path)


def test_closed_binaries_are_copied_once_with_their_libraries(tmp_path, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root lends the server to another account")
    monkeypatch.setattr(postgres_files, "SHARED_FOLDER", tmp_path / "shared")
    postgres_files.SHARED_FOLDER.mkdir()
    package = tmp_path / "closed" / "pkg"
    (package / "pginstall18" / "bin").mkdir(parents=True)
    (package / "pginstall18" / "bin" / "postgres").touch(mode=0o700)
    (tmp_path / "closed" / "pkg.libs").mkdir()
    (tmp_path / "closed" / "pkg.libs" / "libpq.so").touch(mode=0o600)

    copy = postgres_files._readable(package)

    assert copy.parent.parent == postgres_files.SHARED_FOLDER
    assert (copy / "pginstall18" / "bin" / "postgres").stat().st_mode & 0o777 == 0o755
    assert (copy.parent / "pkg.libs" / "libpq.so").stat().st_mode & 0o777 == 0o644
    assert postgres_files._readable(package) == copy


@pytest.mark.parametrize(
    ("argv", "starts"),
    [
        (["manage.py"], False),
        (["manage.py", "check"], False),
        (["manage.py", "migrate", "--help"], False),
        (["manage.py", "migrate"], True),
    ],
)
def test_only_commands_that_read_the_database_start_it(argv, starts, monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ATN_VAR_DIR", str(tmp_path / "file"))
    (tmp_path / "file").touch(mode=0o755)  # no server can start below a file
    for part in (tmp_path, *tmp_path.parents[:3]):
        part.chmod(0o755)
    if starts:
        with pytest.raises(postgres.PostgresUnavailable):
            postgres.start_for_command(argv)
    else:
        postgres.start_for_command(argv)
