"""A bounded load on loopback: some clients, for some seconds, each on a connection of its own."""

import http.client
import itertools
import statistics
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from urllib.parse import urlencode

from tests.bench.pages import COUNT_HEADER, TOKEN, Ask, Page

TIMEOUT = 60.0


class UnexpectedAnswer(Exception):
    """The site did not answer as the page should: the figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    seconds: float
    bytes: int
    queries: int


@dataclass(frozen=True, slots=True)
class Load:
    """What came of one page under one number of clients."""

    answers: list[Answer]
    elapsed: float

    @property
    def p50(self) -> float:
        return statistics.median(each.seconds for each in self.answers)

    @property
    def p95(self) -> float:
        ordered = sorted(each.seconds for each in self.answers)
        return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]

    @property
    def rate(self) -> float:
        return len(self.answers) / self.elapsed


class Site:
    """The site under load. Requests are numbered over the whole run, so that none is repeated."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports
        self._numbers: dict[str, Iterator[int]] = {}

    def load(self, page: Page, *, clients: int, seconds: float) -> Load:
        """Ask for one page from `clients` clients until `seconds` are over."""
        barrier = Barrier(clients + 1)
        with ThreadPoolExecutor(clients) as pool:
            running = [pool.submit(self._client, page, barrier, seconds) for _ in range(clients)]
            barrier.wait()
            start = time.perf_counter()
            answers = [each for future in running for each in future.result()]
        return Load(answers, time.perf_counter() - start)

    def once(self, page: Page) -> Answer:
        """One request outside the load, whose queries are counted."""
        connection = self._connect(page)
        try:
            return self._send(connection, page, {COUNT_HEADER: "1"})
        finally:
            connection.close()

    def _connect(self, page: Page) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._ports[page.server], timeout=TIMEOUT)

    def _client(self, page: Page, barrier: Barrier, seconds: float) -> list[Answer]:
        connection = self._connect(page)
        barrier.wait()
        until = time.perf_counter() + seconds
        answers = []
        while time.perf_counter() < until:
            answers.append(self._send(connection, page, {}))
        connection.close()
        return answers

    def _send(
        self, connection: http.client.HTTPConnection, page: Page, extra: dict[str, str]
    ) -> Answer:
        number = next(self._numbers.setdefault(page.name, itertools.count()))
        ask = page.ask(number)
        body = (
            None if ask.fields is None else urlencode({"csrfmiddlewaretoken": TOKEN, **ask.fields})
        )
        start = time.perf_counter()
        connection.request(
            "GET" if body is None else "POST", ask.path, body, _headers(ask, number) | extra
        )
        response = connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - start
        if response.status != page.status:
            raise UnexpectedAnswer(f"{page.name} : {response.status} pour {ask.path}")
        return Answer(seconds, len(content), int(response.headers.get(COUNT_HEADER, "0")))


def _headers(ask: Ask, number: int) -> dict[str, str]:
    cookies = f"csrf={TOKEN}" + (f"; session={ask.session}" if ask.session else "")
    return {
        "Accept": "text/html",
        "Accept-Encoding": "gzip",
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        # Each from another place of the network: limits by address are not what is measured.
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
