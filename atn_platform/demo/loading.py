"""Loading the demonstration: places, people, courses and a year of plausible activity."""

import random
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone

from atn_platform.accounts.models import User
from atn_platform.consents.enums import WORDINGS, Purpose, Way
from atn_platform.consents.models import Consent
from atn_platform.demo.accompaniment import write_accompaniment, write_questions
from atn_platform.demo.accounts import DEMO_ACCOUNTS, DOMAIN
from atn_platform.demo.activity import write_activity
from atn_platform.demo.gatherings import plan_sessions
from atn_platform.demo.invitations import write_invitations
from atn_platform.demo.parcours import load_paths
from atn_platform.demo.people import Person, everyone
from atn_platform.demo.personas import (
    COACH,
    INSTRUCTOR,
    PERSONAS,
    RESPONSABLE,
    write_personas,
    write_territory,
)
from atn_platform.demo.places import FICTIONAL_CODE, MRC_CODE, load_places
from courses import actions as courses
from municipalities.actions import cards
from municipalities.enums import Public
from municipalities.models import Mandate, Organisation, Responsibility
from municipalities.queries.elections import usual_end

COURSES = Path(__file__).parent / "courses"
MANDATES_START = date(2025, 11, 2)  # the last general municipal election
PUBLISHED_AT = datetime(2025, 11, 3, 14, 0, tzinfo=UTC)
SHARE_OPEN = 0.42
SHARE_AGREEING = 0.5


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
    personas = write_personas(home, since=MANDATES_START, granted_at=PUBLISHED_AT)
    write_territory(Organisation.objects.get(code=MRC_CODE), since=MANDATES_START)
    _agree([*mandates, *personas])
    _print_card(home, personas)
    courses.load_framework()
    courses.load_scenarios()
    for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
        course = courses.import_folder(path=folder)
        courses.publish(course_id=course.pk, by=None, at=PUBLISHED_AT)
    paths = load_paths(COURSES / "paths.yaml")
    gatherings = plan_sessions(User.objects.get(email=INSTRUCTOR))
    written = write_activity(mandates, personas, gatherings, paths, random.Random(2027))
    write_invitations(random.Random("invitations"))
    coach = User.objects.get(email=COACH)
    write_accompaniment(coach, home, since=PUBLISHED_AT)
    write_questions(coach, home)
    return {
        "municipalities": len(places),
        "people": len(people) + len(PERSONAS) + 1,
        "sessions": len(gatherings),
        **written,
    }


def _print_card(home: Organisation, personas: list[Mandate]) -> None:
    """The responsable prints the card of whoever has no address, today: it is good for a while."""
    by = User.objects.get(email=f"{RESPONSABLE}@{DOMAIN}")
    people = [mandate.user.pk for mandate in personas if not mandate.user.email]
    printing = uuid5(NAMESPACE_URL, "demo/carte")
    cards.print_cards(
        organisation=home, user_ids=people, printing=printing, by=by, at=timezone.now()
    )


def _agree(mandates: list[Mandate]) -> None:
    """About half of the elected people let their organisation see their training."""
    purpose = Purpose.FACTS_TO_ORGANISATION
    chance = random.Random("consents")
    elected = {each.user_id for each in mandates if each.public == Public.ELECTED}
    Consent.objects.bulk_create(
        Consent(
            user_id=user,
            purpose=purpose,
            version=WORDINGS[purpose].version,
            words=str(WORDINGS[purpose].text),
            given_at=PUBLISHED_AT,
            given_by=Way.PAGE,
        )
        for user in sorted(elected)
        if chance.random() < SHARE_AGREEING
    )


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
            ends_on=usual_end(post.organisation, post.public, MANDATES_START),
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
