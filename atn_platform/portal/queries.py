"""What the home page tells a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from atn_platform.accounts.models import User
from atn_platform.portal.next_step import (
    Facts,
    Following,
    Meeting,
    NextStep,
    Suggestion,
    next_step,
)
from courses.documents import CourseDoc, station
from courses.models import CourseVersion
from courses.queries import documents
from enrollments.enums import Status
from enrollments.models import Enrollment
from enrollments.queries import sessions
from enrollments.queries.thread import Thread, thread
from municipalities.models import Mandate

MEETINGS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Team:
    """People of the same municipality, as numbers only."""

    place: str
    people: int
    started: int

    @property
    def dots(self) -> list[bool]:
        """One dot a person, at most forty; filled when a course is begun."""
        return [rank < self.started for rank in range(min(self.people, 40))]


@dataclass(frozen=True, slots=True)
class Home:
    """`thread` is the line of the course that the next step belongs to, when it has one."""

    step: NextStep | None
    thread: Thread | None
    enrollments: list[Enrollment]
    skills: list[str]
    team: Team | None
    meetings: list[sessions.Meeting]


def home(user: User, *, now: datetime) -> Home:
    """All that the home page shows, in a bounded number of queries."""
    mine = Enrollment.objects.visible_to(user).live().with_facts()
    enrollments = list(mine.order_by("status", "-last_activity_at", "-enrolled_at"))
    active = [each for each in enrollments if each.status == Status.ACTIVE]
    read = documents(each.version_id for each in active)
    following = [_following(each, read[each.version_id]) for each in active]
    held = sessions.held_by(user, now=now)
    facts = Facts(
        meetings=[_meeting(each) for each in held],
        following=following,
        catalogue=_catalogue(enrollments),
    )
    step = next_step(facts, now)
    current = next(
        (e for e, f in zip(active, following, strict=True) if step and f.url == step.url), None
    )
    done = [each for each in enrollments if each.status == Status.COMPLETED]
    return Home(
        step=step,
        thread=thread(read[current.version_id], current) if current else None,
        enrollments=enrollments,
        skills=[goal for each in done for goal in each.version.front["objectives"]][:6],
        team=_team(user, now),
        meetings=held[:MEETINGS_SHOWN],
    )


def _meeting(held: sessions.Meeting) -> Meeting:
    session = held.session
    url = reverse("enrollments:session", args=[session.uuid])
    return Meeting(session.title, session.starts_at, session.ends_at, url)


def _following(enrollment: Enrollment, content: CourseDoc) -> Following:
    found = station(content, enrollment.current_lesson) if enrollment.current_lesson else None
    lesson = found or content["modules"][0]["lessons"][0]
    return Following(
        course=content["title"],
        lesson=lesson["title"],
        minutes=lesson["minutes"],
        url=reverse("enrollments:lesson", args=[content["code"].lower(), lesson["key"]]),
        last_activity_at=enrollment.last_activity_at,
        enrolled_at=enrollment.enrolled_at,
    )


def _catalogue(enrollments: list[Enrollment]) -> list[Suggestion]:
    """The shortest courses first; none is asked for while one is under way."""
    if any(each.status == Status.ACTIVE for each in enrollments):
        return []
    known = [each.course_id for each in enrollments]
    offered = CourseVersion.objects.in_force().exclude(course__in=known)
    return [
        Suggestion(
            version.front["title"],
            version.minutes,
            reverse("enrollments:course", args=[version.front["code"].lower()]),
        )
        for version in offered.order_by("minutes", "course__code")[:1]
    ]


def _team(user: User, now: datetime) -> Team | None:
    """The municipality of the latest mandate; nothing for a team of fewer than five."""
    in_force = Mandate.objects.in_force(on=now.date())
    own = in_force.filter(user=user).select_related("organisation").order_by("-starts_on").first()
    if own is None:
        return None
    started = Q(enrollments__first_activity_at__isnull=False)
    counts = in_force.filter(organisation=own.organisation).aggregate(
        people=Count("user", distinct=True),
        started=Count("user", distinct=True, filter=started),
    )
    if counts["people"] < 5:  # noqa: PLR2004 -- the threshold of small groups
        return None
    return Team(own.organisation.name, counts["people"], counts["started"])
