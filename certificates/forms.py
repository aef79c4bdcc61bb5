"""What strangers type to check a certificate, and ATN to end or replace one."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.enums import CHOSEN_REASONS, RevocationReason
from certificates.numbers import Fault, fault_of, tidy_code

SENTENCES = {
    Fault.NUMBER: gettext_lazy(
        "C’est le numéro de l’attestation. Le code de vérification est imprimé plus bas, près "
        "du code QR : quatre groupes de quatre caractères."
    ),
    Fault.LENGTH: gettext_lazy("Un code de vérification compte 16 caractères."),
    Fault.CHECK: gettext_lazy(
        "Ce code contient une faute de frappe : un de ses caractères ne s’accorde pas avec les "
        "autres. Comparez-le à l’attestation."
    ),
}


class VerifyForm(forms.Form):
    """A code, or the address that holds it, however it is typed."""

    code = forms.CharField(
        label=gettext_lazy("Code ou adresse de vérification"),
        help_text=gettext_lazy(
            "Par exemple : 7K4M-9TQX-2HBP-W3CD. Les espaces et les minuscules comptent peu."
        ),
        max_length=300,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": gettext_lazy("Entrez le code imprimé près du code QR."),
            "max_length": SENTENCES[Fault.LENGTH],
        },
    )

    def clean_code(self) -> str:
        """The code as it is written on certificates."""
        typed: str = self.cleaned_data["code"]
        if fault := fault_of(typed):
            raise forms.ValidationError(SENTENCES[fault], code=fault.value)
        return tidy_code(typed)

    def say_unknown(self) -> None:
        """The code is well made, and nobody's."""
        self.add_error("code", _("Aucune attestation ne porte ce code. Recopiez-le en entier."))


class NameForm(forms.Form):
    """The name read on the paper, when the page no longer shows it."""

    name = forms.CharField(
        label=gettext_lazy("Nom écrit sur l’attestation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Écrivez le nom tel que vous le lisez.")},
    )


class NoteField(forms.CharField):
    """Words for the journal, that no public page shows."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Précisions"),
            help_text=gettext_lazy("Pour le journal de l’Académie; jamais montrées au public."),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
        )


class RevokeForm(forms.Form):
    reason = forms.TypedChoiceField(
        label=gettext_lazy("Raison"),
        help_text=gettext_lazy("La page de vérification la montre, avec la date."),
        choices=[("", "—"), *((reason.value, reason.label) for reason in CHOSEN_REASONS)],
        coerce=RevocationReason,
        error_messages={"required": gettext_lazy("Choisissez une raison.")},
    )
    note = NoteField()


class ReissueForm(forms.Form):
    note = NoteField()
