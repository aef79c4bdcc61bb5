"""What courses hold on a person: who gives a session, who published a version."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import follows, stays
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table, nobody
from courses.models import (
    Asset,
    BankImport,
    BankPicture,
    BankQuestion,
    BankVersion,
    Block,
    Course,
    CourseSession,
    CourseVersion,
    DraftRevision,
    GlossaryTerm,
    Lesson,
    Module,
    Path,
    PathStep,
    PathVersion,
    PositioningScenario,
    PublicationReview,
    Question,
    ReviewRemark,
    SearchEntry,
    Skill,
    SkillDomain,
)

READ = _("savoir qui a demandé de relire un cours, et qui l’a relu")

TABLES = [
    Table(
        PublicationReview,
        (
            About("asked_by", "asked_by course asked_at note", Kind.ACT, READ,
                  Retention.TRAINING),
            About("decided_by", "decided_by decided_at", Kind.ACT, READ, Retention.TRAINING),
        ),
        plain="id created_at updated_at content_hash state",
    ),
    *nobody(ReviewRemark, GlossaryTerm),
    Table(
        CourseSession,
        (
            About(
                "instructor", "instructor course title starts_at ends_at", Kind.FUNCTION,
                _("annoncer qui anime la rencontre"), Retention.TRAINING,
                (Reader.SELF, Reader.LEARNERS, Reader.GIVER, Reader.ATN),
            ),
        ),
        plain="id created_at updated_at uuid lesson mode time_zone place address host "
        "seats_on_site seats_online online_url phone_access captions_note note "
        "registration_closes_at status cancellation_reason sequence",
        stays=_("les rencontres que vous avez animées, sans votre nom : d’autres y ont pris part"),
    ),
    Table(
        CourseVersion,
        (
            About("published_by", "published_by course number published_at", Kind.ACT,
                  _("savoir qui a publié quoi"), Retention.TRAINING),
        ),
        plain="id document facts minutes content_hash",
    ),
    Table(
        Course,
        (
            About("owner", "owner code title review_on", Kind.FUNCTION,
                  _("savoir qui répond du contenu d’un cours"), Retention.TRAINING),
        ),
        plain="id created_at updated_at uuid summary objectives topic mode publics competencies "
        "pass_mark gives_uec current_version withdrawn_at successor",
        stays=_("les cours dont vous répondiez, sans votre nom : d’autres les suivent"),
    ),
    Table(
        DraftRevision,
        (
            About("saved_by", "saved_by course number begun_at saved_at", Kind.ACT,
                  _("savoir qui a écrit quoi, et pouvoir y revenir"), Retention.DRAFTS),
        ),
        plain="id node kind said fingerprint is_open",
    ),
    *nobody(Module, Lesson, Block, Question, BankQuestion, BankVersion, BankImport,
            BankPicture, Asset, Path, PathStep, PathVersion, PositioningScenario, SearchEntry,
            Skill, SkillDomain),
]  # fmt: skip

LINKS = [
    *stays(PublicationReview, "asked_by", "decided_by"),
    *stays(CourseSession, "instructor"),
    *stays(CourseVersion, "published_by"),
    *stays(DraftRevision, "saved_by"),
    *follows(Course, "owner"),
]


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """What they wrote to whoever read a course goes; that they asked stays, of nobody."""
    PublicationReview.objects.filter(asked_by=user).update(note="")
    return personal.erase(TABLES, user)
