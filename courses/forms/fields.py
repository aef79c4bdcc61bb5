"""Form fields for what authors write: clean line ends, and lists as lines."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.folder.framework import GOAL
from courses.models import Skill
from courses.notation import (
    NotationRefused,
    read_choices,
    read_scenes,
    write_choices,
    write_scenes,
)
from courses.notation.blocks import (
    read_explained,
    read_rows,
    read_steps,
    write_explained,
    write_steps,
)
from courses.notation.parts import (
    read_categories,
    read_gaps,
    read_words,
    read_zones,
    write_categories,
    write_gaps,
    write_words,
    write_zones,
)
from courses.numbers import read_accepted


class ProseField(forms.CharField):
    """Markdown of several lines: one kind of line end, no blank at the end of lines."""

    def __init__(self, *, rows: int = 10, marked: bool = False, **kwargs: Any) -> None:
        """`marked`: a toolbar writes the signs of Markdown in it."""
        kwargs.setdefault("required", False)
        widget = forms.Textarea(attrs={"rows": rows, **({"data-markdown": ""} if marked else {})})
        super().__init__(widget=widget, strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "").expandtabs(4)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return "\n".join(line.rstrip() for line in lines).strip("\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        for number, line in enumerate(value.split("\n"), start=1):
            if line.startswith(":::"):
                message = _("Ligne %d : une ligne ne peut pas commencer par « ::: ».")
                raise ValidationError(message % number)


class LinesField(ProseField):
    """A list of texts, one a line."""

    def prepare_value(self, value: Any) -> str:
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).split("\n") if line.strip()]


class GoalsField(LinesField):
    """Competencies of the framework with their levels, one a line: A1-2."""

    def clean(self, value: Any) -> Any:
        goals = list(dict.fromkeys(each.upper() for each in super().clean(value)))
        for each in goals:
            if not GOAL.match(each):
                raise ValidationError(
                    _("« %s » : écrivez la compétence et son niveau, A1-2.") % each
                )
        known = set(Skill.objects.values_list("code", flat=True)) if goals else set()
        for each in goals:
            # Before the framework is loaded, nothing can be said of a code.
            if known and each.split("-")[0] not in known:
                raise ValidationError(_("« %s » n’est pas dans le référentiel.") % each)
        return goals


class PairsField(LinesField):
    """Pairs to match, one a line: left = right."""

    def prepare_value(self, value: Any) -> str:
        if not isinstance(value, list):
            return str(value or "")
        return "\n".join(f"{pair.get('left', '')} = {pair.get('right', '')}" for pair in value)

    def clean(self, value: Any) -> Any:
        pairs = []
        for number, line in enumerate(super().clean(value), start=1):
            left, equals, right = (part.strip() for part in line.partition(" = "))
            if not (left and equals and right):
                raise ValidationError(_("Paire %d : écrivez « gauche = droite ».") % number)
            pairs.append({"left": left, "right": right})
        return pairs


class NotationField(ProseField):
    """Base: a list of values, typed in a notation of courses.notation."""

    # The reader and the writer of the notation.
    notation: tuple[Callable[[str], list[dict[str, Any]]], Callable[[list[dict[str, Any]]], str]]

    def prepare_value(self, value: Any) -> str:
        return self.notation[1](value) if isinstance(value, list) else str(value or "")

    def clean(self, value: Any) -> Any:
        try:
            return self.notation[0](super().clean(value))
        except NotationRefused as refused:
            raise ValidationError([str(problem) for problem in refused.problems]) from None


class ChoicesField(NotationField):
    notation = (read_choices, write_choices)


class ScenesField(NotationField):
    notation = (read_scenes, write_scenes)


class NumbersField(ChoicesField):
    """Choices that are numbers, or intervals of numbers."""

    def clean(self, value: Any) -> Any:
        choices = super().clean(value)
        wrong = [each["text"] for each in choices if read_accepted(each["text"]) is None]
        if wrong:
            message = _("« %s » n’est pas un nombre : écrivez « 72 », « 3,5 ± 0,1 » ou « 4 à 6 ».")
            raise ValidationError([message % text for text in wrong])
        return choices


class GapsField(NotationField):
    notation = (read_gaps, write_gaps)


class WordsField(NotationField):
    notation = (read_words, write_words)

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, list):
            value = [each if isinstance(each, dict) else right(each) for each in value]
        return super().prepare_value(value)


def right(word: object) -> dict[str, Any]:
    """A word that is right and says nothing more."""
    return {"text": str(word), "correct": True}


class ZonesField(NotationField):
    notation = (read_zones, write_zones)


class StepsField(NotationField):
    notation = (read_steps, write_steps)


class PlacesField(NotationField):
    notation = (read_explained, write_explained)


class RowsField(ProseField):
    """A table, kept as its author wrote it; what a spreadsheet copies comes with tabs."""

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value or "").replace("\t", " | "))

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            read_rows(value)
        except NotationRefused as refused:
            raise ValidationError([str(problem) for problem in refused.problems]) from None


class CategoriesField(NotationField):
    notation = (read_categories, write_categories)
