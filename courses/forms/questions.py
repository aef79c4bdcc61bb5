"""One form for each kind of question, and the field where dozens are pasted."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import QuestionKind
from courses.forms.blocks import MARKDOWN_HINT
from courses.forms.drafts import NodeForm
from courses.forms.fields import (
    CategoriesField,
    ChoicesField,
    GapsField,
    GoalsField,
    LinesField,
    NumbersField,
    PairsField,
    ProseField,
    WordsField,
    ZonesField,
)
from courses.models import Question
from courses.notation.parts import GAP_MARK, are_plain

PARTLY_HINT = _("Facultatif : ce que lit une personne qui gagne une part des points.")
WORTH_HINT = _(
    "Une part des points s’écrit après le signe : « * %50% », « - %25% », et « - %-50% » pour ce "
    "qui en retire."
)
RIGHT_HINT = _("Ce que lit une personne qui a juste.")
WRONG_HINT = _("Ce que lit une personne qui se trompe : encourageant, jamais punitif.")


class QuestionForm(NodeForm):
    """Base: the prompt and its picture first, the general feedbacks last."""

    prompt = ProseField(label=_("Énoncé"), rows=3, required=True, help_text=MARKDOWN_HINT)
    image = forms.ChoiceField(
        label=_("Image"), required=False, help_text=_("Sous l’énoncé : une image du cours.")
    )
    new_image = forms.FileField(
        label=_("Ou envoyer : image"),
        required=False,
        help_text=_("PNG, JPEG ou WebP. Sans nouveau fichier, celle d’avant reste."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    alt = forms.CharField(
        label=_("Texte de remplacement"),
        max_length=400,
        required=False,
        help_text=_("Ce que l’image montre à qui ne la voit pas, sans donner la réponse."),
    )
    right = ProseField(label=_("Rétroaction si juste"), rows=2, help_text=RIGHT_HINT)
    partly = ProseField(label=_("Rétroaction si juste en partie"), rows=2, help_text=PARTLY_HINT)
    wrong = ProseField(label=_("Rétroaction si fausse"), rows=2, help_text=WRONG_HINT)
    competencies = GoalsField(
        label=_("Ce qu’une bonne réponse montre"),
        rows=2,
        help_text=_("Facultatif : une compétence et son niveau par ligne, par exemple A1-2."),
    )
    field_order = ("seen", "prompt", "image", "new_image", "alt", "choices", "answer", "items",
                   "pairs", "distractors", "answers", "zones", "gaps", "categories", "partial",
                   "right", "partly", "wrong", "competencies")  # fmt: skip

    def __init__(self, *args: Any, pictures: Iterable[str], **kwargs: Any) -> None:
        """`pictures`: names of those of the course."""
        super().__init__(*args, **kwargs)
        choices = [("", _("aucune")), *((each, each) for each in pictures)]
        cast("forms.ChoiceField", self.fields["image"]).choices = choices

    def changes(self) -> dict[str, Any]:
        changed = super().changes()
        sides = {side: changed.pop(side, "") for side in ("right", "partly", "wrong")}
        feedback = {side: text for side, text in sides.items() if text}
        return {**changed, **({"feedback": feedback} if feedback else {})}


class PartsForm(QuestionForm):
    """Base of the questions that have several parts."""

    partial = forms.BooleanField(
        label=_("Chaque bonne réponse donne une part des points"),
        required=False,
        help_text=_("Sans cela, tout doit être juste."),
    )


class ChoiceQuestionForm(QuestionForm):
    choices = ChoicesField(
        label=_("Choix"),
        help_text=format_lazy(
            "{} {}",
            _(
                "Une ligne par choix; « * » devant une bonne réponse, « - » devant une autre. "
                "Sous chaque choix, sa rétroaction précédée de « > »."
            ),
            WORTH_HINT,
        ),
    )


class TrueFalseForm(QuestionForm):
    answer = forms.TypedChoiceField(
        label=_("Bonne réponse"),
        choices=[("True", _("Vrai")), ("False", _("Faux"))],
        coerce=lambda text: text == "True",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["partly"]  # it is right, or it is not


class OrderingForm(PartsForm):
    items = LinesField(
        label=_("Éléments à classer"), rows=6, help_text=_("Un par ligne, dans le bon ordre.")
    )


class MatchingForm(PartsForm):
    pairs = PairsField(
        label=_("Paires"), rows=6, help_text=_("Une par ligne : « gauche = droite ».")
    )
    distractors = LinesField(
        label=_("Leurres"), rows=3, help_text=_("Réponses de droite en trop, une par ligne.")
    )


class ShortForm(QuestionForm):
    answers = WordsField(
        label=_("Réponses attendues"),
        rows=6,
        help_text=format_lazy(
            "{} {}",
            _(
                "Une par ligne. Les accents et les majuscules ne comptent pas. Une erreur "
                "fréquente a « - » devant; sous chacune, sa rétroaction précédée de « > »."
            ),
            WORTH_HINT,
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["answers"] = self.initial.get("choices") or self.initial.get("answers")

    def changes(self) -> dict[str, Any]:
        """The words alone when nothing more is said of them."""
        changed = super().changes()
        words = changed.pop("answers")
        if are_plain(words):
            return {**changed, "answers": [each["text"] for each in words]}
        return {**changed, "choices": words}


class NumericForm(QuestionForm):
    choices = NumbersField(
        label=_("Nombres attendus"),
        rows=5,
        help_text=_(
            "Un par ligne, « * » devant ce qui est juste : « * 72 », « * 3,5 ± 0,1 », "
            "« * 4 à 6 ». Une erreur fréquente s’écrit « - 24 », sa rétroaction dessous, "
            "précédée de « > »."
        ),
    )


class ClozeForm(PartsForm):
    gaps = GapsField(
        label=_("Trous"),
        rows=12,
        help_text=_(
            "Dans l’énoncé, [[1]] est la place du premier trou. Ici, [1 : liste], [1 : mot] ou "
            "[1 : nombre] l’annonce, [1 : liste × 2] s’il compte double; dessous, une réponse par "
            "ligne, « * » devant les justes."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        marks = GAP_MARK.findall(cleaned.get("prompt", ""))
        gaps = cleaned.get("gaps")
        if gaps is not None and marks != [str(rank) for rank in range(1, len(gaps) + 1)]:
            message = gettext(
                "L’énoncé doit contenir chaque trou une fois, dans l’ordre : [[1]], [[2]]… "
                "Trous décrits ici : %d."
            )
            self.add_error("gaps", message % len(gaps))
        return cleaned


class HotspotForm(QuestionForm):
    zones = ZonesField(
        label=_("Zones"),
        rows=10,
        help_text=_(
            "Une par ligne : sa place en pour cent de l’image (gauche, haut, largeur, hauteur), "
            "puis son nom. « * 10 20 30 5 : L’adresse de l’expéditeur ». « * » devant une bonne "
            "réponse; sous chacune, sa rétroaction précédée de « > »."
        ),
    )


class ClassifyingForm(PartsForm):
    categories = CategoriesField(
        label=_("Catégories"),
        rows=12,
        help_text=_(
            "Le nom de chacune entre crochets : [À signaler tout de suite]. Dessous, un élément "
            "par ligne, précédé de « - »."
        ),
    )


class PasteForm(forms.Form):
    text = ProseField(
        label=_("Questions"),
        rows=20,
        required=True,
        help_text=_(
            "Une ligne vide entre deux questions. Première ligne : l’énoncé. Puis une ligne par "
            "choix, « * » devant les bons; sous chacun, sa rétroaction après « > ». "
            "Les autres genres commencent par un mot : voyez l’exemple, plus bas."
        ),
    )


FORMS: dict[str, type[QuestionForm]] = {
    QuestionKind.SINGLE: ChoiceQuestionForm,
    QuestionKind.MULTIPLE: ChoiceQuestionForm,
    QuestionKind.TRUE_FALSE: TrueFalseForm,
    QuestionKind.ORDERING: OrderingForm,
    QuestionKind.MATCHING: MatchingForm,
    QuestionKind.SHORT: ShortForm,
    QuestionKind.NUMERIC: NumericForm,
    QuestionKind.CLOZE: ClozeForm,
    QuestionKind.HOTSPOT: HotspotForm,
    QuestionKind.CLASSIFYING: ClassifyingForm,
}


def question_form(question: Question, *args: Any, **kwargs: Any) -> QuestionForm:
    """The form of a question's kind, bound or not."""
    course = question.block.lesson.module.course
    pictures = course.assets.filter(content_type__startswith="image/").order_by("name")
    names = pictures.values_list("name", flat=True)
    return FORMS[question.kind](*args, pictures=names, **kwargs)
