from django import forms

from atn_platform.consents.enums import Purpose


class AnswerForm(forms.Form):
    """One button of the page: which purpose, which words were read, yes or no."""

    purpose = forms.TypedChoiceField(choices=Purpose.choices, coerce=Purpose)
    version = forms.IntegerField(min_value=1)
    agree = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda typed: typed == "1"
    )
