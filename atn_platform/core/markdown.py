"""Authors' Markdown to clean HTML: one pipeline for pages, previews, booklets and messages."""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt

from atn_platform.core import french

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "mark", "ol", "p", "pre",
    "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}, "mark": {"data-clue"}, "ol": {"start"}}
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table"])
_TAG = re.compile(r"(<pre>.*?</pre>|<code>.*?</code>|<[^>]*>)", re.DOTALL)
_CLUE = re.compile(r"\[\[(\d{1,2})\]\](.*?)\[\[/\1\]\]", re.DOTALL)


def render(text: str) -> str:
    """HTML of a Markdown text: allow-listed tags, headings from h2, Québec typography.

    Raw HTML in the text is shown as text. Links keep http, https, mailto and tel only.
    """
    return _cleaned(_PARSER.render(text))


def render_line(text: str) -> str:
    """Like render(), of one line: no paragraph, no heading."""
    return _cleaned(_PARSER.renderInline(text))


def _cleaned(html: str) -> str:
    html = (
        html.replace("<h1>", "<h2>").replace("</h1>", "</h2>").replace("<th>", '<th scope="col">')
    )
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return _typeset(cleaned).strip()


def render_clues(text: str) -> str:
    """Like render(), where `[[1]]…[[/1]]` marks the zone of the first clue."""
    html = _CLUE.sub(r'<mark data-clue="\1">\2</mark>', render(text))
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, link_rel="noopener noreferrer")


def headings(text: str) -> list[int]:
    """Ranks of the headings of a text, in order; a first-rank heading counts as the second."""
    tokens = _PARSER.parse(text)
    return [max(2, int(token.tag[1])) for token in tokens if token.type == "heading_open"]


def sentences(html: str) -> list[str]:
    """Sentences of an HTML text; a title, a paragraph or an item ends one, stop or not.

    Words are parted by plain spaces: a number and its unit are one.
    """
    found = []
    for piece in re.split(r"</(?:h[1-6]|p|li|td|th)>", html):
        words = re.sub(r"[ \t\n]+", " ", unescape(nh3.clean(piece, tags=set()))).strip()
        found += re.split(r"(?<=[.!?…]) ", words) if words else []
    return found


def _typeset(html: str) -> str:
    """French typography on words only: never inside tags or code."""
    parts = _TAG.split(html)
    return "".join(part if part.startswith("<") else french.typography(part) for part in parts)
