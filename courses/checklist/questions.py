"""What a question still lacks before it can be asked, and what in it gives its answer away."""

from collections.abc import Callable, Iterator
from string import ascii_uppercase

from django.utils.translation import gettext as _

from courses.documents import ChoiceDoc, QuestionDoc, expected_words, takes_several, worth
from courses.enums import QuestionKind
from courses.notation.parts import GAP_MARK
from courses.numbers import ANY, is_inside, read_accepted
from courses.worths import NEARLY

LEAST_CHOICES = 2


def lacking(question: QuestionDoc) -> Iterator[str]:
    """What forbids publishing, one sentence each."""
    kind = QuestionKind(question["kind"])
    sides = question["feedback"]
    if kind not in WITHOUT_OWN_FEEDBACK and not (sides["right"] and sides["wrong"]):
        yield _("La question n’a pas ses deux rétroactions.")
    if kind != QuestionKind.HOTSPOT and "alt" in question:
        yield from _pictured(question)
    yield from _RULES[kind](question)
    if _most_options(question) > len(ascii_uppercase):
        yield _("La question offre plus de 26 réponses : sur papier, chacune a sa lettre.")


# Each choice explains itself: the question needs no word of its own.
WITHOUT_OWN_FEEDBACK = frozenset(
    {
        QuestionKind.SINGLE,
        QuestionKind.MULTIPLE,
        QuestionKind.TRUE_FALSE,
        QuestionKind.HOTSPOT,
    }
)


def _choices(question: QuestionDoc) -> Iterator[str]:
    choices = question["choices"]
    right = sum(choice["correct"] for choice in choices)
    yield from _worths(choices, several=takes_several(question))
    if len(choices) < LEAST_CHOICES:
        yield _("La question a moins de deux choix.")
    if not right:
        yield _("La question n’a pas de bonne réponse.")
    if question["kind"] == QuestionKind.SINGLE and right > 1:
        yield _("La question à réponse unique a plusieurs bonnes réponses.")
    for rank, choice in enumerate(choices, start=1):
        if not choice["feedback"]:
            yield _("Le choix %d n’a pas de rétroaction.") % rank


def _worths(choices: list[ChoiceDoc], *, several: bool) -> Iterator[str]:
    """What the parts of the mark cannot be: beside the signs, or too little together."""
    if not any("worth" in choice for choice in choices):
        return
    for rank, choice in enumerate(choices, start=1):
        if choice["correct"] and worth(choice) <= 0:
            yield _("Le choix %d est juste et ne vaut rien.") % rank
        if several and not choice["correct"] and worth(choice) > 0:
            yield _("Le choix %d vaut une part des points sans être marqué juste.") % rank
    earned = [worth(choice) for choice in choices if choice["correct"]]
    most = sum(each for each in earned if each > 0) if several else max(earned, default=0)
    if earned and most < NEARLY:
        yield _("Aucune réponse ne vaut tous les points.")


def _ordering(question: QuestionDoc) -> Iterator[str]:
    items = question.get("items", [])
    if len(items) < LEAST_CHOICES:
        yield _("La question n’a pas assez de réponses.")
    elif len(set(items)) < len(items):
        yield _("Deux éléments à classer sont identiques.")


def _matching(question: QuestionDoc) -> Iterator[str]:
    if len(question["pairs"]) < LEAST_CHOICES:
        yield _("La question n’a pas assez de réponses.")


def _short(question: QuestionDoc) -> Iterator[str]:
    words = expected_words(question)
    if not words:
        yield _("La question n’a pas assez de réponses.")
    elif not any(each["correct"] for each in words):
        yield _("La question n’a pas de bonne réponse.")
    yield from _worths(words, several=False)


def _numeric(question: QuestionDoc) -> Iterator[str]:
    if not any(choice["correct"] for choice in question["choices"]):
        yield _("La question n’a pas de bonne réponse.")
    yield from _worths(question["choices"], several=False)
    yield from _numbers(question["choices"])


def _numbers(choices: list[ChoiceDoc]) -> Iterator[str]:
    for choice in choices:
        if choice["text"] != ANY and read_accepted(choice["text"]) is None:
            yield _("« %s » n’est pas un nombre.") % choice["text"]


def _cloze(question: QuestionDoc) -> Iterator[str]:
    gaps = question["gaps"]
    if not gaps:
        yield _("Le texte n’a pas de trou.")
    if GAP_MARK.findall(question["prompt_html"]) != [gap["key"] for gap in gaps]:
        yield _("Les trous de l’énoncé et ceux de la liste ne se répondent pas.")
    for gap in gaps:
        if not any(choice["correct"] for choice in gap["choices"]):
            yield _("Le trou %s n’a pas de bonne réponse.") % gap["key"]
        if gap["kind"] == QuestionKind.SINGLE and len(gap["choices"]) < LEAST_CHOICES:
            yield _("Le trou %s a moins de deux choix.") % gap["key"]
        yield from _worths(gap["choices"], several=False)
        if gap["kind"] == QuestionKind.NUMERIC:
            yield from _numbers(gap["choices"])


def _pictured(question: QuestionDoc) -> Iterator[str]:
    if not question.get("asset", {"type": ""})["type"].startswith("image/"):
        yield _("L’image de la question manque.")
    if not question["alt"]:
        yield _("L’image de la question n’a pas de texte de remplacement.")


def _hotspot(question: QuestionDoc) -> Iterator[str]:
    if not question.get("asset", {"type": ""})["type"].startswith("image/"):
        yield _("L’image des zones manque.")
    if not question.get("alt"):
        yield _("L’image des zones n’a pas de texte de remplacement.")
    yield from _choices(question)
    for choice in question["choices"]:
        if not is_inside(choice.get("area", [])):
            yield _("La zone « %s » sort de l’image, ou sa place ne se lit pas.") % choice["text"]


def _classifying(question: QuestionDoc) -> Iterator[str]:
    items = [pair["left"] for pair in question["pairs"]]
    if len(question["categories"]) < LEAST_CHOICES:
        yield _("La question a moins de deux catégories.")
    if len(items) < LEAST_CHOICES:
        yield _("La question n’a pas assez de réponses.")
    elif len(set(items)) < len(items):
        yield _("Deux éléments à classer sont identiques.")


def _most_options(question: QuestionDoc) -> int:
    """How many answers stand together on paper (courses.paper), where each bears a letter."""
    if "gaps" in question:
        listed = (gap for gap in question["gaps"] if gap["kind"] == QuestionKind.SINGLE)
        return max((len(gap["choices"]) for gap in listed), default=0)
    if "pairs" in question:
        sides = {pair["right"] for pair in question["pairs"]}
        return len(sides.union(question.get("distractors", ()), question.get("categories", ())))
    written = question["kind"] in {QuestionKind.SHORT, QuestionKind.NUMERIC}
    return 0 if written else len(question.get("items") or question.get("choices", ()))


_RULES: dict[str, Callable[[QuestionDoc], Iterator[str]]] = {
    QuestionKind.SINGLE: _choices,
    QuestionKind.MULTIPLE: _choices,
    QuestionKind.TRUE_FALSE: _choices,
    QuestionKind.ORDERING: _ordering,
    QuestionKind.MATCHING: _matching,
    QuestionKind.SHORT: _short,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.CLOZE: _cloze,
    QuestionKind.HOTSPOT: _hotspot,
    QuestionKind.CLASSIFYING: _classifying,
}
