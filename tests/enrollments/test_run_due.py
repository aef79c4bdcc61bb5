"""The command that does, or only shows, what is due at a moment."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications.models import OutgoingEmail
from enrollments.enums import ReminderRule
from enrollments.models import Enrollment
from tests.enrollments.due import AT, DAY, NOON_20, local, paused, seat, waiting

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("run_due", *arguments, stdout=out)
    return out.getvalue()


def test_json_names_each_message_and_a_second_run_queues_nothing():
    enrollment = waiting()
    shown = json.loads(run("--at", "2027-01-19T12:00", "--dry-run", "--json"))
    assert not OutgoingEmail.objects.exists()
    done = json.loads(run("--at", "2027-01-19T12:00", "--json"))
    assert done == {
        "at": "2027-01-19T12:00:00-05:00",
        "dry_run": False,
        "queued": [
            {
                "key": f"not-started:{enrollment.learner_id}:{enrollment.pk}",
                "rule": "not-started",
                "person": enrollment.learner.email,
                "reason": OutgoingEmail.objects.get().reason,
                "leaves_at": "2027-01-19T12:00:00-05:00",
            }
        ],
        "withdrawn": [],
        "totals": {rule: int(rule == "not-started") for rule in ReminderRule.values},
    }
    assert shown == done | {"dry_run": True}
    again = json.loads(run("--at", "2027-01-19T12:00", "--json"))
    assert (again["queued"], OutgoingEmail.objects.count()) == ([], 1)


@pytest.mark.parametrize(
    "text",
    ["2027-01-19T12:00", "2027-01-19 12:00", "2027-01-19T17:00Z", "2027-01-19T18:00+01:00"],
)
def test_a_moment_without_zone_is_quebec_s(text):
    assert json.loads(run("--at", text, "--json"))["at"] == AT.isoformat()


@pytest.mark.parametrize(
    "text",
    ["demain", "", "2027-02-30T12:00", "2027-01-19T25:00", "2027-01-19", "12:00", "0001-01-01T00:00",
     "9999-12-31T23:59:59"],
)  # fmt: skip
def test_a_bad_moment_gives_one_french_sentence(text):
    with pytest.raises(CommandError) as refusal:
        run("--at", text)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_people_read_who_what_and_why():
    waiting(mandate__user__first_name="Chantal", mandate__user__last_name="Gagnon")
    seat(NOON_20)
    text = run("--at", "2027-01-19T12:00", "--dry-run").replace("\u00a0", " ")
    assert text.startswith(
        "Essai, rien n’est changé. Rappels dus le mardi 19 janvier 2027 à 12 h, heure de Québec : 2."
    )
    assert "pas commencé après 7 jours : 1\n  Chantal Gagnon <" in text
    assert "rencontre demain : 1\n" in text
    assert "partira" not in text
    assert not OutgoingEmail.objects.exists()


def test_people_read_when_it_leaves_and_what_is_taken_back():
    paused(local("2027-01-19T20:00") - 14 * DAY)
    text = run("--at", "2027-01-19T20:00").replace("\u00a0", " ")
    assert "(partira le 20 janvier 2027 à 8 h)" in text
    Enrollment.objects.update(last_activity_at=local("2027-01-19T21:00"))
    assert "repris, leur raison est passée : 1." in run("--at", "2027-01-20T07:30").replace(
        "\u00a0", " "
    )


def test_without_a_moment_it_is_now(settings):
    answer = json.loads(run("--json", "--dry-run"))
    assert answer["queued"] == []
    assert answer["at"].endswith(("-05:00", "-04:00"))
    assert QUEBEC.key == settings.TIME_ZONE
