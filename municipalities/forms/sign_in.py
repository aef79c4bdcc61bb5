"""Input about domains, and about the keys of Microsoft and Google."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.actions.sign_in import POSTMASTERS, Key
from municipalities.enums import ProviderKind

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


class DomainForm(forms.Form):
    """A domain, and the letter box whose reader proves it."""

    domain = forms.CharField(
        label=_("Domaine"),
        max_length=120,
        help_text=_("Ce qui suit le @ de vos adresses, par exemple ville.quebec."),
        error_messages={"required": _("Écrivez le domaine.")},
    )
    box = forms.ChoiceField(
        label=_("Envoyer le code à"), choices=[(box, f"{box}@…") for box in POSTMASTERS]
    )

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().rpartition("@")[2]
        if not DOMAIN.fullmatch(domain):
            raise forms.ValidationError(_("Écrivez un domaine, par exemple ville.quebec."))
        return domain


class DomainCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code reçu"),
        max_length=20,
        error_messages={"required": _("Écrivez le code.")},
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


class ProviderForm(forms.Form):
    """The key of an application registered at Microsoft or Google. The secret is never shown."""

    tenant = forms.CharField(
        label=_("ID de l’annuaire (locataire)"),
        max_length=36,
        help_text=_("Dans Entra : Inscriptions d’applications, page Vue d’ensemble."),
        error_messages={"required": _("Collez l’ID de l’annuaire.")},
    )
    client_id = forms.CharField(
        label=_("ID de l’application (client)"),
        max_length=200,
        error_messages={"required": _("Collez l’ID de l’application.")},
    )
    secret = forms.CharField(
        label=_("Secret de l’application"),
        max_length=300,
        required=False,
        help_text=_("Laissé vide, celui qui est enregistré reste."),
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    offered = forms.BooleanField(
        label=_("Le proposer à la connexion"),
        required=False,
        help_text=_("Retiré, il n’ouvre plus rien : qui est entré par là se connecte autrement."),
    )

    def __init__(self, *args: object, kind: ProviderKind, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.kind = kind
        if kind == ProviderKind.GOOGLE:
            del self.fields["tenant"]

    def clean_tenant(self) -> str:
        tenant: str = self.cleaned_data["tenant"].strip().lower()
        if not GUID.fullmatch(tenant):
            raise forms.ValidationError(
                _("L’ID a la forme 8 caractères, trois fois 4, puis 12, avec des tirets.")
            )
        return tenant

    def key(self) -> Key:
        typed = self.cleaned_data
        return Key(
            kind=self.kind,
            tenant=typed.get("tenant", ""),
            client_id=typed["client_id"].strip(),
            secret=typed["secret"].strip(),
            offered=typed["offered"],
        )
