"""What a person follows, for pages of apps that know nothing of enrolments."""

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.safestring import SafeString

from atn_platform.accounts.models import User
from atn_platform.core.templatetags.atn import kept
from courses.documents import LessonDoc
from courses.models import CourseVersion
from enrollments.queries.mine import Card, followed
from enrollments.queries.path_stops import PathPart

register = template.Library()


@register.simple_tag
def my_courses(user: User | AnonymousUser) -> dict[int, Card]:
    """Cards by course, in three queries at most; none for a stranger."""
    return followed(user) if isinstance(user, User) else {}


@register.filter
def of_course(cards: dict[int, Card], course_id: int) -> Card | None:
    return cards.get(course_id)


@register.filter
def next_lesson(part: PathPart | None, card: Card | None) -> LessonDoc | None:
    """Where « Reprendre » leads in a step of a parcours; None for whoever is not in the course."""
    if card is None or card.thread is None:
        return None
    if part is not None:
        return part.current
    return card.thread.current.lesson if card.thread.current else None


@register.simple_tag
def catalogue_card(version: CourseVersion, mine: Mapping[int, Card]) -> SafeString:
    """A course of the catalogue, with what the reader did in it."""
    card = mine.get(version.course_id)
    current = card.thread.current if card and card.thread else None
    return kept(
        "courses/card.html",
        code=version.front["code"],
        title=version.front["title"],
        summary=version.front["summary"],
        mode=str(version.mode_label),
        minutes=version.minutes,
        done=card is not None and card.enrollment.completed_at is not None,
        followed=card is not None,
        begun=card is not None and card.enrollment.first_activity_at is not None,
        next_key=current.lesson["key"] if current else "",
        next_title=current.lesson["title"] if current else "",
    )
