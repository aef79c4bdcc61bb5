"""Input of the pages about who answers for an organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.actions.claims import Claimant
from municipalities.actions.invitations import Guest
from municipalities.enums import Public

CODE = "code"
PEOPLE = "people"


class ClaimForm(forms.Form):
    """Who asks; an account that is signed in is not asked for its name and address again."""

    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "given-name"}),
        error_messages={"required": _("Écrivez votre prénom.")},
    )
    last_name = forms.CharField(
        label=_("Nom"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "family-name"}),
        error_messages={"required": _("Écrivez votre nom.")},
    )
    email = forms.EmailField(
        label=_("Votre courriel à vous"),
        help_text=_("C’est là que vous recevrez un code chaque fois que vous vous connecterez."),
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez votre adresse courriel."),
            "invalid": _("Écrivez l’adresse au complet, par exemple prenom.nom@ville.qc.ca."),
        },
    )
    function = forms.CharField(
        label=_("Fonction"),
        max_length=120,
        required=False,
        help_text=_("Par exemple : directrice générale et greffière-trésorière."),
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    message = forms.CharField(
        label=_("Un mot pour la personne qui validera"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, by_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_code:
            del self.fields["message"]

    def claimant(self) -> Claimant:
        return Claimant(**self.cleaned_data)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code de la lettre"),
        max_length=20,
        help_text=_("Huit caractères, par exemple K7RT-2MXA."),
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        error_messages={"required": _("Écrivez le code de la lettre.")},
    )


class ResponsibleForm(forms.Form):
    """A colleague who will answer with us, or in our place until a day."""

    full_name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Courriel"),
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez l’adresse courriel de cette personne.")},
    )
    until = forms.DateField(
        label=_("Jusqu’au"),
        required=False,
        help_text=_("Pour un remplacement. Laissez vide si la personne reste."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def guest(self) -> Guest:
        first, _space, last = self.cleaned_data["full_name"].partition(" ")
        return Guest(
            email=self.cleaned_data["email"],
            first_name=first,
            last_name=last.strip(),
            public=Public.MANAGER,
            as_responsible=True,
            until=self.cleaned_data["until"],
        )


class AnswerForm(forms.Form):
    """The yes, once the town hall was called at the number of the registry; or the no."""

    verified = forms.BooleanField(
        label=_(
            "J’ai appelé la municipalité à son numéro officiel : cette personne parle pour elle."
        ),
        required=False,
    )
    reason = forms.CharField(
        label=_("Motif du refus, qui sera écrit à la personne"), max_length=400, required=False
    )

    @property
    def says_yes(self) -> bool:
        return self.data.get("reponse") == "accepter"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.data.get("reponse") not in ("accepter", "refuser"):
            raise forms.ValidationError(_("Acceptez la demande, ou refusez-la."))
        if self.says_yes and not cleaned.get("verified"):
            self.add_error(
                "verified",
                _("Appelez d’abord, puis cochez : la lettre donne accès à des dossiers."),
            )
        return cleaned


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Motif"), max_length=400, required=False)
