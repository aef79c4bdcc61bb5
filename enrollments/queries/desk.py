"""The coach's desk: one queue of what people wait for, and who may need a hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from atn_platform.accounts.models import User
from enrollments.models import Enrollment, HelpThread, ScoreReview
from enrollments.queries import coaching, helping, reviews
from enrollments.queries.coaching import Stuck, WeekLine
from enrollments.queries.entrusted import entrusted_to
from enrollments.queries.helping import Stalled
from municipalities.models import Organisation, OrganisationQuerySet


@dataclass(frozen=True, slots=True)
class Owed:
    """A question, or a review with the day by which it was promised."""

    since: datetime
    lesson: str
    enrollment: Enrollment
    path: str
    thread: HelpThread | None = None
    review: ScoreReview | None = None
    quiz: str = ""

    @property
    def due_on(self) -> date | None:
        return self.review.due_on if self.review else None


@dataclass(frozen=True, slots=True)
class Desk:
    """What one coach finds. `mine`: how many municipalities are theirs; `is_narrow`: those alone.

    `elsewhere` is what waits in the other municipalities, so that nothing is lost from sight.
    """

    mine: int
    is_narrow: bool
    elsewhere: int
    week: list[WeekLine]
    owed: list[Owed]
    stuck: list[Stuck]
    stalled: list[Stalled]
    silent: list[Organisation]

    def people(self) -> Iterator[int]:
        """Whose records the page shows."""
        yield from (each.appointment.person_id for each in self.week)
        yield from (each.enrollment.learner_id for each in self.owed)
        yield from (each.enrollment.learner_id for each in self.stuck)
        yield from (each.enrollment.learner_id for each in self.stalled)


def desk(coach: User, *, at: datetime, everywhere: bool) -> Desk:
    """One's own municipalities first; all of them for whoever has none, or asks."""
    own = entrusted_to(coach)
    mine = own.count()
    towns = own.with_merged() if mine and not everywhere else None
    return Desk(
        mine=mine,
        is_narrow=towns is not None,
        elsewhere=0 if towns is None else _elsewhere(coach, towns),
        week=coaching.week(coach, at=at),
        owed=owed(coach, towns),
        stuck=coaching.stuck(at=at, towns=towns),
        stalled=helping.stalled(at=at, towns=towns),
        silent=coaching.quiet_towns(at=at, towns=towns),
    )


def owed(coach: User, towns: OrganisationQuerySet | None) -> list[Owed]:
    """Questions and requests for review together, the longest wait first."""
    asked = [
        Owed(each.thread.asked_at, each.lesson, each.enrollment, each.path, thread=each.thread)
        for each in helping.queue(towns)
    ]
    asked += [
        Owed(each.review.asked_at, each.lesson, each.review.enrollment, each.path,
             review=each.review, quiz=each.quiz)
        for each in reviews.queue(coach, towns)
    ]  # fmt: skip
    return sorted(asked, key=lambda each: each.since)


def _elsewhere(coach: User, towns: OrganisationQuerySet) -> int:
    there = {"enrollment__mandate__organisation__in": towns}
    questions = HelpThread.objects.waiting().exclude(**there)
    return (
        questions.count()
        + ScoreReview.objects.answerable_by(coach).waiting().exclude(**there).count()
    )
