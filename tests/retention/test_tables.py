"""P-14: what a table says of its time is kept by a rule, or the reason why not stands here."""

from dataclasses import replace
from datetime import timedelta

from django.db import models

from atn_platform.core.personal import Retention
from atn_platform.privacy.inventory import tables
from atn_platform.retention.queries.rule import MONTH, YEAR
from atn_platform.retention.queries.rules import RULES
from enrollments.models import Enrollment
from tests.factories import NOON

FIGURES = "figures of past years lean on it; nobody's, once its person's account is emptied"
CONTENT = "belongs to what is taught; leads to nobody, once its person's account is emptied"
PLACE = "belongs to an organisation; leads to nobody, once its person's account is emptied"
ELSEWHERE = {
    "retention.RetentionRun": "the proof of what went, in numbers, and of who approved it",
    "courses.PublicationReview": CONTENT,
    "courses.CourseSession": CONTENT,
    "courses.CourseVersion": CONTENT,
    "courses.Course": CONTENT,
    "municipalities.Mandate": FIGURES,
    "municipalities.MandateChange": FIGURES,
    "municipalities.Responsibility": PLACE,
    "municipalities.CouncilRenewal": PLACE,
    "municipalities.Poster": PLACE,
    "municipalities.MailDomain": PLACE,
    "municipalities.TrainingList": PLACE,
}
# Months are counted as so many days.
ROUNDING = timedelta(days=2)


def timed():
    """What is held for a time of its own; what has the account's is emptied with the account."""
    for table in tables():
        for about in table.about:
            if about.keep.months is not None and about.keep != Retention.ACCOUNT:
                yield table.model, about


def in_time(model, about, rules):
    """Whether a rule takes the row, a row that it goes with, or these very fields, in time."""
    limit = about.keep.months * MONTH + ROUNDING
    for rule in rules:
        takes = not rule.empties or set(about.names) <= set(rule.empties)
        if takes and rule.keep <= limit and rule.past(NOON).model is model:
            return True
    return any(in_time(each, about, rules) for each in _goes_with(model, about))


def _goes_with(model, about):
    """Rows without which this one cannot be.

    An enrolment that led to an attestation stays with it: who must go sooner has its own rule.
    """
    for each in model._meta.concrete_fields:
        if not each.is_relation or each.null or each.related_model is model:
            continue
        stays = each.related_model is Enrollment and about.keep != Retention.FOLLOWED
        if each.remote_field.on_delete is models.CASCADE and not stays:
            yield each.related_model


def late(rules):
    return {
        model._meta.label: about.fields
        for model, about in timed()
        if not in_time(model, about, rules)
    }


def test_p14_every_table_with_a_time_is_let_go_by_a_rule_or_says_why_not():
    assert set(late(RULES)) == set(ELSEWHERE)


def missed(*, without=(), slower=()):
    """What is late when some rules are taken away, or take longer."""
    rules = [
        replace(rule, keep=20 * YEAR) if rule.key in slower else rule
        for rule in RULES
        if rule.key not in without
    ]
    return set(late(rules)) - set(ELSEWHERE)


def test_p14_a_rule_that_is_taken_away_or_comes_late_is_missed():
    """Negative controls: the row itself, what goes with it, and a field with a shorter time."""
    assert missed(without={"appointments"}) == {"enrollments.Appointment"}
    # A question would go with its enrolment too, seven years later, or never.
    questions = {"enrollments.HelpThread", "enrollments.HelpPost"}
    assert missed(without={"questions"}) == missed(slower={"questions"}) == questions
    assert missed(without={"results"}) == {"enrollments.Enrollment"}
    assert missed(without={"needs"}) == {"enrollments.Registration"}
    assert missed(without={"papers"}) == {"enrollments.PaperSheet"}
    gone_with = {"enrollments.Enrollment", "enrollments.LessonState"}
    assert missed(slower={"enrollments"}) == gone_with
