"""A published course as an EPUB 3 book (W3C EPUB 3.3): a zip of our own making.

The same bytes for the same version: dates in the archive are fixed.
"""

import hashlib
import io
import zipfile
from collections.abc import Collection, Sequence
from html import escape
from html.parser import HTMLParser

from django.template.loader import render_to_string
from django.utils.translation import gettext

from courses import paper
from courses.documents import AssetDoc
from courses.drawing import Zone
from courses.models import CourseVersion
from courses.pdf import Source, drawn, lesson_html
from courses.queries import document

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
VOID = {"br", "hr", "img", "wbr", "col", "input"}
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="OEBPS/livre.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
STYLE = """body{font-family:sans-serif;line-height:1.5}
.box{border:1px solid;padding:.5em 1em;margin:1em 0}
.label{font-weight:bold;margin-bottom:0}
.facts{font-size:.9em}
.lines{height:2em;border-bottom:1px solid}
.case{border:1px solid;padding:0 .4em}
th{text-align:left}
img{max-width:100%}
table{border-collapse:collapse}
th,td{border:1px solid;padding:.25em .5em;text-align:left;vertical-align:top}
"""
Page = tuple[str, str, str]  # file name, title, body


def epub(version: CourseVersion, source: Source, without: Collection[str] = ()) -> bytes:
    """The book: its front page, one file a lesson, its pictures, its table of contents."""
    course = document(version.pk)
    pictures: dict[str, tuple[str, bytes]] = {}

    def picture(asset: AssetDoc, zones: Sequence[Zone]) -> str:
        kind, content = drawn(asset, zones, source)
        digest = hashlib.sha256(content).hexdigest()[:16]
        name = f"images/{digest}{SUFFIXES.get(kind, '')}"
        if content:
            pictures[name] = (kind, content)
        return name if content else ""

    facts = {"course": course, "version": version, "later": len(without)}
    front = render_to_string("courses/booklet/front.html", facts)
    pages: list[Page] = [("couverture.xhtml", course["title"], front)]
    stops = paper.stops(course, without)
    for stop in stops:
        body = lesson_html(stop, picture, drawn=True)
        pages.append((f"lecon-{stop.number}.xhtml", stop.lesson["title"], body))
    sheet = facts | {"stops": stops, "code": paper.code_of(version)}
    body = render_to_string("courses/booklet/sheet.html", sheet)
    pages.append(("feuille.xhtml", gettext("Feuille de réponses"), body))
    files: dict[str, bytes] = {
        "META-INF/container.xml": CONTAINER.encode(),
        "OEBPS/livre.opf": _package(version, course["title"], pages, pictures).encode(),
        "OEBPS/nav.xhtml": _navigation(course["title"], pages).encode(),
        "OEBPS/style.css": STYLE.encode(),
        **{f"OEBPS/{name}": _page(title, body).encode() for name, title, body in pages},
        **{f"OEBPS/{name}": content for name, (__, content) in pictures.items()},
    }
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        # First and not compressed: readers know the format by these bytes.
        for name, content in {"mimetype": b"application/epub+zip", **files}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            stored = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def _page(title: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" lang="fr-CA" xml:lang="fr-CA">'
        f'<head><title>{escape(title)}</title><link rel="stylesheet" href="style.css"/></head>'
        f"<body>{_xhtml(body)}</body></html>"
    )


def _navigation(title: str, pages: list[Page]) -> str:
    items = "".join(f'<li><a href="{name}">{escape(said)}</a></li>' for name, said, __ in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="fr-CA" xml:lang="fr-CA"><head><title>{escape(title)}</title>'
        '<link rel="stylesheet" href="style.css"/></head><body>'
        f'<nav epub:type="toc"><h1>{escape(title)}</h1><ol>{items}</ol></nav></body></html>'
    )


def _package(
    version: CourseVersion, title: str, pages: list[Page], pictures: dict[str, tuple[str, bytes]]
) -> str:
    names = [name for name, __, __ in pages]
    items = "".join(
        f'<item id="p{rank}" href="{name}" media-type="application/xhtml+xml"/>'
        for rank, name in enumerate(names)
    )
    items += "".join(
        f'<item id="i{rank}" href="{name}" media-type="{kind}"/>'
        for rank, (name, (kind, __)) in enumerate(pictures.items())
    )
    spine = "".join(f'<itemref idref="p{rank}"/>' for rank in range(len(names)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        'xml:lang="fr-CA"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:sha256:{version.content_hash}</dc:identifier>'
        f"<dc:title>{escape(title)}</dc:title><dc:language>fr-CA</dc:language>"
        "<dc:creator>Académie de la transformation numérique</dc:creator>"
        f'<meta property="dcterms:modified">{version.published_at:%Y-%m-%dT%H:%M:%SZ}</meta>'
        '<meta property="schema:accessMode">textual</meta>'
        '<meta property="schema:accessibilityFeature">structuralNavigation</meta>'
        '<meta property="schema:accessibilityFeature">alternativeText</meta>'
        '<meta property="schema:accessibilityHazard">none</meta></metadata><manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'<item id="css" href="style.css" media-type="text/css"/>{items}</manifest>'
        f"<spine>{spine}</spine></package>"
    )


class _Writer(HTMLParser):
    """HTML of ours, written again as XML: every element closed, every text escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.parts.append(f"<{tag}{said}{'/' if tag in VOID else ''}>")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data))


def _xhtml(html: str) -> str:
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return "".join(writer.parts)
