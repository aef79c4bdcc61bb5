"""Whether a text is said simply, and in the time that it announces. Advice only."""

import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from atn_platform.core import french, markdown
from courses.documents import BlockDoc, CourseDoc, LessonDoc, parts_html, stations
from courses.enums import BlockKind, LessonKind

LONGEST_SENTENCE = 30  # words
WORDS_A_MINUTE = 180  # reading to learn, not to skim
MINUTES = {
    BlockKind.MESSAGE: 1.0,
    BlockKind.REFLECTION: 2.0,
    BlockKind.ZONES: 1.0,
    BlockKind.PLEDGE: 2.0,
    BlockKind.SCENARIO: 3.0,
}
QUESTION_MINUTES = 0.75
# Below this, the difference may be the pace of the reader.
FAR, FEWEST_MINUTES = 0.3, 2
# What an author says that an exercise takes: « À vous : 3 minutes », « Prenez 12 minutes… »
_SAID = re.compile(r"\b([0-9]{1,2})\s+minutes\b")
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,5}\b")
_HTML = ("html", "transcript_html")

# A word to avoid leads to what to say instead; a word that everyone knows leads to nothing.
Glossary = Mapping[str, str]


def long_sentence(block: BlockDoc) -> str | None:
    """The first sentence of a block that is too long."""
    for sentence in _sentences(block):
        words = sentence.split(" ")
        if len(words) > LONGEST_SENTENCE:
            return _("Une phrase dépasse 30 mots : %s…") % " ".join(words[:6])
    return None


def announced(lesson: LessonDoc) -> str | None:
    """The time announced, when it is far from what the content seems to take."""
    if lesson["kind"] == LessonKind.MEETING or not lesson["minutes"]:
        return None
    found = round(estimated(lesson))
    gap = abs(found - lesson["minutes"])
    if gap <= FEWEST_MINUTES or gap <= FAR * lesson["minutes"]:
        return None
    return _("Durée annoncée : %(announced)s; le contenu en demande environ %(estimated)s.") % {
        "announced": french.duration(lesson["minutes"]),
        "estimated": french.duration(max(1, found)),
    }


def estimated(lesson: LessonDoc) -> float:
    """Minutes to read, watch and answer a lesson."""
    return sum(_minutes(block) for block in lesson["blocks"])


def _minutes(block: BlockDoc) -> float:
    # The transcript of a video is read instead of it.
    words = sum(len(each.split()) for each in _sentences(block))
    questions = len(block.get("questions", ()))
    asked = min(block.get("draw") or questions, questions)
    exercise = _exercise(block) + QUESTION_MINUTES * asked
    return words / WORDS_A_MINUTE + block.get("seconds", 0) / 60 + exercise


def _sentences(block: BlockDoc) -> list[str]:
    return markdown.sentences(block.get("html", "") + "".join(parts_html(block)))


def _exercise(block: BlockDoc) -> float:
    """What the author says that it takes; otherwise what such a block takes most often."""
    kind = BlockKind(block["kind"])
    words = {BlockKind.CALLOUT: "title", BlockKind.REFLECTION: "html"}.get(kind, "")
    said = _SAID.search(str(block.get(words, "")))
    return float(said[1]) if said else MINUTES.get(kind, 0.0)


def jargon(document: CourseDoc, glossary: Glossary) -> Iterator[tuple[str, str, str]]:
    """(lesson, block, sentence): each word to explain, where it comes first and unexplained."""
    said: set[str] = set()
    avoided = {french.fold(term): term for term, plain in glossary.items() if plain}
    known = {term for term, plain in glossary.items() if not plain}
    whole = " ".join(_words(block) for lesson in stations(document) for block in lesson["blocks"])
    for lesson in stations(document):
        for block in lesson["blocks"]:
            text = _words(block)
            for word in _found(text, avoided):
                if word not in said:
                    said.add(word)
                    message = _("« %(word)s » : dites plutôt « %(plain)s ».")
                    plain = glossary[avoided[word]]
                    yield lesson["key"], block["key"], message % {"word": word, "plain": plain}
            for acronym in _ACRONYM.findall(text):
                if acronym not in said and acronym not in known:
                    said.add(acronym)
                    if not _is_explained(acronym, whole):
                        message = _("Le sigle « %s » n’est pas expliqué.") % acronym
                        yield lesson["key"], block["key"], message


def _found(text: str, avoided: Mapping[str, str]) -> Iterator[str]:
    folded = french.fold(text)
    for word in avoided:
        if re.search(rf"\b{re.escape(word)}\b", folded):
            yield word


def _is_explained(acronym: str, text: str) -> bool:
    """« commission d’accès à l’information (CAI) », or « CAI (commission…) »."""
    return f"({acronym})" in text or f"{acronym} (" in text


def _words(block: BlockDoc) -> str:
    texts = [*(str(block.get(name) or "") for name in _HTML), *parts_html(block)]
    return " ".join(sentence for html in texts for sentence in markdown.sentences(html))
