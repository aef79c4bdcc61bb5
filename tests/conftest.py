"""The database of the tests: the embedded server under var/, stopped when the last test is done."""

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.core.cache import caches
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from atn_platform.core import postgres
from tests import database, emptying

# A busy machine is slow, and that is not what these tests are about.
hypothesis_settings.register_profile(
    "atn", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("atn")
emptying.install()
OWN_TARGETS = ("chaos", "epubcheck", "letters")
LONG = ("tests/demo/", "tests/browser/", "tests/access/", "tests/core/", "tests/test_urls.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What has a target of its own is left out unless asked for; long files come first."""
    if any(name in config.option.markexpr for name in OWN_TARGETS):
        return
    left_out = [item for item in items if any(map(item.get_closest_marker, OWN_TARGETS))]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    # So that no process ends on a long file while the others have nothing left to do.
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """Look for cycles to collect thirty times less often, and never among what stays to the end.

    Django and thousands of tests make a heap that took a tenth of Python's time to search.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


class ByFile(LoadFileScheduling):
    """Each file in one process; those about the demonstration in the same, for it loads slowly."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/demo" if nodeid.startswith("tests/demo/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    config.option.loadscopereorder = False  # its order is by number of tests; ours, by time
    return ByFile(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start the test server, unless DATABASE_URL names another one.

    Each of pytest's processes has a database of its own on it, a copy of the migrated one.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    root = database.root()
    root.mkdir(parents=True, exist_ok=True)
    with (root / "in-use").open("a") as users:
        # A process whose last tests ask nothing of the database still has its own to drop.
        fcntl.flock(users, fcntl.LOCK_SH)
        socket = postgres.ensure(root, fast=True)
        settings.DATABASES["default"]["HOST"] = str(socket)
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = database.template(socket)
        yield
        with suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            postgres.stop(root, unless_used=True)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Limits by the minute, and documents of rows that are gone, stay out of the next test."""
    for each in caches.all(initialized_only=True):
        each.clear()
