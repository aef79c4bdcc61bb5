"""What is asked of the site, and what each answer may cost (goals measured beside a peer)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

TOKEN = "b" * 32
# A large town hall behind one address, its password, and the tries by which a door is timed.
COLLEAGUES, PASSWORD, TRIES = 300, "quatre mots sans lien", 200
# Asks for the number of queries; only sent outside the timed requests.
COUNT_HEADER = "X-Banc-Compte"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request; `fields` make it a POST. `session` is the key of who asks, if signed in."""

    path: str
    session: str = ""
    fields: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """`ratio`: processor time over the bare view's. Queries, and bytes as they travel."""

    ratio: float | None = None
    queries: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`ask(n)` is the n-th request of the run; a POST answers with a redirection."""

    name: str
    ask: Callable[[int], Ask]
    goal: Goal = Goal()
    status: int = 200
    server: str = "web"


BARE = "bare view"
FLOOR = "floor"
LESSON = "lesson"


def pages(world: dict[str, Any]) -> list[Page]:
    """The pages of the bench, the floor first."""
    people, course = _People(world), f"/cours/{world['course']}/"
    lesson, exam = f"{course}{world['lesson']}/", f"{course}{world['exam']}/"
    report = "/rapports/participation"
    return [
        Page("empty answer", lambda n: Ask("/banc/vide/"), server=FLOOR),
        Page(BARE, people.bare, server=FLOOR),
        Page("sign-in page", lambda n: Ask("/compte/login/code/"), Goal(1.1, 1, 9_000)),
        Page("home, anonymous", lambda n: Ask("/"), Goal(2.5, 4, 9_000)),
        Page("home, learner", lambda n: people.learner(n, "/"), Goal(3.8, 9, 9_000)),
        Page("catalogue, anonymous", lambda n: Ask("/catalogue/"), Goal(2.5, 4, 9_000)),
        Page("catalogue, search", lambda n: people.learner(n, "/catalogue/?q=courriel"), Goal(3.8, 6, 9_000)),
        Page("course", lambda n: people.learner(n, course), Goal(3.8, 10, 9_000)),
        Page(LESSON, lambda n: people.learner(n, lesson), Goal(2.5, 6, 9_000)),
        Page("quiz", lambda n: people.learner(n, exam), Goal(3.6, 10, 9_000)),
        Page("quiz answer", people.answer, Goal(2.5, 10), 302),
        Page("lesson done", people.done, Goal(2.6, 10), 302),
        Page("report", lambda n: people.coordinator(f"{report}/"), Goal(25, 10, 14_000)),
        Page("report, CSV", lambda n: people.coordinator(f"{report}.csv"), Goal(25, 8)),
        Page("attestation, PDF", people.download, Goal(2.6, 6, 30_000)),
        Page("verification", people.verification, Goal(2.5, 4, 9_000)),
    ]  # fmt: skip


class _People:
    """Who asks: each request comes from another person than the one before."""

    def __init__(self, world: dict[str, Any]) -> None:
        self._world = world

    def learner(self, n: int, path: str, fields: dict[str, str] | None = None) -> Ask:
        return Ask(path, self._session(self._person(n)), fields)

    def bare(self, n: int) -> Ask:
        """The same people, signed in as a bare Django would have it."""
        return Ask("/banc/nu/", self._world["bare_sessions"][str(self._person(n))])

    def coordinator(self, path: str) -> Ask:
        return Ask(path, self._session(self._world["coordinator"]))

    def done(self, n: int) -> Ask:
        """Each person's next lesson, once each."""
        left = self._world["left"]
        key = left[n // len(self._world["half_way"]) % len(left)]
        return self.learner(n, f"/cours/{self._world['course']}/{key}/terminer/", {})

    def answer(self, n: int) -> Ask:
        """The person's next attempt, as its form names it."""
        enrollment = UUID(self._world["enrollments"][str(self._person(n))])
        quiz = self._world["quiz"]
        attempt = uuid5(enrollment, f"{quiz}/{n // len(self._world['half_way'])}")
        path = f"/cours/{self._world['course']}/{self._world['exam']}/reponses/{quiz}/"
        fields = {"attempt": str(attempt), "anyway": "1", **self._world["answers"]}
        return self.learner(n, path, fields)

    def download(self, n: int) -> Ask:
        held = self._held(n)
        return Ask(f"/attestations/{held['number']}.pdf", self._session(held["person"]))

    def verification(self, n: int) -> Ask:
        return Ask(f"/verifier/{self._held(n)['code']}/")

    def _person(self, n: int) -> int:
        people: list[int] = self._world["half_way"]
        return people[n % len(people)]

    def _held(self, n: int) -> dict[str, Any]:
        held: list[dict[str, Any]] = self._world["certificates"]
        return held[n % len(held)]

    def _session(self, person: int) -> str:
        return str(self._world["sessions"][str(person)])
