"""Questions pasted by the dozen: an empty line parts them, and the first line is the prompt.

A word and a colon before the prompt say of what kind it is; without one, the lines under it are
choices. Pure: text in, values out.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from courses.enums import QuestionKind
from courses.notation import (
    Line,
    LineProblem,
    NotationRefused,
    TypedQuestion,
    choices_of,
)
from courses.notation.parts import are_plain
from courses.numbers import read_accepted

LEAST_CHOICES = 2
# Shown where one pastes; a test reads it.
EXAMPLE = """\
1. Que faites-vous d’abord?
- Je réponds au courriel.
> Répondre, c’est parler au fraudeur.
* J’appelle la mairesse.

V/F Le mieux est d’attendre.
* Faux
> Chaque minute compte.

Mot : Que débranche-t-on d’abord?
le réseau
- l’écran
> Le poste resterait joignable.

Nombre : Dans combien d’heures faut-il aviser?
* 72 ± 0,5

Paires : Associez chaque message à son piège.
Facture d’un nouveau compte = fraude au fournisseur
Code QR sur une borne = faux site
= mise à jour

Ordre : Que fait-on, dans l’ordre?
Isoler
Signaler
Noter l’heure

Trous : On débranche [le câble / le réseau] dans les [10] minutes, puis on [*signale / efface].
"""
Problems = list[LineProblem]
_NUMBER = re.compile(r"^\d{1,3}[.)]\s+")
_TRUE_FALSE = re.compile(r"^(?:V/F|Vrai ou faux)\s*[:.?]?\s+", re.IGNORECASE)
_OPENING = re.compile(r"^(mot|nombre|paires|ordre|trous)\s*:\s+", re.IGNORECASE)
_GAP = re.compile(r"\[([^\[\]]+)\]")


def read_questions(text: str) -> list[TypedQuestion]:
    """The questions, in order. Raises NotationRefused with every problem found."""
    problems: Problems = []
    questions = [_question(lines, problems) for lines in _paragraphs(text)]
    if not questions:
        problems.append(LineProblem(1, _("aucune question n’a été écrite.")))
    if problems:
        raise NotationRefused(problems)
    return questions


def _paragraphs(text: str) -> Iterator[list[Line]]:
    held: list[Line] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.strip():
            held.append((number, line.strip()))
        elif held:
            yield held
            held = []


def _question(lines: list[Line], problems: Problems) -> TypedQuestion:
    number, prompt = lines[0][0], _NUMBER.sub("", lines[0][1])
    if opening := _OPENING.match(prompt):
        prompt = prompt[opening.end() :]
        return _KINDS[opening[1].lower()]((number, prompt), lines[1:], problems)
    choices = choices_of(lines[1:], problems)
    if _TRUE_FALSE.match(prompt):
        data = _truth(number, choices, problems)
        return TypedQuestion(QuestionKind.TRUE_FALSE, _TRUE_FALSE.sub("", prompt), data)
    right = sum("correct" in choice for choice in choices)
    if prompt.startswith(("*", ">", "- ")):
        problems.append(LineProblem(number, _("une question commence par son énoncé.")))
    elif len(choices) < LEAST_CHOICES:
        problems.append(LineProblem(number, _("cette question a moins de deux choix.")))
    elif not right:
        problems.append(LineProblem(number, _("aucun choix n’est marqué juste par *.")))
    kind = QuestionKind.MULTIPLE if right > 1 else QuestionKind.SINGLE
    return TypedQuestion(kind, prompt, {"choices": choices})


def _truth(number: int, choices: list[dict[str, Any]], problems: Problems) -> dict[str, Any]:
    right = [choice for choice in choices if "correct" in choice]
    words = {choice["text"].rstrip(".").lower() for choice in choices}
    if len(right) != 1 or not words <= {"v", "f", "vrai", "faux"}:
        message = _("sous « V/F », écrivez « * Vrai » ou « * Faux », puis la rétroaction.")
        problems.append(LineProblem(number, message))
        return {}
    feedback = {
        "right" if choice in right else "wrong": choice["feedback"]
        for choice in choices
        if "feedback" in choice
    }
    return {"answer": right[0]["text"].lower().startswith("v"), "feedback": feedback}


def _expected(lines: list[Line], problems: Problems) -> list[dict[str, Any]]:
    """Choices where a line without a sign is right, for nothing else is offered beside it."""
    signed = "*", "-", ">"
    return choices_of([(n, t if t.startswith(signed) else f"* {t}") for n, t in lines], problems)


def _short(prompt: Line, lines: list[Line], problems: Problems) -> TypedQuestion:
    words = _expected(lines, problems)
    if not any("correct" in each for each in words):
        problems.append(LineProblem(prompt[0], _("sous « Mot », écrivez la réponse attendue.")))
    data = {"answers": [e["text"] for e in words]} if are_plain(words) else {"choices": words}
    return TypedQuestion(QuestionKind.SHORT, prompt[1], data)


def _numeric(prompt: Line, lines: list[Line], problems: Problems) -> TypedQuestion:
    numbers = _expected(lines, problems)
    opening = (number for number, line in lines if not line.startswith(">"))
    for number, each in zip(opening, numbers, strict=False):
        if read_accepted(each["text"]) is None:
            said = _("« %s » n’est pas un nombre : écrivez « 72 », « 3,5 ± 0,1 » ou « 4 à 6 ».")
            problems.append(LineProblem(number, said % each["text"]))
    if not any("correct" in each for each in numbers):
        problems.append(LineProblem(prompt[0], _("sous « Nombre », écrivez le nombre attendu.")))
    return TypedQuestion(QuestionKind.NUMERIC, prompt[1], {"choices": numbers})


def _matching(prompt: Line, lines: list[Line], problems: Problems) -> TypedQuestion:
    pairs, distractors = [], []
    for number, line in lines:
        left, equals, right = (part.strip() for part in f" {line} ".partition(" = "))
        if equals and right and left:
            pairs.append({"left": left, "right": right})
        elif equals and right:
            distractors.append(right)
        else:
            said = _("une paire s’écrit « gauche = droite », et un leurre « = droite ».")
            problems.append(LineProblem(number, said))
    if len(pairs) < LEAST_CHOICES:
        problems.append(LineProblem(prompt[0], _("cette question a moins de deux paires.")))
    more = {"distractors": distractors} if distractors else {}
    return TypedQuestion(QuestionKind.MATCHING, prompt[1], {"pairs": pairs, **more})


def _ordering(prompt: Line, lines: list[Line], problems: Problems) -> TypedQuestion:
    items = [_NUMBER.sub("", line.removeprefix("- ")) for __, line in lines]
    if len(items) < LEAST_CHOICES:
        problems.append(LineProblem(prompt[0], _("cette question a moins de deux éléments.")))
    return TypedQuestion(QuestionKind.ORDERING, prompt[1], {"items": items})


def _cloze(prompt: Line, lines: list[Line], problems: Problems) -> TypedQuestion:
    """Answers stand in brackets, in the text itself: its lines are one paragraph."""
    gaps: list[dict[str, Any]] = []
    text = " ".join(_opened(line, gaps, problems) for line in (prompt, *lines))
    if not gaps:
        said = _("un trou s’écrit entre crochets, dans le texte : [sa réponse].")
        problems.append(LineProblem(prompt[0], said))
    return TypedQuestion(QuestionKind.CLOZE, text, {"gaps": gaps})


def _opened(line: Line, gaps: list[dict[str, Any]], problems: Problems) -> str:
    """The words of a line around its gaps, which join `gaps`."""
    number, text = line

    def place(found: re.Match[str]) -> str:
        gaps.append(_gap(number, found[1], problems))
        return f"[[{len(gaps)}]]"

    return _GAP.sub(place, text)


def _gap(number: int, text: str, problems: Problems) -> dict[str, Any]:
    """A list when one of its answers is marked right; else a number, or words that all are."""
    answers = [each.strip() for each in text.split(" / ")]
    if not all(each.removeprefix("*").strip() for each in answers):
        problems.append(LineProblem(number, _("une réponse manque entre ces crochets.")))
    if any(each.startswith("*") for each in answers):
        choices: list[dict[str, Any]] = [
            {"text": each.removeprefix("*").strip(), **_right(is_right=each.startswith("*"))}
            for each in answers
        ]
        if len(choices) < LEAST_CHOICES:
            problems.append(LineProblem(number, _("une liste entre crochets a deux choix.")))
        return {"kind": str(QuestionKind.SINGLE), "choices": choices}
    is_number = all(read_accepted(each) is not None for each in answers)
    kind = QuestionKind.NUMERIC if is_number else QuestionKind.SHORT
    return {"kind": str(kind), "choices": [{"text": e, **_right(is_right=True)} for e in answers]}


def _right(*, is_right: bool) -> dict[str, bool]:
    return {"correct": True} if is_right else {}


_KINDS: dict[str, Callable[[Line, list[Line], Problems], TypedQuestion]] = {
    "mot": _short,
    "nombre": _numeric,
    "paires": _matching,
    "ordre": _ordering,
    "trous": _cloze,
}
