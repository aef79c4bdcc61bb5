"""Input about accounts: names, addresses, and who is meant."""

import re
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.ratelimit import consume
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth as keys
from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Role
from atn_platform.accounts.http import known_device
from atn_platform.accounts.models import HANDLE, User, read_handle
from atn_platform.core.context import is_shared


class NameForm(forms.Form):
    """How a person is called, on their pages and on the attestations to come."""

    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=100,
        error_messages={"required": _("Écrivez votre prénom.")},
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Nom"),
        max_length=100,
        error_messages={"required": _("Écrivez votre nom.")},
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )


class AccountForm(forms.ModelForm):
    """What ATN may correct of an account. No password: people sign in by a code."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email")
        error_messages = {
            "email": {"unique": _("Cette adresse est celle d’une autre personne.")},
        }
        help_texts = {
            "email": _("Le code de connexion part vers cette adresse; vide, personne n’entre."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # What the page showed goes with it, so that `changed_data` is what ATN typed.
            field.show_hidden_initial = True

    def clean_email(self) -> str | None:
        """In lower case, as the database keeps them; none rather than blank."""
        typed = self.cleaned_data["email"]
        return typed.lower() if typed else None


class PersonField(forms.EmailField):
    """A person who has an account, named by an address that opens it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Adresse courriel de la personne"))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> User | None:
        typed = super().clean(value)
        if not typed:
            return None
        found = User.objects.owner_of(typed)
        if found is None or not found.is_active:
            raise forms.ValidationError(_("Aucun compte actif n’a cette adresse."))
        return found


class GrantForm(forms.ModelForm):
    """Give a role to someone."""

    person = PersonField()
    role = forms.ChoiceField(label=_("Rôle"), choices=Role.choices)

    field_order = ("person", "role")


class AddKeyForm(AddWebAuthnForm):
    """allauth's form in words that say what each choice changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nom de la clé")
        alone = self.fields["passwordless"]
        alone.label = _("Me connecter avec cette clé seulement")
        alone.help_text = _(
            "Sans code ni mot de passe. L’appareil vous reconnaît alors par votre visage, "
            "votre doigt ou son code."
        )


class EditKeyForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Nom de la clé")


class ActivateAppForm(ActivateTOTPForm):
    """The same secret from one reading to the next: telephones reload a page that was left.

    Allauth draws another each time; the application then holds one that is no longer asked for.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        session = context.request.session
        kept = session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **kwargs)
        if kept:
            session[SECRET_SESSION_KEY] = self.secret = kept
        code = self.fields["code"]
        code.label = _("Code à six chiffres que montre l’application")
        code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric"}


class FactorForm(AuthenticateForm):
    """The second factor at sign-in."""

    def clean_code(self) -> str:
        return _shown(self)


class FactorAgainForm(ReauthenticateForm):
    """The second factor, to confirm who is there."""

    def clean_code(self) -> str:
        return _shown(self)


def _shown(form: BaseAuthenticateForm) -> str:
    """Count the try, then spend the code. A device of the owner has tries of its own here too.

    Whoever knows a password could otherwise burn the tries of its owner all day.
    """
    user, code = form.user, str(form.cleaned_data["code"])
    names = filter(None, (user.email, user.handle))
    device = next(filter(None, (known_device(context.request, each) for each in names)), None)
    tries = ratelimit.consume(
        context.request,
        app="allauth.mfa",
        action="login_failed_known" if device else "login_failed",
        key=f"factor {user.pk} {device or ''}",
    )
    if not tries:
        raise get_adapter().validation_error("too_many_login_attempts")
    factor = actions.show_factor(user=user, code=code)
    if factor is None:
        raise get_factor_adapter().validation_error("incorrect_code")
    tries.rollback()
    form.authenticator = factor
    return code


class KeyForm(AuthenticateWebAuthnForm):
    """A key at sign-in. It holds nothing to guess, so that no tries of its owner are counted."""

    def clean_credential(self) -> Authenticator:
        return _shown_key(self)


class KeyAgainForm(ReauthenticateWebAuthnForm):
    """A key, to confirm who is there."""

    def clean_credential(self) -> Authenticator:
        return _shown_key(self)


class KeyAloneForm(LoginWebAuthnForm):
    """A key that signs its person in by itself, and says who it is."""

    def clean_credential(self) -> Authenticator:
        return _shown_key(self)


def _shown_key(form: AuthenticateWebAuthnForm) -> Authenticator:
    """As the library checks it, and what it leaves out: that the key counts on."""
    credential = form.cleaned_data["credential"]
    said = keys.parse_authentication_response(credential).response.authenticator_data
    user = form.user or keys.extract_user_from_response(credential)
    factor: Authenticator = keys.complete_authentication(user, credential)
    if not actions.count_signature(factor, count=said.counter):
        raise forms.ValidationError(
            _(
                "Cette clé compte moins d’usages que la dernière fois : elle a peut-être été "
                "copiée. Entrez autrement, puis remplacez-la."
            )
        )
    return factor


class RequestCodeForm(RequestLoginCodeForm):
    """Counts the codes asked for an address, so that asking from elsewhere closes no door.

    A device of the owner has tries of its own. Past what a letter box bears in an hour, one last
    letter holds a link which makes the device of whoever reads it such a device.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        forget_typed(self)

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if not email:
            return email
        request, adapter = context.request, get_adapter()
        owner = User.objects.owner_of(email)
        self._user = owner if owner is not None and owner.is_active else None
        if device := known_device(request, email):
            allowed = consume(request, action="code_known", key=f"{email} {device}")
        else:
            place = ratelimit.get_ip(request)
            allowed = consume(request, action="code_here", key=f"{email} {place}")
            if allowed and not consume(request, action="code_anywhere", key=email):
                allowed = False
                adapter.send_way_in(email, self._user)
        if not allowed:
            raise forms.ValidationError(
                _(
                    "Trop de codes ont été demandés pour cette adresse. Utilisez une clé d’accès "
                    "ou un mot de passe, lisez notre dernier courriel, ou patientez cinq minutes."
                )
            )
        return email


def forget_typed(form: forms.Form) -> None:
    """On a device that several people use, let the browser keep nothing of what one types."""
    if context.request and is_shared(context.request):
        for field in form.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class ForgottenForm(ResetPasswordForm):
    """A link for whoever the address opens the account of, and for nobody else."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        owner = User.objects.owner_of(email)
        self.users = [owner] if owner is not None and owner.is_active else []
        return email


class CodeForm(ConfirmLoginCodeForm):
    """Whoever comes to this page comes to type the code: the cursor is there."""

    def clean_code(self) -> str:
        """Count the guess before it is made, so that a hundred at once are three too.

        The library counts in the session, which each of them reads before any writes it.
        """
        key = f"{context.request.session.session_key} {self.expected_code}"
        if not consume(context.request, action="code_guess", key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        return code

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class PasswordForm(LoginForm):
    """allauth's form, for those too who have a handle and no address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Courriel ou identifiant"),
            max_length=254,
            widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
            error_messages={"required": _("Écrivez votre courriel ou votre identifiant.")},
        )
        self.fields["password"].label = _("Mot de passe ou phrase de passe")
        self.order_fields(["login", "password"])
        forget_typed(self)

    def clean_login(self) -> str:
        typed: str = super().clean_login()
        handle = read_handle(typed)
        return handle if re.match(HANDLE, handle) else typed


class CardForm(forms.Form):
    """What stands on a printed card."""

    handle = forms.CharField(
        label=_("Identifiant"),
        max_length=120,
        help_text=_("Par exemple : prenom.nom@municipalite."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Écrivez l’identifiant de votre carte.")},
    )
    code = forms.CharField(
        label=_("Code de la carte"),
        max_length=40,
        help_text=_("Douze lettres et chiffres; les traits et les majuscules comptent peu."),
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Écrivez le code de votre carte.")},
    )

    def clean_handle(self) -> str:
        return read_handle(self.cleaned_data["handle"])
