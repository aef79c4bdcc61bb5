from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User, read_handle


class AddressForm(forms.Form):
    """The address of the other account."""

    email = forms.EmailField(
        label=_("Adresse de l’autre compte"),
        error_messages={
            "required": _("Écrivez l’adresse de l’autre compte."),
            "invalid": _("Écrivez une adresse courriel complète, comme nom@exemple.ca."),
        },
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    """What the letter says."""

    code = forms.CharField(
        label=_("Code reçu à l’autre adresse"),
        max_length=20,
        error_messages={"required": _("Écrivez le code de la lettre.")},
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


class AccountField(forms.CharField):
    """A person, by the address or the handle that opens their account."""

    def clean(self, value: str) -> User:
        typed = read_handle(super().clean(value))
        found = (
            User.objects.filter(email=typed).first() or User.objects.filter(handle=typed).first()
        )
        if found is None:
            raise forms.ValidationError(_("Aucun compte ne s’ouvre avec cela."))
        return found


class DecisionForm(forms.ModelForm):
    """ATN decides that two accounts are one person's; the page that follows shows both."""

    kept_account = AccountField(
        label=_("Compte à garder"), help_text=_("Son adresse courriel ou son identifiant.")
    )
    absorbed_account = AccountField(
        label=_("Compte à lui réunir"), help_text=_("Il n’ouvrira plus; son contenu suit.")
    )

    class Meta:
        fields = ("reason",)
        help_texts = {"reason": _("Comment vous savez que les deux sont la même personne.")}

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if "reason" in self.fields:
            self.fields["reason"].required = True
