from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.portal import health


def owe(*, minutes: int, **fields) -> OutgoingEmail:
    return OutgoingEmail.objects.create(
        key=f"test-{minutes}-{len(fields)}",
        category=Category.ACCOUNT,
        to_address="a@ville.example",
        subject="s",
        text="t",
        reason="r",
        queued_at=timezone.now() - timedelta(minutes=minutes),
        **fields,
    )


def test_being_alive_asks_nothing_of_the_database(client):
    response = client.get("/sante/")  # without the database mark, a query would fail
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_every_part_is_fit(client):
    response = client.get("/sante/pret/")
    assert response.status_code == 200
    assert response.json() == dict.fromkeys(("database", "migrations", "emails", "disk"), "ok")


@pytest.mark.django_db
def test_an_email_that_waits_too_long_is_told_without_naming_anyone(client):
    owe(minutes=40)
    response = client.get("/sante/pret/")
    assert response.status_code == 503
    assert response.json()["emails"] == "oldest waits for 40 min"
    assert "ville.example" not in response.content.decode()


@pytest.mark.django_db
def test_emails_sent_given_up_or_planned_for_later_are_not_late(client):
    now = timezone.now()
    owe(minutes=40, sent_at=now)
    owe(minutes=41, abandoned_at=now, attempts=8)
    owe(minutes=42, not_before=now + timedelta(hours=1), attempts=1, last_error="x")
    assert client.get("/sante/pret/").json()["emails"] == "ok"


@pytest.mark.django_db
def test_a_missing_migration_is_told(client):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'audit' AND name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'audit')"
        )
    response = client.get("/sante/pret/")
    assert (response.status_code, response.json()["migrations"]) == (503, "1 to apply")


@pytest.mark.django_db
def test_a_disk_almost_full_is_told(client, monkeypatch, settings):
    settings.VAR_DIR = Path(settings.VAR_DIR) / "not" / "yet" / "there"
    monkeypatch.setattr(health, "LOW_DISK_BYTES", 2**62)
    response = client.get("/sante/pret/")
    assert response.status_code == 503
    assert response.json()["disk"].endswith("MiB left")


@pytest.mark.django_db
def test_a_broken_part_does_not_hide_the_others(client):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_outgoingemail RENAME TO elsewhere")
    state = client.get("/sante/pret/").json()
    assert state["database"] == "ok"
    assert state["emails"] == "unavailable"
