"""A question from a lesson: its thread, the desk of whoever answers, and what others may read."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Viewing
from atn_platform.notifications.models import OutgoingEmail
from enrollments import actions, privacy
from enrollments.actions import HelpRefused
from enrollments.models import HelpPost, HelpThread
from enrollments.queries import helping
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MunicipalityFactory,
    PathFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

pytestmark = pytest.mark.django_db
DESK = reverse("enrollments:desk")
HOUR = timedelta(hours=1)


@pytest.fixture
def enrollment():
    return EnrollmentFactory(
        version=VersionFactory(stations=[lesson_document("a")]),
        mandate__user__first_name="Chantal",
        mandate__user__last_name="Girard",
    )


@pytest.fixture
def coach():
    return UserFactory(role=Role.COACH, first_name="Étienne")


def lesson_of(enrollment):
    return enrollment.version.document["modules"][0]["lessons"][0]["uuid"]


def ask(enrollment, text="Où est le formulaire?", uuid=None, at=NOON):
    return actions.ask(
        enrollment_id=enrollment.pk, lesson=lesson_of(enrollment), text=text,
        uuid=uuid or uuid4(), at=at,
    )  # fmt: skip


def page(enrollment):
    return reverse("enrollments:ask-help", args=[enrollment.course.code.lower(), "a"])


def test_a_question_is_asked_answered_and_told_once_each(client, enrollment, coach):
    client.force_login(enrollment.learner)
    form = {"text": "Où est le formulaire?", "event": str(uuid4())}
    for _ in range(2):  # sent twice, it is one question
        answer = client.post(page(enrollment), form, follow=True)
    assertContains(answer, "Où est le formulaire?")
    thread = HelpThread.objects.get()
    assert (thread.version, str(thread.lesson)) == (enrollment.version, lesson_of(enrollment))
    [told] = OutgoingEmail.objects.filter(recipient=coach)
    assert "Où est le formulaire?" in told.text

    client.force_login(coach)
    assertContains(client.get(DESK), f"/questions/{thread.uuid}/")
    said = {"text": "À la page 3.", "event": str(uuid4())}
    for _ in range(2):
        client.post(reverse("enrollments:help", args=[thread.uuid]), said)
    assert HelpPost.objects.count() == 2
    [letter] = OutgoingEmail.objects.filter(recipient=enrollment.learner)
    assert "À la page 3." in letter.text
    assertContains(client.get(DESK), "Personne n’attend de réponse.")
    # A new word of the learner's puts the thread back in the queue, at its first place.
    client.force_login(enrollment.learner)
    client.post(reverse("enrollments:help", args=[thread.uuid]), {"text": "Merci, et après?"})
    assert [each.thread for each in helping.queue()] == [thread]


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_an_empty_question_comes_back_with_a_sentence(client, enrollment, text):
    client.force_login(enrollment.learner)
    assertContains(client.post(page(enrollment), {"text": text}), "Écrivez votre message")
    assert not HelpThread.objects.exists()


def test_a_thread_is_between_the_two(client, enrollment, coach):
    thread = ask(enrollment, "Mon secret")
    address = reverse("enrollments:help", args=[thread.uuid])
    other = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    client.force_login(other.learner)
    assert client.get(address).status_code == 404
    assert client.get(DESK).status_code == 403
    assertNotContains(client.get(page(enrollment)), "Mon secret")
    with pytest.raises(HelpRefused):
        ask(other, uuid=thread.uuid)
    client.force_login(coach)
    assertContains(client.get(address), "Mon secret")
    viewing = Viewing.objects.latest("pk")
    assert (viewing.reader, viewing.people) == (coach, [enrollment.learner_id])
    assert (viewing.screen, viewing.capacity) == ("questions", "coach")


def test_what_is_shared_names_nobody_and_serves_whoever_reads_the_lesson(
    client, enrollment, coach
):
    thread = ask(enrollment, "Chantal ici : où est-ce?")
    client.force_login(coach)
    address = reverse("enrollments:share-help", args=[thread.uuid])
    named = {"question": "Chantal demande où", "answer": "Page 3."}
    assertContains(
        client.post(address, named), "reconnaître quelqu’un\u00a0: «\u00a0Chantal\u00a0»"
    )
    assertContains(client.post(address, named), "Chantal demande où</textarea>")  # as typed
    clean = {"question": "Où est le formulaire?", "answer": "À la page 3."}
    client.post(address, clean)
    other = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    client.force_login(other.learner)
    shown = client.get(page(enrollment))
    assertContains(shown, "À la page 3.")
    assertNotContains(shown, "Chantal")
    assert client.post(address, clean).status_code == 403
    client.force_login(coach)
    client.post(address, {"back": "1"})
    client.force_login(other.learner)
    assertNotContains(client.get(page(enrollment)), "À la page 3.")


@pytest.mark.parametrize(
    "words",
    [
        "GIRARD demande où",
        "Mme Girard-Roy demande où",
        "Notre collègue Helene le sait",
        "À Saint-Elzéar, où est-ce?",
        "Écrivez à c.girard@ailleurs.example",
        "Appelez au 418-555-0142",
        "Étienne répond",
    ],
)
def test_what_tells_who_asked_is_never_shared(enrollment, coach, words):
    """A place of three hundred people and a telephone say it as well as a name."""
    learner = enrollment.learner
    type(learner).objects.filter(pk=learner.pk).update(
        first_name="Marie-Hélène", last_name="Girard-Roy"
    )
    type(enrollment.mandate.organisation).objects.update(name="Saint-Elzéar")
    thread = ask(enrollment, "Où? c.girard@ailleurs.example ou (418) 555-0142.")
    actions.say(thread_id=thread.pk, by=coach, text="Page 3.", uuid=uuid4(), at=NOON)
    with pytest.raises(HelpRefused, match="reconnaître"):
        actions.share(thread_id=thread.pk, question=words, answer="Page 3.", at=NOON)
    said = "Où est le formulaire du broyeur, au 12 de la rue?"
    shared = actions.share(thread_id=thread.pk, question=said, answer="Page 3.", at=NOON)
    assert shared.shared_question == said


def test_the_desk_says_who_stopped_with_their_town_its_size_and_their_path(client, coach):
    """Facts alone: no answer and no score of anybody (persona 8, line 4)."""
    town = MunicipalityFactory(name="Val-des-Sources-Claires", population=2_340)
    quiet = EnrollmentFactory(
        mandate__organisation=town, last_activity_at=NOON - timedelta(days=20), best_score=37
    )
    path = PathFactory(title="Premiers pas", courses=[quiet.course])
    actions.enroll_in_path(learner=quiet.learner, path=path, at=NOON)
    for days in (3, 200):
        EnrollmentFactory(last_activity_at=NOON - timedelta(days=days))
    [found] = helping.stalled(at=NOON)
    assert (found.enrollment, found.path) == (quiet, "Premiers pas")
    client.force_login(coach)
    answer = client.get(DESK)
    # Numbers stand in names and tokens too; a score is a share.
    assert not re.search(r"37\s*%", answer.content.decode().replace("&nbsp;", " "))


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_the_same_queries_whatever_its_length(
    enrollment, django_assert_num_queries, count
):
    for n in range(count):
        ask(enrollment, str(n + 1), at=NOON + n * HOUR)
    helping.queue()  # the document of the version is read once a process
    with django_assert_num_queries(2):
        assert len(helping.queue()) == count


def test_the_thread_leaves_with_the_data_of_whoever_asked(enrollment, coach):
    thread = ask(enrollment, "Ma question")
    actions.say(thread_id=thread.pk, by=coach, text="Réponse", uuid=uuid4(), at=NOON)
    said = str(privacy.export(enrollment.learner).sections)
    assert "Ma question" in said
    assert "Réponse" in said
    assert "Ma question" not in str(privacy.export(coach).sections)
    privacy.erase(enrollment.learner)
    assert not HelpPost.objects.exists()
