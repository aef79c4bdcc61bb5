"""The words of whoever answers a letter, without the letter that their mail program adds below.

Programs mark what they quote each in their own way, and some send HTML alone: it is read as text
first, its quotations with « > », and one reading serves all.
"""

import re
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser

ATTRIBUTION = re.compile(r"(Le|On)\b.*\d.*\b(a\s+écrit|wrote)\s*:", re.IGNORECASE)
# Long names and addresses push the end of « Le … a écrit : » to a line below.
ATTRIBUTION_LINES = 4
# Beyond it no program announces a quotation, and the search would cost the square of the line.
LONGEST_ATTRIBUTION = 400
# « Bonjour, mes réponses sont plus bas : »
GREETING = re.compile(r"(bonjour|bonsoir|salut|allo|allô|hello|hi)\b.{0,60}", re.IGNORECASE)
RULE = re.compile(
    r"_{10,}$|-{2,}\s*((message|mail|courriel)\s+(d.origine|original|transféré)"
    r"|(original|forwarded)\s+message)\b",
    re.IGNORECASE,
)
FROM = re.compile(r"\*?(De|From)\s*:", re.IGNORECASE)
# « De : » may begin a sentence; a quoted letter goes on with its other headers.
HEADER = re.compile(r"\*?(Envoyé|Sent|Date|À|To|Objet|Subject)(\s+le)?\s*:", re.IGNORECASE)
HEADER_LINES = 5
SIGNED_BY_A_PROGRAM = re.compile(
    r"(Envoyé (de|depuis|à partir de|avec) (mon|ma|la messagerie|Outlook|Proton|Courrier)\b"
    r"|Sent from (my|Mail|Outlook)\b|(Obtenir|Obtenez|Télécharger|Get) Outlook )",
    re.IGNORECASE,
)
BLOCKS = {"blockquote", "div", "h1", "h2", "h3", "hr", "li", "ol", "p", "table", "tr", "ul"}
UNSEEN = {"script", "style", "title"}


def own_words(message: EmailMessage) -> str:
    """What stands above the quotation; else, or after a greeting, what is among its lines."""
    lines = [line.strip() for line in _text(message).splitlines()]
    end = next((at for at in range(len(lines)) if _is_quotation(lines, at)), len(lines))
    above = _signed_off(lines[:end])
    if above and not GREETING.fullmatch(above):
        return above
    return "\n\n".join(filter(None, (above, _signed_off(_between(lines[end:])))))


def _is_quotation(lines: list[str], at: int) -> bool:
    line = lines[at]
    if line.startswith(">") or RULE.match(line) or _attribution(lines, at):
        return True
    following = lines[at + 1 : at + 1 + HEADER_LINES]
    return bool(FROM.match(line) and any(HEADER.match(each) for each in following))


def _attribution(lines: list[str], at: int) -> int:
    """On how many lines « Le … a écrit : » begins here; 0 when it does not."""
    said = ""
    for count, line in enumerate(lines[at : at + ATTRIBUTION_LINES], start=1):
        said = f"{said} {line}".strip()
        if not line or len(said) > LONGEST_ATTRIBUTION:
            return 0
        if ATTRIBUTION.fullmatch(said):
            return count
    return 0


def _between(lines: list[str]) -> list[str]:
    """Lines among those marked with « > »; nothing where the quotation is not marked so."""
    begun = _attribution(lines, 0)
    if not any(line.startswith(">") for line in lines[begun : begun + 2]):
        return []
    return [line for line in lines[begun:] if not line.startswith(">")]


def _signed_off(lines: list[str]) -> str:
    kept = []
    for line in lines:
        if line == "--":
            break
        if not SIGNED_BY_A_PROGRAM.match(line):
            kept.append(line)
    return "\n".join(kept).strip()


def _text(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is None or not (words := _decoded(part)).strip():
            continue
        if kind == "html":
            return _Reading.of(words)
        return _unfolded(words) if part.get_param("format") == "flowed" else words
    return ""


def _decoded(part: MIMEPart) -> str:
    """The words of a part, whatever its character set is said to be."""
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    for charset in (part.get_content_charset("utf-8"), "utf-8"):
        try:
            return raw.decode(charset)
        except (LookupError, ValueError):
            continue
    return raw.decode("cp1252", errors="replace")


def _unfolded(text: str) -> str:
    """Lines as they were written: a space at the end asks to go on (RFC 3676)."""
    lines: list[str] = []
    goes_on = False
    for line in text.splitlines():
        if goes_on and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line)
        goes_on = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


class _Reading(HTMLParser):
    """A page as lines of text, those of a quotation behind « > »."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self.quoted = 0
        self.unseen = 0

    @classmethod
    def of(cls, page: str) -> str:
        reading = cls()
        reading.feed(page)
        reading.close()
        return "\n".join(reading.lines)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its parser gives it
        if tag in UNSEEN:
            self.unseen += 1
        if tag == "body":
            self.unseen = 0  # what the head left open ends with it
        if tag == "blockquote":
            self.quoted += 1
        if (tag in BLOCKS and self.lines[-1].strip("> ")) or tag == "br":
            self._begin()

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)
        if tag in BLOCKS and (tag == "blockquote" or self.lines[-1].strip("> ")):
            self._begin()
        if tag == "p":
            self._begin()

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            space = " " if data[:1].isspace() else ""
            end = " " if data[-1:].isspace() and data.strip() else ""
            self.lines[-1] += space + " ".join(data.split()) + end

    def _begin(self) -> None:
        self.lines.append("> " if self.quoted else "")
