"""The people whom a visitor signs in as, and where each one stands."""

from datetime import UTC, date, datetime

from allauth.mfa.totp.internal.auth import TOTP

from atn_platform.accounts.enums import SECOND_FACTOR_ROLES, Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.demo.accounts import DEMO_TOTP_SECRET, DOMAIN, TERRITORY_EMAIL
from atn_platform.demo.gatherings import Gathering, seat_at
from atn_platform.demo.journeys import Journey, enrollment_of
from atn_platform.demo.year import REMINDED_AT, YEAR_ENDS
from courses.models import Course
from enrollments.enums import Seat
from municipalities.enums import Public
from municipalities.models import Mandate, Organisation, Responsibility
from municipalities.queries.elections import usual_end

# Address (one has none), name, public and function at Saint-Exemple, platform role.
PERSONAS = (
    ("chantal.girard", "Chantal", "Girard", Public.STAFF, "adjointe aux loisirs", None),
    ("rejean.tremblay", "Réjean", "Tremblay", Public.ELECTED, "conseiller, siège 4", None),
    ("ginette.ouellet", "Ginette", "Ouellet", Public.MANAGER, "directrice générale", None),
    ("", "Luc", "Bélanger", Public.STAFF, "contremaître aux travaux publics", None),
    ("maude.fortin", "Maude", "Fortin", None, "", Role.INSTRUCTOR),
    ("etienne.roy", "Étienne", "Roy", None, "", Role.COACH),
    ("philippe.nguyen", "Philippe", "Nguyen", None, "", Role.ADMINISTRATOR),
    ("catherine.lavoie", "Catherine", "Lavoie", None, "", Role.UMQ_COORDINATOR),
)
COACH = f"etienne.roy@{DOMAIN}"
INSTRUCTOR = f"maude.fortin@{DOMAIN}"
RESPONSABLE = "ginette.ouellet"
WHOLE = 99
# Courses joined by address: code, day, stations reached, the last of which is only opened.
WAYS: dict[str, tuple[tuple[str, date, int], ...]] = {
    "chantal.girard": (("CYB-101", date(2026, 10, 5), 7),),
    "rejean.tremblay": (
        ("ELU-100", date(2026, 3, 9), WHOLE),
        ("CYB-101", date(2026, 10, 5), 3),
    ),
    "ginette.ouellet": (
        ("CYB-101", date(2026, 2, 16), WHOLE),
        ("SEC-201", date(2026, 9, 28), 8),
    ),
    "": (("CYB-101", date(2026, 11, 9), 0),),
}
# The course whose next meeting, on the day after REMINDED_AT, the responsable goes to.
MEETS_IN = "SEC-201"


def write_personas(home: Organisation, *, since: date, granted_at: datetime) -> list[Mandate]:
    """Their accounts, roles and mandates; gives the mandates."""
    mandates = []
    for local, first, last, public, function, role in PERSONAS:
        is_admin = role == Role.ADMINISTRATOR
        user = User.objects.create_user(
            f"{local}@{DOMAIN}" if local else None,
            first_name=first,
            last_name=last,
            is_staff=is_admin,
            is_superuser=is_admin,
        )
        if role:
            RoleGrant.objects.create(user=user, role=role, granted_at=granted_at)
        if role in SECOND_FACTOR_ROLES or local == RESPONSABLE:
            TOTP.activate(user, DEMO_TOTP_SECRET)
        if public:
            mandates.append(
                Mandate.objects.create(
                    user=user,
                    organisation=home,
                    public=public,
                    function=function,
                    starts_on=since,
                    ends_on=usual_end(home, public, since),
                )
            )
        if local == RESPONSABLE:
            Responsibility.objects.create(user=user, organisation=home, starts_on=since)
    return mandates


def write_territory(mrc: Organisation, *, since: date) -> Mandate:
    """Who answers for an MRC, and sees its municipalities as counts."""
    user = User.objects.create_user(TERRITORY_EMAIL, first_name="Nadia", last_name="Gagnon")
    TOTP.activate(user, DEMO_TOTP_SECRET)
    Responsibility.objects.create(user=user, organisation=mrc, starts_on=since)
    return Mandate.objects.create(
        user=user,
        organisation=mrc,
        public=Public.MANAGER,
        function="coordonnatrice de la formation",
        starts_on=since,
    )


def persona_journeys(
    mandates: list[Mandate], offered: list[Course], gatherings: list[Gathering]
) -> list[Journey]:
    courses = {course.code: course for course in offered}
    coming = [
        each.session
        for each in gatherings
        if each.session.course.code == MEETS_IN and each.session.starts_at > REMINDED_AT
    ]
    journeys = []
    for mandate in mandates:
        local = (mandate.user.email or "").partition("@")[0]
        for code, day, reached in WAYS.get(local, ()):
            if code not in courses:
                continue
            joined = datetime(day.year, day.month, day.day, 16, 10, tzinfo=UTC)
            enrollment = enrollment_of(
                seed=f"demo/{local}",
                learner=mandate.user,
                course=courses[code],
                mandate=mandate,
                enrolled_at=joined,
            )
            journey = Journey(enrollment, reached, YEAR_ENDS)
            if code == MEETS_IN and coming:
                booked = joined.replace(hour=18)
                journey.seats.append(seat_at(coming[0], enrollment, Seat.ONLINE, booked))
            journeys.append(journey)
    return journeys
