"""The demonstration as a person starts it, in processes of its own, and as it refuses to start."""

import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from atn_platform.core import postgres
from tests.processes import measured


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def var():
    """A folder of these tests' own, that the embedded server's account can reach."""
    folder = Path(settings.VAR_DIR) / "demo-essais" / str(os.getpid())
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    postgres.stop(folder / "pg")
    shutil.rmtree(folder, ignore_errors=True)


def start(var: Path, *arguments: str, **env: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(var),
            "ATN_VAR_DIR": str(var),
            "PYTHONWARNINGS": "ignore::SyntaxWarning",
            **measured(),
            **env,
        },
    )


def refused(var: Path, *arguments: str, **env: str) -> str:
    process = start(var, *arguments, **env)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in output
    return output


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310 -- our own server
        return page.read().decode()


def processes_of(var: Path) -> list[str]:
    """Command lines of the live processes that name this folder, by argument or by variable."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            named = f"{var}".encode() in command + (folder / "environ").read_bytes()
        except OSError:
            continue
        if named and command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demonstration_serves_receives_mail_and_leaves_no_process(var, number):
    if number != signal.SIGINT and not Path("/proc/self/environ").exists():
        pytest.skip("looking for what stays behind needs /proc")
    port = free_port()
    demo = start(var, "--empty", "--port", str(port))
    try:
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if "Ctrl-C arrête tout" in line:
                break
        output = "".join(lines)
        assert re.search(r"prête en \d+,\d s", output), output
        site = f"http://localhost:{port}"
        assert f"{site}/demo/courriels/" in output
        assert "manage.py createsuperuser" in output
        assert "chantal.girard" not in output
        assert "Aucun courriel" in read(f"{site}/demo/courriels/")
        assert "@layer" in read(f"{site}/static/atn.css")
        running = " ".join(processes_of(var))
        for program in ("serve", "worker", "beat", "postgres"):
            assert program in running
    finally:
        demo.send_signal(number)
        rest, _ = demo.communicate(timeout=40)
    assert demo.returncode == 0
    assert "Tout est arrêté." in rest
    assert "Traceback" not in rest
    assert processes_of(var) == []


def test_a_program_that_is_killed_is_started_again(var):
    port = free_port()
    demo = start(var, "--empty", "--port", str(port))
    try:
        for line in demo.stdout:
            if "Ctrl-C arrête tout" in line:
                break
        found = ["pgrep", "-P", str(demo.pid), "-f", "celery .*worker"]
        worker = subprocess.run(found, capture_output=True, text=True, check=True).stdout
        os.kill(int(worker), signal.SIGKILL)
        assert "Arrêt imprévu (-9) : taches" in demo.stdout.readline()
        time.sleep(0.5)
        assert any("worker" in command for command in processes_of(var))
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=40)
    assert processes_of(var) == []


def test_a_port_already_taken_is_one_sentence(var):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        output = refused(var, "--port", str(port))
    assert f"Le port {port} est déjà pris" in output
    assert processes_of(var) == []


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_a_port_that_is_not_one_is_one_sentence(var, port):
    assert "PORT doit être un nombre de 1 à 65535" in refused(var, PORT=port)


def test_an_unreachable_database_is_one_sentence(var):
    output = refused(
        var, "--port", str(free_port()), DATABASE_URL="postgresql://atn@127.0.0.1:1/atn"
    )
    assert "La base de données de DATABASE_URL ne répond pas" in output
    assert len(output.strip().splitlines()) == 1


def test_a_database_url_of_another_kind_is_one_sentence(var):
    output = refused(var, DATABASE_URL="mysql://atn@127.0.0.1/atn")
    assert "DATABASE_URL doit commencer par postgresql://" in output
    assert len(output.strip().splitlines()) == 1


def test_a_full_disk_is_one_sentence():
    """A file system of 8 MiB, which only root may make."""
    folder = Path(settings.VAR_DIR) / "disque-essai"
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        output = refused(folder / "var", "--port", str(free_port()))
        with pytest.raises(postgres.PostgresUnavailable, match="Le disque est plein"):
            postgres.ensure(folder / "pg")
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()
    assert "Le disque est plein" in output
    assert len(output.strip().splitlines()) == 1


def test_mail_goes_elsewhere_when_the_usual_port_is_taken(var):
    with closing(socket.socket()) as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            usual.bind(("127.0.0.1", 1025))
            usual.listen()
        except OSError:
            pass  # another demonstration has it already: the same case
        port = free_port()
        demo = start(var, "--empty", "--port", str(port))
        try:
            for line in demo.stdout:
                if "Ctrl-C arrête tout" in line:
                    break
            environ = Path(f"/proc/{demo.pid}/task/{demo.pid}/children")
            if not environ.exists():
                pytest.skip("reading a child's variables needs Linux")
            variables = b"\0".join(
                Path(f"/proc/{child}/environ").read_bytes()
                for child in environ.read_text().split()
            )
            smtp_port = int(re.search(rb"EMAIL_PORT=(\d+)", variables)[1])
            assert smtp_port != 1025
            with smtplib.SMTP("127.0.0.1", smtp_port, timeout=5) as smtp:
                smtp.sendmail("a@b.example", "c@d.example", "Subject: Essai\r\n\r\nBonjour\r\n")
            assert "Essai" in read(f"http://localhost:{port}/demo/courriels/")
            assert (var / "demo-address").read_text() == f"http://localhost:{port}"
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=40)
        assert not (var / "demo-address").exists()


def site_url(**variables):
    said = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.SITE_URL)"],
        env={
            **{name: value for name, value in os.environ.items() if name != "PORT"},
            "DJANGO_SETTINGS_MODULE": "atn_platform.settings.dev",
            **variables,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def test_addresses_made_before_a_server_listens_have_the_port_that_was_asked(tmp_path):
    here = {"ATN_VAR_DIR": str(tmp_path)}
    assert site_url(**here, PORT="8123") == "http://localhost:8123"
    assert site_url(**here) == "http://localhost:8000"


def test_a_command_typed_beside_a_demonstration_knows_its_address(tmp_path):
    (tmp_path / "demo-address").write_text("http://localhost:8123")
    assert site_url(ATN_VAR_DIR=str(tmp_path)) == "http://localhost:8123"
    assert site_url(ATN_VAR_DIR=str(tmp_path), PORT="8124") == "http://localhost:8124"
