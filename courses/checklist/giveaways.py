"""Patterns that give the right answer away to whoever knows nothing of the matter. Advice only."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from atn_platform.core import french
from courses.documents import QuestionDoc
from courses.enums import QuestionKind

# The right answer is noticed when it is this many times as long as the longest wrong one…
MUCH_LONGER = 1.5
# …unless all are short: « Oui » and « Jamais » do not tell.
SHORT_TEXT = 25
FEWEST_TRUTHS = 3
_ALL_OF_THEM = re.compile(r"\b(?:toutes|aucune) (?:de )?(?:ces|les) (?:reponses|propositions)\b")
_ALWAYS = re.compile(r"\b(?:toujours|jamais|uniquement|seulement|absolument|aucun|aucune)\b")


def in_question(question: QuestionDoc) -> Iterator[str]:
    """What one question gives away."""
    if question["kind"] not in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}:
        return
    choices = question["choices"]
    right = [each["text"] for each in choices if each["correct"]]
    wrong = [each["text"] for each in choices if not each["correct"]]
    if any(_ALL_OF_THEM.search(french.fold(text)) for text in (*right, *wrong)):
        yield _("« Toutes ces réponses » ou « aucune » : qui en reconnaît une devine le reste.")
    if right and wrong and _is_much_longer(min(right, key=len), max(wrong, key=len)):
        yield _("La bonne réponse est nettement plus longue que les autres : elle se devine.")
    absolute = [text for text in wrong if _ALWAYS.search(french.fold(text))]
    is_right_free = not any(_ALWAYS.search(french.fold(text)) for text in right)
    if right and len(wrong) > 1 and len(absolute) == len(wrong) and is_right_free:
        yield _("Chaque mauvaise réponse dit « toujours » ou « jamais » : la bonne se devine.")


def in_quiz(questions: list[QuestionDoc]) -> Iterator[str]:
    """What questions give away together."""
    truths = [
        choice["correct"]
        for question in questions
        if question["kind"] == QuestionKind.TRUE_FALSE
        for choice in question["choices"]
        if choice["key"] == "true"
    ]
    if len(truths) >= FEWEST_TRUTHS and len(set(truths)) == 1:
        yield _("Tous les « vrai ou faux » ont la même réponse : elle se devine.")


def _is_much_longer(right: str, wrong: str) -> bool:
    return len(right) > SHORT_TEXT and len(right) > MUCH_LONGER * len(wrong)
