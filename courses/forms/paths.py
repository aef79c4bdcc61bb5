"""Forms of parcours and their steps."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Path
from municipalities.enums import Public


class PathForm(forms.ModelForm):
    """The words of a parcours, in the stock administration."""

    publics = forms.MultipleChoiceField(
        label=_("Publics"), choices=Public, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Path
        fields = ("code", "title", "summary", "publics", "order", "weeks", "position")
        help_texts: ClassVar = {
            "order": _("Obligatoire : un cours s’ouvre quand l’étape d’avant est franchie."),
            "weeks": _("Un rythme à proposer, rien de plus. Vide : aucun n’est proposé."),
        }


class NewStepForm(forms.Form):
    course = forms.ModelChoiceField(
        label=_("Cours à ajouter"), queryset=Course.objects.order_by("code")
    )


class StepForm(forms.Form):
    choice_group = forms.CharField(
        label=_("Groupe au choix"),
        max_length=20,
        required=False,
        help_text=_("Les étapes du même groupe se valent : on en suit une parmi elles."),
    )
    note = forms.CharField(
        label=_("Précision"),
        max_length=200,
        required=False,
        help_text=_("Pourquoi cette étape, en quelques mots."),
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        modules = list(course.modules.prefetch_related("lessons"))
        self.fields["modules"] = _several(
            label=_("Modules de l’étape"),
            choices=self._with_lost("modules", [(each.key, each.title) for each in modules]),
            help_text=_("Rien de coché, ici ni plus bas : l’étape est le cours entier."),
        )
        self.fields["lessons"] = _several(
            label=_("Leçons de l’étape, en plus de ces modules"),
            choices=self._with_lost(
                "lessons",
                [
                    (lesson.key, f"{module.title} · {lesson.title}")
                    for module in modules
                    for lesson in module.lessons.all()
                ],
            ),
        )
        others = Course.objects.order_by("code").prefetch_related("modules")
        whole = [(each.code, str(each)) for each in others if each != course]
        parts = [
            (f"{each.code}/{module.key}", f"{each.code} · {module.title}")
            for each in others
            for module in each.modules.all()
        ]
        self.fields["equivalents"] = _several(
            label=_("Équivalences"),
            choices=[(_("Cours entiers"), whole), (_("Modules"), parts)],
            help_text=_("Qui a terminé un de ces cours, ou un de ces modules, a franchi l’étape."),
        )

    def _with_lost(self, name: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Parts that the step asks for and the draft no longer has stay, ticked, with the others.

        Left out, they would not be sent, and a step without a part is the whole course.
        """
        known = dict(choices)
        lost = [key for key in self.initial.get(name, ()) if key not in known]
        return choices + [
            (key, gettext("« %s », qui n’est plus dans le cours") % key) for key in lost
        ]


def _several(**said: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, **said)
