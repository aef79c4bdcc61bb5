"""What is printed on cards, beside what belongs to each person."""

from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _


class CardsForm(forms.Form):
    """`printing` names the gesture: the same page sent twice prints the same cards."""

    printing = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    phone = forms.CharField(
        label=_("Numéro à appeler"),
        required=False,
        max_length=40,
        help_text=_("Imprimé sur chaque carte à côté de votre nom; vide si vous préférez."),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
    )

    @property
    def gesture(self) -> UUID:
        found: UUID = self.cleaned_data["printing"]
        return found
