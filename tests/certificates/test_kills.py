"""Kill -9 of a real worker, at each step between a completed course and a received message.

The worker is Celery as the demonstration starts it, on the same broker. It is stopped at a step
by a lock that the test holds in the database (or by a mail server that says nothing), killed
there with its whole group, and another one is started. `make chaos` runs what `make test` has no
time for.
"""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import warnings
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from celery import current_app
from celery.exceptions import AlwaysEagerIgnored
from django.conf import settings
from django.db import connection
from kombu import Connection

from atn_platform.notifications.models import OutgoingEmail
from certificates.models import Certificate, CertificateFile, YearCounter
from enrollments.enums import Status
from enrollments.models import Enrollment
from tests.factories import EnrollmentFactory, VersionFactory, lesson_document
from tests.notifications.conftest import Controller, Mailbox
from tests.processes import measured

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 40.0
DEBTS = "certificates.tasks.settle_debts"
# What a browser's POST does when the last lesson is finished, in a process of its own.
FINISH = """
import django, sys
django.setup()
from uuid import UUID, uuid4
from django.utils import timezone
from enrollments import actions
from enrollments.actions.ledger import NewEvent
from enrollments.enums import Verb
now = timezone.now()
event = NewEvent(uuid=uuid4(), verb=Verb.COMPLETED, lesson=UUID(sys.argv[2]), happened_at=now)
actions.record(enrollment_id=int(sys.argv[1]), event=event, at=now)
"""


class Touch:
    """Leaves a file where it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return (Path.touch, (self.trace,))


class Programs:
    """The site's programs beside the test, on its database, with a broker of their own."""

    def __init__(self, folder: Path, smtp_port: int) -> None:
        self._folder = folder
        self._queue = folder / "broker" / "queue"
        self._workers: list[subprocess.Popen[bytes]] = []
        self._smtp_port = smtp_port

    def _env(self, **more: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "ATN_VAR_DIR": str(self._folder),
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "atn_platform.settings.dev",
            "DEBUG": "0",
            "EMAIL_PORT": str(self._smtp_port),
            "PYTHONWARNINGS": "ignore",
            **measured(),
            **more,
        }

    def finish(self, enrollment: Enrollment) -> None:
        """Complete the enrolment's only lesson, as the site does."""
        lesson = enrollment.version.document["modules"][0]["lessons"][0]
        subprocess.run(
            [sys.executable, "-c", FINISH, str(enrollment.pk), lesson["uuid"]],
            env=self._env(), cwd=settings.BASE_DIR, check=True, timeout=PATIENCE,
        )  # fmt: skip

    def start_worker(self, *, processes: int = 1, **env: str) -> "subprocess.Popen[bytes]":
        with (self._folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [
                    sys.executable, "-m", "celery", "-A", "atn_platform", "worker",
                    "--concurrency", str(processes), "--loglevel", "WARNING",
                    "--without-gossip", "--without-mingle",
                ],
                env=self._env(**env), cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._workers.append(worker)
        return worker

    def ring(self, task: str, **kwargs: int) -> None:
        """What the schedule does every two minutes."""
        options = {
            "data_folder_in": str(self._queue),
            "data_folder_out": str(self._queue),
            "control_folder": str(self._folder / "broker" / "control"),
        }
        with warnings.catch_warnings():
            # The tests' own tasks run in place; this one is for the worker.
            warnings.simplefilter("ignore", AlwaysEagerIgnored)
            with current_app.connection("filesystem://", transport_options=options) as line:
                current_app.send_task(task, kwargs=kwargs, connection=line)

    def ring_pickled(self, content: object) -> None:
        """What somebody who writes in the broker might leave there."""
        options = {"data_folder_in": str(self._queue), "data_folder_out": str(self._queue)}
        options["control_folder"] = str(self._folder / "broker" / "control")
        with Connection("filesystem://", transport_options=options) as line:
            line.Producer(serializer="pickle").publish(
                content, routing_key="celery", headers={"task": DEBTS, "id": "1", "argsrepr": ""}
            )

    def messages_waiting(self) -> int:
        return len(list(self._queue.glob("*.msg")))

    def close(self) -> None:
        for worker in self._workers:
            if worker.poll() is None:
                worker.terminate()
        for worker in self._workers:
            try:
                worker.wait(8)
            except subprocess.TimeoutExpired:
                kill(worker)


def database_url() -> str:
    """The database of this test, for a process of its own."""
    found = connection.settings_dict
    person = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
    host, port = quote(found["HOST"], safe="/"), found["PORT"] or "5432"
    if found["HOST"].startswith("/"):
        return f"postgresql://{person}@/{found['NAME']}?host={host}&port={port}"
    return f"postgresql://{person}@{host}:{port}/{found['NAME']}"


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Kill -9 of a worker that this test started, its children included."""
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(PATIENCE)


def wait_until(ready, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, f"still waiting until {what}"
        time.sleep(0.05)


@contextmanager
def held(table: str):
    """Nobody writes new rows into this table meanwhile; reading goes on."""
    with closing(psycopg2.connect(**connection.get_connection_params())) as other:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield
        other.rollback()


def others_connected(condition: str = "true") -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            f" AND pid <> pg_backend_pid() AND {condition}"
        )
        return cursor.fetchone()[0]


def somebody_waits() -> bool:
    return others_connected("wait_event_type = 'Lock'") > 0


def nobody_is_connected() -> bool:
    return others_connected() == 0


@pytest.fixture
def received():
    return Mailbox()


@pytest.fixture
def programs(tmp_path, received):
    # The death of a worker is seen in the connections of this database: those that the pages of
    # earlier tests left open would hide it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "broker" / "queue").mkdir(parents=True)
    (tmp_path / "broker" / "control").mkdir()
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    running = Programs(tmp_path, port)
    yield running
    running.close()
    controller.stop()


@pytest.fixture
def enrollment():
    return EnrollmentFactory(
        version=VersionFactory(stations=[lesson_document("a")]), stations_total=1
    )


def assert_all_is_there_once(programs, received, enrollment):
    """One certificate, one file, one message; and still so when the sweep comes again."""

    def settled():
        return received.messages and OutgoingEmail.objects.filter(sent_at__isnull=False).exists()

    wait_until(settled, "the message is received, and noted as sent")
    for task in (
        DEBTS,
        "atn_platform.notifications.tasks.deliver_waiting",
    ):
        programs.ring(task)
    programs.ring("certificates.tasks.issue_certificate", enrollment_id=enrollment.pk)
    wait_until(lambda: not programs.messages_waiting(), "the worker has nothing left to do")
    programs.close()
    certificate = Certificate.objects.get()
    assert certificate.enrollment == enrollment
    assert CertificateFile.objects.get().certificate == certificate
    assert YearCounter.objects.get().last == 1
    assert OutgoingEmail.objects.get().key == f"certificate:{certificate.number}"
    assert [str(mail["To"]) for mail in received.messages] == [
        f"{enrollment.learner} <{enrollment.learner.email}>"
    ]
    assert certificate.number in received.messages[0].get_body().get_content()


@pytest.mark.parametrize(
    ("table", "left"),
    [
        pytest.param("certificates_certificate", (0, 0, 0), id="before the certificate"),
        pytest.param(
            "certificates_certificatefile",
            (1, 0, 0),
            id="before its file",
            marks=pytest.mark.chaos,
        ),
        # File and promise are one transaction: the file of a killed worker is not there.
        pytest.param(
            "notifications_outgoingemail",
            (1, 0, 0),
            id="before the message is promised",
            marks=pytest.mark.chaos,
        ),
    ],
)
def test_a_worker_killed_on_the_way_to_a_certificate_loses_and_doubles_nothing(
    programs, received, enrollment, table, left
):
    programs.finish(enrollment)
    assert Enrollment.objects.get().status == Status.COMPLETED
    assert programs.messages_waiting() == 1
    with held(table):
        worker = programs.start_worker()
        wait_until(somebody_waits, f"the worker wants to write in {table}")
        kill(worker)
    wait_until(nobody_is_connected, "the server has noticed the death")
    models = (Certificate, CertificateFile, OutgoingEmail)
    assert tuple(model.objects.count() for model in models) == left
    assert received.offered == 0

    programs.start_worker()
    programs.ring(DEBTS)
    assert_all_is_there_once(programs, received, enrollment)


@pytest.mark.chaos
def test_a_worker_killed_while_it_speaks_to_the_mail_server_sends_once(
    programs, received, enrollment
):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        silent.settimeout(PATIENCE)
        worker = programs.start_worker(EMAIL_PORT=str(silent.getsockname()[1]))
        programs.finish(enrollment)
        called, _ = silent.accept()
        kill(worker)
        called.close()
    wait_until(nobody_is_connected, "the server has noticed the death")
    assert CertificateFile.objects.count() == 1
    promise = OutgoingEmail.objects.get()
    assert (promise.sent_at, promise.attempts) == (None, 1)

    # Twelve minutes go by: a claim that old is a worker that died.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_outgoingemail SET claimed_at = claimed_at - interval '12 min',"
            " queued_at = queued_at - interval '12 min'"
        )
    programs.start_worker()
    programs.ring("atn_platform.notifications.tasks.deliver_waiting")
    assert_all_is_there_once(programs, received, enrollment)


@pytest.mark.chaos
def test_a_broker_that_lost_everything_costs_two_minutes_and_nothing_else(
    programs, received, enrollment
):
    programs.finish(enrollment)
    for message in programs._queue.glob("*.msg"):
        message.unlink()
    programs.start_worker()
    programs.ring(DEBTS)
    assert_all_is_there_once(programs, received, enrollment)


@pytest.mark.chaos
def test_s85_what_is_no_message_of_ours_is_put_aside_and_the_worker_goes_on(
    programs, received, enrollment, tmp_path
):
    """A pickle would run whatever was sealed in it; a task that nobody knows runs nothing."""
    trace = tmp_path / "executed"
    programs.start_worker()
    programs.ring_pickled(Touch(trace))
    programs.ring("certificates.tasks.of_nobody", number=1)
    programs.finish(enrollment)
    assert_all_is_there_once(programs, received, enrollment)
    assert not trace.exists()
    log = (tmp_path / "worker.log").read_text()
    assert "certificates.tasks.of_nobody" in log
    assert "untrusted content of type pickle" in log


def test_s85_that_pickle_runs_where_pickles_are_opened(tmp_path):
    """Negative control."""
    pickle.loads(pickle.dumps(Touch(tmp_path / "executed")))  # noqa: S301 -- the very point
    assert (tmp_path / "executed").exists()


@pytest.mark.chaos
def test_four_processes_told_eight_times_make_one_certificate(programs, received, enrollment):
    programs.finish(enrollment)
    for _ in range(7):
        programs.ring("certificates.tasks.issue_certificate", enrollment_id=enrollment.pk)
    assert programs.messages_waiting() == 8
    programs.start_worker(processes=4)
    assert_all_is_there_once(programs, received, enrollment)
