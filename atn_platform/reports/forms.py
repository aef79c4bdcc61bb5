from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.reports import periods
from atn_platform.reports.enums import Breakdown, Scope


class ReportForm(forms.Form):
    """Which period, what a row is, and whose municipality counts; all have a default."""

    def __init__(
        self, *args: Any, today: date, kinds: Sequence[str] = periods.ALL_KINDS, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[tuple[str, str]]] = {"quarter": [], "year": [], "month": []}
        for period in periods.recent(today):
            label = period.label[:1].upper() + period.label[1:]
            offered[period.kind].append((period.key, label))
        names = {"quarter": _("Trimestres"), "year": _("Années"), "month": _("Mois")}
        groups = [(names[kind], offered[kind]) for kind in kinds]
        is_alone = len(groups) == 1
        self.fields["periode"] = forms.ChoiceField(
            label=_("Trimestre") if is_alone else _("Période"),
            choices=offered["quarter"] if is_alone else groups,
            error_messages={"invalid_choice": _("Choisissez une période de la liste.")},
        )
        self.fields["par"] = forms.ChoiceField(
            label=_("Tableau par"),
            choices=Breakdown.choices,
            error_messages={"invalid_choice": _("Choisissez région, taille ou public.")},
        )
        self.fields["perimetre"] = forms.ChoiceField(
            label=_("Périmètre"),
            choices=[(scope.value, scope.label.capitalize()) for scope in Scope],
            error_messages={"invalid_choice": _("Choisissez le périmètre du jour ou d’origine.")},
        )
