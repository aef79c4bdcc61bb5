"""Forms of the bank of questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import QuestionKind
from courses.forms.fields import LinesField
from courses.forms.questions import FORMS, QuestionForm
from courses.models import BankQuestion

LONGEST_TAG = 80
FORMATS = [("gift", "GIFT"), ("moodle-xml", "Moodle XML"), ("qti", "QTI (2.1, 2.2, 3.0)")]


class FilterForm(forms.Form):
    """What narrows the list; unknown values narrow nothing."""

    q = forms.CharField(label=_("Mots"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Genre"), required=False)
    tag = forms.ChoiceField(label=_("Étiquette"), required=False)

    def __init__(self, *args: Any, tags: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Genre"), choices=[("", _("tous")), *QuestionKind.choices], required=False
        )
        self.fields["tag"] = forms.ChoiceField(
            label=_("Étiquette"),
            choices=[("", _("toutes")), *((each, each) for each in tags)],
            required=False,
        )

    def found(self) -> dict[str, str]:
        """The filters, as courses.queries.bank takes them."""
        self.is_valid()
        cleaned = self.cleaned_data
        return {
            "words": cleaned.get("q", ""),
            "kind": cleaned.get("kind", ""),
            "tag": cleaned.get("tag", ""),
        }


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("Format"), choices=FORMATS)
    file = forms.FileField(label=_("Fichier"), help_text=_("20 Mo au plus."))


class TakeForm(forms.Form):
    draw = forms.IntegerField(
        label=_("Questions tirées à chaque essai"),
        min_value=1,
        max_value=500,
        required=False,
        localize=False,
        help_text=_("Parmi toutes celles de l’exercice. Vide : le tirage ne change pas."),
    )


def bank_form(question: BankQuestion, data: Any = None, files: Any = None) -> QuestionForm:
    """The form of the question's kind, with its title and tags first; its picture is its own."""
    feedback = question.data.get("feedback") or {}
    initial = {
        **question.data, **feedback, "prompt": question.prompt, "title": question.title,
        "tags": question.tags, "seen": question.content_hash,
    }  # fmt: skip
    form = FORMS[question.kind](data, files, pictures=[], initial=initial)
    del form.fields["image"]
    form.fields["new_image"].label = _("Image")
    if question.data.get("image") and question.kind != QuestionKind.HOTSPOT:
        form.fields["without_image"] = forms.BooleanField(
            label=_("Retirer l’image"), required=False
        )
        form.order_fields(["seen", "prompt", "new_image", "without_image"])
    # What an answer proves is said in each course.
    del form.fields["competencies"]
    form.fields = {
        "title": forms.CharField(label=_("Titre"), max_length=160),
        "tags": TagsField(
            label=_("Étiquettes"), rows=3, help_text=_("Une par ligne, pour retrouver et tirer.")
        ),
        **form.fields,
    }
    return form


class TagsField(LinesField):
    def clean(self, value: Any) -> Any:
        tags = list(dict.fromkeys(super().clean(value)))
        if any(len(each) > LONGEST_TAG for each in tags):
            raise forms.ValidationError(_("Une étiquette compte au plus 80 caractères."))
        return tags
