"""P-27: a result that was computed is looked at by a person who asks for it, with reasons."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry, Viewing
from atn_platform.notifications.models import OutgoingEmail
from enrollments import actions
from enrollments.actions import ReviewRefused
from enrollments.actions.reviewing import promised
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, Enrollment, LearningEvent, ScoreReview
from enrollments.queries.quiz import attempt_of
from tests.factories import (
    NOON,
    EnrollmentFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
DESK = reverse("enrollments:desk")
STATION = lesson_document("a", kind="exam", questions=[choice_question()])


@pytest.fixture
def enrollment():
    return EnrollmentFactory(version=VersionFactory(stations=[STATION]))


@pytest.fixture
def trainer():
    return UserFactory(role=Role.INSTRUCTOR, first_name="Samir")


def failed(enrollment) -> LearningEvent:
    """An attempt of which every answer was counted wrong."""
    block = STATION["blocks"][-1]
    event = actions.NewEvent(
        uuid=uuid4(), verb=Verb.ANSWERED, lesson=UUID(STATION["uuid"]), block=UUID(block["uuid"]),
        happened_at=NOON - timedelta(days=3),
        result={"score": 0, "attempt": str(attempt_of(enrollment, block, 0)),
                "answers": {choice_question()["uuid"]: ["a"]}},
    )  # fmt: skip
    actions.record(enrollment_id=enrollment.pk, event=event, at=NOON)
    return LearningEvent.objects.get(uuid=event.uuid)


def asked(enrollment) -> ScoreReview:
    return actions.ask_review(
        learner=enrollment.learner, event=failed(enrollment).uuid, wanted="La question 1.", at=NOON
    )


def page(name, review) -> str:
    return reverse(f"enrollments:{name}", args=[review.event.uuid])


def test_p27_asked_from_the_result_answered_with_reasons_and_told(client, enrollment, trainer):
    client.force_login(enrollment.learner)
    block, code = STATION["blocks"][-1], enrollment.course.code.lower()
    sent = {"attempt": str(attempt_of(enrollment, block, 0)),
            f"q-{choice_question()['uuid']}": "a"}  # fmt: skip
    result = client.post(
        reverse("enrollments:answer", args=[code, "a", block["uuid"]]), sent, follow=True
    )
    event = LearningEvent.objects.get(verb=Verb.ANSWERED)
    form = reverse("enrollments:review", args=[event.uuid])
    assertContains(result, form)
    assertContains(client.get(form), "calculé automatiquement")
    for _ in range(2):
        client.post(form, {"wanted": "La question 1 a deux bonnes réponses."})
    review = ScoreReview.objects.get()
    assert (review.score, Status(enrollment.status)) == (0, Status.ACTIVE)
    [told] = OutgoingEmail.objects.filter(recipient=trainer)
    assert "deux bonnes réponses" not in told.text

    client.force_login(trainer)
    assertContains(client.get(DESK), page("answer-review", review))
    shown = client.get(page("answer-review", review))
    for words in ("deux bonnes réponses", "Que faites-vous", "Je réponds."):
        assertContains(shown, words)
    assert Viewing.objects.about(enrollment.learner).filter(capacity="coach").count() == 2
    client.post(page("answer-review", review), {"score": "80", "reason": "Elle en avait deux."})
    assertNotContains(client.get(DESK), page("answer-review", review))

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.best_score) == (Status.COMPLETED, 80)
    assert BlockState.objects.get().best_score == 80
    client.force_login(enrollment.learner)
    for words in ("devient 80", "Elle en avait deux.", "Samir"):
        assertContains(client.get(form), words)
    letter = OutgoingEmail.objects.get(key=f"review-answered:{review.pk}")
    assert "Elle en avait deux." in letter.text
    verbs = Entry.objects.filter(verb__startswith="review.").order_by("pk")
    assert [(each.verb, each.actor) for each in verbs] == [
        ("review.asked", enrollment.learner), ("review.answered", trainer),
    ]  # fmt: skip


def test_p27_what_is_raised_counts_on_the_day_of_the_attempt_whatever_is_projected_again(
    enrollment, trainer
):
    review = asked(enrollment)
    actions.answer_review(review_id=review.pk, by=trainer, score=90, reason="Oui.", at=NOON)
    again = actions.recompute(enrollment_id=enrollment.pk)
    assert (again.best_score, again.completed_at) == (90, review.event.happened_at)
    assert again.last_activity_at == review.event.happened_at
    assert BlockState.objects.get().attempts == 1


@pytest.mark.parametrize(
    ("score", "reason", "words"),
    [(0, "Non.", "dépasse 0"), (101, "Non.", "jusqu’à 100"), (None, "  ", "raisons"),
     (50, "", "raisons")],
)  # fmt: skip
def test_p27_no_answer_lowers_or_lacks_reasons(enrollment, trainer, score, reason, words):
    review = asked(enrollment)
    with pytest.raises(ReviewRefused, match=words):
        actions.answer_review(review_id=review.pk, by=trainer, score=score, reason=reason, at=NOON)
    assert ScoreReview.objects.waiting().count() == 1


def test_p27_answered_once_and_by_somebody_else(enrollment, trainer):
    review = asked(enrollment)
    kept = actions.answer_review(
        review_id=review.pk, by=trainer, score=None, reason="La règle est bonne.", at=NOON
    )
    assert (kept.score_after, Enrollment.objects.get().best_score) == (None, 0)
    with pytest.raises(ReviewRefused, match="déjà"):
        actions.answer_review(review_id=review.pk, by=trainer, score=None, reason="x", at=NOON)
    own = EnrollmentFactory(version=enrollment.version, mandate__user=trainer)
    with pytest.raises(ReviewRefused, match="Une autre personne"):
        actions.answer_review(review_id=asked(own).pk, by=trainer, score=None, reason="x", at=NOON)


def test_p27_nobody_else_opens_the_request(client, enrollment, trainer):
    review = asked(enrollment)
    boss = ResponsibilityFactory(organisation=enrollment.mandate.organisation).user
    for other in (boss, UserFactory(), UserFactory(role=Role.UMQ_COORDINATOR)):
        client.force_login(other)
        for name in ("review", "answer-review"):
            assert client.get(page(name, review)).status_code == 404
    client.force_login(trainer)
    assert client.get(page("review", review)).status_code == 404
    assert client.post(page("answer-review", review), {"score": "x"}).status_code == 422


def test_p27_five_working_days_are_promised():
    assert promised(date(2026, 11, 30)) == date(2026, 12, 7)
    # Over Christmas: the 25th and the 1st are closed.
    assert promised(date(2026, 12, 24)) == date(2027, 1, 4)


def test_p27_the_desk_asks_no_more_for_more_requests(client, enrollment, trainer):
    client.force_login(trainer)
    asked(enrollment)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(DESK)
        return len(seen)

    one = queries()
    for _ in range(2):
        asked(EnrollmentFactory(version=enrollment.version))
    assert queries() == one
