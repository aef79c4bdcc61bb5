"""What strangers and colleagues meet at the doors: limits by place, and time that tells nothing."""

import http.client
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.bench.pages import PASSWORD, TOKEN

TOWN_HALL = "203.0.113.7"
AT_ONCE = 8
REDIRECTION = 302
LOGIN = "/compte/login/"
# Each door that takes an address: what is typed beside it.
DOORS = {
    "code": ("/compte/login/code/", "email", {}),
    "password": (LOGIN, "login", {"password": "ce n’est pas celui-là"}),
    "forgotten password": ("/compte/password/reset/", "email", {}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doors:
    """`inside`: colleagues who came in from one address, of `all`, in `seconds`.

    `told`: by door, by how many milliseconds the medians of known and unknown addresses differ.
    """

    inside: int
    all: int
    seconds: float
    told: dict[str, float]


def measure(port: int, world: dict[str, Any]) -> Doors:
    """One good password each from one place; then addresses known and unknown, in turn."""
    colleagues: list[str] = world["colleagues"]
    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = list(pool.map(lambda email: _comes_in(port, email), colleagues))
    seconds = time.perf_counter() - start
    told = {name: _difference(port, name, world["addressees"]) for name in DOORS}
    return Doors(sum(came), len(came), seconds, told)


def _comes_in(port: int, email: str) -> bool:
    typed = {"login": email, "password": PASSWORD}
    return _post(port, LOGIN, typed, place=TOWN_HALL)[0] == REDIRECTION


def _difference(port: int, door: str, known: list[str]) -> float:
    path, field, more = DOORS[door]
    times: dict[bool, list[float]] = {True: [], False: []}
    for number, email in enumerate(known):
        for is_known, said in ((True, email), (False, f"personne-{email}")):
            place = f"10.{200 + is_known}.{number >> 8 & 255}.{number & 255}"
            times[is_known].append(_post(port, path, {field: said, **more}, place=place)[1])
    medians = [statistics.median(found) for found in times.values()]
    return 1000 * abs(medians[0] - medians[1])


def _post(port: int, path: str, typed: dict[str, str], *, place: str) -> tuple[int, float]:
    """The status, and the seconds that the answer took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode({"csrfmiddlewaretoken": TOKEN, **typed})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrf={TOKEN}",
        "X-Forwarded-For": place,
    }
    start = time.perf_counter()
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    response.read()
    seconds = time.perf_counter() - start
    connection.close()
    return response.status, seconds
