"""Input of whoever read a poster."""

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.actions.joining import Reader
from municipalities.forms import PUBLICS


class JoinForm(forms.Form):
    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez votre prénom.")},
    )
    last_name = forms.CharField(
        label=_("Nom"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez votre nom.")},
    )
    public = forms.ChoiceField(
        label=_("Dans cette organisation, vous êtes"),
        choices=PUBLICS,
        error_messages={"required": _("Choisissez ce qui vous décrit le mieux.")},
        widget=forms.RadioSelect,
    )
    function = forms.CharField(label=_("Fonction"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("Courriel, si vous en avez un"),
        required=False,
        help_text=_("Sans courriel, la personne responsable vous donnera une carte."),
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={
            "invalid": _("Écrivez l’adresse au complet, par exemple prenom.nom@ville.qc.ca.")
        },
    )

    def reader(self) -> Reader:
        return Reader(**self.cleaned_data)
