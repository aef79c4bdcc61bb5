"""What an elected person types of a training followed elsewhere."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from atn_platform.core import wording
from municipalities.actions.duties import Declared, Proof
from municipalities.enums import Duty
from municipalities.forms.mandates import day_field
from municipalities.models import DeclaredTraining

# « 7 h 30 », « 7h », « 7:30 », « 7,5 », « 450 min ».
CLOCK = re.compile(r"(\d{1,3})\s*(?:h|:)\s*([0-5]?\d)?\s*(?:min)?")
DECIMAL = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*(?:h|heures?)?")
MINUTES = re.compile(r"(\d{1,4})\s*min(?:utes)?")
HOURS = _("Écrivez la durée en heures, par exemple 7 h 30.")
SYSTEM_MINUTES = 450  # what the regulation sets for the mandates of 2025
LONGEST = 100 * 60


def minutes_in(typed: str) -> int | None:
    """A length as people write it, in minutes; None when it is not one."""
    text = " ".join(typed.lower().replace("\u00a0", " ").split())
    if found := MINUTES.fullmatch(text):
        return int(found[1])
    if found := CLOCK.fullmatch(text):
        return 60 * int(found[1]) + int(found[2] or 0)
    if found := DECIMAL.fullmatch(text):
        return round(60 * float(f"{found[1]}.{found[2] or 0}"))
    return None


class TrainingForm(forms.Form):
    followed_on = day_field(label=_("Date de la formation"))
    trainer = forms.CharField(
        label=_("Formatrice, formateur ou organisme"),
        max_length=160,
        help_text=_("Tel qu’il est écrit sur votre attestation."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Écrivez qui a donné la formation.")},
    )
    authorisation = forms.CharField(
        label=_("Numéro d’autorisation"),
        max_length=60,
        required=False,
        help_text=_("S’il figure sur votre attestation."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    hours = forms.CharField(
        label=_("Durée"),
        max_length=20,
        help_text=_("Par exemple : 7 h 30."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": HOURS},
    )
    proof = forms.FileField(
        label=_("Votre attestation (facultatif)"),
        required=False,
        help_text=_("PDF ou photo, 10 Mo au plus. Vous seul ou seule la voyez ici."),
        widget=forms.FileInput({"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def __init__(
        self, *args: Any, duty: Duty, declared: DeclaredTraining | None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        if declared is not None:
            initial = {
                "followed_on": declared.followed_on,
                "trainer": declared.trainer,
                "authorisation": declared.authorisation,
                "hours": wording.duration(declared.minutes),
            }
        elif duty == Duty.SYSTEM:
            initial = {"hours": wording.duration(SYSTEM_MINUTES)}
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        if declared is not None and declared.proof_name:
            words = _("Gardée : %s. Un autre fichier prend sa place.")
            self.fields["proof"].help_text = words % declared.proof_name

    def clean_hours(self) -> int:
        minutes = minutes_in(self.cleaned_data["hours"])
        if minutes is None or not 0 < minutes <= LONGEST:
            raise ValidationError(gettext("Écrivez la durée en heures, par exemple 7 h 30."))
        return minutes

    def said(self) -> Declared:
        typed = self.cleaned_data
        file = typed["proof"]
        proof = Proof(file.name, file.read()) if file else None
        return Declared(
            typed["followed_on"], typed["trainer"], typed["authorisation"], typed["hours"], proof
        )
