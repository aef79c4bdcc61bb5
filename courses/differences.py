"""What one version of a course changes in another, in words that an author reads.

Pure: both sides are documents. Objects are the same when their UUIDs are.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from atn_platform.core import french, markdown
from courses.documents import (
    BlockDoc,
    CourseDoc,
    LessonDoc,
    QuestionDoc,
    frozen_block,
    stations,
)
from courses.enums import BlockKind, LessonKind

Kind = Literal["added", "removed", "modified"]
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Change:
    """A station that changes, or the front page when it has no title; `details` are sentences."""

    kind: Kind
    title: str
    details: tuple[str, ...] = ()
    # Whether a person under way has to do it before the course is finished.
    required: bool = False


def differences(before: CourseDoc | None, after: CourseDoc) -> list[Change]:
    """The front page, the stations in their new order, then those that are gone."""
    old = {each["uuid"]: each for each in stations(before)} if before else {}
    new = {each["uuid"]: each for each in stations(after)}
    changes = []
    if before and (front := tuple(_front(before, after))):
        changes.append(Change("modified", "", front))
    for uuid, lesson in new.items():
        if uuid not in old:
            changes.append(_whole("added", lesson))
        elif details := tuple(_lesson(old[uuid], lesson)):
            changes.append(Change("modified", lesson["title"], details, lesson["required"]))
    gone = (each for uuid, each in old.items() if uuid not in new)
    return [*changes, *(_whole("removed", each) for each in gone)]


def _whole(kind: Kind, lesson: LessonDoc) -> Change:
    questions = sum(len(block.get("questions", ())) for block in lesson["blocks"])
    said = [capfirst(str(LessonKind(lesson["kind"]).label)), french.duration(lesson["minutes"])]
    if questions:
        said.append(_("questions : %d") % questions)
    return Change(kind, lesson["title"], (", ".join(said),), lesson["required"])


def _front(before: CourseDoc, after: CourseDoc) -> Iterator[str]:
    yield from _said(before, after, {"title": _("Titre"), "pass_mark": _("Seuil de réussite (%)")})
    for name, label in (
        ("summary", _("Le résumé change.")),
        ("objectives", _("Les objectifs changent.")),
        ("topic", _("Le thème change.")),
        ("mode", _("Le mode change.")),
        ("publics", _("Les publics changent.")),
        ("competencies", _("Les compétences changent.")),
    ):
        if before[name] != after[name]:  # type: ignore[literal-required]
            yield label
    # A course too short for one step gives 0 UEC, and gives them all the same.
    if (before["uec"] is None) != (after["uec"] is None):
        gives = after["uec"] is not None
        yield _("Le cours donne des UEC.") if gives else _("Le cours ne donne plus d’UEC.")
    if _modules(before) != _modules(after):
        yield _("Des modules changent.")
    old = [each["uuid"] for each in stations(before)]
    new = [each["uuid"] for each in stations(after)]
    if _common(old, new) != _common(new, old):
        yield _("L’ordre des étapes change.")


def _modules(document: CourseDoc) -> list[tuple[str, str]]:
    return [(each["uuid"], each["title"]) for each in document["modules"]]


def _lesson(before: LessonDoc, after: LessonDoc) -> Iterator[str]:
    yield from _said(before, after, {"title": _("Titre"), "minutes": _("Durée (min)")})
    if before["kind"] != after["kind"]:
        yield _("Genre : %(before)s → %(after)s.") % {
            "before": LessonKind(before["kind"]).label,
            "after": LessonKind(after["kind"]).label,
        }
    if before["objective"] != after["objective"]:
        yield _("L’objectif change.")
    if before["required"] != after["required"]:
        yield (
            _("Elle devient obligatoire.") if after["required"] else _("Elle devient facultative.")
        )
    yield from _recording(before, after)
    yield from _blocks(before, after)


def _recording(before: LessonDoc, after: LessonDoc) -> Iterator[str]:
    old, new = (
        each["audio"].get("asset") if "audio" in each else None for each in (before, after)
    )
    if old and new and old["sha256"] != new["sha256"]:
        yield _("La version à écouter change.")
    elif new and not old:
        yield _("La leçon s’écoute : elle a une version enregistrée.")
    elif old and not new:
        yield _("La leçon n’a plus de version à écouter.")


def _said(before: Any, after: Any, names: Mapping[str, str]) -> Iterator[str]:
    for name, label in names.items():
        if before[name] != after[name]:
            yield _("%(what)s : %(before)s → %(after)s.") % {
                "what": label,
                "before": before[name],
                "after": after[name],
            }


def _blocks(before: LessonDoc, after: LessonDoc) -> Iterator[str]:
    old = {each["uuid"]: each for each in before["blocks"]}
    new = {each["uuid"]: each for each in after["blocks"]}
    for uuid, block in new.items():
        if uuid not in old:
            yield _("Bloc ajouté : %s.") % _name(block)
        elif _content(block) != _content(old[uuid]):
            yield _("Bloc modifié : %s.") % _name(block)
        if uuid in old and block["kind"] == old[uuid]["kind"] == BlockKind.QUIZ:
            yield from _questions(old[uuid]["questions"], block["questions"])
    for uuid, block in old.items():
        if uuid not in new:
            yield _("Bloc retiré : %s.") % _name(block)
    if _common(old, new) != _common(new, old):
        yield _("L’ordre des blocs change.")


def _common(ones: Iterable[str], others: Container[str]) -> list[str]:
    return [uuid for uuid in ones if uuid in others]


def _content(block: BlockDoc) -> BlockDoc:
    """A block as it is kept, less its questions, which are told one by one."""
    return {**frozen_block(block), "questions": []}


def _name(block: BlockDoc) -> str:
    kind = str(BlockKind(block["kind"]).label)
    said = block.get("title") or block.get("alt") or _words(block.get("html", ""))
    return f"{kind}, {french.quoted(_short(said))}" if said else kind


def _questions(before: list[QuestionDoc], after: list[QuestionDoc]) -> Iterator[str]:
    old = {each["uuid"]: each for each in before}
    new = {each["uuid"]: each for each in after}
    for uuid, question in new.items():
        if uuid not in old:
            yield _("Question ajoutée : %s") % _prompt(question)
        elif question != old[uuid]:
            yield _("Question modifiée : %s") % _prompt(question)
    for uuid, question in old.items():
        if uuid not in new:
            yield _("Question retirée : %s") % _prompt(question)
    if _common(old, new) != _common(new, old):
        yield _("L’ordre des questions change.")


def _prompt(question: QuestionDoc) -> str:
    return french.quoted(_short(_words(question["prompt_html"])))


def _words(html: str) -> str:
    return " ".join(markdown.sentences(html)) if html else ""


def _short(text: str) -> str:
    plain = re.sub(r"\s+", " ", text).strip()
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1].rstrip()}…"
