"""Form fields for what authors write: clean line ends, and lists as lines."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.notation import (
    NotationRefused,
    read_choices,
    read_scenes,
    write_choices,
    write_scenes,
)


class ProseField(forms.CharField):
    """Markdown of several lines: one kind of line end, no blank at the end of lines."""

    def __init__(self, *, rows: int = 10, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        widget = forms.Textarea(attrs={"rows": rows})
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


class ChoicesField(ProseField):
    """Choices in the notation of courses.notation."""

    def prepare_value(self, value: Any) -> str:
        return write_choices(value) if isinstance(value, list) else str(value or "")

    def clean(self, value: Any) -> Any:
        return _read(read_choices, super().clean(value))


class ScenesField(ProseField):
    """Scenes in the notation of courses.notation."""

    def prepare_value(self, value: Any) -> str:
        return write_scenes(value) if isinstance(value, list) else str(value or "")

    def clean(self, value: Any) -> Any:
        return _read(read_scenes, super().clean(value))


def _read(reader: Any, text: str) -> Any:
    try:
        return reader(text)
    except NotationRefused as refused:
        raise ValidationError([str(problem) for problem in refused.problems]) from None
