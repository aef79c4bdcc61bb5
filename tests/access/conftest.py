from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction

from tests.access.world import World, build


@pytest.fixture(scope="module")
def _built(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(_built, db) -> World:
    """The world as it was built once for the file, with its PDF; what the test does is undone."""
    return deepcopy(_built)
