"""What is asked of those who look after a course."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from courses.forms.drafts import CodeField
from courses.models import Course
from courses.permissions import authors


class CareForm(forms.Form):
    owner = forms.ModelChoiceField(
        label=_("Responsable du contenu"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("personne encore"),
        help_text=_("Cette personne reçoit un rappel 30 jours avant la date, puis le jour même."),
    )
    review_on = forms.DateField(
        label=_("À revoir le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Au plus tard à cette date, le contenu est relu; par exemple 2027-06-30."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = authors()  # type: ignore[attr-defined]


class WithdrawForm(forms.Form):
    successor = forms.ModelChoiceField(
        label=_("Remplacé par"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=_("aucun cours"),
        help_text=_("La page du cours retiré y mènera."),
    )

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Course.objects.published().exclude(pk=course.pk).order_by("code")
        self.fields["successor"].queryset = offered  # type: ignore[attr-defined]


class CopyForm(forms.Form):
    code = CodeField()
    title = forms.CharField(label=_("Titre"), max_length=160)
