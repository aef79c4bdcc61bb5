from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from municipalities.models import Mandate


class EnrollForm(forms.Form):
    """Under which mandate the person follows the course; deciding belongs to actions.enroll."""

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mandates = Mandate.objects.in_force(on=on).filter(user=user).select_related("organisation")
        self.mandates = list(mandates.order_by("-starts_on", "pk"))
        self.fields["mandate"] = forms.TypedChoiceField(
            label=_("Vous suivez ce cours comme"),
            choices=[(m.pk, _label(m)) for m in self.mandates],
            coerce=lambda pk: next(m for m in self.mandates if str(m.pk) == pk),
            initial=self.mandates[0].pk if self.mandates else None,
            error_messages={"required": _("Choisissez à quel titre vous suivez ce cours.")},
        )


def _label(mandate: Mandate) -> str:
    role = mandate.function or mandate.get_public_display()
    return f"{role}, {mandate.organisation.name}"
