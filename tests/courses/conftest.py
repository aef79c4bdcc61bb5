import pytest

from tests.course_files import write_course


@pytest.fixture
def course_folder(tmp_path):
    return write_course(tmp_path)
