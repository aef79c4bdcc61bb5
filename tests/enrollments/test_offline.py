"""What a device may carry away, and who may carry it."""

import json
import re
from html import unescape
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Language
from atn_platform.core import wording
from atn_platform.core.context import SHARED
from enrollments.actions import NewEvent, record
from enrollments.enums import Verb
from enrollments.queries.quiz import attempt_of
from enrollments.templatetags.offline import SAID
from tests.factories import (
    NOON,
    EnrollmentFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
NOTE = {"uuid": str(uuid4()), "key": "moi", "kind": "reflection", "html": "", "options": []}
PICTURE = {
    "uuid": str(uuid4()), "key": "image", "kind": "image", "alt": "Une rue", "caption": "",
    "decorative": False,
    "asset": {"name": "rue.png", "sha256": "ab" * 32, "type": "image/png", "size": 30_000,
              "width": 10, "height": 10},
}  # fmt: skip


@pytest.fixture
def enrollment(client):
    first = lesson_document("a")
    first["blocks"] += [NOTE, PICTURE]
    exam = lesson_document("bilan", kind="exam", questions=[choice_question()])
    stations = [first, lesson_document("rencontre", kind="meeting"), exam]
    found = EnrollmentFactory(version=VersionFactory(stations=stations))
    client.force_login(found.learner)
    return found


def address(enrollment, name, *rest):
    return reverse(f"enrollments:{name}", args=[enrollment.course.code.lower(), *rest])


def test_every_lesson_but_the_meeting_may_leave_with_its_weight_and_its_files(client, enrollment):
    said = client.get(address(enrollment, "offline-contents")).json()
    assert [each["cle"] for each in said["lecons"]] == ["a", "bilan"]
    first, exam = said["lecons"]
    assert first["adresse"] == address(enrollment, "lesson", "a")
    assert first["fichiers"] == [f"/medias/{'ab' * 32}/rue.png"]
    assert first["octets"] > 30_000 > exam["octets"]
    assertContains(client.get(address(enrollment, "take")), 'name="lecon"', count=2)
    assert client.get(address(enrollment, "offline-lesson", "rencontre")).status_code == 404


def test_a_copy_names_nobody_and_holds_no_answer(client, enrollment):
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    said = NewEvent(
        uuid=uuid4(), verb=Verb.NOTED, lesson=UUID(lesson["uuid"]), block=UUID(NOTE["uuid"]),
        result={"text": "mon secret", "options": []}, happened_at=NOON,
    )  # fmt: skip
    record(enrollment_id=enrollment.pk, event=said, at=NOON)
    for key in ("a", "bilan"):
        page = client.get(address(enrollment, "offline-lesson", key))
        for word in (enrollment.learner.first_name, enrollment.learner.email, "mon secret",
                     "C’est lui écrire.", "csrfmiddlewaretoken", "sessionid"):  # fmt: skip
            assertNotContains(page, word)
    # The questions are those of this person's next try, so that the server knows them again.
    block = enrollment.version.document["modules"][0]["lessons"][2]["blocks"][-1]
    assertContains(page, str(attempt_of(enrollment, block, 0)))


@pytest.mark.parametrize("name", ["offline-contents", "offline-worker", "offline-lesson"])
def test_a_device_of_several_people_carries_nothing(client, enrollment, name):
    session = client.session
    session[SHARED] = True
    session.save()
    rest = {"offline-lesson": ["a"]}.get(name, [])
    code = [] if name == "offline-worker" else [enrollment.course.code.lower()]
    assert client.get(reverse(f"enrollments:{name}", args=[*code, *rest])).status_code == 403
    page = client.get(address(enrollment, "take"))
    assertContains(page, "Cet appareil est partagé")
    assertNotContains(page, "hors-ligne.js")


@pytest.mark.parametrize("name", ["take", "offline-contents"])
def test_nobody_carries_a_course_that_they_do_not_follow(client, enrollment, name):
    other = EnrollmentFactory()
    assert client.get(address(other, name)).status_code == 404


def test_the_worker_answers_for_the_whole_site_and_its_script_is_ours(client, enrollment):
    answer = client.get(reverse("enrollments:offline-worker"))
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert re.fullmatch(r'importScripts\("/static/hors-ligne[^"]*\.js"\);\n', answer.text)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_signing_out_has_the_device_cleared_and_a_session_that_ran_out_has_not(client, enrollment):
    page = client.get(reverse("enrollments:index"))
    assert "Clear-Site-Data" not in page.headers
    assertContains(page, f'data-qui="{enrollment.learner.device_owner}"')
    answer = client.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    gone = client.post(
        reverse("enrollments:journal"), json.dumps({}), content_type="application/json"
    )
    assert gone.status_code == 302
    assert "Clear-Site-Data" not in gone.headers


def test_b86_every_sentence_of_the_script_has_its_english():
    script = (Path(settings.BASE_DIR) / "static/hors-ligne.js").read_text()
    one = re.findall(r'\bt\("([^"]+)"', script)
    two = re.findall(r'\bselon\([\w.]+,"([^"]+)","([^"]+)"', script)
    assert len(one) + len(two) == len(re.findall(r"\b(?:t|selon)\((?!new )", script))
    assert {*one, *(said for pair in two for said in pair)} == set(SAID)
    with override(wording.ENGLISH):
        assert [said for said in SAID if gettext(said) == said] == []


def test_b86_pages_in_english_carry_the_words_of_the_script_and_pages_in_french_none(
    client, enrollment
):
    pages = [
        reverse("enrollments:offline"),
        reverse("enrollments:index"),
        address(enrollment, "offline-lesson", "a"),
    ]
    for page in pages:
        assert not re.search(r"<body[^>]* data-mots=", client.get(page).text)
    type(enrollment.learner).objects.update(language=Language.ENGLISH)
    for page in pages:
        [words] = re.findall(r'<body[^>]* data-mots="([^"]+)"', client.get(page).text)
        assert json.loads(unescape(words))["Voir ce qui attend"] == "See what is waiting"
