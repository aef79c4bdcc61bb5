"""What people type about their courses and seats; deciding belongs to enrollments.actions."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.models import User
from courses.enums import PathOrder
from courses.models import Course, CourseSession, CourseVersion, Path
from enrollments.actions import Batch, Statement
from enrollments.enums import SEATS, Seat
from enrollments.models import Enrollment
from enrollments.queries.sessions import Meeting
from municipalities.enums import Public
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
            "Facultatif : accès en fauteuil, sous-titrage, interprétation… "
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
            "invalid": _("Cette adresse n’est pas complète : il y manque peut-être le @."),
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


class GroupForm(forms.Form):
    """Ticked people, and the button of the course or parcours that was pressed."""

    def __init__(
        self,
        *args: Any,
        mandates: Sequence[Mandate],
        courses: Sequence[CourseVersion],
        paths: Sequence[Path],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mandates = {str(each.pk): each for each in mandates}
        self.objects: dict[str, Course | Path] = {
            **{f"cours-{each.course_id}": each.course for each in courses},
            **{f"parcours-{each.pk}": each for each in paths},
        }
        self.fields["people"] = forms.MultipleChoiceField(
            label=_("Les personnes"),
            choices=[(key, key) for key in self.mandates],
            error_messages={
                "required": _("Cochez au moins une personne."),
                "invalid_choice": _("Une de ces personnes n’est plus dans la liste."),
            },
        )
        self.fields["object"] = forms.ChoiceField(
            label=_("La formation"),
            choices=[(key, key) for key in self.objects],
            error_messages={
                "required": _("Choisissez un cours ou un parcours."),
                "invalid_choice": _("Cette formation n’est plus offerte."),
            },
        )

    def pairs(self) -> list[tuple[Mandate, Course | Path]]:
        wanted = self.objects[self.cleaned_data["object"]]
        return [(self.mandates[key], wanted) for key in self.cleaned_data["people"]]


class AssignForm(forms.Form):
    """A parcours for each public, and for each function; a function prevails over its public."""

    def __init__(
        self,
        *args: Any,
        publics: dict[str, int],
        functions: dict[str, tuple[str, int]],
        paths: Sequence[Path],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.paths = {str(each.pk): each for each in paths}
        self.functions = {f"fonction-{rank}": key for rank, key in enumerate(functions)}
        for public, public_label in Public.choices:
            if publics.get(public):
                self._ask(f"public-{public}", str(public_label), publics[public])
        for name, key in self.functions.items():
            self._ask(name, *functions[key])

    def _ask(self, name: str, words: str, count: int) -> None:
        self.fields[name] = forms.ChoiceField(
            label=f"{words[:1].upper()}{words[1:]} ({count})",
            choices=[("", _("Aucun parcours")), *((pk, p.title) for pk, p in self.paths.items())],
            required=False,
            error_messages={"invalid_choice": _("Ce parcours n’est plus offert.")},
        )

    def by_public(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.functions]

    def by_function(self) -> list[forms.BoundField]:
        return [self[name] for name in self.functions]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Choisissez au moins un parcours."))
        return data

    def path_of(self, mandate: Mandate, function: str) -> Path | None:
        """The parcours asked for someone; `function` is their function, folded."""
        names = [name for name, key in self.functions.items() if key == function]
        wanted = [self.cleaned_data.get(name) for name in (*names, f"public-{mandate.public}")]
        return next((self.paths[each] for each in wanted if each), None)


class AdvisedForm(forms.Form):
    """The last word before a group is enrolled; the order is asked where its author leaves it."""

    advised_on = forms.DateField(
        label=_("Date suggérée (facultatif)"),
        required=False,
        help_text=_("Elle est dite dans la lettre, comme une idée; rien n’arrive si elle passe."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("Écrivez la date ainsi : 2027-01-15, ou laissez la case vide.")
        },
    )
    in_order = forms.BooleanField(
        label=_("Suivre les étapes dans l’ordre"),
        required=False,
        help_text=_(
            "Chaque étape s’ouvre quand la précédente est franchie. La lettre et la page du "
            "parcours le disent. Qui suivait déjà ce parcours continue comme avant."
        ),
    )

    def __init__(self, *args: Any, paths: Iterable[Path], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if all(each.order == PathOrder.REQUIRED for each in paths):
            del self.fields["in_order"]


def label(mandate: Mandate) -> str:
    role = mandate.function or mandate.get_public_display()
    return f"{role[:1].upper()}{role[1:]}, {mandate.organisation.name}"


MOST_STATEMENTS = 200


class TooMany(ValueError):
    """A batch is longer than the protocol allows: the device sends half of it."""


def batch(body: bytes) -> Batch:
    """What a device sends, from its JSON (docs/offline.md); ValueError for anything else."""
    try:
        said = json.loads(body)
        # Half of a character, which JSON can spell and no database holds, is a ValueError too.
        json.dumps(said, ensure_ascii=False).encode()
        sent = said["enonces"]
        if len(sent) > MOST_STATEMENTS:
            raise TooMany
        return Batch(UUID(said["appareil"]), _moment(said["maintenant"]), list(map(_read, sent)))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError from error


def _read(said: dict[str, Any]) -> Statement:
    return Statement(
        id=UUID(said["id"]),
        verb=str(said["verbe"]),
        course=str(said["cours"]).replace("\x00", ""),
        lesson=UUID(said["lecon"]),
        said_at=_moment(said["at"]),
        rank=int(said.get("seq", 0)),
        block=UUID(said["bloc"]) if said.get("bloc") else None,
        attempt=UUID(said["essai"]) if said.get("essai") else None,
        fields={
            str(name): [str(value) for value in values]
            for name, values in said.get("champs", {}).items()
        },
    )


def _moment(text: str) -> datetime:
    """A moment with its zone, far from the ends of the calendar: clocks are put right later."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1900 < moment.year < 2999:  # noqa: PLR2004
        raise ValueError(text)
    return moment


class ReviewForm(forms.Form):
    """What surprises in a result that was computed."""

    wanted = forms.CharField(
        label=_("Qu’est-ce qui vous étonne?"),
        help_text=_("Par exemple : la question 3, où deux réponses me semblent justes."),
        max_length=2_000,
        error_messages={
            "required": _("Écrivez ce qui vous étonne : la personne qui révise le lira."),
        },
        widget=forms.Textarea({"rows": 4}),
    )


class AnswerReviewForm(forms.Form):
    """A trainer's answer: a result that rises or stays, and why."""

    score = forms.IntegerField(
        label=_("Nouveau résultat (%)"),
        help_text=_("Vide si le résultat ne change pas."),
        min_value=0,
        max_value=100,
        required=False,
    )
    reason = forms.CharField(
        label=_("Vos raisons"),
        help_text=_("La personne les lira, telles quelles."),
        max_length=2_000,
        error_messages={"required": _("Écrivez les raisons : la personne les lira.")},
        widget=forms.Textarea({"rows": 4}),
    )


def event_id(text: str) -> UUID:
    """What a page calls the act it sends, so that twice is once; a new name if it has none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
