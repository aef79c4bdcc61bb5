"""Reads of courses that cross tables or keep what never changes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from atn_platform.core import french
from courses.differences import Change, differences
from courses.documents import (
    FORMAT,
    AssetDoc,
    BlockDoc,
    CourseDoc,
    LessonDoc,
    ListeningDoc,
    ModuleDoc,
    data_of,
    frozen,
    frozen_block,
)
from courses.enums import BlockKind
from courses.listening import fingerprint
from courses.models import Asset, BankPicture, Course, CourseVersion, Lesson
from courses.queries.blocks import block_document

LEAST_CONTRAST = 4.5  # of a text on its ground (WCAG 2.2, 1.4.3)
# What a lesson shows at once, and so weighs.
PICTURES = frozenset({BlockKind.IMAGE, BlockKind.ZONES})
UEC_MINUTES = 600  # ten hours of structured participation
UEC_STEP = 20  # steps of 0,05


# Versions never change, so a process keeps those in use. Bounded: each holds a whole course.
_VERSIONS_KEPT = 64
_kept: dict[int, CourseVersion] = {}


def document(version_id: int) -> CourseDoc:
    """The document of a published version: read once, for it never changes. Never modify it."""
    found = documents([version_id])
    if version_id not in found:
        raise CourseVersion.DoesNotExist(version_id)
    return found[version_id]


def documents(version_ids: Iterable[int]) -> dict[int, CourseDoc]:
    """Documents by version, as `versions` reads them."""
    return {pk: data_of(each.document) for pk, each in versions(version_ids).items()}


def versions(version_ids: Iterable[int]) -> dict[int, CourseVersion]:
    """One query for all those not read before, none when all were. Never modify them."""
    wanted = set(version_ids)
    found = {pk: kept for pk in wanted if (kept := _kept.get(pk)) is not None}
    if missing := wanted - found.keys():
        read = CourseVersion.objects.in_bulk(missing)
        found |= read
        _keep(read)
    return found


def _keep(read: dict[int, CourseVersion]) -> None:
    # Oldest out. `pop` with a default: another thread may be making room at the same time.
    _kept.update(read)
    for pk in list(_kept)[: max(0, len(_kept) - _VERSIONS_KEPT)]:
        _kept.pop(pk, None)


# Those that people may join, less their documents: what all lists of courses show.
_offered: dict[int, CourseVersion] = {}
_OFFERED = """
    SELECT current_version_id FROM courses_course
     WHERE current_version_id IS NOT NULL AND withdrawn_at IS NULL
     ORDER BY code
"""


def offered() -> list[CourseVersion]:
    """`CourseVersion.objects.in_force()` by code, for pages asked without end. Never modify them.

    Which versions are in force is asked each time; what they say never changes.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OFFERED)
        wanted = [pk for (pk,) in cursor.fetchall()]
    found = {pk: kept for pk in wanted if (kept := _offered.get(pk)) is not None}
    if missing := set(wanted) - found.keys():
        read = CourseVersion.objects.defer("document").in_bulk(missing)
        found |= read
        _offered.update(read)
    for gone in _offered.keys() - found.keys():
        _offered.pop(gone, None)
    return [found[pk] for pk in wanted]


def draft_document(course: Course) -> CourseDoc:
    """The document that publishing this draft would freeze; six queries, whatever its size."""
    assets = asset_documents(course)
    modules = course.modules.prefetch_related("lessons__blocks__questions")
    built: list[ModuleDoc] = [
        {
            "uuid": str(module.uuid),
            "key": module.key,
            "title": french.typography(module.title),
            "lessons": [lesson_document(each, assets) for each in module.lessons.all()],
        }
        for module in modules
    ]
    minutes = sum(lesson["minutes"] for module in built for lesson in module["lessons"])
    return {
        "format": FORMAT,
        "code": course.code,
        "title": french.typography(course.title),
        "summary": french.typography(course.summary),
        "objectives": [french.typography(each) for each in course.objectives.splitlines()],
        "topic": course.topic,
        "mode": course.mode,
        "publics": list(course.publics),
        "competencies": list(course.competencies),
        "pass_mark": course.pass_mark,
        "minutes": minutes,
        "uec": uec(minutes) if course.gives_uec else None,
        "modules": built,
    }


def uec(minutes: int) -> float:
    """Continuing-education units: minutes / 600, rounded down to 0,05."""
    return (minutes * UEC_STEP // UEC_MINUTES) / UEC_STEP


def lesson_document(lesson: Lesson, assets: dict[str, AssetDoc]) -> LessonDoc:
    """One station as it would be published; unknown media are left out."""
    blocks = [block_document(block, assets) for block in lesson.blocks.all()]
    pictures = (block for block in blocks if block["kind"] in PICTURES)
    zoned = (question for block in blocks for question in block.get("questions", ()))
    weights = (each["asset"]["size"] for each in (*pictures, *zoned) if "asset" in each)
    # The archive of a package is not on the page; nor is what its manifest says.
    said = (
        {n: part for n, part in block.items() if "html" in n or block["kind"] != BlockKind.PACKAGE}
        for block in map(frozen_block, blocks)
    )
    words = sum(len(str(block).encode()) for block in said)
    built: LessonDoc = {
        "uuid": str(lesson.uuid),
        "key": lesson.key,
        "kind": lesson.kind,
        "title": french.typography(lesson.title),
        "objective": french.typography(lesson.objective),
        "minutes": lesson.minutes,
        "required": lesson.is_required,
        "bytes": words + sum(weights),
        "blocks": blocks,
    }
    # Only where there is one: what was published without keeps its fingerprint.
    if lesson.recording:
        built["audio"] = _recording(lesson, blocks, assets)
    return built


def _recording(
    lesson: Lesson, blocks: list[BlockDoc], assets: dict[str, AssetDoc]
) -> ListeningDoc:
    built: ListeningDoc = {"seconds": 0, "stale": lesson.recorded_words != fingerprint(blocks)}
    if asset := assets.get(lesson.recording):
        built["asset"] = frozen(asset)
        built["seconds"] = asset.get("seconds") or 0
    return built


def asset_documents(course: Course) -> dict[str, AssetDoc]:
    """The course's files, by name."""
    return {asset.name: _asset(asset) for asset in course.assets.all()}


def picture_documents(names: Iterable[str]) -> dict[str, AssetDoc]:
    """Pictures of the bank, by name; no query without a name."""
    wanted = [each for each in names if each]
    found = BankPicture.objects.filter(name__in=wanted) if wanted else ()
    return {each.name: _asset(each) for each in found}


def _asset(asset: Asset | BankPicture) -> AssetDoc:
    found: AssetDoc = {
        "name": asset.name,
        "sha256": asset.sha256,
        "type": asset.content_type,
        "size": asset.size,
        "width": asset.width,
        "height": asset.height,
    }
    # Only when it is to be spoken of: what was published before keeps its fingerprint.
    if asset.contrast is not None and asset.contrast < LEAST_CONTRAST:
        found["contrast"] = asset.contrast
    if isinstance(asset, Asset) and asset.package:
        found["package"] = asset.package
    if isinstance(asset, Asset) and asset.seconds:
        found["seconds"] = asset.seconds
    if isinstance(asset, Asset) and asset.cues:
        found["cues"] = asset.cues
    return found


def changes_since_published(course: Course, draft: CourseDoc) -> list[Change]:
    """What publishing would change for newcomers; everything, for a first version."""
    published = course.current_version_id
    return differences(document(published) if published else None, draft)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a document would change for those who are under way in one version."""

    number: int
    followers: int
    changes: list[Change]

    @property
    def to_do(self) -> list[str]:
        """Stations they would have to do besides."""
        return [each.title for each in self.changes if each.kind == "added" and each.required]

    @property
    def gone(self) -> list[str]:
        return [each.title for each in self.changes if each.kind == "removed"]

    @property
    def renewed(self) -> list[str]:
        return [each.title for each in self.changes if each.kind == "modified" and each.title]


def effects(course: Course, target: CourseDoc) -> list[Effect]:
    """For each version that somebody follows and that differs from the target, newest first."""
    rows = course.versions.annotate(followers=_under_way()).filter(followers__gt=0)
    followed = list(rows.order_by("-number").values_list("pk", "number", "followers"))
    read = documents(pk for pk, *__ in followed)
    found = [
        Effect(number, people, differences(read[pk], target)) for pk, number, people in followed
    ]
    return [each for each in found if each.changes]


def _under_way() -> Count:
    """People who follow and have neither finished nor left."""
    return Count(
        "enrollments",
        filter=Q(
            enrollments__completed_at__isnull=True,
            enrollments__withdrawn_at__isnull=True,
            enrollments__duplicate_of__isnull=True,
        ),
    )


def versions_with_followers(course: Course) -> QuerySet[CourseVersion]:
    """Versions, newest first, without their documents; `followers` are people under way."""
    rows = course.versions.defer("document").annotate(followers=_under_way())
    return rows.order_by("-number")


def courses_with_followers() -> QuerySet[Course]:
    """Every course by code; `followers` are people under way, on any version."""
    rows = Course.objects.select_related("current_version").defer("current_version__document")
    return rows.annotate(followers=_under_way()).order_by("code")
