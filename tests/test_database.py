"""The database from which those of the tests are copied."""

from types import SimpleNamespace

import pytest

from tests import database


@pytest.fixture
def migration(tmp_path, monkeypatch):
    """The only migration of the only app."""
    file = tmp_path / "migrations" / "0001_first.py"
    file.parent.mkdir()
    file.write_text("operations = []")
    app = SimpleNamespace(label="essai", path=str(tmp_path))
    monkeypatch.setattr(database, "apps", SimpleNamespace(get_app_configs=lambda: [app]))
    return file


def change(file):
    file.write_text("operations = [1]")


def rename(file):
    file.rename(file.with_name("0001_begin.py"))


def follow(file):
    file.with_name("0002_second.py").write_text("operations = []")


@pytest.mark.parametrize("act", [change, rename, follow])
def test_other_migrations_make_another_template(migration, act):
    before = database.fingerprint()
    assert database.fingerprint() == before
    act(migration)
    assert database.fingerprint() != before
