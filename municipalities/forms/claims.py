"""Input of the pages about who answers for an organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
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

    def __init__(self, *args: Any, by_code: bool, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = user and {
            "first_name": user.first_name, "last_name": user.last_name, "email": user.email
        }  # fmt: skip
        self.known = {name: said for name, said in (known or {}).items() if said}
        for name in [*self.known, *(["message"] if by_code else [])]:
            del self.fields[name]

    def claimant(self) -> Claimant:
        return Claimant(**self.known, **self.cleaned_data)


def _code(kept: str) -> forms.CharField:
    return forms.CharField(
        label=_("Code reçu à %s") % kept,
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
    )


class CodesForm(forms.Form):
    """The code of the official box, and the claimant's own while it is asked; one will do."""

    def __init__(self, *args: Any, own: str, official: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own:
            self.fields["own"] = _code(own)
            self.fields["own"].help_text = _("Il arrive en une minute : huit caractères.")
        self.fields["code"] = _code(official)
        self.fields["code"].help_text = _(
            "C’est l’adresse officielle de l’organisation : huit caractères, comme K7RT-2MXA."
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(cleaned.values()) and not self.errors:
            self.add_error(next(iter(self.fields)), _("Écrivez le code de la lettre."))
        return cleaned


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


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi? Le motif est écrit aux personnes et au journal."),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Écrivez le motif : les personnes le liront.")},
    )
