"""What is asked of whoever asks for a reading, and of whoever reads."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.fields import ProseField


class AskForm(forms.Form):
    note = ProseField(
        label=_("À regarder en particulier"),
        rows=3,
        help_text=_("Facultatif : une ou deux phrases."),
    )


class RemarkForm(forms.Form):
    place = forms.TypedChoiceField(label=_("Lieu"), required=False, coerce=UUID, empty_value=None)
    text = ProseField(label=_("Remarque"), rows=4, required=True)

    def __init__(self, *args: Any, places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        field.choices = [("", _("tout le cours")), *places]  # type: ignore[attr-defined]
