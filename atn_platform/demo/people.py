"""Fictional people: seeded names, publics and functions, the same on every machine."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from atn_platform.core import french
from atn_platform.demo import names
from municipalities.enums import Public
from municipalities.models import Organisation

# Feminine, then masculine.
Function = tuple[str, str]
MAYOR: dict[str, Function] = {
    "07": ("cheffe", "chef"),
    "08": ("cheffe", "chef"),
    "40": ("présidente", "président"),
}
CHIEF: Function = (
    "directrice générale et greffière-trésorière",
    "directeur général et greffier-trésorier",
)
CITY_CHIEF: Function = ("directrice générale", "directeur général")
MANAGERS: tuple[Function, ...] = (
    ("greffière", "greffier"),
    ("trésorière", "trésorier"),
    ("directrice de l’urbanisme", "directeur de l’urbanisme"),
    ("cheffe des travaux publics", "chef des travaux publics"),
    ("directrice des loisirs et de la culture", "directeur des loisirs et de la culture"),
    ("directrice des technologies de l’information",
     "directeur des technologies de l’information"),
    ("directrice de la sécurité incendie", "directeur de la sécurité incendie"),
)  # fmt: skip
STAFF: tuple[Function, ...] = (
    ("adjointe administrative", "adjoint administratif"),
    ("inspectrice en bâtiment", "inspecteur en bâtiment"),
    ("préposée à la taxation", "préposé à la taxation"),
    ("journalière aux travaux publics", "journalier aux travaux publics"),
    ("responsable de la bibliothèque", "responsable de la bibliothèque"),
    ("technicienne en loisirs", "technicien en loisirs"),
    ("opératrice en traitement des eaux", "opérateur en traitement des eaux"),
    ("agente de communication", "agent de communication"),
    ("technicienne en informatique", "technicien en informatique"),
    ("préposée à l’accueil", "préposé à l’accueil"),
)
# Managers and staff that a municipality of each stratum shows; its council comes besides.
MANAGERS_BY_STRATUM = (0, 1, 1, 1, 2, 2, 3, 4, 5, 6)
STAFF_BY_STRATUM = (0, 1, 2, 3, 5, 6, 8, 9, 10, 12)
COUNCIL_SHOWN = 5
WITHOUT_ADDRESS = 0.06
TWO_SURNAMES = 0.08
SHARED_CHIEFS = 18  # chiefs who also help the next municipality of their MRC
ELECTED_ELSEWHERE = 12  # staff of one municipality who sit on another's council


@dataclass(frozen=True, slots=True)
class Post:
    """What someone is somewhere: a mandate to be."""

    organisation: Organisation
    public: str
    function: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who does not exist. `email` is empty for a few, never for a chief."""

    first_name: str
    last_name: str
    email: str
    posts: list[Post] = field(default_factory=list)

    @property
    def is_chief(self) -> bool:
        return self.posts[0].function in (*CHIEF, *CITY_CHIEF)


def everyone(places: Iterable[Organisation]) -> list[Person]:
    """The people of these municipalities, some of them with two mandates."""
    places = list(places)
    bearers = Counter(place.name for place in places)
    people = [
        person
        for place in places
        for person in _people_of(place, has_homonym=bearers[place.name] > 1)
    ]
    _share_chiefs(people)
    _seat_elsewhere(people)
    return people


def _people_of(place: Organisation, *, has_homonym: bool) -> list[Person]:
    chance = random.Random(f"people/{place.code}")
    slug = french.slugify(place.name)
    domain = f"{slug}-{place.code}.example" if has_homonym else f"{slug}.example"
    people: list[Person] = []
    locals_taken: Counter[str] = Counter()
    for rank, (public, function) in enumerate(_functions(place, chance)):
        feminine = chance.random() < (0.42 if public == Public.ELECTED else 0.6)
        first, last = _name(place.designation, feminine=feminine, chance=chance)
        local = f"{french.slugify(first)}.{french.slugify(last)}"
        locals_taken[local] += 1
        if locals_taken[local] > 1:
            local += str(locals_taken[local])
        has_none = rank > 0 and chance.random() < WITHOUT_ADDRESS
        people.append(
            Person(
                first_name=first,
                last_name=last,
                email="" if has_none else f"{local}@{domain}",
                posts=[Post(place, public, function[0 if feminine else 1])],
            )
        )
    return people


def _functions(place: Organisation, chance: random.Random) -> list[tuple[str, Function]]:
    """The chief first, then managers, staff, and the council from the mayor on."""
    stratum = place.stratum or 1
    chief = CHIEF if stratum <= 4 else CITY_CHIEF  # noqa: PLR2004 -- 5,000 people
    managers = chance.sample(MANAGERS, MANAGERS_BY_STRATUM[stratum] - 1)
    staff = [STAFF[n % len(STAFF)] for n in range(STAFF_BY_STRATUM[stratum])]
    seats = min(place.seats_filled, COUNCIL_SHOWN)
    council: list[Function] = [
        (f"conseillère, siège {n}", f"conseiller, siège {n}") for n in range(1, seats)
    ]
    if seats:
        council.insert(0, MAYOR.get(place.designation, ("mairesse", "maire")))
    return [
        *((Public.MANAGER, function) for function in (chief, *managers)),
        *((Public.STAFF, function) for function in staff),
        *((Public.ELECTED, function) for function in council),
    ]


def _name(designation: str, *, feminine: bool, chance: random.Random) -> tuple[str, str]:
    if designation in names.NORTHERN_FIRST:
        here = names.NORTHERN_FIRST[designation]
        half = len(here) // 2
        first = chance.choice(here[:half] if feminine else here[half:])
        return first, chance.choice(names.NORTHERN_LAST[designation])
    first = chance.choice(names.FEMININE if feminine else names.MASCULINE)
    last = chance.choice(names.SURNAMES)
    if chance.random() < TWO_SURNAMES and "-" not in last:
        last = f"{last}-{chance.choice([name for name in names.SURNAMES if '-' not in name])}"
    return first, last


def _share_chiefs(people: list[Person]) -> None:
    """Small municipalities of one MRC share a person, as many do."""
    chiefs = [
        person
        for person in people
        if person.posts[0].function in CHIEF and person.posts[0].organisation.mrc_id
    ]
    shared = 0
    for one, other in pairwise(chiefs):
        here, there = one.posts[0].organisation, other.posts[0].organisation
        if shared < SHARED_CHIEFS and here.mrc_id == there.mrc_id and len(one.posts) == 1:
            one.posts.append(Post(there, Public.MANAGER, "soutien à la direction générale"))
            shared += 1


def _seat_elsewhere(people: list[Person]) -> None:
    chance = random.Random("two mandates")
    places = [post.organisation for person in people for post in person.posts[:1]]
    staff = [person for person in people if person.posts[0].public == Public.STAFF]
    for person in chance.sample(staff, min(ELECTED_ELSEWHERE, len(staff))):
        home = person.posts[0].organisation
        there = chance.choice([place for place in places if place is not home])
        person.posts.append(Post(there, Public.ELECTED, "membre du conseil"))
