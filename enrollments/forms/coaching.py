"""What coaches offer and write, and what people ask of them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from atn_platform.core import wording
from atn_platform.core.office_hours import QUEBEC
from enrollments.models import Slot
from enrollments.queries.coaching import own_hour
from municipalities.models import Organisation

AHEAD = timedelta(days=365)
LENGTHS = [(30, _("30 minutes")), (45, _("45 minutes")), (60, _("une heure"))]


class SlotForm(forms.Form):
    """A day, an hour in Québec, a length, and how to talk."""

    day = forms.DateField(
        label=_("Jour"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choisissez un jour."),
            "invalid": _("Écrivez le jour comme 2026-10-05."),
        },
    )
    hour = forms.TimeField(
        label=_("Heure (Québec)"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Écrivez l’heure, par exemple 13:30."),
            "invalid": _("Écrivez l’heure, par exemple 13:30."),
        },
    )
    minutes = forms.TypedChoiceField(label=_("Durée"), choices=LENGTHS, coerce=int)
    how = forms.CharField(
        label=_("Comment se parler"),
        max_length=200,
        help_text=_("Un numéro de téléphone, ou le lien d’une visioconférence."),
        error_messages={"required": _("Écrivez un numéro ou un lien.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last_day = today + AHEAD

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > self.last_day:
            raise forms.ValidationError(_("Choisissez un jour d’ici un an."))
        return day

    def moments(self) -> tuple[datetime, datetime]:
        """When it starts and ends."""
        day: date = self.cleaned_data["day"]
        start = datetime.combine(day, self.cleaned_data["hour"], QUEBEC)
        return start, start + timedelta(minutes=self.cleaned_data["minutes"])


class BookForm(forms.Form):
    """One of the open slots, for one of the person's organisations."""

    about = forms.CharField(
        label=_("De quoi aimeriez-vous parler? (facultatif)"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        slots: Sequence[Slot],
        organisations: Sequence[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(each.pk): each for each in organisations}
        alone = len({each.coach_id for each in slots}) == 1
        self.fields["slot"] = forms.TypedChoiceField(
            label=_("Moment avec %s") % slots[0].coach.get_full_name() if alone else _("Moment"),
            choices=[(str(each.uuid), _label(each, organisations, alone=alone)) for each in slots],
            coerce=UUID,
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choisissez un moment."),
                "invalid_choice": _("Ce moment vient d’être pris. En voici d’autres."),
            },
        )
        several = len(organisations) > 1
        self.fields["organisation"] = forms.TypedChoiceField(
            label=_("Pour quelle organisation?"),
            choices=[(pk, str(each)) for pk, each in self.organisations.items()],
            coerce=lambda pk: self.organisations[pk],
            initial=next(iter(self.organisations), ""),
            widget=forms.Select if several else forms.HiddenInput,
        )
        self.order_fields(["slot", "organisation", "about"])


def _label(slot: Slot, organisations: Sequence[Organisation], *, alone: bool) -> str:
    """The day and the hours, on the person's own clock too; whose moment it is, if it matters."""
    day = capfirst(wording.day(slot.local_start, weekday=True))
    moment = f"{day}, {wording.span(slot.local_start, slot.local_end)}"
    hours = {own_hour(slot.starts_at, each) for each in organisations}
    if len(hours) == 1 and (own := hours.pop()):
        moment = gettext("%(moment)s, heure de l’Est (%(own_hour)s chez vous)") % {
            "moment": moment,
            "own_hour": own,
        }
    return moment if alone else f"{moment}, {slot.coach.get_full_name()}"


class AfterCallForm(forms.Form):
    """A private note, and two things to do."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Note privée"),
        max_length=4000,
        required=False,
        help_text=_(
            "Vous seule ou vous seul la lisez. Parlez de la municipalité, pas des personnes : "
            "quiconque y est nommé peut demander à la lire."
        ),
        widget=forms.Textarea({"rows": 4}),
    )
    first = forms.CharField(label=_("Première suite"), max_length=200, required=False)
    second = forms.CharField(label=_("Deuxième suite"), max_length=200, required=False)

    @classmethod
    def blank(cls) -> "AfterCallForm":
        return cls(initial={"uuid": uuid4()})

    def renew(self) -> None:
        """Keep what was typed, for a note of its own."""
        self.data = {**dict(self.data.items()), "uuid": str(uuid4())}

    def todo(self) -> list[str]:
        both = (self.cleaned_data["first"].strip(), self.cleaned_data["second"].strip())
        return [each for each in both if each]
