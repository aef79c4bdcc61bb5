"""Each lesson of the demonstration, on the slowest line."""

import pytest
from django.urls import reverse

from courses.checklist.lightness import LIGHT_VIEW, MARGIN, light_view
from courses.documents import stations
from courses.enums import BlockKind, LessonKind
from courses.models import Course
from courses.queries import document
from enrollments import actions
from enrollments.queries.quiz import attempt_of
from tests import weights
from tests.demo import FOLDERS
from tests.factories import NOON, MandateFactory


@pytest.mark.parametrize("code", [path.name for path in FOLDERS])
def test_every_lesson_is_light_and_the_checklist_would_say_so(demonstration, client, db, code):
    course = Course.objects.get(code=code)
    mandate = MandateFactory()
    enrollment = actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
    client.force_login(mandate.user)
    client.cookies["atn_leger"] = "1"
    every = list(stations(document(enrollment.version_id)))
    for each in every:
        address = f"/cours/{code.lower()}/{each['key']}/"
        found = weights.light_view(client.get(address).content)
        assert found <= LIGHT_VIEW, (each["key"], found)
        announced = light_view(each, among=len(every))
        assert found <= announced <= min(found + MARGIN, LIGHT_VIEW), (each["key"], found)
        if each["kind"] == LessonKind.EXAM:
            (quiz,) = (block for block in each["blocks"] if block["kind"] == BlockKind.QUIZ)
            sent = {"attempt": str(attempt_of(enrollment, quiz, 0)), "anyway": "1"}
            link = reverse("enrollments:answer", args=[code.lower(), each["key"], quiz["uuid"]])
            answered = client.post(link, sent, follow=True).content
            assert "Votre résultat".encode() in answered
            assert weights.light_view(answered) <= LIGHT_VIEW, each["key"]
