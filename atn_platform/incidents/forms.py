"""The eight elements as ATN types them: each one written, or ticked as not yet known."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext_lazy as _

from atn_platform.incidents.enums import Element
from atn_platform.incidents.models import IncidentEntry

DATES = (
    "happened_from",
    "happened_to",
    "known_from",
    "known_to",
    "commission_told_on",
    "people_told_on",
)
# The fields of each element; the first bears what is wrong with it.
FIELDS = {
    Element.DATA: ("data",),
    Element.CIRCUMSTANCES: ("circumstances",),
    Element.PERIOD: ("happened_from", "happened_to", "is_period_estimated"),
    Element.AWARENESS: ("known_from", "known_to"),
    Element.PEOPLE: ("people_count", "is_count_estimated"),
    Element.RISK: ("is_serious", "risk_reasons"),
    Element.NOTICES: ("commission_told_on", "people_told_on", "public_notice"),
    Element.MEASURES: ("measures",),
}
PERIODS = (("happened_from", "happened_to"), ("known_from", "known_to"))


class IncidentForm(forms.ModelForm):
    """No `save()`: the register is written by actions."""

    # The entry that was read, when there is one.
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unknown = forms.MultipleChoiceField(
        label=_("Pas encore connu"),
        choices=Element.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = IncidentEntry
        fields = ["after", *(name for names in FIELDS.values() for name in names), "unknown"]
        widgets = {
            **{name: forms.DateInput({"type": "date"}, format="%Y-%m-%d") for name in DATES},
            **{
                name: forms.Textarea({"rows": 3})
                for name in ("data", "circumstances", "risk_reasons", "public_notice", "measures")
            },
            "is_serious": forms.Select(
                choices=[("", _("pas encore évalué")), ("true", _("oui")), ("false", _("non"))]
            ),
        }
        help_texts = {
            "data": _(
                "Ou la raison pour laquelle on ne peut pas les décrire. Ne nommez personne."
            ),
            "risk_reasons": _(
                "Sensibilité, utilisations malveillantes possibles, conséquences, probabilité."
            ),
            "public_notice": _("Vide si aucun avis public n’a été donné."),
        }

    def sections(self) -> list[tuple[str, list[forms.BoundField], BoundWidget]]:
        """The fields of each element under its title, and its box « pas encore connu »."""
        boxes = self["unknown"].subwidgets
        return [
            (str(element.label), [self[name] for name in FIELDS[element]], box)
            for element, box in zip(Element, boxes, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for start, end in PERIODS:
            first, last = cleaned.get(start), cleaned.get(end)
            if last and (not first or last < first):
                self.add_error(end, _("La fin vient après le début."))
        for element in Element:
            self._check(element, cleaned)
        return cleaned

    def _check(self, element: Element, cleaned: dict[str, Any]) -> None:
        """Told, or not yet known: neither and both are refused at the element's first field."""
        first = FIELDS[element][0]
        if any(name in self.errors for name in FIELDS[element]):
            return
        told, unknown = is_told(element, cleaned), element in cleaned.get("unknown", [])
        if told and unknown:
            self.add_error(
                first, _("Cet élément est écrit : décochez-le de « Pas encore connu ».")
            )
        if not told and not unknown:
            self.add_error(first, _("Écrivez cet élément, ou cochez « Pas encore connu »."))


def is_told(element: Element, cleaned: dict[str, Any]) -> bool:
    """What the constraints of the table ask, of typed values."""
    if element == Element.RISK:
        return cleaned.get("is_serious") is not None and bool(cleaned.get("risk_reasons"))
    if element == Element.NOTICES:
        told = cleaned.get("commission_told_on") and cleaned.get("people_told_on")
        return cleaned.get("is_serious") is False or bool(told)
    return cleaned.get(FIELDS[element][0]) not in (None, "")
