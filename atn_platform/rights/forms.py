"""Requests as people and ATN type them."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.forms import PersonField
from atn_platform.accounts.models import User
from atn_platform.rights.enums import Kind, Part
from municipalities.models import Mandate

FUNCTION_LENGTH = 120


class RectificationForm(forms.Form):
    """What is wrong, where, and what it should be."""

    part = forms.ChoiceField(label=_("Que faut-il corriger?"), choices=Part.choices)
    mandate = forms.ModelChoiceField(
        label=_("Dans quelle organisation?"),
        queryset=Mandate.objects.none(),
        required=False,
        empty_label=_("aucune en particulier"),
    )
    wanted = forms.CharField(
        label=_("Ce qu’il faudrait lire"),
        max_length=2_000,
        help_text=_("Pour une fonction, écrivez-la telle qu’elle doit paraître."),
        error_messages={"required": _("Écrivez ce qu’il faudrait lire.")},
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = user.mandates.in_force(on=on).select_related("organisation", "user")
        self.fields["mandate"].queryset = held  # type: ignore[attr-defined]
        self.fields["mandate"].label_from_instance = _place  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("part") == Part.FUNCTION:
            if "mandate" not in self.errors and cleaned.get("mandate") is None:
                self.add_error("mandate", _("Choisissez l’organisation de cette fonction."))
            if len(cleaned.get("wanted", "")) > FUNCTION_LENGTH:
                self.add_error("wanted", _("Une fonction compte au plus 120 caractères."))
        return cleaned


def _place(mandate: Mandate) -> str:
    function = mandate.function or mandate.get_public_display()
    return f"{mandate.organisation}, {function}"


class ErasureForm(forms.Form):
    understood = forms.BooleanField(
        label=_("J’ai lu ce qui sera effacé et ce qui restera."),
        error_messages={"required": _("Cochez cette case pour continuer.")},
    )


class WrittenForm(forms.Form):
    """A request that reached ATN outside of the site."""

    kind = forms.ChoiceField(label=_("Demande"), choices=Kind.choices)
    user = PersonField(
        label=_("Adresse du compte visé"),
        required=False,
        help_text=_("Vide si la personne n’a pas de compte, ou si on ne le connaît pas."),
    )
    on_behalf = forms.CharField(
        label=_("Demandée par"),
        max_length=200,
        required=False,
        help_text=_("Vide si c’est la personne; sinon à quel titre : sa fille, son avocat…"),
    )
    identity_proof = forms.CharField(
        label=_("Identité vérifiée par"),
        max_length=300,
        help_text=_("Le moyen, sans copie ni numéro de pièce; effacé dès la réponse."),
        error_messages={"required": _("Écrivez comment l’identité a été vérifiée.")},
    )
    wanted = forms.CharField(
        label=_("Précisions"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        nobody = "user" not in self.errors and not cleaned.get("user")
        if nobody and cleaned.get("kind") == Kind.ERASURE:
            self.add_error("user", _("Un effacement vise un compte : écrivez son adresse."))
        return cleaned


class AnswerForm(forms.Form):
    """What ATN says: required to refuse or to take longer, free to accept."""

    reason = forms.CharField(
        label=_("Réponse à la personne"),
        max_length=400,
        required=False,
        help_text=_("Nécessaire pour refuser ou prolonger : la personne la lira."),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.required = needs_reason
        field.widget.is_required = False
        field.error_messages["required"] = _("Écrivez pourquoi : la personne le lira.")
