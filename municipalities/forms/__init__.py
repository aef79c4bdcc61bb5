"""Input of the pages about the territory and its people."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.forms import PersonField
from atn_platform.core import french
from municipalities.actions.invitations import Guest, Welcome
from municipalities.enums import Public
from municipalities.models import Organisation, OrganisationQuerySet, Responsibility
from municipalities.staff.addresses import suggested

# How each public names itself, one person at a time.
PUBLICS = [
    (Public.ELECTED.value, _("Personne élue")),
    (Public.MANAGER.value, _("Gestionnaire")),
    (Public.STAFF.value, _("Membre du personnel")),
]
ADDRESS_EXAMPLE = _("Écrivez l’adresse au complet, par exemple prenom.nom@ville.qc.ca.")
MAX_LINES = 200
SEPARATORS = re.compile(r"[,;\t]")
SHOWN_LENGTH = 60


class SuccessorForm(forms.Form):
    """Which municipality takes over those that vanished, and from which day."""

    successor = forms.CharField(
        label=_("Municipalité qui succède"),
        help_text=_("Son code géographique (cinq chiffres) ou son nom complet."),
        max_length=160,
    )
    on = forms.DateField(
        label=_("Date du regroupement"), widget=forms.DateInput(attrs={"type": "date"})
    )
    regranted = forms.ModelMultipleChoiceField(
        label=_("Personnes responsables à reconduire"),
        help_text=_("Elles verront aussi les gens de la municipalité qui succède."),
        queryset=Responsibility.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, places: list[Organisation], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Responsibility.objects.from_day(on).filter(organisation__in=places)
        rows = held.select_related("user", "organisation").order_by("user__sort_key", "pk")
        cast("forms.ModelMultipleChoiceField", self.fields["regranted"]).queryset = rows
        if not rows:
            del self.fields["regranted"]

    def clean_successor(self) -> Organisation:
        """The one active municipality of that code or name."""
        return _the_one(
            Organisation.objects.municipalities().active(), self.cleaned_data["successor"]
        )


class ResponsibilityForm(forms.ModelForm):
    """Who answers for the people of which organisation, from today."""

    person = PersonField()
    place = forms.CharField(
        label=_("Organisation"),
        help_text=_("Son code géographique ou son nom complet."),
        max_length=160,
    )

    def clean_place(self) -> Organisation:
        return _the_one(Organisation.objects.active(), self.cleaned_data["place"])


def _the_one(places: OrganisationQuerySet, typed: str) -> Organisation:
    """The one of these organisations that bears this code or name."""
    found = list(places.filter(code=typed.strip()))
    found = found or list(places.filter(sort_key=french.sort_key(typed))[:5])
    if not found:
        raise forms.ValidationError(
            _("Aucune organisation en activité ne porte ce code ou ce nom.")
        )
    if len(found) > 1:
        codes = ", ".join(f"{place.official_name} ({place.handle})" for place in found)
        raise forms.ValidationError(
            _("Plusieurs portent ce nom : %(codes)s. Entrez le code."), params={"codes": codes}
        )
    return found[0]


class SureForm(forms.Form):
    """Addresses that look mistyped are asked about once; whoever insists is believed.

    `domains`: those that the organisation's people use.
    """

    as_typed = forms.BooleanField(
        label=_("Garder l’adresse telle quelle"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, domains: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.domains = domains
        # Last, beside the button, when it is shown at all.
        self.order_fields([name for name in self.fields if name != "as_typed"])

    def ask_about(self, field: str, addresses: Iterable[str]) -> None:
        """Show what each address was perhaps meant to be, unless it was said to be right."""
        if self.data.get("as_typed"):
            return
        for address in addresses:
            if meant := suggested(address, self.domains):
                words = gettext("« %(typed)s » : vouliez-vous dire %(meant)s?")
                self.add_error(field, words % {"typed": address, "meant": meant})
                self.fields["as_typed"].widget = forms.CheckboxInput()


class InviteForm(SureForm):
    """One person to invite. The address is all we need; they complete the rest."""

    full_name = forms.CharField(
        label=_("Prénom et nom"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Courriel"),
        error_messages={
            "required": _("Écrivez l’adresse courriel de cette personne."),
            "invalid": ADDRESS_EXAMPLE,
        },
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    public = forms.ChoiceField(
        label=_("Rôle dans l’organisation"),
        required=False,
        choices=[("", _("Cette personne le dira")), *PUBLICS],
    )

    def clean(self) -> None:
        self.ask_about("email", filter(None, [self.cleaned_data.get("email", "")]))

    def guests(self) -> list[Guest]:
        first, _space, last = self.cleaned_data["full_name"].partition(" ")
        return [
            Guest(
                email=self.cleaned_data["email"],
                first_name=first,
                last_name=last.strip(),
                public=self.cleaned_data["public"],
            )
        ]


class InviteManyForm(SureForm):
    """Several people, pasted from a list: one a line, an address in each."""

    people = forms.CharField(
        label=_("Une personne par ligne"),
        help_text=_(
            "L’adresse suffit. Avec le nom et la fonction, si vous les avez : "
            "Réjean Ouellet, inspecteur, rouellet@ville.qc.ca"
        ),
        error_messages={"required": _("Collez au moins une adresse courriel.")},
        widget=forms.Textarea({"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
        max_length=20_000,
    )

    def clean_people(self) -> list[Guest]:
        lines = [
            (number, line)
            for number, line in enumerate(self.cleaned_data["people"].splitlines(), start=1)
            if line.strip()
        ]
        if len(lines) > MAX_LINES:
            raise ValidationError(
                gettext("Collez %(max)s lignes à la fois, au plus."), params={"max": MAX_LINES}
            )
        errors: list[ValidationError] = []
        guests = []
        for number, line in lines:
            try:
                guests.append(_guest(line))
            except ValidationError:
                words = gettext("Ligne %(number)s, « %(line)s » : il manque une adresse complète.")
                shown = line.strip()[:SHOWN_LENGTH]
                errors.append(ValidationError(words % {"number": number, "line": shown}))
        if errors:
            raise ValidationError(errors)
        return guests

    def clean(self) -> None:
        self.ask_about("people", [guest.email for guest in self.cleaned_data.get("people", [])])

    def guests(self) -> list[Guest]:
        people: list[Guest] = self.cleaned_data["people"]
        return people


def _guest(line: str) -> Guest:
    """Read « Name, function, address » in any order of the address; raise ValidationError."""
    cells = [cell.strip() for cell in SEPARATORS.split(line)]
    address = next((cell for cell in cells if "@" in cell), "").strip("<>")
    validate_email(address)
    words = [cell for cell in cells if cell and "@" not in cell]
    first, _space, last = (words[0] if words else "").partition(" ")
    return Guest(
        email=address,
        first_name=first[:100],
        last_name=last.strip()[:100],
        function=(words[1] if len(words) > 1 else "")[:120],
    )


class AcceptForm(forms.Form):
    """Who the guest is. Someone who has an account is not asked for their name again."""

    first_name = forms.CharField(
        label=_("Prénom"),
        max_length=100,
        error_messages={"required": _("Écrivez votre prénom.")},
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Nom"),
        max_length=100,
        error_messages={"required": _("Écrivez votre nom.")},
        help_text=_("Tel qu’il figurera sur vos attestations."),
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    public = forms.ChoiceField(
        label=_("Dans cette organisation, vous êtes"),
        choices=PUBLICS,
        error_messages={"required": _("Choisissez ce qui vous décrit le mieux.")},
        widget=forms.RadioSelect,
    )
    function = forms.CharField(
        label=_("Fonction"),
        required=False,
        max_length=120,
        help_text=_("Par exemple : greffière adjointe, conseiller, voirie."),
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )

    def __init__(self, *args: Any, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_account:
            del self.fields["first_name"], self.fields["last_name"]

    def welcome(self) -> Welcome:
        return Welcome(**self.cleaned_data)


class EndMandateForm(forms.Form):
    on = forms.DateField(
        label=_("Dernier jour"),
        help_text=_("Année, mois et jour, par exemple 2026-11-30."),
        error_messages={
            "required": _("Écrivez une date, par exemple 2026-11-30."),
            "invalid": _("Écrivez une date, par exemple 2026-11-30."),
        },
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
