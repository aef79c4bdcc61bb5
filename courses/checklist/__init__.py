"""What stands between a draft and its publication: rules over the document it would become.

Pure. `blocks` issues forbid publishing; the others are advice.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from atn_platform.core import french
from courses.checklist import captions, giveaways, lightness, links, listening, plain, questions
from courses.documents import BlockDoc, CourseDoc, LessonDoc, PlaceDoc, stations
from courses.enums import BlockKind, LessonKind
from courses.numbers import is_inside

LIGHTEST_LESSON = 100_000  # bytes of text and images a lesson may weigh
HEAVIEST_PICTURE = 60_000
HEAVIEST_MINUTE = 2_500_000  # bytes of a video

LEAST_STEPS, LEAST_ROWS, WIDEST_TABLE = 2, 2, 5


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to mend. Empty keys mean the course itself, or the whole lesson."""

    blocks: bool
    message: str
    lesson: str = ""
    block: str = ""
    question: str = ""


def issues(document: CourseDoc, glossary: plain.Glossary | None = None) -> list[Issue]:
    """Everything to mend, in the order of the course; words to explain, of this glossary, last."""
    every = list(stations(document))
    found = [*_course(document), *(i for lesson in every for i in _lesson(lesson, len(every)))]
    words = plain.jargon(document, glossary or {})
    return [*found, *(Issue(False, message, lesson, block) for lesson, block, message in words)]


def blocking(document: CourseDoc) -> list[Issue]:
    """The issues that forbid publishing."""
    return [issue for issue in issues(document) if issue.blocks]


def _course(document: CourseDoc) -> Iterator[Issue]:
    if not document["objectives"]:
        yield Issue(True, _("Le cours n’a pas d’objectif."))
    if not document["summary"]:
        yield Issue(True, _("Le cours n’a pas de résumé."))
    if not document["publics"]:
        yield Issue(True, _("Le cours ne dit pas à quels publics il s’adresse."))
    if not document["modules"]:
        yield Issue(True, _("Le cours n’a pas de module."))
    for module in document["modules"]:
        if not module["lessons"]:
            yield Issue(True, _("Le module « %s » n’a pas de leçon.") % module["title"])


def _lesson(lesson: LessonDoc, among: int) -> Iterator[Issue]:
    key = lesson["key"]
    if not lesson["minutes"]:
        yield Issue(True, _("La durée manque."), key)
    if not lesson["blocks"]:
        yield Issue(True, _("La leçon est vide."), key)
    if lesson["kind"] == LessonKind.LESSON and not lesson["objective"]:
        yield Issue(True, _("La leçon n’a pas d’objectif."), key)
    quizzes = [block for block in lesson["blocks"] if block["kind"] == BlockKind.QUIZ]
    if lesson["kind"] == LessonKind.EXAM and len(quizzes) != 1:
        yield Issue(True, _("Un questionnaire final contient exactement un questionnaire."), key)
    if lesson["bytes"] > LIGHTEST_LESSON:
        yield Issue(True, _("Le texte et les images pèsent plus de 100 ko."), key)
    for message in lightness.amiss(lesson, among=among):
        yield Issue(True, message, key)
    for block in lesson["blocks"]:
        yield from _block(key, block)
    yield from _headings(lesson)
    yield from _reading(lesson)
    yield from _heard(lesson)


def _heard(lesson: LessonDoc) -> Iterator[Issue]:
    for blocks, message in listening.amiss(lesson):
        yield Issue(blocks, message, lesson["key"])
    for block in lesson["blocks"]:
        for blocks, message in captions.amiss(block):
            yield Issue(blocks, message, lesson["key"], block["key"])


def _headings(lesson: LessonDoc) -> Iterator[Issue]:
    ranks = [
        int(r)
        for block in lesson["blocks"]
        for r in re.findall(r"<h([2-6])", block.get("html", ""))
    ]
    for before, after in zip([1, *ranks], ranks, strict=False):
        if after > before + 1:
            yield Issue(True, _("Un titre saute un niveau : ## vient avant ###."), lesson["key"])
            return


def _reading(lesson: LessonDoc) -> Iterator[Issue]:
    if message := plain.announced(lesson):
        yield Issue(False, message, lesson["key"])
    for block in lesson["blocks"]:
        if message := plain.long_sentence(block):
            yield Issue(False, message, lesson["key"], block["key"])
            return


def _block(lesson: str, block: BlockDoc) -> Iterator[Issue]:
    check = _BLOCKS.get(block["kind"])
    for message in (*(check(block) if check else ()), *links.broken(block)):
        yield Issue(True, message, lesson, block["key"])
    advise = _ADVICE.get(block["kind"])
    for message in advise(block) if advise else ():
        yield Issue(False, message, lesson, block["key"])
    if block["kind"] == BlockKind.QUIZ:
        yield from _quiz_questions(lesson, block)


def _quiz_questions(lesson: str, block: BlockDoc) -> Iterator[Issue]:
    for question in block["questions"]:
        place = (lesson, block["key"], question["key"])
        for message in (*questions.lacking(question), *links.broken(question)):
            yield Issue(True, message, *place)
        for message in giveaways.in_question(question):
            yield Issue(False, message, *place)
    for message in giveaways.in_quiz(block["questions"]):
        yield Issue(False, message, lesson, block["key"])


def _text(block: BlockDoc) -> Iterator[str]:
    if not block["html"]:
        yield _("Le texte est vide.")


def _callout(block: BlockDoc) -> Iterator[str]:
    if not block["title"]:
        yield _("L’encadré n’a pas de titre.")
    yield from _text(block)


def _image(block: BlockDoc) -> Iterator[str]:
    if "asset" not in block:
        yield _("Le fichier de l’image manque.")
    elif not block["asset"]["type"].startswith("image/"):
        yield _("Le fichier de l’image n’est pas une image.")
    if not block["alt"] and not block.get("decorative"):
        yield _("L’image n’a pas de texte de remplacement, et n’est pas dite décorative.")
    contrast = block.get("asset", {}).get("contrast")
    if contrast is not None and block.get("holds_text"):
        most = french.number(contrast, 1)
        yield (
            _("Le texte de l’image se lit mal : son plus fort contraste est de %s, pour 4,5.")
            % most
        )


def _zones(block: BlockDoc) -> Iterator[str]:
    if "asset" not in block:
        yield _("Le fichier de l’image à explorer manque.")
    elif not block["asset"]["type"].startswith("image/"):
        yield _("Le fichier de l’image à explorer n’est pas une image.")
    if not block["title"]:
        yield _("L’image à explorer n’a pas de titre.")
    if not block["alt"]:
        yield _("L’image à explorer n’a pas de texte de remplacement.")
    if not block["places"]:
        yield _("L’image à explorer n’a pas de zone.")
    yield from _places(block["places"])


def _places(places: list[PlaceDoc]) -> Iterator[str]:
    for number, place in enumerate(places, start=1):
        if not (place["title"] and place["html"]):
            yield _("La zone %d n’a pas de nom, ou pas d’explication.") % number
        if not is_inside(place["area"]):
            yield _("La zone %d sort de l’image, ou sa place ne se lit pas.") % number


def _pale(block: BlockDoc) -> Iterator[str]:
    asset = block.get("asset")
    if asset is None:
        return
    if "contrast" in asset and not block.get("holds_text"):
        yield _("L’image est pâle : si elle contient du texte, dites-le et refaites-la.")
    if asset["size"] > HEAVIEST_PICTURE:
        yield _("L’image pèse %s : sous 60 ko, elle s’ouvre vite partout.") % french.weight(
            asset["size"]
        )


def _heavy(block: BlockDoc) -> Iterator[str]:
    if not block["audio"]:
        yield _("La vidéo n’a pas de version à écouter, plus légère.")
    asset = block.get("asset")
    if asset and block["seconds"] and asset["size"] * 60 / block["seconds"] > HEAVIEST_MINUTE:
        yield _("La vidéo pèse plus de 2,5 Mo par minute : en 480 lignes, elle passe partout.")


def _video(block: BlockDoc) -> Iterator[str]:
    if "asset" not in block:
        yield _("Le fichier de la vidéo manque.")
    elif not block["asset"]["type"].startswith("video/"):
        yield _("Le fichier de la vidéo n’est pas une vidéo.")
    if "captions" not in block:
        yield _("La vidéo n’a pas de sous-titres (.vtt).")
    if not block["transcript_html"]:
        yield _("La vidéo n’a pas de transcription.")
    if not block["seconds"]:
        yield _("La durée de la vidéo manque.")


def _audio(block: BlockDoc) -> Iterator[str]:
    """Captions follow the voice, for whoever hears badly; the transcript is what paper shows."""
    if "asset" not in block:
        yield _("Le fichier de l’enregistrement manque.")
    elif not block["asset"]["type"].startswith("audio/"):
        yield _("Le fichier de l’enregistrement n’est pas un son.")
    if not block["title"]:
        yield _("L’enregistrement n’a pas de titre.")
    if "captions" not in block:
        yield _("L’enregistrement n’a pas de sous-titres (.vtt).")
    if not block["transcript_html"]:
        yield _("L’enregistrement n’a pas de transcription.")
    if not block["seconds"]:
        yield _("La durée de l’enregistrement manque.")


def _loud(block: BlockDoc) -> Iterator[str]:
    if "asset" in block and listening.is_heavy(block["asset"], block["seconds"]):
        yield str(listening.LOUD)


def _file(block: BlockDoc) -> Iterator[str]:
    if "asset" not in block:
        yield _("Le fichier à télécharger manque.")
    if not block["title"]:
        yield _("Le fichier n’a pas de titre.")


def _steps(block: BlockDoc) -> Iterator[str]:
    if not block["title"]:
        yield _("La marche à suivre n’a pas de titre.")
    if len(block["steps"]) < LEAST_STEPS:
        yield _("La marche à suivre a moins de deux étapes.")
    for number, step in enumerate(block["steps"], start=1):
        if not step["title"]:
            yield _("L’étape %d n’a pas de titre.") % number


def _table(block: BlockDoc) -> Iterator[str]:
    if not block["caption"]:
        yield _("Le tableau n’a pas de titre.")
    if len(block["rows"]) < LEAST_ROWS:
        yield _("Le tableau a moins de deux lignes.")
    cells = [cell for row in block["rows"] for cell in row]
    # The corner of two rows of headers may stay empty: it is the header of nothing.
    if any(cell["scope"] and not cell["html"] for cell in cells[1:]):
        yield _("Une colonne ou une ligne du tableau n’a pas d’en-tête.")


def _wide(block: BlockDoc) -> Iterator[str]:
    if block["rows"] and len(block["rows"][0]) > WIDEST_TABLE:
        yield _("Le tableau a plus de cinq colonnes : sur un téléphone, il se lit mal.")


def _message(block: BlockDoc) -> Iterator[str]:
    marked = set(re.findall(r'data-clue="(\d+)"', block["html"]))
    listed = {clue["mark"] for clue in block["clues"]}
    if marked != listed:
        yield _("Les indices du message et ceux de la liste ne se répondent pas.")


def _pledge(block: BlockDoc) -> Iterator[str]:
    if not block["title"]:
        yield _("Le geste à poser n’a pas de titre.")
    yield from _text(block)


def _bare(block: BlockDoc) -> Iterator[str]:
    if not block["options"]:
        yield _("Aucun geste n’est proposé : beaucoup ne sauront par où commencer.")


def _scenario(block: BlockDoc) -> Iterator[str]:
    scenes = {scene["key"]: scene for scene in block["scenes"]}
    if block["start"] not in scenes:
        yield _("La première scène du scénario manque.")
        return
    reached, queue = set(), [block["start"]]
    while queue:
        key = queue.pop()
        if key in reached or key not in scenes:
            continue
        reached.add(key)
        queue += [choice["to"] for choice in scenes[key]["choices"]]
    for scene in block["scenes"]:
        yield from _scene(
            scene["key"] in reached, scene["key"], scene["ending"], len(scene["choices"])
        )
        for choice in scene["choices"]:
            if choice["to"] not in scenes:
                yield _("La scène « %s » mène à une scène qui n’existe pas.") % scene["key"]
            if not choice["feedback_html"]:
                yield _("La scène « %s » a un choix sans rétroaction.") % scene["key"]


def _scene(is_reached: bool, key: str, ending: str, choices: int) -> Iterator[str]:
    if not is_reached:
        yield _("Aucun choix ne mène à la scène « %s ».") % key
    if not choices and not ending:
        yield _("La scène « %s » n’a ni choix ni fin.") % key


def _package(block: BlockDoc) -> Iterator[str]:
    """It wants JavaScript, a good line, often a mouse: words must always do as well."""
    if "package" not in block.get("asset", {}):
        yield _("Le fichier du module interactif manque.")
    if not block["title"]:
        yield _("Le module interactif n’a pas de titre.")
    if not block["equivalent_html"]:
        yield _("Le module interactif n’a pas de forme équivalente, en mots.")


def _quiz(block: BlockDoc) -> Iterator[str]:
    bank = len(block["questions"])
    if not bank:
        yield _("Le questionnaire n’a pas de question.")
    if (block["draw"] or 0) > bank:
        yield _("Le tirage demande plus de questions que la banque n’en a.")


_BLOCKS: dict[str, Callable[[BlockDoc], Iterable[str]]] = {
    BlockKind.TEXT: _text,
    BlockKind.CALLOUT: _callout,
    BlockKind.IMAGE: _image,
    BlockKind.ZONES: _zones,
    BlockKind.VIDEO: _video,
    BlockKind.AUDIO: _audio,
    BlockKind.FILE: _file,
    BlockKind.STEPS: _steps,
    BlockKind.TABLE: _table,
    BlockKind.MESSAGE: _message,
    BlockKind.REFLECTION: _text,
    BlockKind.PLEDGE: _pledge,
    BlockKind.SCENARIO: _scenario,
    BlockKind.PACKAGE: _package,
    BlockKind.QUIZ: _quiz,
}
_ADVICE: dict[str, Callable[[BlockDoc], Iterable[str]]] = {
    BlockKind.IMAGE: _pale,
    BlockKind.ZONES: _pale,
    BlockKind.VIDEO: _heavy,
    BlockKind.AUDIO: _loud,
    BlockKind.TABLE: _wide,
    BlockKind.PLEDGE: _bare,
}
