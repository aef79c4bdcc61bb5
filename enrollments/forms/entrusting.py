"""Giving municipalities to a coach."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from enrollments.permissions import coaches
from municipalities.models import Organisation, OrganisationQuerySet


class EntrustForm(forms.Form):
    """Some municipalities of a list, or all of it, and the coach who takes them.

    The button « nobody » takes them back from whoever has them.
    """

    # What the list counted when it was shown: a list that changed is looked at again.
    shown = forms.IntegerField(widget=forms.HiddenInput)
    coach = forms.ModelChoiceField(
        label=_("Confier à"),
        queryset=User.objects.none(),
        empty_label=_("Choisissez"),
        error_messages={
            "required": _("Choisissez à qui les confier."),
            "invalid_choice": _("Cette personne n’accompagne plus de municipalités."),
        },
    )
    every = forms.BooleanField(required=False)
    towns = forms.ModelMultipleChoiceField(
        queryset=Organisation.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": _("La liste a changé : cochez de nouveau."),
            "invalid_pk_value": _("La liste a changé : cochez de nouveau."),
        },
    )

    def __init__(self, data: Any = None, *, rows: OrganisationQuerySet) -> None:
        super().__init__(data, initial={"shown": rows.count()})
        self.rows = rows
        self.fields["towns"].queryset = rows  # type: ignore[attr-defined]
        self.fields["coach"].queryset = coaches()  # type: ignore[attr-defined]
        self.fields["coach"].required = data is None or "nobody" not in data

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("every") and said.get("shown") != self.rows.count():
            self.add_error("towns", _("La liste a changé : regardez-la, puis recommencez."))
        elif not said.get("every") and not said.get("towns") and "towns" not in self.errors:
            self.add_error("towns", _("Cochez au moins une municipalité."))
        return said

    def keys(self) -> list[int]:
        """Of the municipalities that were meant."""
        rows = self.rows if self.cleaned_data["every"] else self.cleaned_data["towns"]
        return list(rows.values_list("pk", flat=True))
