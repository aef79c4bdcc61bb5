"""`python -m tests.bench.paint --write`: when text is painted, on the lines of the far towns.

The production stack on a small world, in the tests' Chromium: an empty cache first, then the next
page in the same browser. Chromium itself holds each answer back for the delay of the line and gives
bytes at its rate; the hand-shakes of TCP and TLS, once a visit, are not in it.
"""

import json
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench import machine, stack
from tests.bench.pages import LESSON, pages
from tests.bench.sections import put_section
from tests.browser.chromium import CHROMIUM, FLAGS

MARK = "## First text on a slow line"
FOLDER = stack.ROOT / "var" / "bench-paint"
PEOPLE, MUNICIPALITIES, VISITS = 400, 20, 5
FIRST, NEXT = "home, learner", LESSON
PAINTED = """() => new Promise((tell) => new PerformanceObserver((seen) => {
  for (const each of seen.getEntriesByName("first-contentful-paint")) tell(each.startTime);
}).observe({type: "paint", buffered: true}))"""


@dataclass(frozen=True, slots=True)
class Line:
    """`delay` in ms each way and back; `rate` in kbit/s; goals in seconds, first and next view."""

    name: str
    delay: int
    rate: int
    goals: tuple[float, float]


LINES = [
    Line("satellite", 650, 2_000, (1.5, 0.8)),
    Line("2G", 800, 50, (4.0, 1.4)),
]


def main() -> None:
    try:
        with stack.running(FOLDER, people=PEOPLE, municipalities=MUNICIPALITIES) as running:
            world = json.loads((FOLDER / "world.json").read_text())
            asked = {page.name: page.ask(0) for page in pages(world)}
            host = f"http://127.0.0.1:{running.ports['web']}"
            paths = (host + asked[FIRST].path, host + asked[NEXT].path)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                text = _section(browser, paths, asked[FIRST].session)
                browser.close()
    except stack.CannotStart as error:
        sys.exit(str(error))
    sys.stdout.write(text)
    if "--write" in sys.argv:
        put_section(MARK, text)


def _section(browser: Browser, paths: tuple[str, str], session: str) -> str:
    lines = [_row(line, _visits(browser, line, paths, session)) for line in LINES]
    return (
        f"{MARK}\n\n"
        f"Written by `python -m tests.bench.paint --write`: seconds until Chromium has painted the\n"
        f"first text, median of {VISITS} visits. *First view*: home of a learner, empty cache; *next*:\n"
        "the lesson, in the same browser. Goals in brackets.\n\n"
        f"- Machine: {machine.description()}; load {machine.load_average()}\n\n"
        "| Line | Delay, ms | Rate, kbit/s | First view, s | Next view, s |\n"
        "|---|--:|--:|--:|--:|\n" + "".join(lines)
    )


def _visits(
    browser: Browser, line: Line, paths: tuple[str, str], session: str
) -> list[tuple[float, float]]:
    found = []
    for _ in range(VISITS):
        context = browser.new_context()
        context.add_cookies([{"name": "session", "value": session, "url": paths[0]}])
        found.append(_visit(context, line, paths))
        context.close()
    return found


def _visit(context: BrowserContext, line: Line, paths: tuple[str, str]) -> tuple[float, float]:
    page = context.new_page()
    page.set_default_timeout(120_000)
    wire = context.new_cdp_session(page)
    bytes_a_second = line.rate * 1000 / 8
    wire.send("Network.enable")
    wire.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.delay,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    first, following = (_painted(page, path) for path in paths)
    return first, following


def _painted(page: Page, address: str) -> float:
    page.goto(address, wait_until="load")
    painted = float(page.evaluate(PAINTED)) / 1000
    page.wait_for_load_state("networkidle")
    return painted


def _row(line: Line, visits: list[tuple[float, float]]) -> str:
    cells = [
        f"{statistics.median(each):.2f} ({goal})"
        for each, goal in zip(zip(*visits, strict=True), line.goals, strict=True)
    ]
    return f"| {line.name} | {line.delay} | {line.rate:,} | {' | '.join(cells)} |\n"


if __name__ == "__main__":
    main()
