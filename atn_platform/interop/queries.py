"""A package that a person may play, and where they stand in it."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from atn_platform.accounts.models import User
from atn_platform.interop import addresses
from atn_platform.interop.models import Cmi5Session, PackagePlace
from atn_platform.interop.statements import Launch, StatementRefused
from courses.documents import AssetDoc, BlockDoc, LessonDoc, PartDoc, block, stations
from courses.enums import BlockKind
from courses.queries import document
from enrollments.models import BlockState, Enrollment
from enrollments.queries.mine import followed_in_order
from enrollments.queries.paths import waits_for


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
    """The package block of that lesson, for whoever follows the course and came to its turn."""
    enrollment, in_order = followed_in_order(user, code)
    if enrollment is None:
        return None
    lessons = stations(document(enrollment.version_id))
    lesson = next((each for each in lessons if each["key"] == key), None)
    found = block(lesson, uuid) if lesson else None
    if lesson is None or found is None or found["kind"] != BlockKind.PACKAGE:
        return None
    if in_order and waits_for(user, enrollment, lesson["uuid"]):
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


def played_in(session: Cmi5Session) -> Played:
    """The unit's package, in the version that its learner follows. Raises StatementRefused.

    Of another archive, put since in the same block, the session says nothing.
    """
    for lesson in stations(document(session.enrollment.version_id)):
        found = block(lesson, session.block)
        if found is not None and found.get("asset", {}).get("sha256") == session.sha256:
            return Played(session.enrollment, lesson, found)
    raise StatementRefused("the unit left the course")


def launch_of(session: Cmi5Session) -> Launch:
    """What its statements must say of themselves; the learner is a number of this course."""
    enrollment = session.enrollment
    part = played_in(session).parts[session.part - 1]
    account = {"homePage": addresses.site(), "name": str(uuid5(enrollment.uuid, "cmi5"))}
    return Launch(
        actor={"objectType": "Agent", "account": account},
        registration=uuid5(enrollment.uuid, f"cmi5/{session.block}"),
        session=session.uuid,
        activity=str(uuid5(enrollment.uuid, f"cmi5/{session.block}/{session.part}").urn),
        part=part,
    )


def said_before(session: Cmi5Session) -> set[str]:
    """The verbs of the other sessions of this learner in this unit of this archive."""
    others = Cmi5Session.objects.filter(
        enrollment=session.enrollment, block=session.block, part=session.part,
        sha256=session.sha256,
    ).exclude(pk=session.pk)  # fmt: skip
    return {verb for verbs in others.values_list("verbs", flat=True) for verb in verbs}
