from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.forms import PersonField
from atn_platform.retention.models import LegalHold


class HoldForm(forms.ModelForm):
    """Whose data must wait, and why."""

    person = PersonField()

    class Meta:
        model = LegalHold
        fields = ("reason",)
        help_texts = {"reason": _("Par exemple : plainte à la Commission, dossier 2026-12.")}

    field_order = ("person", "reason")
