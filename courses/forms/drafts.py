"""Forms of the Atelier: one object each. What was typed becomes `changes()`; actions save."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from courses.enums import BlockKind, LessonKind, Mode, QuestionKind, Topic
from courses.forms.fields import GoalsField, LinesField, ProseField
from municipalities.enums import Public


class NodeForm(forms.Form):
    """Base of the forms that edit an object: `seen` is the revision its author started from."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        """Values to save, without what serves the form only."""
        files = {name for name, field in self.fields.items() if isinstance(field, forms.FileField)}
        return {k: v for k, v in self.cleaned_data.items() if k != "seen" and k not in files}

    def uploads(self) -> dict[str, tuple[str, bytes]]:
        """Files just chosen, by the name of the field that shall hold their name."""
        return {
            name.removeprefix("new_"): (str(file.name), file.read())
            for name, file in self.cleaned_data.items()
            if isinstance(file, UploadedFile)
        }


class CourseForm(NodeForm):
    title = forms.CharField(label=_("Titre"), max_length=160)
    summary = ProseField(label=_("Résumé"), rows=3, help_text=_("Une ou deux phrases."))
    objectives = LinesField(label=_("Objectifs"), rows=5, help_text=_("Un objectif par ligne."))
    topic = forms.ChoiceField(label=_("Thème"), choices=Topic)
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode)
    publics = forms.MultipleChoiceField(
        label=_("Publics"),
        choices=Public,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    competencies = GoalsField(
        label=_("Compétences visées"),
        rows=3,
        help_text=_("Une compétence et le niveau atteint par ligne, par exemple A1-2."),
    )
    pass_mark = forms.IntegerField(
        label=_("Seuil de réussite (%)"), min_value=1, max_value=100, localize=False
    )
    gives_uec = forms.BooleanField(label=_("Admissible aux UEC"), required=False)

    def changes(self) -> dict[str, Any]:
        changed = super().changes()
        return {**changed, "objectives": "\n".join(changed["objectives"])}


class ModuleForm(NodeForm):
    title = forms.CharField(label=_("Titre du module"), max_length=160)


class LessonForm(NodeForm):
    title = forms.CharField(
        label=_("Titre"),
        max_length=160,
        help_text=_("Une action que la personne saura faire. Idéalement moins de 60 caractères."),
    )
    kind = forms.ChoiceField(label=_("Genre"), choices=LessonKind)
    minutes = forms.IntegerField(
        label=_("Durée (minutes)"), min_value=0, max_value=2400, localize=False
    )
    objective = forms.CharField(label=_("Objectif"), max_length=300, required=False)
    is_required = forms.BooleanField(
        label=_("Obligatoire"),
        required=False,
        help_text=_("Une étape facultative ne compte pas pour terminer le cours."),
    )


class CodeField(forms.CharField):
    """The code of a new course; small letters are taken for capitals."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Code"),
            max_length=20,
            help_text=_("Trois lettres, un tiret, trois chiffres : CYB-101. Il ne change jamais."),
            validators=[
                RegexValidator(r"^[A-Z]{2,6}-\d{1,4}$", _("Écrivez par exemple CYB-101."))
            ],
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value) or "").upper()


class NewCourseForm(forms.Form):
    code = CodeField()
    title = forms.CharField(label=_("Titre"), max_length=160)
    topic = forms.ChoiceField(label=_("Thème"), choices=Topic)
    mode = forms.ChoiceField(label=_("Mode"), choices=Mode)


class NewModuleForm(forms.Form):
    title = forms.CharField(label=_("Titre du module"), max_length=160)


class NewLessonForm(forms.Form):
    title = forms.CharField(label=_("Titre"), max_length=160)
    kind = forms.ChoiceField(label=_("Genre"), choices=LessonKind)


class NewBlockForm(forms.Form):
    kind = forms.ChoiceField(label=_("Genre de bloc"), choices=BlockKind)


class NewQuestionForm(forms.Form):
    kind = forms.ChoiceField(label=_("Genre de question"), choices=QuestionKind)
