"""What people type on the help page."""

import re
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from atn_platform.portal.actions import Wish
from atn_platform.portal.enums import Moment

DIGITS = range(10, 21)
PHONE = _("Écrivez le numéro avec l’indicatif régional, par exemple 418 555-0123.")


class CallBackForm(forms.Form):
    uuid = forms.UUIDField(widget=forms.HiddenInput)
    page = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Votre nom"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Écrivez votre nom.")},
    )
    phone = forms.CharField(
        label=_("Votre téléphone"),
        max_length=40,
        help_text=_("Avec l’indicatif régional, et le poste s’il y en a un."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": PHONE},
    )
    moment = forms.TypedChoiceField(
        label=_("Le meilleur moment"), choices=Moment.choices, coerce=Moment, initial=Moment.ANY
    )
    about = forms.CharField(
        label=_("De quoi s’agit-il? (facultatif)"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    @classmethod
    def blank(cls, person: User | None, page: str) -> "CallBackForm":
        """The form before anything is typed; nobody writes a name that we know."""
        name = person.get_full_name() if person else ""
        return cls(initial={"uuid": uuid4(), "page": page, "name": name})

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if len(re.sub(r"\D", "", phone)) not in DIGITS:
            raise ValidationError(
                gettext("Écrivez le numéro avec l’indicatif régional, par exemple 418 555-0123.")
            )
        return phone

    def wish(self) -> Wish:
        return Wish(**self.cleaned_data)
