from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    CYBERSECURITY = "cybersecurity", _("cybersécurité")
    INFORMATION = "information", _("sécurité de l'information")
    DIGITAL = "digital", _("numérique")
    SMART_CITY = "smart-city", _("ville intelligente")


class Gesture(models.TextChoices):
    """What an author does to the outline of a draft."""

    ADDED = "added", _("ajout")
    MOVED = "moved", _("déplacement")
    COPIED = "copied", _("copie")
    REMOVED = "removed", _("suppression")
    RESTORED = "restored", _("retour")


class Mode(models.TextChoices):
    """How a course is followed."""

    SELF_PACED = "self-paced", _("formation autonome")
    VIRTUAL = "virtual", _("classe virtuelle")
    IN_PERSON = "in-person", _("en présence")
    HYBRID = "hybrid", _("hybride")
    COACHING = "coaching", _("accompagnement")


class LessonKind(models.TextChoices):
    LESSON = "lesson", _("leçon")
    # A live meeting: completed by attending one of its sessions.
    MEETING = "meeting", _("rencontre")
    # The final questionnaire: completed by reaching the course's pass mark.
    EXAM = "exam", _("questionnaire final")


class BlockKind(models.TextChoices):
    TEXT = "text", _("texte")
    CALLOUT = "callout", _("encadré")
    IMAGE = "image", _("image")
    ZONES = "zones", _("image à explorer")
    VIDEO = "video", _("vidéo")
    AUDIO = "audio", _("enregistrement sonore")
    FILE = "file", _("fichier")
    STEPS = "steps", _("étapes")
    TABLE = "table", _("tableau")
    MESSAGE = "message", _("message annoté")
    REFLECTION = "reflection", _("réflexion")
    PLEDGE = "pledge", _("geste à poser chez nous")
    SCENARIO = "scenario", _("scénario")
    PACKAGE = "package", _("module interactif")
    QUIZ = "quiz", _("questionnaire")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("une réponse")
    MULTIPLE = "multiple", _("plusieurs réponses")
    TRUE_FALSE = "true-false", _("vrai ou faux")
    ORDERING = "ordering", _("mise en ordre")
    MATCHING = "matching", _("appariement")
    SHORT = "short", _("réponse courte")
    NUMERIC = "numeric", _("nombre")
    CLOZE = "cloze", _("texte à trous")
    HOTSPOT = "hot-spot", _("zones d’une image")
    CLASSIFYING = "classifying", _("classement par catégories")


class Level(models.IntegerChoices):
    """How far somebody masters a competency."""

    DISCOVER = 1, _("découvrir")
    APPLY = 2, _("appliquer")
    ADAPT = 3, _("adapter")
    GUIDE = 4, _("accompagner les autres")


class PathOrder(models.TextChoices):
    """What the order of a parcours is worth."""

    ADVISED = "advised", _("conseillé")
    REQUIRED = "required", _("obligatoire")


class SessionMode(models.TextChoices):
    IN_PERSON = "in-person", _("en présence")
    VIRTUAL = "virtual", _("en ligne")
    BOTH = "both", _("en présence et en ligne")


class SessionStatus(models.TextChoices):
    SCHEDULED = "scheduled", _("prévue")
    CANCELLED = "cancelled", _("annulée")


class ReviewState(models.TextChoices):
    """Of the reading of a draft by a second person."""

    ASKED = "asked", _("demandée")
    APPROVED = "approved", _("approuvée")
    RETURNED = "returned", _("renvoyée avec des remarques")
    REPLACED = "replaced", _("remplacée par une autre")
