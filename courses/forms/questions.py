"""One form for each kind of question, and the field where dozens are pasted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import QuestionKind
from courses.forms.blocks import MARKDOWN_HINT
from courses.forms.drafts import NodeForm
from courses.forms.fields import ChoicesField, LinesField, PairsField, ProseField
from courses.models import Question

RIGHT_HINT = _("Ce que lit une personne qui a juste.")
WRONG_HINT = _("Ce que lit une personne qui se trompe : encourageant, jamais punitif.")


class QuestionForm(NodeForm):
    """Base: the prompt first, the two general feedbacks last."""

    prompt = ProseField(label=_("Énoncé"), rows=3, required=True, help_text=MARKDOWN_HINT)
    right = ProseField(label=_("Rétroaction si juste"), rows=2, help_text=RIGHT_HINT)
    wrong = ProseField(label=_("Rétroaction si fausse"), rows=2, help_text=WRONG_HINT)
    field_order = ("seen", "prompt", "choices", "answer", "items", "pairs", "distractors",
                   "answers", "right", "wrong")  # fmt: skip

    def changes(self) -> dict[str, Any]:
        changed = super().changes()
        sides = {side: changed.pop(side) for side in ("right", "wrong")}
        feedback = {side: text for side, text in sides.items() if text}
        return {**changed, **({"feedback": feedback} if feedback else {})}


class ChoiceQuestionForm(QuestionForm):
    choices = ChoicesField(
        label=_("Choix"),
        help_text=_(
            "Une ligne par choix; « * » devant une bonne réponse, « - » devant une autre. "
            "Sous chaque choix, sa rétroaction précédée de « > »."
        ),
    )


class TrueFalseForm(QuestionForm):
    answer = forms.TypedChoiceField(
        label=_("Bonne réponse"),
        choices=[("True", _("Vrai")), ("False", _("Faux"))],
        coerce=lambda text: text == "True",
        widget=forms.RadioSelect,
    )


class OrderingForm(QuestionForm):
    items = LinesField(
        label=_("Éléments à classer"), rows=6, help_text=_("Un par ligne, dans le bon ordre.")
    )


class MatchingForm(QuestionForm):
    pairs = PairsField(
        label=_("Paires"), rows=6, help_text=_("Une par ligne : « gauche = droite ».")
    )
    distractors = LinesField(
        label=_("Leurres"), rows=3, help_text=_("Réponses de droite en trop, une par ligne.")
    )


class ShortForm(QuestionForm):
    answers = LinesField(
        label=_("Réponses acceptées"),
        rows=4,
        help_text=_("Une par ligne. Les accents et les majuscules ne comptent pas."),
    )


class PasteForm(forms.Form):
    text = ProseField(
        label=_("Questions"),
        rows=20,
        required=True,
        help_text=_(
            "Une ligne vide entre deux questions. Première ligne : l’énoncé. Puis une ligne par "
            "choix, « * » devant les bons; sous chacun, sa rétroaction après « > ». "
            "Vrai ou faux : l’énoncé commence par « V/F », puis « * Vrai » ou « * Faux »."
        ),
    )


_FORMS: dict[str, type[QuestionForm]] = {
    QuestionKind.SINGLE: ChoiceQuestionForm,
    QuestionKind.MULTIPLE: ChoiceQuestionForm,
    QuestionKind.TRUE_FALSE: TrueFalseForm,
    QuestionKind.ORDERING: OrderingForm,
    QuestionKind.MATCHING: MatchingForm,
    QuestionKind.SHORT: ShortForm,
}


def question_form(question: Question, *args: Any, **kwargs: Any) -> QuestionForm:
    """The form of a question's kind, bound or not."""
    return _FORMS[question.kind](*args, **kwargs)
