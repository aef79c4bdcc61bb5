"""What a person types about a parcours."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RecognitionForm(forms.Form):
    """A training followed elsewhere, in place of a course."""

    title = forms.CharField(
        label=_("Formation suivie"),
        max_length=160,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez le nom de la formation.")},
    )
    organiser = forms.CharField(
        label=_("Organisme"),
        max_length=160,
        help_text=_("Qui l’a donnée : une université, une association, une entreprise."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez qui a donné la formation.")},
    )
    done_on = forms.DateField(
        label=_("Terminée le"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Écrivez le jour où vous avez terminé."),
            "invalid": _("Écrivez le jour comme 2026-10-05."),
        },
    )

    def declared(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
