"""Loading the demonstration: places, people, courses and a year of plausible activity."""

import random
from datetime import UTC, date, datetime
from pathlib import Path

from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from atn_platform.accounts.enums import SECOND_FACTOR_ROLES, Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.demo.accounts import DEMO_ACCOUNTS, DEMO_TOTP_SECRET, DOMAIN
from atn_platform.demo.activity import write_activity
from atn_platform.demo.people import Person, everyone
from atn_platform.demo.places import FICTIONAL_CODE, load_places
from courses import actions as courses
from municipalities.enums import Public
from municipalities.models import Mandate, Organisation, Responsibility

COURSES = Path(__file__).parent / "courses"
MANDATES_START = date(2025, 11, 2)  # the last general municipal election
PUBLISHED_AT = datetime(2025, 11, 3, 14, 0, tzinfo=UTC)
SHARE_OPEN = 0.42
# Personas: address (one has none), name, public and function at Saint-Exemple, platform role.
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


def is_loaded() -> bool:
    return User.objects.filter(email=DEMO_ACCOUNTS[0].email).exists()


@transaction.atomic
def load() -> dict[str, int]:
    """Load everything once; counts of what was written. Harmless when it is there already."""
    if is_loaded():
        return {}
    places = load_places()
    home = next(place for place in places if place.code == FICTIONAL_CODE)
    people = [person for person in everyone(places) if not _is_persona(person, home)]
    mandates = _people(people)
    personas = _personas(home)
    for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
        course = courses.import_folder(path=folder)
        courses.publish(course_id=course.pk, by=None, at=PUBLISHED_AT)
    written = write_activity(mandates, personas, random.Random(2027))
    return {"municipalities": len(places), "people": len(people) + len(PERSONAS), **written}


def _is_persona(person: Person, home: Organisation) -> bool:
    """Whether a persona of Saint-Exemple holds this chair already."""
    post = person.posts[0]
    return post.organisation is home and (person.is_chief or post.function.endswith("siège 4"))


def _people(people: list[Person]) -> list[Mandate]:
    users = []
    for person in people:
        user = User(
            email=person.email or None, first_name=person.first_name, last_name=person.last_name
        )
        user.set_unusable_password()
        user.set_sort_key()
        users.append(user)
    User.objects.bulk_create(users, batch_size=500)
    held = [
        Mandate(
            user=user,
            organisation=post.organisation,
            public=post.public,
            function=post.function,
            starts_on=MANDATES_START,
        )
        for user, person in zip(users, people, strict=True)
        for post in person.posts
    ]
    Responsibility.objects.bulk_create(
        Responsibility(
            user=user, organisation=person.posts[0].organisation, starts_on=MANDATES_START
        )
        for user, person in zip(users, people, strict=True)
        if person.is_chief and _is_open(person.posts[0].organisation)
    )
    return Mandate.objects.bulk_create(held, batch_size=500)


def _is_open(place: Organisation) -> bool:
    """Whether this municipality opened its space: about two in five have."""
    return random.Random(f"open/{place.code}").random() < SHARE_OPEN


def _personas(home: Organisation) -> list[Mandate]:
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
            RoleGrant.objects.create(user=user, role=role, granted_at=PUBLISHED_AT)
        if role in SECOND_FACTOR_ROLES:
            TOTP.activate(user, DEMO_TOTP_SECRET)
        if public:
            mandates.append(
                Mandate.objects.create(
                    user=user,
                    organisation=home,
                    public=public,
                    function=function,
                    starts_on=MANDATES_START,
                )
            )
        if local == "ginette.ouellet":
            Responsibility.objects.create(user=user, organisation=home, starts_on=MANDATES_START)
    return mandates
