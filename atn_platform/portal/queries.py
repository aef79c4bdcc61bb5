"""What the home page tells a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.cache import caches
from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core.addresses import address
from atn_platform.portal.next_step import (
    Choice,
    Facts,
    Following,
    Meeting,
    NextStep,
    Sheet,
    Suggestion,
    Work,
    next_step,
    short_steps,
)
from courses.documents import LessonDoc
from courses.enums import SessionStatus
from courses.models import CourseSession, CourseVersion, PathStep
from courses.queries import offered
from enrollments.queries import sessions
from enrollments.queries.mine import Card, Shelf, follows_and_meets, shelf
from enrollments.queries.path_stops import PathCourse
from enrollments.queries.paths import PathLine, aims, followed_paths
from enrollments.queries.sharing import facts_shown
from enrollments.queries.thread import Station, Thread
from municipalities.enums import Kind, Public
from municipalities.models import Invitation, Mandate, Organisation
from municipalities.permissions import can_validate_claims
from municipalities.queries.claims import to_validate, waiting_for
from municipalities.queries.mandates import held

MOST_CARDS = 6
SMALLEST_GROUP = 5  # below, a number says too much of someone
MEETINGS_SHOWN = 3
TEAM_SECONDS = 5 * 60


@dataclass(frozen=True, slots=True)
class Team:
    """People of the same municipality, as numbers only."""

    place: str
    people: int
    started: int


@dataclass(frozen=True, slots=True)
class Home:
    """`thread` is the line of the course that the next step belongs to, when it has one.

    `town` is where the person sits on the council. `ended` and `invitation` tell someone without
    a mandate in force why, and what is on its way. `awaited` is where others wait for their yes.
    """

    step: NextStep | None
    thread: Thread | None
    shelf: Shelf
    paths: list[PathLine]
    meetings: list[sessions.Meeting] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)
    team: Team | None = None
    town: Organisation | None = None
    ended: Mandate | None = None
    invitation: Invitation | None = None
    short: list[Following] = field(default_factory=list)
    awaited: list[Work] = field(default_factory=list)

    @property
    def cards(self) -> list[Card]:
        """What is under way, then what was finished last."""
        return [*self.shelf.under_way, *self.shelf.done][:MOST_CARDS]

    @property
    def is_first_visit(self) -> bool:
        return self.shelf.is_empty


def home(user: User, *, now: datetime) -> Home:
    """All that the home page shows, in a bounded number of queries."""
    courses = shelf(user)
    follows, meets = follows_and_meets(user, now=now)
    paths = followed_paths(user) if follows else []
    mandates = held(user, on=now.date())
    seats = sessions.held_by(user, now=now) if meets else []
    coming = [each for each in seats if not each.session.is_cancelled]
    facts = _facts(courses, paths, mandates, coming, now=now)
    awaited = _awaited(user, now)
    sheets, work = _duties(user, awaited, now)
    step = next_step(replace(facts, sheets=sheets, work=work), now)
    lost = not mandates
    return Home(
        step=step,
        thread=_thread(step, courses),
        shelf=courses,
        paths=paths,
        meetings=seats[:MEETINGS_SHOWN],
        skills=_skills(courses),
        team=None if lost else _team(mandates[0], now),
        town=next((each.organisation for each in mandates if _is_seat(each)), None),
        ended=_ended(user) if lost else None,
        invitation=_invitation(user, now) if lost else None,
        short=short_steps(_stations(courses), step),
        awaited=[each for each in awaited if step is None or each.url != step.url],
    )


def _ended(user: User) -> Mandate | None:
    over = Mandate.objects.filter(user=user).select_related("organisation")
    return over.order_by("-ends_on").first()


def _is_seat(mandate: Mandate) -> bool:
    return mandate.public == Public.ELECTED and mandate.organisation.kind == Kind.MUNICIPALITY


def _thread(step: NextStep | None, courses: Shelf) -> Thread | None:
    if step is None:
        return None
    doors = ((card.thread, card.enrollment.version.front["code"]) for card in courses.under_way)
    here = {"resume", "start", "path"}
    for line, code in doors:
        if step.kind in here and step.url.startswith(address("enrollments:course", code.lower())):
            return line
    return None


def _skills(courses: Shelf) -> list[str]:
    goals = (goal for each in courses.done for goal in each.enrollment.version.front["objectives"])
    return list(dict.fromkeys(goals))[:6]


def _team(mandate: Mandate, now: datetime) -> Team | None:
    """The municipality of the latest mandate; nothing for a team of fewer than five.

    The numbers may be five minutes old: colleagues come back to their home page together.
    """
    place = mandate.organisation
    cache, key = caches["process"], f"portal-team-{place.pk}-{now:%Y-%m-%d}"
    counts = cache.get(key)
    if counts is None:
        counts = _team_counts(place, now)
        cache.set(key, counts, TEAM_SECONDS)
    people, started = counts
    return None if people < SMALLEST_GROUP else Team(place.name, people, started)


def _team_counts(place: Organisation, now: datetime) -> tuple[int, int]:
    """People whose facts are shown, and those who have begun.

    Elected people without their consent are in neither: « Mes gens » leaves them out, and what one
    page counts and the other does not would tell what they did.
    """
    started = Q(
        user__enrollments__mandate__thread=F("thread"),
        user__enrollments__first_activity_at__isnull=False,
    )
    counts = Mandate.objects.in_force(on=now.date()).filter(facts_shown(), organisation=place)
    found = counts.aggregate(
        people=Count("user", distinct=True),
        started=Count("user", distinct=True, filter=started),
    )
    return found["people"], found["started"]


def _invitation(user: User, now: datetime) -> Invitation | None:
    """The invitation waiting in this person's mail; its link is there and nowhere else."""
    if not user.email:
        return None
    waiting = Invitation.objects.pending().filter(email__iexact=user.email, expires_at__gt=now)
    return waiting.select_related("organisation").order_by("-expires_at").first()


def _facts(
    courses: Shelf,
    paths: Sequence[PathLine],
    mandates: Sequence[Mandate],
    held: Sequence[sessions.Meeting],
    *,
    now: datetime,
) -> Facts:
    """Meetings and choices first; courses to begin only when none is under way.

    A course of which a parcours wants a part leads there; once that part is done, the parcours
    goes on, and the rest of the course waits on its shelf.
    """
    aimed = aims(paths)
    waiting = [each for each in courses.under_way if aimed.get(_course(each), each) is not None]
    nexts = _path(paths) if mandates and not waiting else ()
    following = waiting if nexts else courses.under_way
    return Facts(
        meetings=[_meeting(each) for each in held],
        choices=_choices(courses.under_way, held, now),
        following=[
            _following(each, aimed.get(_course(each))) for each in following if each.thread
        ],
        path=nexts,
        catalogue=_catalogue(courses, mandates) if mandates and not following else (),
        aside=[_suggestion(card.enrollment.version) for card in courses.aside],
        has_mandate=bool(mandates),
    )


def _awaited(user: User, now: datetime) -> list[Work]:
    """Pages where somebody waits for this person's answer; only who may answer pays a query."""
    found = []
    if can_validate_claims(user) and to_validate(by=user, on=now.date()).exists():
        title = _("Les demandes de responsabilité")
        found.append(Work(title, reverse("municipalities:validation")))
    if user.is_responsible:
        for place in waiting_for(user, on=now.date()):
            if place.has_claims:
                title = _("Qui demande à répondre de la formation : %s") % place
                url = reverse("municipalities:responsables", args=[place.handle])
                found.append(Work(title, url))
            if place.has_joining:
                title = _("Qui demande à rejoindre vos gens : %s") % place
                found.append(Work(title, reverse("municipalities:poster", args=[place.handle])))
    return found


def _duties(user: User, awaited: Sequence[Work], now: datetime) -> tuple[list[Sheet], list[Work]]:
    """What the roles of this person ask for; nobody else pays a query for it."""
    sheets: list[Sheet] = []
    work: list[Work] = []
    if user.has_role(Role.INSTRUCTOR):
        sheets = [
            Sheet(each.title, each.ends_at, reverse("enrollments:attendance", args=[each.uuid]))
            for each in sessions.still_to_take(user, now=now)
        ]
        coming = CourseSession.objects.filter(instructor=user, ends_at__gt=now)
        work = [
            Work(each.title, reverse("enrollments:session", args=[each.uuid]), each.starts_at)
            for each in coming.exclude(status=SessionStatus.CANCELLED).order_by("starts_at")[:1]
        ]
    if user.has_role(Role.COACH):
        work.append(Work(_("Les questions et les demandes"), reverse("enrollments:desk")))
    work.extend(awaited)
    if user.has_role(Role.ADMINISTRATOR):
        work.append(Work(_("L’Atelier des cours"), reverse("atelier:index")))
    if user.has_role(Role.UMQ_COORDINATOR):
        work.append(Work(_("La participation au Québec"), reverse("reports:participation")))
    return sheets, work


def minutes_left(user: User) -> int:
    """Of all that a person has under way."""
    return sum(card.thread.minutes_left for card in shelf(user).under_way if card.thread)


def _stations(courses: Shelf) -> list[Following]:
    """Every lesson left in the courses under way, but the meetings, which have their own day."""
    return [
        replace(
            following,
            lesson=station.lesson["title"],
            minutes=station.lesson["minutes"],
            url=_lesson_url(card, station.lesson),
        )
        for card in courses.under_way
        if card.thread
        for following in (_following(card),)
        for station in card.thread.stations
        if not station.is_done and not station.is_meeting
    ]


def _station_url(card: Card) -> str:
    """Where « Reprendre » leads: the station, or the course when every station is done."""
    current = card.thread.current if card.thread else None
    if current is None:
        return address("enrollments:course", card.enrollment.version.front["code"].lower())
    return _lesson_url(card, current.lesson)


def _lesson_url(card: Card, lesson: LessonDoc) -> str:
    code = card.enrollment.version.front["code"].lower()
    return address("enrollments:lesson", code, lesson["key"])


def _course(card: Card) -> int:
    return card.enrollment.course_id


def _following(card: Card, aim: LessonDoc | None = None) -> Following:
    """`aim` is the station that a parcours wants there, in the place of the course's own next."""
    front = card.enrollment.version.front
    current = card.thread.current if card.thread else None
    lesson = aim or (current.lesson if current else None)
    return Following(
        course=front["title"],
        lesson=lesson["title"] if lesson else front["title"],
        minutes=lesson["minutes"] if lesson else 0,
        url=_lesson_url(card, lesson) if lesson else _station_url(card),
        last_activity_at=card.enrollment.last_activity_at,
        enrolled_at=card.enrollment.enrolled_at,
    )


def _meeting(held: sessions.Meeting) -> Meeting:
    session = held.session
    url = reverse("enrollments:session", args=[session.uuid])
    return Meeting(session.title, session.starts_at, session.ends_at, url)


def _choices(
    cards: Sequence[Card], held: Sequence[sessions.Meeting], now: datetime
) -> list[Choice]:
    """Meetings that a course asks for, without a seat: the last day to choose a date."""
    wanted = {
        station.lesson["uuid"]: (card, station)
        for card in cards
        if card.thread
        for station in card.thread.stations
        if station.is_meeting and not station.is_done
    }
    if not wanted:
        return []
    chosen = {str(each.session.lesson.uuid) for each in held}
    coming = CourseSession.objects.filter(
        lesson__uuid__in=wanted.keys() - chosen,
        status=SessionStatus.SCHEDULED,
        starts_at__gt=now,
    )
    last: dict[str, datetime] = {}
    for session in coming.select_related("lesson"):
        until = session.registration_closes_at or session.starts_at
        uuid = str(session.lesson.uuid)
        last[uuid] = max(until, last.get(uuid, until))
    return [_choice(*wanted[uuid], until) for uuid, until in last.items()]


def _choice(card: Card, station: Station, until: datetime) -> Choice:
    title = _("Choisir une date : %s") % station.lesson["title"]
    code = card.enrollment.version.front["code"].lower()
    return Choice(title, until, reverse("enrollments:lesson", args=[code, station.lesson["key"]]))


def _path(paths: Sequence[PathLine]) -> list[Suggestion]:
    """The next course of each parcours followed, the oldest parcours first."""
    stops = [line.current for line in paths if line.current is not None]
    nexts = [next(each for each in stop.courses if each.version) for stop in stops]
    return [_step(each) for each in nexts]


def _step(course: PathCourse) -> Suggestion:
    """A course, or the part of it that is left; for whoever is in, the lesson to go on with."""
    code = course.code.lower()
    url = reverse("enrollments:course", args=[code])
    lesson = course.part.current if course.part and course.enrollment else None
    if lesson is not None:
        url = reverse("enrollments:lesson", args=[code, lesson["key"]])
    return Suggestion(course.name, course.minutes, url)


def _catalogue(courses: Shelf, mandates: Sequence[Mandate]) -> list[Suggestion]:
    """Courses never joined, best first.

    Those meant for the person's public, in the order of that public's parcours; then the shortest.
    """
    known = [card.enrollment.course_id for card in (*courses.done, *courses.aside)]
    publics = {mandate.public for mandate in mandates}
    advised = PathStep.objects.filter(path__publics__overlap=list(publics))
    order = dict(
        advised.values("course").annotate(rank=Min("position")).values_list("course", "rank")
    )
    left = [version for version in offered() if version.course_id not in known]
    left.sort(
        key=lambda version: (
            publics.isdisjoint(version.front["publics"]),
            order.get(version.course_id, len(order) + len(left)),
            version.minutes,
            version.front["code"],
        )
    )
    return [_suggestion(version) for version in left[:1]]


def _suggestion(version: CourseVersion) -> Suggestion:
    url = reverse("enrollments:course", args=[version.front["code"].lower()])
    return Suggestion(version.front["title"], version.minutes, url)
