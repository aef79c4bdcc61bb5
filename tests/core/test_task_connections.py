"""Tasks share the connections of their process, as requests do."""

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_prerun
from django.db import OperationalError, connection

from atn_platform.celery import app, look_at_connections


@app.task
def who() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def end(backend: int) -> None:
    """The server closes a connection, as it does when it starts again."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    other.close()


@pytest.mark.django_db(transaction=True)
def test_tasks_keep_a_connection_and_leave_one_that_the_server_closed():
    first = who.apply().get()
    DjangoWorkerFixup(app).close_database()  # what Celery does before each task and after
    assert who.apply().get() == first
    end(first)
    assert who.apply().get() != first


@pytest.mark.django_db(transaction=True)
def test_nothing_else_would_see_that_it_is_closed():
    """Negative control: the same without the look before each task."""
    task_prerun.disconnect(look_at_connections)
    try:
        end(who.apply().get())
        with pytest.raises(OperationalError):
            who.apply(throw=True)
    finally:
        task_prerun.connect(look_at_connections)
        connection.close()


@pytest.mark.django_db
def test_a_task_within_a_transaction_keeps_the_connection_of_its_caller():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    assert who.apply(throw=True).get() == mine
