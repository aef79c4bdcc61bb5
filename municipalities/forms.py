"""Input of the territory's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.core import french
from municipalities.models import Organisation


class SuccessorForm(forms.Form):
    """Which municipality takes over those that vanished, and from which day."""

    successor = forms.CharField(
        label=_("Municipalité qui succède"),
        help_text=_("Son code géographique (cinq chiffres) ou son nom complet."),
        max_length=160,
    )
    on = forms.DateField(
        label=_("Date du regroupement"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean_successor(self) -> Organisation:
        """The one active municipality of that code or name."""
        typed = self.cleaned_data["successor"]
        active = Organisation.objects.municipalities().active()
        found = list(active.filter(code=typed.strip()))
        found = found or list(active.filter(sort_key=french.sort_key(typed))[:5])
        if not found:
            raise forms.ValidationError(
                _("Aucune municipalité en activité ne porte ce code ou ce nom.")
            )
        if len(found) > 1:
            codes = ", ".join(f"{place.official_name} ({place.code})" for place in found)
            raise forms.ValidationError(
                _("Plusieurs municipalités portent ce nom : %(codes)s. Entrez le code."),
                params={"codes": codes},
            )
        return found[0]
