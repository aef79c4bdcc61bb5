"""Drafts that authors edit, and the versions and sessions that learners meet."""

from courses.models.bank import BankImport, BankPicture, BankQuestion, BankVersion
from courses.models.drafts import (
    Asset,
    Block,
    Course,
    Lesson,
    Module,
    Question,
    course_uuid,
)
from courses.models.glossary import GlossaryTerm
from courses.models.paths import (
    Path,
    PathDoc,
    PathStep,
    PathVersion,
    StepDoc,
    content_hash_of,
    is_part,
)
from courses.models.positioning import PositioningDoc, PositioningScenario, SituationDoc
from courses.models.reviews import PublicationReview, ReviewRemark
from courses.models.revisions import OUTLINE, DraftRevision
from courses.models.search import SearchEntry
from courses.models.sessions import CourseSession, CourseSessionQuerySet
from courses.models.skills import Skill, SkillDomain
from courses.models.versions import CourseVersion

__all__ = [
    "OUTLINE",
    "Asset",
    "BankImport",
    "BankPicture",
    "BankQuestion",
    "BankVersion",
    "Block",
    "Course",
    "CourseSession",
    "CourseSessionQuerySet",
    "CourseVersion",
    "DraftRevision",
    "GlossaryTerm",
    "Lesson",
    "Module",
    "Path",
    "PathDoc",
    "PathStep",
    "PathVersion",
    "PositioningDoc",
    "PositioningScenario",
    "PublicationReview",
    "Question",
    "ReviewRemark",
    "SearchEntry",
    "SituationDoc",
    "Skill",
    "SkillDomain",
    "StepDoc",
    "content_hash_of",
    "course_uuid",
    "is_part",
]
