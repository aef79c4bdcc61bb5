"""An answer sheet as somebody types it: which one, of whom, then one line a question."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from atn_platform.accounts.models import User
from courses import paper
from courses.models import CourseVersion
from enrollments.actions.papers import Filled
from enrollments.enums import Status
from enrollments.models import Enrollment, EnrollmentQuerySet
from enrollments.queries.papers import SheetPart, version_of


class FindSheetForm(forms.Form):
    """The code of the sheet, and whose it is; `enrollment` and `version` once it is valid."""

    enrollment: Enrollment
    version: CourseVersion

    code = forms.CharField(
        label=gettext_lazy("Code de la feuille"),
        help_text=gettext_lazy(
            "Il est imprimé au haut de la feuille, par exemple CYB-101-3-ACEF."
        ),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": gettext_lazy("Écrivez le code de la feuille.")},
    )

    def __init__(
        self, *args: Any, people: list[User], followed: EnrollmentQuerySet, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.followed = followed
        self.fields["person"] = forms.ChoiceField(
            label=_("De qui"),
            choices=[("", "—"), *((str(each.pk), str(each)) for each in people)],
            error_messages={
                "required": _("Choisissez la personne qui a rempli la feuille."),
                "invalid_choice": _("Choisissez une personne de la liste."),
            },
        )

    def clean_code(self) -> str:
        version = version_of(self.cleaned_data["code"])
        if version is None:
            raise forms.ValidationError(_("Ce code n’est celui d’aucune feuille : relisez-le."))
        self.version = version
        return paper.code_of(version)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "code" in said and "person" in said:
            found = self.followed.filter(learner=said["person"], course=self.version.course_id)
            enrollment = found.first()
            if enrollment is None:
                raise forms.ValidationError(
                    _("Cette personne ne suit pas ce cours : inscrivez-la d’abord.")
                )
            if enrollment.status != Status.ACTIVE:
                raise forms.ValidationError(_("Cette personne a déjà terminé ce cours."))
            self.enrollment = enrollment
        return said


@dataclass(frozen=True, slots=True)
class Group:
    """A station of the form: its box to tick, if it has one, and its lines."""

    part: SheetPart
    done: forms.BoundField | None
    lines: list[forms.BoundField]


class SheetForm(forms.Form):
    """Every line of a sheet. What was left blank on paper stays blank."""

    sheet = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    filled_on = forms.DateField(
        label=gettext_lazy("Date écrite sur la feuille"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Écrivez la date de la feuille."),
            "invalid": gettext_lazy("Écrivez le jour comme 2026-10-05."),
        },
    )
    signed = forms.BooleanField(
        label=gettext_lazy(
            "La feuille porte la signature de la personne, qui demande cette saisie."
        ),
        error_messages={
            "required": gettext_lazy("Sans la demande signée de la personne, rien ne s’inscrit.")
        },
    )

    def __init__(self, *args: Any, parts: list[SheetPart], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts, self.on = parts, on
        for part in parts:
            if part.is_lesson:
                self.fields[_box(part)] = forms.BooleanField(
                    label=_("J’ai terminé cette leçon."), required=False
                )
            for line in _lines(part):
                self.fields[line.name] = forms.CharField(
                    label=line.label,
                    help_text=_hint(line),
                    required=False,
                    max_length=paper.LONGEST,
                    widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
                )

    def groups(self) -> Iterator[Group]:
        for part in self.parts:
            done = self[_box(part)] if part.is_lesson else None
            yield Group(part, done, [self[line.name] for line in _lines(part)])

    def clean_filled_on(self) -> date:
        filled_on: date = self.cleaned_data["filled_on"]
        if filled_on > self.on:
            raise forms.ValidationError(_("Cette date est à venir."))
        return filled_on

    def clean(self) -> dict[str, Any]:
        for part in self.parts:
            for line in _lines(part):
                try:
                    paper.understood(line, self.cleaned_data.get(line.name, ""))
                except paper.Unread as error:
                    self.add_error(line.name, str(error))
        if not self.errors and not self.done() and not any(self._typed()):
            raise forms.ValidationError(_("Rien n’est encore saisi."))
        return self.cleaned_data

    def done(self) -> list[UUID]:
        """Lessons ticked as finished."""
        ticked = (part for part in self.parts if self.cleaned_data.get(_box(part)))
        return [UUID(part.stop.lesson["uuid"]) for part in ticked]

    def answers(self) -> Mapping[str, Mapping[str, list[str]]]:
        return {
            quiz.block["uuid"]: {
                asked.doc["uuid"]: paper.read(asked, self.cleaned_data) for asked in quiz.asked
            }
            for part in self.parts
            for quiz in part.quizzes
        }

    def as_typed(self) -> dict[str, str]:
        """What came, to be shown again. A box that was carried hidden says « False »."""
        return {
            name: str(self.data[name])
            for name, field in self.fields.items()
            if name in self.data
            and not (isinstance(field, forms.BooleanField) and self.data[name] == "False")
        }

    def filled(self, version: CourseVersion) -> Filled:
        said = self.cleaned_data
        return Filled(said["sheet"], version, said["filled_on"], self.done(), self.answers())

    def reading(self) -> Iterator[tuple[SheetPart, bool, list[tuple[str, str]]]]:
        """What was understood, in words, to compare with the paper; never whether it is right."""
        for part in self.parts:
            said = [
                (line.label, paper.understood(line, self.cleaned_data.get(line.name, "")))
                for line in _lines(part)
            ]
            yield part, bool(self.cleaned_data.get(_box(part))), said

    def blank(self) -> str:
        """How many lines are left blank, in words; empty for none."""
        count = sum(not typed for typed in self._typed())
        said = ngettext("%d ligne sans réponse", "%d lignes sans réponse", count)
        return said % count if count else ""

    def _typed(self) -> list[str]:
        return [
            self.cleaned_data.get(line.name, "") for part in self.parts for line in _lines(part)
        ]


def _box(part: SheetPart) -> str:
    return f"done-{part.stop.number}"


def _lines(part: SheetPart) -> Iterator[paper.Line]:
    for quiz in part.quizzes:
        for asked in quiz.asked:
            yield from asked.lines


def _hint(line: paper.Line) -> str:
    hints = {
        paper.ONE: _("une lettre, A à %(last)s"),
        paper.SEVERAL: _("une ou plusieurs lettres, A à %(last)s"),
        paper.ORDER: _("les lettres dans l’ordre, A à %(last)s"),
        paper.EACH: _("%(rows)d lettres, A à %(last)s; 0 si la ligne est vide"),
        paper.TEXT: _("des mots"),
        paper.NUMBER: _("un nombre"),
    }
    return hints[line.rule] % {"last": line.last, "rows": len(line.rows)}
