"""What waits for an answer, and who has stopped, for whoever accompanies."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from atn_platform.core.french import sort_key
from courses.documents import station
from courses.queries import documents
from enrollments.enums import Status
from enrollments.models import (
    Enrollment,
    EnrollmentQuerySet,
    HelpThread,
    HelpThreadQuerySet,
    PathEnrollment,
)
from municipalities.models import OrganisationQuerySet

STALLED_DAYS, FORGOTTEN_DAYS = 14, 90
MOST = 50
# « de », « la », « le » stand in names and everywhere else.
MOST_ARTICLE = 2


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thread of the queue, with what helps to answer it."""

    thread: HelpThread
    enrollment: Enrollment
    lesson: str
    path: str


@dataclass(frozen=True, slots=True)
class Stalled:
    """Someone who began and has stopped; facts alone, never an answer nor a score."""

    enrollment: Enrollment
    path: str


def queue(towns: OrganisationQuerySet | None = None) -> list[Waiting]:
    """Threads without an answer, the longest wait first; three queries at most.

    Of these municipalities alone, when there are some.
    """
    rows = HelpThread.objects.waiting()
    if towns is not None:
        rows = rows.filter(enrollment__mandate__organisation__in=towns)
    threads = list(_with_context(rows)[:MOST])
    titles = _lessons(threads)
    paths = paths_of([each.enrollment for each in threads])
    return [
        Waiting(each, each.enrollment, titles[each.pk], paths.get(each.enrollment.learner_id, ""))
        for each in threads
    ]


def stalled(*, at: datetime, towns: OrganisationQuerySet | None = None) -> list[Stalled]:
    """Begun, not finished, and quiet for two weeks; the most recent first, for three months."""
    rows = quiet(at=at)
    if towns is not None:
        rows = rows.filter(mandate__organisation__in=towns)
    found = list(rows[:MOST])
    paths = paths_of(found)
    return [Stalled(each, paths.get(each.learner_id, "")) for each in found]


def quiet(*, at: datetime) -> EnrollmentQuerySet:
    """Whose course has stopped, with what the desk shows of them."""
    since, gone = at - timedelta(days=STALLED_DAYS), at - timedelta(days=FORGOTTEN_DAYS)
    rows = Enrollment.objects.filter(
        status=Status.ACTIVE, last_activity_at__lt=since, last_activity_at__gt=gone
    ).order_by("-last_activity_at", "pk")
    return rows.with_facts().select_related("learner", "mandate__organisation")


def threads() -> HelpThreadQuerySet:
    """Every thread, as whoever answers may open it."""
    return _with_context(HelpThread.objects.all())


def shared_in(course_id: int, lesson: str) -> QuerySet[HelpThread]:
    """What others asked in this lesson, in words that name nobody."""
    rows = HelpThread.objects.shared().filter(enrollment__course=course_id, lesson=lesson)
    return rows.order_by("shared_at")


def lesson_title(thread: HelpThread) -> str:
    return _lessons([thread])[thread.pk]


def _with_context(rows: HelpThreadQuerySet) -> HelpThreadQuerySet:
    return rows.select_related(
        "enrollment__learner", "enrollment__course", "enrollment__mandate__organisation"
    )


def _lessons(threads: list[HelpThread]) -> dict[int, str]:
    read = documents(each.version_id for each in threads)
    found = {each.pk: station(read[each.version_id], each.lesson) for each in threads}
    return {pk: lesson["title"] if lesson else "" for pk, lesson in found.items()}


def paths_of(enrollments: list[Enrollment]) -> dict[int, str]:
    """The parcours that each person follows, by person."""
    people = {each.learner_id for each in enrollments}
    rows = PathEnrollment.objects.live().filter(learner__in=people).select_related("path")
    return {row.learner_id: row.path.title for row in rows.order_by("started_at")}


# How people are reached, as it is written in a message.
REACHED = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:\d[ .()\u00a0-]*){9,}\d")


def names_left(thread: HelpThread, words: str) -> list[str]:
    """What would tell who asked, among words meant for everyone: names, place, ways to be reached.

    Accents and capitals hide nothing, and half of a double name is a name.
    """
    posts = list(thread.posts.select_related("author"))
    people = {thread.enrollment.learner, *(post.author for post in posts)}
    place = thread.enrollment.mandate.organisation
    known = [name for each in people for name in (each.first_name, each.last_name)]
    halves = [
        half for name in known for half in re.split(r"[\s-]+", name) if len(half) > MOST_ARTICLE
    ]
    said = f" {sort_key(words)} "
    found = [
        each
        for each in dict.fromkeys([*known, *halves, place.name])
        if sort_key(each) and f" {sort_key(each)} " in said
    ]
    written = [each.group() for post in posts for each in REACHED.finditer(post.text)]
    digits = re.sub(r"\D", "", words)
    for each in [*written, *(person.email or "" for person in people)]:
        number = re.sub(r"\D", "", each)
        if each and (each.lower() in words.lower() or ("@" not in each and number in digits)):
            found.append(each.strip())
    return found
