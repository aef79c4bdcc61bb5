"""Finding questions of the bank, and where they are used."""

from collections import Counter
from uuid import UUID

from django.db.models import QuerySet

from atn_platform.core import french
from courses.models import BankQuestion, Question

UUID_LENGTH = len(str(UUID(int=0)))


def bank_questions(*, words: str = "", kind: str = "", tag: str = "") -> QuerySet[BankQuestion]:
    """By title. Accents and capitals do not count; every word must be met somewhere."""
    found = BankQuestion.objects.order_by("title", "pk")
    if kind:
        found = found.filter(kind=kind)
    if tag:
        found = found.filter(tags__contains=[tag])
    if wanted := french.fold(words).split():
        # A bank counts thousands of questions, not millions: folding them here needs no index.
        rows = found.values_list("pk", "title", "prompt", "tags", "source")
        said = {
            pk: french.fold(" ".join([*texts, *tags, source])) for pk, *texts, tags, source in rows
        }
        found = found.filter(
            pk__in=[pk for pk, text in said.items() if all(word in text for word in wanted)]
        )
    return found


def bank_tags() -> list[str]:
    """Every tag in use, in alphabetical order."""
    rows = BankQuestion.objects.values_list("tags", flat=True)
    return sorted({tag for tags in rows for tag in tags}, key=french.sort_key)


def uses_by_question() -> Counter[str]:
    """How many exercises hold a copy, by the UUID of the question in the bank."""
    rows = Question.objects.filter(data__has_key="bank").values_list("data__bank", flat=True)
    return Counter(str(reference)[:UUID_LENGTH] for reference in rows)


def copies_of(question: BankQuestion) -> QuerySet[Question]:
    """The copies in the drafts of courses."""
    copies = Question.objects.filter(data__bank__startswith=f"{question.uuid}/")
    return copies.select_related("block__lesson__module__course").order_by(
        "block__lesson__module__course__code", "pk"
    )


def version_of(copy: Question) -> int:
    """The version of the bank's question that a copy is of."""
    return int(str(copy.data["bank"]).rpartition("/")[2])
