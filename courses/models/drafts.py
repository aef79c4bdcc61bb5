"""What authors edit: the draft of a course, down to its questions and media."""

from datetime import date
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from atn_platform.core.models import TimestampedModel
from courses.enums import BlockKind, LessonKind, Mode, QuestionKind, Topic
from municipalities.enums import Public

# Root of the stable identities: the same code and keys give the same UUIDs on every machine.
COURSES_NAMESPACE = UUID("6f1d0f6e-3f0b-4b5a-9a52-9b8f3a7e2c11")


def course_uuid(code: str) -> UUID:
    return uuid5(COURSES_NAMESPACE, code)


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> "CourseQuerySet":
        """Courses that people may join: with a version in force and not withdrawn."""
        return self.filter(current_version__isnull=False, withdrawn_at__isnull=True)

    def withdrawn(self) -> "CourseQuerySet":
        """Courses offered once and no more, with what succeeds them, as published."""
        gone = self.filter(current_version__isnull=False, withdrawn_at__isnull=False)
        told = gone.select_related("current_version", "successor__current_version")
        return told.defer("current_version__document", "successor__current_version__document")

    def to_review(self, *, on: date) -> "CourseQuerySet":
        """Offered courses whose content was to be read again by that day."""
        return self.published().filter(review_on__lte=on)


class Course(TimestampedModel):
    """A course as its authors edit it. Learners read its `current_version`, never this draft."""

    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("titre"), max_length=160)
    summary = models.TextField(_("résumé"), blank=True)
    objectives = models.TextField(
        _("objectifs"), blank=True, help_text=_("Un objectif par ligne.")
    )
    topic = models.CharField(_("thème"), max_length=20, choices=Topic)
    mode = models.CharField(_("mode"), max_length=12, choices=Mode)
    publics = ArrayField(
        models.CharField(max_length=10, choices=Public), verbose_name=_("publics"), default=list
    )
    competencies = ArrayField(
        models.CharField(max_length=8), verbose_name=_("compétences"), default=list, blank=True
    )
    pass_mark = models.PositiveSmallIntegerField(
        _("seuil de réussite (%)"),
        default=70,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    gives_uec = models.BooleanField(_("admissible aux UEC"), default=False)
    current_version = models.ForeignKey(
        "CourseVersion",
        verbose_name=_("version en vigueur"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True, editable=False)
    # Where whoever comes is sent once the course is withdrawn.
    successor = models.ForeignKey(
        "self",
        verbose_name=_("remplacé par"),
        on_delete=models.PROTECT,
        related_name="replaces",
        null=True,
        blank=True,
        editable=False,
    )
    # Who answers for the content, and by when it shall be read again.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsable du contenu"),
        on_delete=models.PROTECT,
        related_name="courses_owned",
        null=True,
        blank=True,
    )
    review_on = models.DateField(_("à revoir le"), null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("cours")
        verbose_name_plural = _("cours")
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_mark__gte=1, pass_mark__lte=100), name="courses_pass_mark_percent"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True)
                | (Q(withdrawn_at__isnull=False) & ~Q(successor=models.F("id"))),
                name="courses_successor_of_a_withdrawn_course",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.title}"

    def stable_uuid(self, key: str) -> UUID:
        """Identity of a lesson, block or question of this course, from its key."""
        return uuid5(self.uuid, key)


class Module(TimestampedModel):
    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.CASCADE, related_name="modules"
    )
    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    title = models.CharField(_("titre"), max_length=160)

    class Meta:
        verbose_name = _("module")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="courses_module_position",
            ),
            models.UniqueConstraint(fields=["course", "key"], name="courses_module_key"),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(TimestampedModel):
    """A station of the course: a lesson, a live meeting, or the final questionnaire."""

    module = models.ForeignKey(
        Module, verbose_name=_("module"), on_delete=models.CASCADE, related_name="lessons"
    )
    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(
        _("genre"), max_length=10, choices=LessonKind, default=LessonKind.LESSON
    )
    title = models.CharField(_("titre"), max_length=160)
    objective = models.CharField(_("objectif"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée (min)"), default=0)
    is_required = models.BooleanField(_("obligatoire"), default=True)
    # A file of the course that says the lesson aloud, and the words that it says
    # (courses.listening.fingerprint); without them nobody knows whether they are today's.
    recording = models.CharField(_("version à écouter"), max_length=120, blank=True)
    recorded_words = models.CharField(_("empreinte du texte lu"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("leçon")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["module", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="courses_lesson_position",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LessonKind.values), name="courses_lesson_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(recorded_words="") | ~Q(recording=""),
                name="courses_words_of_a_recording",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Block(TimestampedModel):
    """A piece of a lesson. `data` is what the author wrote; its shape depends on `kind`.

    Shapes are described and checked in courses/documents.py and docs/course-format.md.
    """

    lesson = models.ForeignKey(
        Lesson, verbose_name=_("leçon"), on_delete=models.CASCADE, related_name="blocks"
    )
    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("genre"), max_length=12, choices=BlockKind)
    data = models.JSONField(_("contenu"), default=dict)

    class Meta:
        verbose_name = _("bloc")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="courses_block_position",
            ),
            models.UniqueConstraint(fields=["lesson", "key"], name="courses_block_key"),
            models.CheckConstraint(
                condition=Q(kind__in=BlockKind.values), name="courses_block_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}"


class Question(TimestampedModel):
    """One question of a quiz block's bank."""

    block = models.ForeignKey(
        Block, verbose_name=_("questionnaire"), on_delete=models.CASCADE, related_name="questions"
    )
    uuid = models.UUIDField(_("identifiant"), unique=True, editable=False)
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("genre"), max_length=12, choices=QuestionKind)
    prompt = models.TextField(_("énoncé"))
    data = models.JSONField(_("réponses"), default=dict)

    class Meta:
        verbose_name = _("question")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["block", "position"],
                deferrable=models.Deferrable.DEFERRED,
                name="courses_question_position",
            ),
            models.UniqueConstraint(fields=["block", "key"], name="courses_question_key"),
            models.CheckConstraint(
                condition=Q(kind__in=QuestionKind.values), name="courses_question_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.prompt[:80]

    @property
    def bank_uuid(self) -> str:
        """The question of the bank that this one is a copy of; empty without one."""
        return str(self.data.get("bank", "")).partition("/")[0]

    @property
    def bank_number(self) -> str:
        """The version of that question."""
        return str(self.data.get("bank", "")).partition("/")[2]


class Asset(TimestampedModel):
    """A media file of a course. Bytes are stored once for each content, named by their hash."""

    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.CASCADE, related_name="assets"
    )
    name = models.CharField(_("nom de fichier"), max_length=120)
    file = models.FileField(_("fichier"), max_length=200)
    sha256 = models.CharField(_("empreinte"), max_length=64, db_index=True)
    content_type = models.CharField(_("type"), max_length=80)
    size = models.PositiveBigIntegerField(_("taille (octets)"))
    width = models.PositiveIntegerField(_("largeur"), null=True, blank=True)
    height = models.PositiveIntegerField(_("hauteur"), null=True, blank=True)
    # How long a sound or a film lasts, as its file says; unknown for the rest.
    seconds = models.PositiveIntegerField(_("durée (s)"), null=True, blank=True)
    # Of captions (courses.captions.Cue); unknown for those kept before they were measured.
    cues = models.JSONField(_("répliques"), null=True, blank=True)
    # The greatest contrast in a picture; unknown for the rest, and for pictures kept long ago.
    contrast = models.FloatField(_("contraste"), null=True, blank=True)
    # What was recognised in the archive of an interactive module (documents.PackageDoc).
    package = models.JSONField(_("module interactif"), null=True, blank=True)

    class Meta:
        verbose_name = _("média")
        verbose_name_plural = _("médias")
        constraints = [
            models.UniqueConstraint(fields=["course", "name"], name="courses_asset_name"),
        ]

    def __str__(self) -> str:
        return self.name
