"""Where a lesson or a block goes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Block, Lesson, Module

Part = Lesson | Block
Target = Module | Lesson


class SendForm(forms.Form):
    to = forms.ChoiceField(label=_("Destination"))
    keeps = forms.ChoiceField(
        label=_("L’original"),
        choices=[
            ("copie", _("reste où il est : c’est une copie")),
            ("deplace", _("quitte sa place")),
        ],
        initial="copie",
        widget=forms.RadioSelect,
        help_text=_("Les versions publiées et l’avancement des personnes ne changent pas."),
    )

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets: dict[str, Target] = {}
        groups: dict[str, list[tuple[str, str]]] = {}
        for target in _targets(part):
            course = target.course if isinstance(target, Module) else target.module.course
            self.targets[str(target.uuid)] = target
            groups.setdefault(str(course), []).append((str(target.uuid), target.title))
        self.fields["to"].choices = [("", _("choisissez")), *groups.items()]  # type: ignore[attr-defined]

    def clean_keeps(self) -> bool:
        return bool(self.cleaned_data["keeps"] == "copie")

    def clean_to(self) -> Target:
        return self.targets[self.cleaned_data["to"]]


def _targets(part: Part) -> list[Target]:
    """Every module for a lesson, every lesson for a block, but where it stands already."""
    if isinstance(part, Lesson):
        modules = Module.objects.exclude(pk=part.module_id).select_related("course")
        return list(modules.order_by("course__code", "position"))
    lessons = Lesson.objects.exclude(pk=part.lesson_id).select_related("module__course")
    return list(lessons.order_by("module__course__code", "module__position", "position"))
