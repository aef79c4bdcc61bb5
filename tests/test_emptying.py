"""What the tests leave to each other: nothing."""

from django.apps import apps
from django.db import connection

from tests.emptying import EMPTY, KEPT
from tests.factories import EnrollmentFactory


def filled() -> set[str]:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        return {name for name in tables - set(KEPT) if _has_rows(cursor, name)}


def _has_rows(cursor, name: str) -> bool:
    cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}")')
    return cursor.fetchone()[0]


def test_emptying_leaves_no_row_even_in_tables_that_refuse_deletions(transactional_db):
    EnrollmentFactory()
    assert {"enrollments_enrollment", "courses_courseversion"} <= filled()
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    assert filled() == set()
