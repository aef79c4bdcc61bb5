"""A lesson that one listens to: its recording, and whether it still says the text."""

import hashlib
import re
from pathlib import PurePath

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from courses import actions
from courses.actions.sounds import seconds_of
from courses.checklist import issues
from courses.differences import differences
from courses.listening import fingerprint, spoken
from courses.models import Block, Lesson, Question
from courses.queries import asset_documents, draft_document, lesson_document
from tests import sounds
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course_folder):
    return actions.import_folder(path=course_folder)


@pytest.fixture
def author(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))


def lesson():
    return Lesson.objects.get(key="signes")


def document(course):
    return lesson_document(lesson(), asset_documents(course))


def at(name):
    return reverse(f"atelier:{name}", args=["ess-101", lesson().uuid])


def send(client, name="lecon.mp3", content=None, words=None):
    content = sounds.mp3(9) if content is None else content
    shown = client.get(at("listen")).context["fingerprint"]
    return client.post(
        at("listen"), {"recording": SimpleUploadedFile(name, content), "words": words or shown}
    )


def advice(course):
    return [each.message for each in issues(draft_document(course)) if each.lesson == "signes"]


STALE = "Le texte a changé depuis l’enregistrement"


def is_stale(course):
    return any(message.startswith(STALE) for message in advice(course))


@pytest.mark.parametrize(
    ("name", "content", "seconds"),
    [
        ("a.mp3", sounds.mp3(9), 9),
        ("a.m4a", sounds.m4a(75), 75),
        ("a.opus", sounds.opus(240), 240),
        ("a.mp3", b"Ceci n\xe2\x80\x99est pas un son.", None),
        ("a.m4a", b"\0\0\0\x18ftypM4A ", None),
        ("a.webm", b"\x1aE\xdf\xa3", None),
    ],
)
def test_the_length_is_what_the_file_says(name, content, seconds):
    assert seconds_of(name, content) == seconds


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "opus"])
def test_an_author_sends_a_recording_and_hears_it_where_learners_will(
    client, author, course, suffix
):
    content = getattr(sounds, suffix)(65)
    assertRedirects(send(client, f"Les cinq signes.{suffix}", content), at("listen"))
    asset = course.assets.get(name=f"les-cinq-signes.{suffix}")
    assert (asset.seconds, asset.size) == (65, len(content))
    for page in (at("listen"), at("preview")):
        shown = client.get(page)
        assertContains(shown, 'preload="none"')
        assertContains(shown, "1\u00a0min\u00a05\u00a0s")
        assertContains(shown, reverse("courses:asset", args=[asset.sha256, asset.name]))
        assertNotContains(shown, "autoplay")
    assert not is_stale(course)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("voix.wav", b"RIFF", "Un enregistrement est un fichier MP3, M4A ou Opus."),
        ("voix.m4a", b"autre chose", "n’est pas un fichier du type que son nom annonce"),
        ("voix.mp3", b"Une voix, sans rien autour.", "la durée ne s’y lit pas"),
        ("voix.mp3", b"", "Ce fichier est vide"),
    ],
)
def test_what_is_no_recording_is_refused_at_its_field(client, author, course, name, content, said):
    answer = send(client, name, content)
    assert answer.status_code == 422
    assertContains(answer, said, status_code=422)
    assert lesson().recording == ""
    assert not course.assets.exists()
    digest = hashlib.sha256(content).hexdigest()
    kept = f"cours/{digest[:2]}/{digest}{PurePath(name).suffix}"
    assert not default_storage.exists(kept)


def test_a_recording_is_older_than_the_text_by_its_words_and_not_by_its_date(
    client, author, course
):
    send(client)
    text = Block.objects.get(key="texte-1")
    said = text.data["markdown"]
    text.data["markdown"] = said.replace("Il presse.", "Il presse beaucoup.")
    text.save(update_fields=["data"])
    assert is_stale(course)
    assertContains(client.get(at("listen")), "n’est pas celui de l’enregistrement")
    # The words are back: so is the recording, whatever happened in between.
    text.data["markdown"] = said + "\n"
    text.save(update_fields=["data"])
    assert not is_stale(course)


def test_what_is_not_read_aloud_makes_no_recording_old(client, author, course):
    send(client)
    Lesson.objects.filter(key="signes").update(title="Autre titre", minutes=9)
    Question.objects.update(prompt="Autre question")
    Block.objects.filter(key="appel").update(data={"title": "Autre appel", "text": "Allô."})
    assert not is_stale(course)


def test_an_author_vouches_for_a_recording_that_still_says_the_text(client, author, course):
    send(client)
    text = Block.objects.get(key="texte-1")
    text.data["markdown"] += "\n\nUne coquille de moins."
    text.save(update_fields=["data"])
    page = client.get(at("listen")).text
    (shown,) = re.findall(r'name="words" value="(\w+)" formaction', page)
    text.data["markdown"] += "\n\nUn ajout, pendant que l’autre lit."
    text.save(update_fields=["data"])
    client.post(at("vouch"), {"words": shown})
    # What was vouched for is what the page showed, not what another author wrote meanwhile.
    assert is_stale(course)
    client.post(at("vouch"), {"words": fingerprint(document(course)["blocks"])})
    assert not is_stale(course)


def test_a_recording_that_leaves_its_lesson_leaves_no_words_behind(client, author, course):
    send(client)
    asset = course.assets.get()
    answer = client.post(reverse("atelier:no-media", args=["ess-101", asset.pk]), follow=True)
    assertContains(answer, "est la version à écouter d’une leçon")
    client.post(at("no-recording"))
    client.post(at("vouch"), {"words": "x"})
    assert (lesson().recording, lesson().recorded_words) == ("", "")
    assert course.assets.get() == asset
    with pytest.raises(IntegrityError, match="courses_words_of_a_recording"):
        Lesson.objects.update(recorded_words="x")


def test_what_is_published_names_the_recording_and_the_difference_says_so(client, author, course):
    before = draft_document(course)
    assert "audio" not in before["modules"][0]["lessons"][0]
    send(client)
    after = draft_document(course)
    audio = after["modules"][0]["lessons"][0]["audio"]
    assert (audio["seconds"], audio["stale"]) == (9, False)
    # What was measured to check the draft is no part of a version.
    assert "seconds" not in audio["asset"]
    (change,) = differences(before, after)
    assert change.details == ("La leçon s’écoute\u00a0: elle a une version enregistrée.",)
    assert differences(after, before)[0].details == ("La leçon n’a plus de version à écouter.",)


def test_a_folder_holds_the_recording_and_comes_back_the_same(client, author, course, tmp_path):
    send(client)
    actions.export_folder(course=course, path=tmp_path / "un")
    text = (tmp_path / "un/lessons/signes.md").read_text()
    words = fingerprint(document(course)["blocks"])
    assert f"audio:\n  file: lecon.mp3\n  words: {words}\n---" in text.replace("'", "")
    again = actions.import_folder(path=tmp_path / "un")
    actions.export_folder(course=again, path=tmp_path / "deux")
    assert (tmp_path / "deux/lessons/signes.md").read_text() == text
    assert (tmp_path / "deux/media/lecon.mp3").read_bytes() == sounds.mp3(9)
    assert not is_stale(again)


def test_a_folder_may_name_a_file_and_no_words_or_a_file_that_is_not_there(course_folder):
    file = course_folder / "lessons/signes.md"
    file.write_text(
        file.read_text().replace("required: true\n", "required: true\naudio:\n  file: a.mp3\n", 1)
    )
    course = actions.import_folder(path=course_folder)
    assert "Le fichier de la version à écouter manque." in advice(course)
    (course_folder / "media").mkdir(exist_ok=True)
    (course_folder / "media/a.mp3").write_bytes(sounds.mp3(5))
    course = actions.import_folder(path=course_folder)
    assert is_stale(course)


def test_a_copy_of_the_lesson_speaks_too(client, author, course):
    send(client)
    there = actions.create_course(code="ESS-2", title="Autre", topic="digital", mode="self-paced")
    module = actions.add_module(course=there, title="Module", by=UserFactory(), at=NOON)
    copy = actions.send(
        part=lesson(), to=module, keeps=True, by=UserFactory(), at=course.created_at
    )
    assert (copy.recording, copy.recorded_words) == ("lecon.mp3", lesson().recorded_words)
    assert there.assets.get().seconds == 9
    assert not is_stale(there)


def test_the_words_to_read_come_in_order_and_without_the_exercises(course):
    said = [" ".join(each) for each in spoken(document(course)["blocks"])]
    assert said[0].startswith("Un mardi matin Le courriel arrive")
    assert said[1].startswith("Demain matin")
    assert said[-1].startswith("Dernier avis")
    assert not any("La personne insiste" in each for each in said)
