import pytest
from django.urls import reverse

from courses import actions
from courses.documents import stations
from courses.models import CourseVersion
from courses.queries import document
from tests.course_files import with_package, write_course
from tests.factories import NOON, EnrollmentFactory
from tests.package_files import scorm


@pytest.fixture
def publish(tmp_path, db):
    """Publishes the small course with a package in its first lesson."""

    def published(content: bytes, **said) -> CourseVersion:
        folder = with_package(write_course(tmp_path), content, **said)
        draft = actions.import_folder(path=folder)
        return actions.publish(course_id=draft.pk, by=None, at=NOON)

    return published


@pytest.fixture
def play(publish, client):
    """Someone who follows that course is signed in; gives their enrolment and the block."""

    def playing(content: bytes = scorm(), **said):
        version = publish(content, **said)
        enrollment = EnrollmentFactory(version=version)
        client.force_login(enrollment.learner)
        lesson = next(stations(document(version.pk)))
        return enrollment, lesson["blocks"][-1]

    return playing


def address(name: str, block, *args) -> str:
    return reverse(f"interop:{name}", args=["ess-101", "signes", block["uuid"], *args])
