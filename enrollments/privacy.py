"""What is held of a person's training: enrolments, the ledger, seats and attendance."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.core import personal
from atn_platform.core.merging import follows, stays
from atn_platform.core.personal import About, Export, Kind, Reader, Retention, Table, nobody
from atn_platform.core.purging import purging
from enrollments.models import (
    Accompaniment,
    Appointment,
    BlockState,
    CoachAction,
    CoachNote,
    Enrollment,
    GroupEnrollment,
    GroupLine,
    HelpPost,
    HelpThread,
    LearningEvent,
    LessonNote,
    LessonState,
    PaperSheet,
    PathEnrollment,
    PositioningResult,
    Recognition,
    Registration,
    ScoreReview,
    SkillLevel,
    Slot,
    VersionMove,
)

FOLLOWED = _("vous donner accès au cours et vous remettre votre attestation")
KEPT_PLACE = _("reprendre où vous étiez, et corriger vos réponses")
REVIEWED = _("revoir un résultat calculé par une machine, et vous donner les raisons")
SEATED = _("garder votre place et prendre les présences")
ANSWER = _("répondre à votre question, et garder l’échange avec sa leçon")
ON_PAPER = _("inscrire pour vous ce que vous avez répondu sur papier, et pouvoir l’annuler")
GROUPED = _("vous inscrire avec des collègues, et pouvoir l’annuler")
MEETS = _("tenir le rendez-vous que vous avez pris, et le rappeler à votre agenda")
FOLLOWS_UP = _("préparer la prochaine rencontre avec une municipalité")
ENTRUSTED = _("savoir qui accompagne quelle municipalité")
FACTS = (Reader.SELF, Reader.RESPONSIBLE, Reader.ATN)
ACCOMPANIED = (Reader.SELF, Reader.TRAINER, Reader.ATN)
# Answers, tries and scores: the employer never sees them, and no screen of ATN shows them.
ALONE = (Reader.SELF,)

TABLES = [
    Table(
        PathEnrollment,
        (
            About("learner", "learner path in_order started_at withdrawn_at", Kind.TRAINING,
                  FOLLOWED, Retention.TRAINING, FACTS),
        ),
        plain="id created_at updated_at version",
    ),
    Table(
        Recognition,
        (
            About("learner", "learner course title organiser done_on declared_at", Kind.TRAINING,
                  _("compter dans votre parcours ce que vous avez suivi ailleurs"),
                  Retention.DECLARED, ALONE),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        SkillLevel,
        (
            About("learner", "learner skill level declared_at", Kind.RESULT,
                  _("vous montrer, à vous, où vous en êtes"), Retention.ACCOUNT, ALONE),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        PositioningResult,
        (
            About("learner", "learner public levels taken_at", Kind.RESULT,
                  _("vous proposer trois unités par où commencer"), Retention.ACCOUNT, ALONE),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        Accompaniment,
        (
            About("coach", "coach organisation since", Kind.FUNCTION, ENTRUSTED,
                  Retention.ACCOUNT, (Reader.SELF, Reader.TRAINER, Reader.LEARNERS, Reader.ATN)),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        Slot,
        (
            About("coach", "coach starts_at ends_at", Kind.FUNCTION, MEETS,
                  Retention.SLOTS, (Reader.SELF, Reader.LEARNERS, Reader.ATN)),
            About("coach", "how", Kind.CONTACT, MEETS,
                  Retention.SLOTS, (Reader.SELF, Reader.LEARNERS, Reader.ATN)),
        ),
        plain="id created_at updated_at uuid withdrawn_at",
        stays=_("quand vous étiez disponible, sans votre nom : le rendez-vous appartient à la "
                "personne qui l’a pris"),
    ),
    Table(
        Appointment,
        (
            About("person", "person slot organisation about booked_at cancelled_at",
                  Kind.TRAINING, MEETS, Retention.COACHING, ACCOMPANIED),
            About("cancelled_by", "cancelled_by cancelled_at", Kind.ACT, MEETS,
                  Retention.COACHING),
        ),
        plain="id created_at updated_at uuid",
    ),
    Table(
        CoachNote,
        (
            About("author", "author organisation text written_at", Kind.FUNCTION, FOLLOWS_UP,
                  Retention.COACHING, ALONE),
        ),
        plain="id created_at updated_at uuid",
    ),
    Table(
        CoachAction,
        (
            About("author", "author organisation text noted_at done_at", Kind.FUNCTION, FOLLOWS_UP,
                  Retention.COACHING, ALONE),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        Enrollment,
        (
            About(
                "learner",
                "learner course version mandate status enrolled_at first_activity_at "
                "last_activity_at completed_at withdrawn_at stations_done stations_total",
                Kind.TRAINING, FOLLOWED, Retention.FOLLOWED, FACTS,
            ),
            # An account that became one with another: figures of the past count it as they did.
            About("learner", "duplicate_of counted_as counted_until", Kind.TRAINING, FOLLOWED,
                  Retention.FOLLOWED, ALONE),
            About("learner", "best_score current_lesson", Kind.RESULT, KEPT_PLACE,
                  Retention.ANSWERS, ALONE),
        ),
        plain="id created_at updated_at uuid",
        stays=_(
            "quel cours a été suivi, quand et au titre de quelle organisation, sans votre nom : "
            "les statistiques déjà publiées ne changent pas; vos résultats sont effacés"
        ),
    ),
    Table(
        ScoreReview,
        (
            About("enrollment__learner",
                  "enrollment event wanted score asked_at due_on answered_at score_after reason",
                  Kind.RESULT, REVIEWED, Retention.ANSWERS, ACCOMPANIED),
            About("answered_by", "answered_by answered_at", Kind.ACT, REVIEWED,
                  Retention.ANSWERS),
        ),
        plain="id created_at updated_at",
    ),
    Table(
        LearningEvent,
        (
            About("enrollment__learner",
                  "enrollment verb lesson block happened_at received_at origin", Kind.TRAINING,
                  KEPT_PLACE, Retention.ANSWERS, ALONE),
            About("enrollment__learner", "result", Kind.RESULT, KEPT_PLACE, Retention.ANSWERS,
                  ALONE),
        ),
        plain="id uuid",
        named=_("suite de vos gestes dans les leçons"),
    ),
    Table(
        PaperSheet,
        (
            About("enrollment__learner",
                  "enrollment version filled_on answers lessons entered_at undone_at",
                  Kind.TRAINING, ON_PAPER, Retention.TRAINING, FACTS),
            About("entered_by", "entered_by entered_at", Kind.ACT, ON_PAPER,
                  Retention.TRAINING, FACTS),
            About("undone_by", "undone_by undone_at", Kind.ACT, ON_PAPER,
                  Retention.TRAINING, FACTS),
        ),
        plain="id created_at updated_at uuid",
    ),
    Table(
        LessonState,
        (
            About("enrollment__learner",
                  "enrollment lesson opened_at completed_at mandate version",
                  Kind.TRAINING, FOLLOWED, Retention.FOLLOWED, ALONE),
        ),
        plain="id created_at updated_at is_copy",
        stays=_("les dates des leçons terminées, sans votre nom, pour les mêmes statistiques"),
        named=_("leçons ouvertes et terminées"),
    ),
    Table(
        BlockState,
        (
            About("enrollment__learner", "enrollment lesson block best_score data",
                  Kind.RESULT, KEPT_PLACE, Retention.ANSWERS, ALONE),
            # How often, and nothing of what was answered: whoever accompanies offers a hand.
            About("enrollment__learner", "attempts", Kind.RESULT,
                  _("reprendre où vous étiez, et vous proposer de l’aide si vous butez"),
                  Retention.ANSWERS, ACCOMPANIED),
        ),
        plain="id created_at updated_at",
        named=_("réponses et résultats dans les leçons"),
    ),
    Table(
        HelpThread,
        (
            About("enrollment__learner", "enrollment version lesson block asked_at answered_at",
                  Kind.TRAINING, ANSWER, Retention.ANSWERS, ACCOMPANIED),
        ),
        # What is shared was written for everyone, and names nobody.
        plain="id created_at updated_at uuid shared_question shared_answer shared_at",
    ),
    Table(
        HelpPost,
        (
            About("thread__enrollment__learner", "thread text posted_at", Kind.TRAINING, ANSWER,
                  Retention.ANSWERS, ACCOMPANIED),
            About("author", "author", Kind.ACT, ANSWER, Retention.ANSWERS),
        ),
        plain="id uuid",
    ),
    Table(
        LessonNote,
        (
            About("enrollment__learner", "enrollment lesson text written_at", Kind.RESULT,
                  _("garder les notes que vous prenez pour vous"), Retention.ANSWERS, ALONE),
        ),
        plain="id created_at updated_at revision",
    ),
    Table(
        Registration,
        (
            About(
                "learner",
                "learner session enrollment seat registered_at cancelled_at attendance "
                "attendance_at",
                Kind.TRAINING, SEATED, Retention.TRAINING, (*FACTS, Reader.GIVER),
            ),
            About("learner", "accessibility_needs", Kind.NEED,
                  _("préparer la rencontre pour que vous puissiez y prendre part"),
                  Retention.ANSWERS, (Reader.SELF, Reader.GIVER, Reader.ATN)),
            About("attendance_by", "attendance_by session attendance_at", Kind.ACT, SEATED,
                  Retention.TRAINING),
        ),
        plain="id created_at updated_at uuid changes told_sequence",
        stays=_("les présences aux rencontres, sans votre nom; vos besoins sont effacés"),
    ),
    Table(
        GroupLine,
        (
            About("mandate__user", "mandate course path outcome enrollment path_enrollment",
                  Kind.TRAINING, GROUPED, Retention.TRAINING, FACTS),
        ),
        plain="id group",
    ),
    Table(
        GroupEnrollment,
        (
            About("by", "by organisation advised_on in_order chosen_at done_at undone_at",
                  Kind.ACT, GROUPED, Retention.TRAINING, FACTS),
        ),
        plain="id created_at updated_at state",
    ),
    *nobody(VersionMove),
]  # fmt: skip

LINKS = [
    *follows(Enrollment, "learner"),
    *follows(PathEnrollment, "learner"),
    *follows(Accompaniment, "coach"),
    *follows(Appointment, "person"),
    *stays(Appointment, "cancelled_by"),
    *follows(Slot, "coach"),
    *follows(CoachNote, "author"),
    *follows(CoachAction, "author"),
    *follows(SkillLevel, "learner", once=("skill",)),
    *follows(PositioningResult, "learner", once=("learner",)),
    *follows(Recognition, "learner", once=("course",)),
    *follows(Registration, "learner"),
    *follows(HelpPost, "author"),
    *follows(ScoreReview, "answered_by"),
    # Under whom reports count what was done: that is the point of it.
    *stays(Enrollment, "counted_as"),
    *stays(Registration, "attendance_by"),
    *stays(GroupEnrollment, "by"),
    *stays(PaperSheet, "entered_by"),
    *stays(PaperSheet, "undone_by"),
]

# Rows that stay, and the fields of them that are emptied.
BLANKED = {Enrollment: Kind.RESULT, Registration: Kind.NEED, Slot: Kind.CONTACT}


def export(user: User) -> Export:
    return personal.export(TABLES, user)


def erase(user: User) -> Counter[str]:
    """Answers, scores and needs go; who followed what stays, of nobody, for figures."""
    with purging():
        gone = personal.erase(TABLES, user)
    for table in TABLES:
        if table.model in BLANKED:
            personal.blank(table, user, BLANKED[table.model])
    return gone
