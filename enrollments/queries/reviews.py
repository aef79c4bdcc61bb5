"""Requests for review: the queue, and one with the attempt that it is about."""

from dataclasses import dataclass

from atn_platform.accounts.models import User
from courses.documents import block, station
from courses.queries import document, documents
from enrollments.models import ScoreReview, ScoreReviewQuerySet
from enrollments.queries.helping import paths_of
from enrollments.queries.quiz import QuizView, quiz
from municipalities.models import OrganisationQuerySet

MOST = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the titles of its lesson and of its questionnaire, where they differ."""

    review: ScoreReview
    lesson: str
    quiz: str
    path: str = ""


def with_context(rows: ScoreReviewQuerySet) -> ScoreReviewQuerySet:
    """With the person, the town and the course, as trainers read them."""
    return rows.select_related(
        "event", "answered_by", "enrollment__learner", "enrollment__course",
        "enrollment__mandate__organisation",
    )  # fmt: skip


def queue(user: User, towns: OrganisationQuerySet | None = None) -> list[Asked]:
    """Those that wait for this trainer, the nearest promise first; three queries."""
    rows = ScoreReview.objects.answerable_by(user).waiting()
    if towns is not None:
        rows = rows.filter(enrollment__mandate__organisation__in=towns)
    return told(list(with_context(rows)[:MOST]))


def told(reviews: list[ScoreReview]) -> list[Asked]:
    read = documents(each.enrollment.version_id for each in reviews)
    paths = paths_of([each.enrollment for each in reviews])
    return [
        _told(each, read[each.enrollment.version_id], paths.get(each.enrollment.learner_id, ""))
        for each in reviews
    ]


def _told(review: ScoreReview, content: object, path: str) -> Asked:
    lesson = station(content, review.event.lesson)  # type: ignore[arg-type]
    held = block(lesson, review.event.block) if lesson and review.event.block else None
    title, quiz = lesson["title"] if lesson else "", held["title"] if held else ""
    return Asked(review, title, "" if quiz == title else quiz, path)


def attempt(review: ScoreReview) -> QuizView | None:
    """The questions as they were drawn, what was answered and what each was worth."""
    event = review.event
    lesson = station(document(review.enrollment.version_id), event.lesson)
    held = block(lesson, event.block) if lesson and event.block else None
    return quiz(review.enrollment, held, None, str(event.uuid)) if held else None
