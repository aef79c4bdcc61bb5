"""A seat as an entry of the person's own calendar (RFC 5545, RFC 5546)."""

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from atn_platform.accounts.models import User
from atn_platform.core import french
from enrollments.enums import Seat
from enrollments.models import Appointment, Registration

PRODUCT = "-//Académie de la transformation numérique//Plateforme ATN//FR"


def invitation(registration: Registration) -> str:
    """The seat as a REQUEST: a new entry, or the replacement of the one with the same UID."""
    return _calendar(registration, method="REQUEST", status="CONFIRMED")


def cancellation(registration: Registration) -> str:
    """The same entry, struck out."""
    return _calendar(registration, method="CANCEL", status="CANCELLED")


def published(registration: Registration) -> str:
    """The entry alone, for whoever downloads it: no answer is asked of their calendar."""
    return _calendar(registration, method="PUBLISH", status="CONFIRMED")


def _calendar(registration: Registration, *, method: str, status: str) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(registration, status=status, with_people=method != "PUBLISH"))
    session = registration.session
    return _written(calendar, session.starts_at.year, session.ends_at.year)


def appointment(held: Appointment, reader: User, *, method: str) -> str:
    """The appointment in the calendar of one of the two who meet: REQUEST, CANCEL or PUBLISH."""
    slot = held.slot
    is_coach = reader.pk == slot.coach_id
    other = held.person if is_coach else slot.coach
    page = settings.SITE_URL + reverse(
        "enrollments:desk" if is_coach else "enrollments:appointments"
    )
    calendar, event = Calendar(), Event()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event.add("uid", f"rendez-vous-{held.uuid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", held.sequence)
    event.add("dtstamp", held.updated_at)
    event.add("dtstart", slot.local_start)
    event.add("dtend", slot.local_end)
    event.add("summary", _("Accompagnement : %s") % other.get_full_name())
    event.add("location", slot.how)
    event.add("description", _("Détails et annulation : %s") % page)
    event.add("url", page)
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if method != "PUBLISH":
        _with_people(event, reader)
    calendar.add_component(event)
    return _written(calendar, slot.starts_at.year, slot.ends_at.year)


def _written(calendar: Calendar, first: int, last: int) -> str:
    """Hours stand in the zone of the place, whose rules travel with them (VTIMEZONE): those of the
    years around, for a list since 1970 triples the file and stops in 2038.
    """
    calendar.add_missing_timezones(
        first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1)
    )
    return str(calendar.to_ical(), "utf-8")


def _event(registration: Registration, *, status: str, with_people: bool) -> Event:
    session = registration.session
    page = settings.SITE_URL + reverse("enrollments:session", args=[session.uuid])
    event = Event()
    event.add("uid", f"session-{registration.uuid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("sequence", registration.sequence)
    event.add("dtstamp", registration.updated_at)
    event.add("dtstart", session.local_start)
    event.add("dtend", session.local_end)
    event.add("summary", french.typography(session.title))
    event.add("location", place(registration))
    event.add("description", description(registration, page))
    event.add("url", page)
    event.add("status", status)
    event.add("transp", "OPAQUE")
    if with_people:
        _with_people(event, registration.learner)
    return event


def _with_people(event: Event, reader: User) -> None:
    """Who calls the meeting, and whose calendar this is."""
    address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip(">")
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = vText(_("Académie de la transformation numérique"))
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{reader.email}")
    attendee.params["CN"] = vText(reader.get_full_name())
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    event.add("attendee", attendee)


def place(registration: Registration) -> str:
    """Where this seat is: the room and its address, or the link of the meeting."""
    session = registration.session
    if registration.seat == Seat.ONLINE:
        return session.online_url or str(_("En ligne"))
    return ", ".join(part for part in (session.place, session.address) if part)


def description(registration: Registration, page: str) -> str:
    """What one wants at hand when the day comes, one line each."""
    session = registration.session
    online = registration.seat == Seat.ONLINE
    lines = [
        _("Rejoindre la rencontre : %s") % session.online_url
        if online and session.online_url
        else "",
        _("Par téléphone : %s") % session.phone_access if online and session.phone_access else "",
        session.captions_note,
        session.note,
        _("Détails et annulation : %s") % page,
    ]
    return french.typography("\n".join(line for line in lines if line))
