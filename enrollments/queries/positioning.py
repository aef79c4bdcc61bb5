"""Where to begin: the three units that a person's answers point to."""

from dataclasses import dataclass

from atn_platform.accounts.models import User
from courses.documents import CourseDoc, LessonDoc, ModuleDoc
from courses.models import Course, PositioningDoc, SituationDoc, SkillDomain
from courses.queries import documents
from enrollments.models import Enrollment, LessonState, PositioningResult

UNITS = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """A module, or a whole course, with what is left to do in it, and why it is proposed."""

    course: str
    code: str
    title: str
    minutes: int
    why: str
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class _Mine:
    """The versions that a person may read, by code, and what they have finished."""

    versions: dict[str, int]
    followed: set[str]
    contents: dict[int, CourseDoc]
    done: set[str]


def units(result: PositioningResult, scenario: PositioningDoc, user: User) -> list[Unit]:
    """Three at most: the widest gaps between the level shown and the one expected come first.

    What is finished, or not offered, is passed over; six queries at most.
    """
    expected = {each.letter: each.expected_of(result.public) for each in SkillDomain.objects.all()}
    asked = [each for each in scenario["situations"] if each["key"] in result.levels]
    asked.sort(key=lambda each: result.levels[each["key"]] - expected.get(each["skill"][0], 0))
    mine = _mine(user, {each["unit"].partition("/")[0] for each in asked})
    found: dict[str, Unit] = {}
    for each in asked:
        unit = None if each["unit"] in found else _unit(each, mine)
        if unit is not None:
            found[each["unit"]] = unit
        if len(found) == UNITS:
            break
    return list(found.values())


def _mine(user: User, codes: set[str]) -> _Mine:
    courses = Course.objects.published().filter(code__in=codes)
    versions = dict(courses.values_list("code", "current_version_id"))
    live = Enrollment.objects.visible_to(user).live().filter(course__code__in=codes)
    followed = dict(live.values_list("course__code", "version_id"))
    states = LessonState.objects.filter(enrollment__in=live, completed_at__isnull=False)
    known = {**versions, **followed}
    return _Mine(
        versions=known,
        followed=set(followed),
        contents=documents(set(known.values())),
        done={str(uuid) for uuid in states.values_list("lesson", flat=True)},
    )


def _unit(situation: SituationDoc, mine: _Mine) -> Unit | None:
    code, __, key = situation["unit"].partition("/")
    if code not in mine.versions:
        return None
    content = mine.contents[mine.versions[code]]
    modules = [each for each in content["modules"] if not key or each["key"] == key]
    left = [each for each in _lessons(modules) if each["uuid"] not in mine.done]
    if not left:
        return None
    return Unit(
        course=content["title"],
        code=code,
        title=modules[0]["title"] if key else content["title"],
        minutes=sum(each["minutes"] for each in left),
        why=situation["text"],
        lesson=left[0]["key"] if code in mine.followed else "",
    )


def _lessons(modules: list[ModuleDoc]) -> list[LessonDoc]:
    return [lesson for module in modules for lesson in module["lessons"]]
