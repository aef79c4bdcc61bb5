"""What people type about their courses and seats; deciding belongs to enrollments.actions."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from courses.models import CourseSession
from enrollments.enums import SEATS, Seat
from enrollments.models import Enrollment
from enrollments.queries.sessions import Meeting
from municipalities.models import Mandate


class EnrollForm(forms.Form):
    """Under which mandate the person follows the course; deciding belongs to actions.enroll.

    With several mandates in force the one that served last is proposed. `ended` is the last
    mandate of someone who has none today.
    """

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Mandate.objects.filter(user=user).select_related("organisation")
        self.mandates = list(mine.in_force(on=on).order_by("-starts_on", "pk"))
        several = len(self.mandates) > 1
        self.ended = None if self.mandates else mine.order_by("-ends_on").first()
        self.fields["mandate"] = forms.TypedChoiceField(
            label=_("À quel titre suivez-vous ce cours?"),
            help_text=_("L’attestation portera ce titre et cette organisation."),
            choices=[(m.pk, label(m)) for m in self.mandates],
            coerce=lambda pk: next(m for m in self.mandates if str(m.pk) == pk),
            initial=self._last_used(user)
            if several
            else next((m.pk for m in self.mandates), None),
            widget=forms.RadioSelect if several else forms.HiddenInput,
            error_messages={
                "required": _("Choisissez à quel titre vous suivez ce cours."),
                "invalid_choice": _("Choisissez un mandat en vigueur."),
            },
        )

    @property
    def capacity(self) -> str:
        """The only mandate in force, in words."""
        return label(self.mandates[0])

    def _last_used(self, user: User) -> int:
        used = Enrollment.objects.visible_to(user).filter(mandate__in=self.mandates)
        last = used.order_by("-enrolled_at").values_list("mandate_id", flat=True).first()
        return last or self.mandates[0].pk


class SeatForm(forms.Form):
    """A seat at a session. `user` is given when the course is to be joined by the same act."""

    accessibility_needs = forms.CharField(
        label=_("Avez-vous besoin de quelque chose pour bien participer?"),
        help_text=_(
            "Facultatif : accès en fauteuil, sous-titrage, interprétation… "
            "Seule la personne qui anime la rencontre le lit."
        ),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, meeting: Meeting, user: User | None, on: date, **kwargs: Any
    ) -> None:
        self.meeting = meeting
        held = meeting.registration
        kwargs.setdefault("initial", {})
        if held is not None:
            kwargs["initial"]["accessibility_needs"] = held.accessibility_needs
        super().__init__(*args, **kwargs)
        # Full places are choices all the same: the action, which counts under a lock, refuses.
        choices = [(each.seat.value, each.seat.label.capitalize()) for each in meeting.places]
        self.fields["seat"] = forms.TypedChoiceField(
            label=_("Comment participez-vous?"),
            choices=choices,
            coerce=Seat,
            widget=forms.RadioSelect if len(choices) > 1 else forms.HiddenInput,
            initial=held.seat if held else choices[0][0],
            error_messages={"required": _("Choisissez comment vous participez.")},
        )
        if user is not None:
            self.fields["mandate"] = EnrollForm(user=user, on=on).fields["mandate"]
        self.order_fields(["mandate", "seat", "accessibility_needs"])

    @property
    def lacks_mandate(self) -> bool:
        """The course is not followed, and there is no mandate under which to join it."""
        return "mandate" in self.fields and not self.fields["mandate"].choices  # type: ignore[attr-defined]


class DoorForm(forms.Form):
    """Someone who comes without a reservation, found by their exact address."""

    email = forms.EmailField(
        label=_("Courriel de la personne"),
        error_messages={
            "required": _("Écrivez l’adresse courriel de la personne."),
            "invalid": _("Cette adresse n’est pas complète : il y manque peut-être le @."),
        },
    )

    def __init__(self, *args: Any, session: CourseSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = SEATS[session.mode]
        self.fields["seat"] = forms.TypedChoiceField(
            label=_("Place"),
            choices=[(seat.value, seat.label.capitalize()) for seat in seats],
            coerce=Seat,
            initial=seats[0],
        )

    def clean_email(self) -> User:
        typed = self.cleaned_data["email"].strip().lower()
        person = User.objects.filter(email=typed, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("Personne n’a de compte avec cette adresse."))
        return person


def label(mandate: Mandate) -> str:
    role = mandate.function or mandate.get_public_display()
    return f"{role[:1].upper()}{role[1:]}, {mandate.organisation.name}"
