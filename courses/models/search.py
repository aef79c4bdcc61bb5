"""What a search reads of the courses in force."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.drafts import Course


class SearchEntry(models.Model):
    """One course, or one of its lessons, as words: written when a version comes into force."""

    course = models.ForeignKey(
        Course, verbose_name=_("cours"), on_delete=models.CASCADE, related_name="search_entries"
    )
    # Empty for the course itself.
    lesson = models.UUIDField(_("leçon"), null=True, blank=True)
    key = models.SlugField(_("clé"), max_length=80, blank=True)
    title = models.TextField(_("titre"))
    text = models.TextField(_("texte"))
    words = SearchVectorField(_("mots"))

    class Meta:
        verbose_name = _("texte cherché")
        verbose_name_plural = _("textes cherchés")
        constraints = [
            models.UniqueConstraint(
                fields=["course", "lesson"],
                nulls_distinct=False,
                name="courses_searched_once",
            ),
        ]
        indexes = [GinIndex(fields=["words"], name="courses_search_words")]

    def __str__(self) -> str:
        return self.title
