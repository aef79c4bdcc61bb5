"""P-01: every field of every table is said to be personal, or not."""

import re
from dataclasses import replace

import pytest
from django.apps import apps

from atn_platform.accounts.models import User
from atn_platform.core.personal import Kind, Reader, Retention
from atn_platform.privacy.inventory import HOLDERS, flaws, tables
from courses.models import Course
from enrollments.models import Enrollment, Registration
from tests.privacy.document import DOCUMENT, document


def test_p01_every_field_of_every_table_is_marked():
    assert list(flaws(tables())) == []


def test_p01_every_app_with_tables_of_ours_declares_them_itself():
    for holder in HOLDERS:
        home = holder.__name__.rpartition(".")[0]
        ours = {table.model for table in holder.TABLES if table.model.__module__.startswith(home)}
        label = home.rpartition(".")[2]
        assert ours == set(apps.get_app_config(label).get_models())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"plain": "id uuid changes told_sequence"}, ["created_at", "updated_at"]),
        ({"plain": "*"}, ["seat"]),
        ({"about": (), "plain": "*"}, ["learner", "attendance_by"]),
    ],
)
def test_p01_a_field_left_out_or_called_plain_is_found(change, found):
    """Negative control: the walk says so when a field is unmarked, or marked both ways."""
    (table,) = (each for each in tables() if each.model is Registration)
    said = list(flaws([replace(table, **change)], [Registration]))
    for name in found:
        assert any(f"enrollments.Registration.{name}:" in each for each in said)


def test_p01_a_table_that_nobody_declares_is_found():
    assert list(flaws([], [Course])) == ["courses.Course: in no privacy.py"]


def test_p01_the_page_is_what_the_declarations_say():
    assert DOCUMENT.read_text() == document(), "run: python -m tests.privacy.document"


def test_p01_each_marking_says_why_how_long_and_who_sees():
    for table in tables():
        for about in table.about:
            assert str(about.purpose), table.model
            assert about.keep in Retention
            assert set(about.seen) <= set(Reader)
            assert Reader.SELF in about.seen or about.kind == Kind.SECRET, table.model


def test_p30_answers_and_scores_are_declared_for_their_author_alone():
    (table,) = (each for each in tables() if each.model is Enrollment)
    assert {each.seen for each in table.about if each.kind == Kind.RESULT} == {(Reader.SELF,)}
    assert "best_score" in {name for each in table.about for name in each.names}


def test_the_person_themself_is_declared():
    (table,) = (each for each in tables() if each.model is User)
    assert {each.of for each in table.about} == {"pk"}


NEEDLESS = re.compile(
    r"birth|naissance|gender|sexe?_|^sex|social_insurance|\bsin\b|nas\b|home_|street"
)


def test_p24_no_field_asks_for_a_birth_date_a_social_number_a_sex_or_a_home_address():
    """P-24; act A-2.1, article 64. A session has the address of its place, which is public."""
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if NEEDLESS.search(field.name) or field.name == "address"
    }
    assert found == {"courses.CourseSession.address", "notifications.RefusedAddress.address"}
    assert NEEDLESS.search("birth_date")
