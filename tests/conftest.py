"""The database of the tests: the embedded server, and a migrated template cloned in a blink."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from atn_platform.core import postgres


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start the test server, unless DATABASE_URL names another one."""
    if os.environ.get("DATABASE_URL"):
        return
    root = Path(settings.VAR_DIR) / "pg-test"
    settings.DATABASES["default"]["HOST"] = str(postgres.ensure(root, fast=True))
