from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.drafts import Course

# The kind of a revision that tells a change of the outline, under what holds the object.
OUTLINE = "outline"


class DraftRevision(models.Model):
    """What one object of a draft said at a moment: the course itself, a module, a lesson, a block
    or a question. Or, of the kind OUTLINE, what was added to it, moved in it or removed from it
    (courses.actions.changes).

    By its identity rather than by a key: an object removed, or read again from its folder, keeps
    its past. Its author is nobody when the words came by another way than the Atelier's forms.
    """

    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.CASCADE, related_name="revisions"
    )
    node = models.UUIDField(_("objet"))
    number = models.PositiveIntegerField(_("numéro"))
    # Of a block or a question, its own kind, which a folder read again may change under the same
    # identity; of the others, which they are. Empty when it was kept before kinds were.
    kind = models.CharField(_("genre"), max_length=12, blank=True)
    said = models.JSONField(_("contenu"))
    # Of `said`: what forms carry to say what their author started from.
    fingerprint = models.CharField(_("empreinte"), max_length=16)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("enregistrée par"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    begun_at = models.DateTimeField(_("commencée le"))
    saved_at = models.DateTimeField(_("enregistrée le"))
    # Saved while its author typed: the next such saving, soon after, goes on with it.
    is_open = models.BooleanField(_("en cours d’écriture"), default=False)

    class Meta:
        verbose_name = _("révision de brouillon")
        verbose_name_plural = _("révisions de brouillons")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["node", "number"], name="courses_revision_number"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.node} r{self.number}"
