from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.notifications.enums import REFUSABLE, Category


class PreferencesForm(forms.Form):
    """The messages that a person may refuse; a box checked is a category accepted."""

    accepted = forms.TypedMultipleChoiceField(
        label=_("Messages que vous acceptez"),
        choices=[(category.value, category.label) for category in REFUSABLE],
        coerce=Category,
        required=False,
    )
