"""What a person says of themselves: a level in each competency, an answer to each situation."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import Level
from courses.models import PositioningDoc
from enrollments.queries.skills import DomainRow, SkillRow


class LevelsForm(forms.Form):
    """One list by competency; what is left empty says nothing."""

    def __init__(self, *args: Any, rows: Sequence[DomainRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(str(value), f"{value}, {label}") for value, label in Level.choices]
        for row in _skills(rows):
            self.fields[row.skill.code] = forms.TypedChoiceField(
                label=_("Mon niveau"),
                choices=[("", _("je ne dis rien")), *levels],
                coerce=int,
                required=False,
                initial=str(row.declared or ""),
                widget=forms.Select({"aria-label": f"{row.skill}"}),
            )

    def levels(self) -> dict[str, int]:
        return {code: level for code, level in self.cleaned_data.items() if level}

    def with_fields(
        self, rows: Sequence[DomainRow]
    ) -> list[tuple[DomainRow, list[tuple[SkillRow, forms.BoundField]]]]:
        """Each domain, with its competencies and the list of each."""
        return [
            (domain, [(each, self[each.skill.code]) for each in domain.skills]) for domain in rows
        ]


def _skills(rows: Sequence[DomainRow]) -> Iterator[SkillRow]:
    for domain in rows:
        yield from domain.skills


class PositioningForm(forms.Form):
    """The situations of a scenario; each wants an answer, in any order."""

    def __init__(self, *args: Any, scenario: PositioningDoc, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scenario = scenario
        for each in scenario["situations"]:
            self.fields[each["key"]] = forms.TypedChoiceField(
                label=each["text"],
                choices=[(str(rank), way["text"]) for rank, way in enumerate(each["choices"])],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choisissez ce que vous feriez.")},
            )

    def levels(self) -> dict[str, int]:
        """The level that each answer shows, by situation."""
        return {
            each["key"]: each["choices"][self.cleaned_data[each["key"]]]["level"]
            for each in self.scenario["situations"]
        }
