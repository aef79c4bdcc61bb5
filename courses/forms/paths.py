"""Forms of parcours and their steps."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundWidget
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


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes of one module or of one course, shut until one of them is ticked."""

    title: str
    boxes: list[BoundWidget]

    @property
    def ticked(self) -> int:
        return sum(bool(each.data["selected"]) for each in self.boxes)


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
        self._modules = {
            each.title: {each.key, *(lesson.key for lesson in each.lessons.all())}
            for each in modules
        }
        self.fields["modules"] = _several(
            label=_("Modules de l’étape"),
            choices=self._with_lost(
                "modules",
                [(each.key, gettext("Tout le module « %s »") % each.title) for each in modules],
            ),
            help_text=_("Rien de coché, ici ni plus bas : l’étape est le cours entier."),
        )
        self.fields["lessons"] = _several(
            label=_("Leçons de l’étape, en plus de ces modules"),
            choices=self._with_lost(
                "lessons",
                [
                    (lesson.key, lesson.title)
                    for module in modules
                    for lesson in module.lessons.all()
                ],
            ),
        )
        others = Course.objects.order_by("code").prefetch_related("modules")
        self._courses = {each.code: str(each) for each in others}
        choices: list[tuple[str, str]] = []
        for each in others:
            choices += [(each.code, gettext("Le cours entier"))] if each != course else []
            choices += [(f"{each.code}/{one.key}", one.title) for one in each.modules.all()]
        self.fields["equivalents"] = _several(
            label=_("Équivalences"),
            choices=choices,
            help_text=_("Qui a terminé un de ces cours, ou un de ces modules, a franchi l’étape."),
        )

    def parts(self) -> list[Boxes]:
        """The boxes of each module, itself first; then those of what the draft no longer has."""
        boxes = [*self["modules"], *self["lessons"]]
        found = [
            Boxes(title, [each for each in boxes if each.data["value"] in keys])
            for title, keys in self._modules.items()
        ]
        known = {each.data["value"] for group in found for each in group.boxes}
        lost = [each for each in boxes if each.data["value"] not in known]
        return [
            *found,
            *([Boxes(gettext("Parties retirées du cours"), lost)] if lost else []),
        ]

    def courses(self) -> list[Boxes]:
        """The boxes of equivalences, course by course."""
        found: dict[str, list[BoundWidget]] = {}
        for each in self["equivalents"]:
            found.setdefault(str(each.data["value"]).partition("/")[0], []).append(each)
        return [Boxes(self._courses[code], boxes) for code, boxes in found.items()]

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
