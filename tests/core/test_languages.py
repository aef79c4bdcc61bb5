"""English beside French (B-86): its catalogue, what it lacks, its dates and numbers."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils.translation import gettext, override

from atn_platform.core import wording
from tests.english import sentences

NBSP = "\u00a0"
CATALOGUE = Path(settings.BASE_DIR) / "locale/en/LC_MESSAGES/django.po"


def drawn(source, **context):
    return engines["django"].from_string("{% load i18n %}" + source).render(context)


def _catalogue():
    return CATALOGUE.read_text()


# A new sentence may wait for its English, and is read in French meanwhile; not one in fifty.
MAY_WAIT = 50


def test_b86_what_may_be_read_in_english_is_translated():
    catalogue, every = _catalogue(), {said for __, said in sentences()}
    with override(wording.ENGLISH):
        left = sorted(
            said
            for said in every
            # A few words are the same in both languages.
            if gettext(said) == said and f'msgid "{said}"\nmsgstr "{said}"\n' not in catalogue
        )
    assert len(left) * MAY_WAIT <= len(every), f"make messages, then translate: {left}"


# A name of a place, a body or a person, by the ways in which sentences of ours call it.
NAMED = re.compile(
    r"\b(?:de|que) (?:%s|%\((?:organisation|place|town|person|name|by|sender|user)\)s)"
)


def test_de_is_elided_before_names():
    """« de Amos » is no French: `wording.of`, or the filter `of`, makes « d’Amos »."""
    assert [said for __, said in sentences() if NAMED.search(said)] == []


def test_b86_no_sentence_is_put_into_words_when_a_module_is_loaded():
    """It would be French for ever: `gettext_lazy` waits for a reader."""
    early = []
    for house in ("atn_platform", "municipalities", "courses", "enrollments", "certificates"):
        for path in (Path(settings.BASE_DIR) / house).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if "import gettext as _" in source:
                early += [f"{path}:{line}" for line in _said_at_once(ast.parse(source))]
    assert early == []


def _said_at_once(node):
    """Lines of calls of `_` outside of any function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") == "_":
            yield child.lineno
        yield from _said_at_once(child)


def test_b86_no_translation_is_a_guess_of_the_tools():
    assert "fuzzy" not in _catalogue()


def test_b86_every_letter_is_written_for_its_reader():
    """Its subject and reason are made before compose() is called: it is too late there."""
    modules = [
        path
        for house in ("atn_platform", "municipalities", "courses", "enrollments", "certificates")
        for path in (Path(settings.BASE_DIR) / house).rglob("*.py")
        if "emails" in (path.stem, path.parent.name)
    ]
    assert len(modules) > 5
    left = [each for path in modules for each in _letters_for_nobody_in_particular(path)]
    assert left == []


def _letters_for_nobody_in_particular(path):
    """Public functions that give a message, without @written_for."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.FunctionDef) or node.name in {"compose", "shown"}:
            continue
        makes = node.returns is not None and "Message" in ast.unparse(node.returns)
        written = any("written_for" in ast.unparse(each) for each in node.decorator_list)
        if makes and not written and not node.name.startswith("_"):
            yield f"{path.parent.name}/{path.name}: {node.name}"


# Values, tags and doubled signs: a sentence whose translation lacks one breaks its page.
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\}|</?\w+")


def test_b86_translations_keep_every_value_and_follow_english_typography():
    wrong = {
        said: there
        for said, there in _translations()
        if sorted(PLACES.findall(said)) != sorted(PLACES.findall(there))
        or re.search(r"[«»]|\s[:;?!]", there)
    }
    assert wrong == {}


def _translations():
    """Sentences without a plural, and what stands for each in English."""
    entries = re.findall(
        r"^msgid (.*?)\nmsgstr (.*?)\n(?:\n|\Z)", _catalogue(), re.DOTALL | re.MULTILINE
    )
    read = ["".join(ast.literal_eval(line) for line in part.splitlines())
            for entry in entries if "msgid_plural" not in entry[0] for part in entry]  # fmt: skip
    return [(said, there) for said, there in zip(read[::2], read[1::2], strict=True) if said]


@pytest.mark.parametrize("said", ["Une phrase que personne n’a traduite.", "Deux\u00a0: %(a)s."])
def test_b86_a_missing_translation_is_the_french_sentence_never_a_key(said):
    with override(wording.ENGLISH):
        assert gettext(said) == said
        assert drawn(f'{{% translate "{said}" %}}') == said


def test_b86_words_of_libraries_are_english_for_one_and_french_for_the_other():
    assert gettext("Email") == "Adresse courriel"
    with override(wording.ENGLISH):
        assert gettext("Email") == "Email"
        assert gettext("This field is required.") == "This field is required."


def test_b86_the_page_says_its_language():
    page = "{% language_tag %}"
    assert drawn(page) == "fr-CA"
    with override(wording.ENGLISH):
        assert drawn(page) == "en-CA"


def test_b86_a_kept_piece_is_kept_for_each_language():
    source = '{% kept "components/footer_links.html" signed_in=True %}'
    assert "Mes consentements" in drawn(source)
    with override(wording.ENGLISH):
        assert "My consents" in drawn(source)
    assert "Mes consentements" in drawn(source)


DAY = date(2026, 12, 1)
ONE = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
TEN = ONE.replace(hour=22, minute=0)


@pytest.mark.parametrize(
    ("write", "in_french", "in_english"),
    [
        (lambda: wording.day(DAY), "1er décembre 2026", "December 1, 2026"),
        (
            lambda: wording.day(DAY, weekday=True),
            "mardi 1er décembre 2026",
            "Tuesday, December 1, 2026",
        ),
        (lambda: wording.hour(ONE), "13 h 30", "1:30 p.m."),
        (lambda: wording.hour(ONE.replace(hour=0)), "0 h 30", "12:30 a.m."),
        (lambda: wording.hour(ONE.replace(hour=12, minute=0)), "12 h", "noon"),
        (lambda: wording.span(ONE, TEN), "de 13 h 30 à 22 h", "from 1:30 p.m. to 10:00 p.m."),
        (lambda: wording.duration(105), "1 h 45", "1 h 45 min"),
        (lambda: wording.duration(0), "0 min", "0 min"),
        (lambda: wording.seconds(125), "2 min 5 s", "2 min 5 s"),
        (lambda: wording.number(1913561), "1 913 561", "1,913,561"),
        (lambda: wording.number(25.5, 1), "25,5", "25.5"),
        (lambda: wording.percent(0.64), "64 %", "64%"),
        (lambda: wording.weight(1_100_000), "1,1 Mo", "1.1 MB"),
        (lambda: wording.quoted("Dire « non »"), "« Dire “non” »", "“Dire ‘non’”"),
        (
            lambda: wording.zone("America/Halifax"),
            "heure des Îles-de-la-Madeleine",
            "Îles-de-la-Madeleine time",
        ),
        (lambda: drawn("{{ n }}", n=1234.5), "1 234,5", "1,234.5"),
        (lambda: drawn("{{ d }}", d=DAY), "1 décembre 2026", "December 1, 2026"),
    ],
)
def test_b86_days_hours_and_numbers_are_those_of_each_language(write, in_french, in_english):
    assert write().replace(NBSP, " ") == in_french
    with override(wording.ENGLISH):
        assert write().replace(NBSP, " ") == in_english
