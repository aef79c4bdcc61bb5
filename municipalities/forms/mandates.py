"""What is said of a mandate, and the day someone left."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from atn_platform.core import wording
from municipalities.actions.mandates import Term
from municipalities.enums import Public
from municipalities.forms import PUBLICS
from municipalities.models import Organisation
from municipalities.queries.elections import usual_end

# A day outside is a slip of the keyboard.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 12, 31)
DAY_EXAMPLE = _("Écrivez une date, par exemple 2029-11-04.")
FAR = _("Vérifiez l’année.")


def day_field(**options: Any) -> forms.DateField:
    """A day written as AAAA-MM-JJ, between two that people may mean."""
    return forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={"required": DAY_EXAMPLE, "invalid": DAY_EXAMPLE},
        validators=[MinValueValidator(FIRST_DAY, FAR), MaxValueValidator(LAST_DAY, FAR)],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        **options,
    )


class TermForm(forms.Form):
    """Function, first and last day of a mandate of `public` in this organisation."""

    function = forms.CharField(
        label=_("Fonction"),
        required=False,
        max_length=120,
        help_text=_("Par exemple : conseillère, siège 4; greffier adjoint; voirie."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    starts_on = day_field(label=_("Premier jour"))
    ends_on = day_field(label=_("Dernier jour"), required=False)

    def __init__(
        self, *args: Any, organisation: Organisation, public: str, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        proposed = usual_end(organisation, public, on)
        words = _("Pour une personne élue : le %s, jour de l’élection générale.")
        self.fields["ends_on"].help_text = (
            _("Laissez vide si aucune fin n’est prévue.")
            if proposed is None
            else words % wording.day(proposed)
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Le dernier jour vient avant le premier."))
        return cleaned

    def term(self) -> Term:
        typed = self.cleaned_data
        return Term(typed["function"], typed["starts_on"], typed["ends_on"])


class AnotherForm(TermForm):
    """A function more, for someone who has one already."""

    public = forms.ChoiceField(
        label=_("Rôle dans l’organisation"), choices=PUBLICS, widget=forms.RadioSelect
    )
    field_order = ("public", "function", "starts_on", "ends_on")

    def __init__(self, *args: Any, organisation: Organisation, on: date, **kwargs: Any) -> None:
        super().__init__(*args, organisation=organisation, public=Public.ELECTED, on=on, **kwargs)
        self.organisation = organisation
        self.fields["ends_on"].help_text = _(
            "Vide : aucune fin prévue; pour une personne élue, le jour de l’élection générale."
        )

    def term(self) -> Term:
        """With the end that goes without saying, for someone elected."""
        said = super().term()
        usual = usual_end(self.organisation, self.cleaned_data["public"], said.starts_on)
        return Term(said.function, said.starts_on, said.ends_on or usual)


class DepartureForm(forms.Form):
    on = day_field(label=_("Dernier jour dans l’organisation"))
    passes = forms.BooleanField(
        label=_("Son adresse passe à la personne qui lui succède"), required=False
    )

    def __init__(self, *args: Any, email: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if email:
            said = _("%s n’ouvrira plus son compte; qui lui succède en aura un à soi.")
            self.fields["passes"].help_text = said % email
        else:
            del self.fields["passes"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("passes") and cleaned.get("on", self.today) > self.today:
            words = _("L’adresse passe une fois le dernier jour venu : revenez ici ce jour-là.")
            self.add_error("passes", words)
        return cleaned
