"""Drafts that are saved while they are written."""

import pytest
from django.urls import reverse

from atn_platform.accounts.enums import Role
from courses import actions
from courses.models import Block, Lesson, Question
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(client, course_folder):
    actions.import_folder(path=course_folder)
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    return Lesson.objects.get(key="signes")


def typed(lesson, **changes):
    sent = {"title": lesson.title, "kind": lesson.kind, "minutes": lesson.minutes, "objective": ""}
    return {**sent, "is_required": "on", "seen": actions.revision(lesson), **changes}


def save(client, lesson, **changes):
    url = reverse("atelier:settings", args=["ess-101", lesson.uuid])
    sent = typed(lesson, **changes)
    answer = client.post(url, sent, headers={"Accept": "application/json"})
    return answer.status_code, answer.json()


def test_what_is_saved_answers_with_its_revision_so_that_the_next_one_is_no_conflict(
    client, lesson
):
    status, answer = save(client, lesson, title="Les six signes")
    assert (status, answer["said"].startswith("Enregistré à")) == (200, True)
    status, answer = save(client, lesson, title="Les sept signes", seen=answer["seen"])
    assert status == 200
    lesson.refresh_from_db()
    assert (lesson.title, answer["seen"]) == ("Les sept signes", actions.revision(lesson))


def test_what_is_sent_again_because_its_answer_was_lost_is_no_conflict(client, lesson):
    sent = typed(lesson, title="Les six signes")
    answers = [save(client, lesson, **sent) for __ in range(2)]
    lesson.refresh_from_db()
    now = actions.revision(lesson)
    assert [(status, answer["seen"]) for status, answer in answers] == [(200, now)] * 2
    assert lesson.title == "Les six signes"


@pytest.mark.parametrize(
    ("model", "key", "changes"),
    [
        (Block, "texte-2", {"markdown": "Autre texte.", "title": ""}),
        (Question, "paires", {"prompt": "Associez.", "pairs": [("a", "b")], "competencies": None}),
    ],
)
def test_each_object_is_the_same_when_saved_again(lesson, model, key, changes):
    node = model.objects.get(key=key)
    seen = actions.revision(node)
    actions.save(node=node, changes=changes, seen=seen, by=UserFactory(), at=NOON)
    node.refresh_from_db()
    saved_at = node.updated_at
    actions.save(node=node, changes=changes, seen=seen, by=UserFactory(), at=NOON)
    with pytest.raises(actions.EditConflict):
        actions.save(
            node=node,
            changes={**changes, "title": "Un de plus"},
            seen=seen,
            by=UserFactory(),
            at=NOON,
        )
    node.refresh_from_db()
    assert node.updated_at == saved_at


def test_somebody_else_s_text_is_not_written_over(client, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(title="Leur titre")
    status, answer = save(client, lesson, title="Mon titre")
    assert (status, "pour voir les deux textes" in answer["said"]) == (409, True)
    lesson.refresh_from_db()
    assert lesson.title == "Leur titre"


def test_what_cannot_be_saved_yet_says_why(client, lesson):
    status, answer = save(client, lesson, title="")
    assert (status, answer["said"].startswith("Pas encore enregistré")) == (422, True)
