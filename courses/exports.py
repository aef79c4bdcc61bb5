"""Questions of the bank as a file that another system reads."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from courses.exchange import gift, moodle_xml
from courses.exchange.items import Item
from courses.exchange.ours import Imported, Left, where
from courses.exchange.theirs import is_left_out, theirs, unfit_for_gift, unfit_for_moodle
from courses.models import BankPicture, BankQuestion


@dataclass(frozen=True, slots=True)
class QuestionsFile:
    """The file, how many questions it holds, and what of the others it could not."""

    name: str
    content_type: str
    content: bytes
    count: int
    left: list[Left] = field(default_factory=list)


def questions_file(questions: Iterable[BankQuestion], *, kind: str) -> QuestionsFile:
    """These questions, in their order, as a file of this format: "gift" or "moodle-xml"."""
    form = FORMATS[kind]
    asked = (
        Imported(kind=each.kind, title=each.title, prompt=each.prompt, data=each.data,
                 tags=list(each.tags))
        for each in questions
    )  # fmt: skip
    items = [theirs(each, rank) for rank, each in enumerate(asked, start=1)]
    if kind == "moodle-xml":
        items = list(_illustrated(items))
    held = [each for each in items if not is_left_out(each, kind)]
    left = [Left(where(item), what) for item in items for what in form.unfit(item)]
    return QuestionsFile(
        name=f"questions.{form.suffix}",
        content_type=form.content_type,
        content=form.write(held),
        count=len(held),
        left=left,
    )


def _illustrated(items: list[Item]) -> Iterator[Item]:
    """The items with the bytes of their pictures."""
    names = {each.picture for each in items if each.picture}
    kept = {each.name: each for each in BankPicture.objects.filter(name__in=names)}
    for item in items:
        if picture := kept.get(item.picture):
            with picture.file.open() as file:
                files = ((picture.name, file.read()),)
            yield replace(item, files=files, shown=f"@@PLUGINFILE@@/{picture.name}")
        else:
            yield item


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    suffix: str
    content_type: str
    write: Callable[[list[Item]], bytes]
    unfit: Callable[[Item], Iterator[str]]


def _gift(items: list[Item]) -> bytes:
    return gift.write(items).encode()


FORMATS = {
    "gift": Format("GIFT", "gift", "text/plain; charset=utf-8", _gift, unfit_for_gift),
    "moodle-xml": Format(
        "Moodle XML", "xml", "application/xml", moodle_xml.write, unfit_for_moodle
    ),
}
