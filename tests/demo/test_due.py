"""On 19 January 2027 at noon, the demonstration owes a reminder under each of the four rules."""

import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command

from atn_platform.demo.accounts import DOMAIN
from enrollments.enums import ReminderRule

pytestmark = pytest.mark.django_db


def run_due(*options: str) -> dict:
    out = StringIO()
    call_command("run_due", "--at", "2027-01-19T12:00", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_each_rule_finds_someone_and_a_second_run_nobody(demonstration):
    shown = run_due("--dry-run")["queued"]
    by_rule = Counter(each["rule"] for each in shown)
    assert by_rule[ReminderRule.NOT_STARTED] == by_rule[ReminderRule.DORMANT] == 4
    assert by_rule[ReminderRule.SESSION_WEEK] >= 5
    assert by_rule[ReminderRule.SESSION_TOMORROW] >= 5
    assert run_due()["queued"] == shown
    assert run_due()["queued"] == []


def test_the_responsable_of_saint_exemple_hears_of_her_session(demonstration):
    mine = [each for each in run_due("--dry-run")["queued"] if each["person"].endswith(DOMAIN)]
    assert [(each["rule"], each["person"]) for each in mine] == [
        (ReminderRule.SESSION_TOMORROW, f"ginette.ouellet@{DOMAIN}")
    ]
