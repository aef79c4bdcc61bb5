"""Search over titles, objectives and lessons: French words, whatever their accents and endings."""

import pytest
from django.core.management import call_command
from django.db import connection

from courses import actions
from courses.models import Course, SearchEntry
from courses.search import find
from courses.stems import stem, stems
from tests.course_files import write_course
from tests.factories import NOON


@pytest.mark.parametrize(
    "forms",
    [
        ("élu", "élus", "élue", "élues", "ELU"),
        ("municipal", "municipaux", "municipale", "Municipales"),
        ("donnée", "données", "donnees"),
        ("cybersécurité", "cybersecurite"),
        ("œuvre", "oeuvres"),
        ("employé", "employée", "employés", "employées"),
        ("personnel", "personnelle", "personnelles"),
    ],
)
def test_forms_of_a_word_meet(forms):
    assert len({stem(form) for form in forms}) == 1


def test_words_of_other_meanings_do_not_meet_and_empty_ones_count_for_nothing():
    assert stem("élus") != stem("lire")
    assert list(stems("L’hameçonnage à l’hôtel de ville, qu’est-ce que c’est?")) == [
        "hameconnag", "hotel", "vil",
    ]  # fmt: skip


@pytest.fixture
def course(tmp_path, db):
    draft = actions.import_folder(path=write_course(tmp_path))
    actions.publish(course_id=draft.pk, by=None, at=NOON)
    return draft


def titles(typed):
    return [hit.entry.title for hit in find(typed)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("reconnaitre", ["Essai\xa0: reconnaître un message"]),
        ("les signes", ["Les cinq signes"]),
        ("urgence", ["Les cinq signes"]),  # a clue of a message, in the lesson
        ("raccroches", ["Les cinq signes"]),  # a scene
        ("frauduleux", ["Essai\xa0: reconnaître un message"]),  # an objective
        ("courri", ["Les cinq signes"]),  # the beginning of a word
        ("recconaitre un mesage", ["Essai\xa0: reconnaître un message"]),  # as it is said
        ("coureil", []),
        ("signes zèbre", []),
        ("", []),
        ("l’ à de", []),
        ("'); DROP TABLE & | ! :* <b>", []),
    ],
)
def test_what_is_typed_finds_titles_objectives_and_lessons(course, typed, expected):
    assert titles(typed) == expected


def test_a_word_written_in_two_is_found_in_one(course, tmp_path):
    folder = tmp_path / "ESS-101"
    lesson = folder / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text().replace("Il presse.", "Le Wi-Fi du café presse."))
    actions.import_folder(path=folder)
    actions.publish(course_id=course.pk, by=None, at=NOON)
    assert titles("WIFI") == titles("wi-fi") == ["Les cinq signes"]


def test_right_answers_are_never_found(course):
    """The questions hold them: « deuxième canal » is an answer, « cartes » a question's key."""
    assert titles("deuxième") == titles("fraudeur") == []


def test_titles_come_before_texts_and_what_was_asked_is_marked(course):
    Course.objects.filter(pk=course.pk)
    hits = find("cinq")
    assert [piece.text for piece in hits[0].title if piece.found] == ["cinq"]
    [hit] = find("courriels")
    assert [piece.text for piece in hit.excerpt if piece.found] == ["courriel"]
    whole = "".join(piece.text for piece in hit.excerpt)
    assert "Le courriel arrive à 8\xa0h\xa012" in whole.replace("8 h 12", "8\xa0h\xa012")
    assert "<" not in whole


def test_a_withdrawn_course_is_not_found_and_a_new_version_replaces_the_old(course, tmp_path):
    folder = tmp_path / "ESS-101"
    lesson = folder / "lessons" / "signes.md"
    lesson.write_text(lesson.read_text().replace("Il presse.", "Un hippopotame presse."))
    assert titles("hippopotame") == []
    actions.import_folder(path=folder)
    actions.publish(course_id=course.pk, by=None, at=NOON)
    assert titles("hippopotames") == ["Les cinq signes"]
    assert SearchEntry.objects.filter(course=course).count() == 3
    Course.objects.filter(pk=course.pk).update(withdrawn_at=NOON)
    assert titles("hippopotame") == []


def test_what_was_published_before_is_indexed_by_a_command(course, capsys):
    SearchEntry.objects.all().delete()
    call_command("index_courses")
    assert "3 textes" in capsys.readouterr().out
    assert titles("urgence") == ["Les cinq signes"]


def test_the_search_reads_its_index(course):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM courses_searchentry WHERE words @@ to_tsquery('simple', 'a:*')"
        )
        assert "courses_search_words" in str(cursor.fetchall())


def test_one_query_whatever_is_found(course, django_assert_num_queries):
    for typed in ("signes", "reconnaitre"):
        with django_assert_num_queries(1):
            assert find(typed)
