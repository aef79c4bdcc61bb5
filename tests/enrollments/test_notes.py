"""Notes of one's own, the search page, and what was left in a lesson before."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.models import User
from courses import actions as courses
from enrollments import actions, privacy
from enrollments.actions import NewEvent
from enrollments.enums import Verb
from enrollments.models import LessonNote
from tests.course_files import write_course
from tests.factories import (
    NOON,
    EnrollmentFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
REFLECTION = {"uuid": str(uuid4()), "key": "moi", "kind": "reflection", "html": "", "options": []}


@pytest.fixture
def enrollment(client):
    station = lesson_document("a", questions=[choice_question()])
    station["blocks"].append(REFLECTION)
    found = EnrollmentFactory(version=VersionFactory(stations=[station]))
    client.force_login(found.learner)
    return found


def address(enrollment, name="notes"):
    return reverse(f"enrollments:{name}", args=[enrollment.course.code.lower(), "a"])


def test_notes_are_kept_for_their_author_and_leave_with_their_data(client, enrollment):
    page = client.post(address(enrollment), {"text": "Appeler la MRC\x00", "revision": "0"})
    assertRedirects(page, address(enrollment))
    assertContains(client.get(address(enrollment)), "Appeler la MRC</textarea>")
    sections = privacy.export(enrollment.learner).sections
    [section] = [each for each in sections if each.name == "enrollments.LessonNote"]
    assert "Appeler la MRC" in section.rows[0]
    other = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    client.force_login(other.learner)
    assertNotContains(client.get(address(enrollment)), "Appeler la MRC")
    privacy.erase(enrollment.learner)
    assert not LessonNote.objects.exists()


@pytest.mark.parametrize("page", ["notes", "ask-help", "lesson"])
def test_s32_what_one_typed_in_a_tab_is_not_shown_to_the_next_person_there(
    client, enrollment, page
):
    """A draft that the browser keeps bears a name of its owner's alone."""

    def kept() -> set[str]:
        return set(re.findall(r'data-draft="([^"]+)"', client.get(address(enrollment, page)).text))

    mine = kept()
    assert mine
    assert mine == kept()
    client.force_login(
        EnrollmentFactory(version=enrollment.version, course=enrollment.course).learner
    )
    assert kept()
    assert not kept() & mine


def test_two_devices_never_write_over_one_another(client, enrollment):
    client.post(address(enrollment), {"text": "du bureau", "revision": "0"})
    page = client.post(address(enrollment), {"text": "de la maison", "revision": "0"})
    assertContains(page, "ont changé sur un autre appareil")
    assertContains(page, "du bureau")
    assertContains(page, "de la maison</textarea>")
    assert LessonNote.objects.get().text == "du bureau"
    client.post(address(enrollment), {"text": "les deux", "revision": page.context["revision"]})
    kept = LessonNote.objects.get()
    assert (kept.text, kept.revision) == ("les deux", 2)
    # The same form again: nothing changes.
    client.post(address(enrollment), {"text": "les deux", "revision": "0"})
    assert LessonNote.objects.get().revision == 2


@pytest.mark.parametrize("revision", ["", "x", "-1", "²"])
def test_a_revision_that_is_none_is_refused_kindly(client, enrollment, revision):
    client.post(address(enrollment), {"text": "un", "revision": "0"})
    page = client.post(address(enrollment), {"text": "deux", "revision": revision})
    assertContains(page, "deux</textarea>")


def act(enrollment, verb, block, result, minutes):
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    event = NewEvent(
        uuid=uuid4(), verb=verb, lesson=UUID(lesson["uuid"]), block=UUID(block),
        result=result, happened_at=NOON + timedelta(minutes=minutes),
    )  # fmt: skip
    actions.record(enrollment_id=enrollment.pk, event=event, at=NOON + timedelta(hours=1))
    return event.uuid


def test_every_try_and_every_earlier_text_stays_within_reach_of_its_author(client, enrollment):
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    quiz = next(each["uuid"] for each in lesson["blocks"] if each["kind"] == "quiz")
    page = address(enrollment, "lesson")
    tries = [act(enrollment, Verb.ANSWERED, quiz, {"score": score}, score) for score in (10, 30)]
    act(enrollment, Verb.NOTED, REFLECTION["uuid"], {"text": "le matin", "options": []}, 1)
    assertNotContains(client.get(page), "le matin</span>")  # the only text is in its field
    act(enrollment, Verb.NOTED, REFLECTION["uuid"], {"text": "le soir", "options": []}, 2)
    shown = client.get(page)
    for each in tries:
        assertContains(shown, f"?essai={each}#bloc-{quiz}")
    assertContains(shown, "le matin</span>")
    assertContains(shown, "le soir</textarea>")


@pytest.mark.parametrize("count", [2, 4])
def test_earlier_acts_cost_one_query_whatever_their_number(
    client, enrollment, django_assert_num_queries, count
):
    for n in range(count):
        act(enrollment, Verb.NOTED, REFLECTION["uuid"], {"text": str(n), "options": []}, n)
    client.get(address(enrollment, "lesson"))
    # Session, person, enrolment, states of lessons and of blocks, earlier acts.
    with django_assert_num_queries(6):
        client.get(address(enrollment, "lesson"))


def test_the_search_leads_into_the_lesson_for_whoever_follows_the_course(
    client, tmp_path, django_assert_num_queries
):
    draft = courses.import_folder(path=write_course(tmp_path))
    version = courses.publish(course_id=draft.pk, by=None, at=NOON)
    page = reverse("enrollments:search")
    follower = EnrollmentFactory(version=version, course=draft)
    client.force_login(follower.learner)
    found = client.get(page, {"q": "urgence"})
    assertContains(found, 'href="/cours/ess-101/signes/"')
    assertContains(found, "<mark>urgence</mark>")
    client.force_login(EnrollmentFactory().learner)
    found = client.get(page, {"q": "urgence"})
    assertContains(found, 'href="/cours/ess-101/"')
    assertContains(found, "que vous ne suivez pas encore")
    assertContains(client.get(page, {"q": "<script>zèbre"}), "Rien ne répond à ces mots")
    # Session, person, texts, enrolments.
    with django_assert_num_queries(4):
        client.get(page, {"q": "signes"})


def test_a_stranger_has_no_search_of_lessons(client):
    assert client.get(reverse("enrollments:search"), {"q": "urgence"}).status_code == 302
    assert not User.objects.exists()
