"""A package that a person may play, and where they stand in it."""

from dataclasses import dataclass
from uuid import UUID

from atn_platform.accounts.models import User
from atn_platform.interop.models import PackagePlace
from courses.documents import AssetDoc, BlockDoc, LessonDoc, PartDoc, block, stations
from courses.enums import BlockKind
from courses.queries import document
from enrollments.models import BlockState, Enrollment
from enrollments.queries.mine import followed_course


@dataclass(frozen=True, slots=True)
class Played:
    """A package block of the version that someone follows."""

    enrollment: Enrollment
    lesson: LessonDoc
    block: BlockDoc

    @property
    def asset(self) -> AssetDoc:
        return self.block["asset"]

    @property
    def parts(self) -> list[PartDoc]:
        return self.asset["package"]["parts"]


def played(user: User, code: str, key: str, uuid: UUID) -> Played | None:
    """The package block of that lesson, when this person follows the course."""
    enrollment = followed_course(user, code)
    if enrollment is None:
        return None
    lessons = stations(document(enrollment.version_id))
    lesson = next((each for each in lessons if each["key"] == key), None)
    found = block(lesson, uuid) if lesson else None
    if lesson is None or found is None or found["kind"] != BlockKind.PACKAGE:
        return None
    return Played(enrollment, lesson, found)


def place(found: Played, number: int) -> PackagePlace | None:
    return PackagePlace.objects.filter(
        enrollment=found.enrollment,
        block=found.block["uuid"],
        part=number,
        sha256=found.asset["sha256"],
    ).first()


def statuses(found: Played) -> dict[str, str]:
    """What the ledger says of each part, by its number."""
    states = BlockState.objects.filter(enrollment=found.enrollment, block=found.block["uuid"])
    state = states.first()
    return state.data.get("parts", {}) if state else {}
