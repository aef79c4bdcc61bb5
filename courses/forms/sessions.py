"""A session as ATN types it: the hours of the place, seats, where and how."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.core import french
from courses.actions.sessions import refusal
from courses.enums import LessonKind, SessionMode
from courses.models import CourseSession

MOMENTS = ("starts_at", "ends_at", "registration_closes_at")
FIRST_YEAR, LAST_YEAR = 2020, 2100


class LocalMomentField(forms.Field):
    """A day and an hour as a clock on the spot shows them; a naive datetime."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            moment = parse_datetime(str(value).strip())
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo or not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(_("Écrivez le jour et l’heure ainsi : 2027-02-09 13:30."))
        return moment


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a clock of that zone shows so; ValueError when no clock ever does.

    The hour that comes twice when summer time ends is taken the first time.
    """
    aware = moment.replace(tzinfo=zone)
    if aware.astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueError
    return aware


def comes_twice(moment: datetime) -> bool:
    """Whether the clock of that place shows this hour twice that night."""
    return moment.utcoffset() != moment.replace(fold=1).utcoffset()


def givers(session: CourseSession) -> QuerySet[User]:
    """Who may give a session: instructors, coaches and ATN, and whoever gives it now."""
    granted = RoleGrant.objects.filter(
        ended_at__isnull=True, role__in=[Role.INSTRUCTOR, Role.COACH, Role.ADMINISTRATOR]
    )
    able = Q(pk__in=granted.values("user"), is_active=True)
    return User.objects.filter(able | Q(pk=session.instructor_id)).order_by("sort_key", "pk")


class SessionForm(forms.ModelForm):
    """Hours are read in the zone chosen on the same form. Seats left empty have no limit.

    Whoever makes the class sets `now`.
    """

    now: datetime

    time_zone = forms.ChoiceField(
        label=_("Heure du lieu"),
        choices=[(name, label.capitalize()) for name, label in french.ZONES.items()],
        initial="America/Toronto",
    )
    starts_at = LocalMomentField(label=_("Début"))
    ends_at = LocalMomentField(label=_("Fin"))
    registration_closes_at = LocalMomentField(
        label=_("Fin des inscriptions"),
        required=False,
        help_text=_("Vide : jusqu’au début de la rencontre."),
    )

    online_url = forms.URLField(
        label=_("Lien de la rencontre"),
        required=False,
        assume_scheme="https",
        help_text=_("Montré aux seules personnes inscrites en ligne."),
    )

    class Meta:
        model = CourseSession
        fields = (
            "lesson", "title", "mode", "time_zone", "starts_at", "ends_at",
            "registration_closes_at", "place", "address", "seats_on_site", "online_url",
            "phone_access", "seats_online", "captions_note", "note", "instructor",
        )  # fmt: skip
        help_texts = {
            "seats_on_site": _("Vide : sans limite. Zéro : fermé."),
            "seats_online": _("Vide : sans limite. Zéro : fermé."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "lesson" in self.fields:
            lessons = self.fields["lesson"].queryset  # type: ignore[attr-defined]
            self.fields["lesson"].queryset = lessons.filter(  # type: ignore[attr-defined]
                kind=LessonKind.MEETING
            ).select_related("module__course")
            self.fields["lesson"].label_from_instance = (  # type: ignore[attr-defined]
                lambda lesson: f"{lesson.module.course.code} · {lesson.title}"
            )
        if "instructor" in self.fields:
            self.fields["instructor"].queryset = givers(self.instance)  # type: ignore[attr-defined]
        for name in MOMENTS:
            moment = getattr(self.instance, name)
            if moment is not None:
                local = moment.astimezone(self.instance.zone)
                self.initial[name] = local.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "time_zone" in data:
            for name in MOMENTS:
                self._place(data, name, ZoneInfo(data["time_zone"]))
        start, end, closes = (data.get(name) for name in MOMENTS)
        if start and end and end <= start:
            self.add_error("ends_at", _("La fin doit venir après le début."))
        if start and (why := refusal(self._before(), start, at=self.now)):
            self.add_error("starts_at", why)
        if start and closes and closes > start:
            self.add_error(
                "registration_closes_at", _("Les inscriptions finissent avant le début.")
            )
        self._check_place(data)
        return data

    @property
    def twice(self) -> list[datetime]:
        """The moments typed whose hour comes twice; the first time was taken."""
        moments = (self.cleaned_data.get(name) for name in MOMENTS)
        return [moment for moment in moments if moment and comes_twice(moment)]

    def _before(self) -> CourseSession | None:
        return CourseSession.objects.filter(pk=self.instance.pk).first()

    def _place(self, data: dict[str, Any], name: str, zone: ZoneInfo) -> None:
        moment = data.get(name)
        if moment is None:
            return
        try:
            data[name] = in_zone(moment, zone)
        except ValueError:
            self.add_error(
                name,
                _("Cette heure n’existe pas ce jour-là : on passe à l’heure d’été."),
            )

    def _check_place(self, data: dict[str, Any]) -> None:
        mode = data.get("mode")
        if mode in {SessionMode.IN_PERSON, SessionMode.BOTH} and not data.get("place"):
            self.add_error("place", _("Dites où la rencontre a lieu."))
        if mode in {SessionMode.VIRTUAL, SessionMode.BOTH} and not data.get("captions_note"):
            # WCAG 2.2, criterion 1.2.4: live captions.
            self.add_error(
                "captions_note", _("Dites quels sous-titres sont offerts aux personnes en ligne.")
            )


class CallOffForm(forms.Form):
    """Why a session is cancelled, in words that the people registered will read."""

    reason = forms.CharField(
        label=_("Raison"),
        max_length=200,
        help_text=_("Les personnes inscrites la liront dans leur courriel."),
        error_messages={"required": _("Dites pourquoi : les gens voudront le savoir.")},
    )
