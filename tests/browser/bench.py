"""The accessibility bench: axe, and what axe cannot see, on one page in a real Chromium.

WCAG 2.2 AA. `findings()` gives one text for each failure, empty when the page is sound.
tests/browser/test_bench.py plants defects to prove that each check bites.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

CHECKS = Path(__file__).with_name("checks.js").read_text()
WIDTHS = {"desktop": 1280, "phone": 375}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe().axe_script
RUN_AXE = """async tags => (await axe.run({
  runOnly: { type: "tag", values: tags }, resultTypes: ["violations"],
})).violations"""
SPACING = """
*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}
p{margin-bottom:2em!important}"""
ADOPT = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
MOST_STOPS, SOON = 250, 100  # ms
TEXT = 16  # px
PARKED = "about:blank#bench"

Mutation = Callable[[Page], None]


def _unchanged(page: Page) -> None:
    """Leave the page as the site made it."""


def findings(context: BrowserContext, url: str, mutate: Mutation = _unchanged) -> list[str]:
    """Everything wrong with the page at `url`, loaded once.

    `context` is signed in and asks for reduced motion. `mutate` changes the page after its load.
    """
    with _page(context) as page:
        _resize(page, WIDTHS["desktop"])
        page.goto(url)
        page.evaluate(CHECKS)
        mutate(page)
        return [*_keyboard(page), *_at_widths(page), *_large_text(page), *_spacing(page)]


@contextmanager
def _page(context: BrowserContext) -> Iterator[Page]:
    """A page of the bench's own, kept for the next walk: to open one is to start a process."""
    page = next((each for each in context.pages if each.url == PARKED), None)
    page = page or context.new_page()
    try:
        yield page
    finally:
        page.goto(PARKED)


def axe(page: Page) -> list[str]:
    """Violations that axe-core finds on the page as it stands."""
    if not page.evaluate("() => 'axe' in window"):  # half a megabyte to read, once a page
        page.evaluate(AXE)
    violations = page.evaluate(RUN_AXE, AXE_TAGS)
    return [
        f"{each['id']} ({each['impact']}) × {len(each['nodes'])}: {each['nodes'][0]['html'][:120]}"
        for each in violations
    ]


def context_for(
    browser: Browser, *, width: int = 1280, storage: object | None = None, scripts: bool = True
) -> BrowserContext:
    """A fr-CA person who asks for reduced motion."""
    return browser.new_context(
        viewport={"width": width, "height": 900},
        locale="fr-CA",
        timezone_id="America/Toronto",
        reduced_motion="reduce",
        java_script_enabled=scripts,
        storage_state=storage,  # type: ignore[arg-type]
    )


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def _overflow(page: Page) -> list[str]:
    return page.evaluate("atnChecks.overflow()")


def _at_widths(page: Page) -> Iterator[str]:
    page.evaluate("atnChecks.open()")
    yield from page.evaluate("atnChecks.structure()")
    yield from (f"mouse only: {text}" for text in page.evaluate("atnChecks.mouseOnly()"))
    for name, width in WIDTHS.items():
        _resize(page, width)
        yield from (f"axe, {name}: {text}" for text in axe(page))
        yield from (f"{name}: {text}" for text in _overflow(page))
    yield from (f"small target: {text}" for text in page.evaluate("atnChecks.smallTargets()"))
    _resize(page, 320)
    yield from (f"reflow at 320 px: {text}" for text in _overflow(page))


def _large_text(page: Page) -> Iterator[str]:
    with _text_of(page, 2 * TEXT):
        for width in (1280, 640):
            _resize(page, width)
            yield from (f"text at 200 %, {width} px: {text}" for text in _overflow(page))


@contextmanager
def _text_of(page: Page, size: int) -> Iterator[None]:
    """The size of text that the person chose in the browser: rem media queries react too."""
    device = page.context.new_cdp_session(page)
    device.send("Page.setFontSizes", {"fontSizes": {"standard": size}})
    try:
        yield
    finally:
        device.send("Page.setFontSizes", {"fontSizes": {"standard": TEXT}})
        device.detach()


def _spacing(page: Page) -> Iterator[str]:
    # A sheet made by script: the site's content policy refuses style elements. The last thing,
    # for it stays on the page.
    _resize(page, WIDTHS["phone"])
    page.evaluate(ADOPT, SPACING)
    yield from (f"text spacing: {text}" for text in _overflow(page))


def _keyboard(page: Page) -> Iterator[str]:
    """First of all, while what opens is closed and the focus is nowhere."""
    page.evaluate("atnChecks.expectStops()")
    reached = _stops(page)
    yield from chain.from_iterable(map(_unclear, reached.values()))
    for text in page.evaluate("ids => atnChecks.missed(ids)", list(reached)):
        yield f"not reached by Tab: {text}"
    page.evaluate("document.activeElement?.blur()")


def _stops(page: Page) -> dict[str, dict]:
    """Each element that the Tab key reaches from the top, once round the page."""
    reached: dict[str, dict] = {}
    outside, last = 0, None
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate("atnChecks.stop()")
        if stop is not None and not stop["ring"]:
            page.wait_for_timeout(SOON)  # a frame takes the focus before the page knows it
            stop = page.evaluate("atnChecks.stop()")
        if stop is not None and stop["id"] == last:
            continue  # a date has several parts; a trap is found by what is never reached
        last = stop and stop["id"]
        if stop is not None and stop["id"] not in reached:
            reached[stop["id"]] = stop
            continue
        outside += 1
        if outside > 1:
            break
    return reached


def _unclear(stop: dict) -> Iterator[str]:
    if not stop["ring"]:
        yield f"focus without a ring: {stop['text']}"
    if not stop["visible"]:
        yield f"focus off the screen: {stop['text']}"
    elif stop["covered"]:
        yield f"focus covered: {stop['text']}"
    if not stop["name"]:
        yield f"focus on something without a name: {stop['text']}"
