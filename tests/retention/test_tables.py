"""P-14: what a table says of its time is kept by a rule, or the reason why not stands here."""

from django.db import models

from atn_platform.core.personal import Retention
from atn_platform.privacy.inventory import tables
from atn_platform.retention.queries.rules import RULES
from enrollments.models import Appointment, BlockState, HelpPost
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


def timed():
    """Tables with a time of their own; those with the account's are emptied with the account."""
    for table in tables():
        periods = {about.keep for about in table.about if about.keep.months is not None}
        if periods - {Retention.ACCOUNT}:
            yield table.model


def goes(model, ruled):
    """By a rule, or with a row that does."""
    if model in ruled:
        return True
    parents = [
        each.related_model
        for each in model._meta.concrete_fields
        if each.is_relation and each.remote_field.on_delete is models.CASCADE
    ]
    return any(goes(each, ruled) for each in parents if each is not model)


def without_rule(rules):
    ruled = {rule.past(NOON).model for rule in rules}
    return {model._meta.label for model in timed() if not goes(model, ruled)}


def test_p14_every_table_with_a_time_is_let_go_by_a_rule_or_says_why_not():
    assert without_rule(RULES) == set(ELSEWHERE)


def test_p14_a_table_whose_rule_is_taken_away_is_found():
    """Negative control: the row itself, and what goes with it."""
    assert {BlockState, HelpPost, Appointment} <= set(timed())
    left = [rule for rule in RULES if rule.key not in {"appointments", "questions"}]
    missed = without_rule(left) - set(ELSEWHERE)
    # A question goes with its enrolment too, seven years later.
    assert missed == {"enrollments.Appointment"}
