"""A second person reads a draft before it is published (docs/versions.md)."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from courses import actions
from courses.enums import ReviewState
from courses.models import Block, Course, Lesson, PublicationReview, ReviewRemark
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(course_folder):
    return actions.import_folder(path=course_folder)


@pytest.fixture
def maude():
    return UserFactory(role=Role.ADMINISTRATOR, first_name="Maude")


@pytest.fixture
def philippe():
    return UserFactory(role=Role.ADMINISTRATOR, first_name="Philippe")


def ask(course, by):
    return actions.ask_review(course=course, note="Le scénario surtout.", by=by, at=NOON)


def decide(review, by, *, approves=True, shown=None):
    shown = review.content_hash if shown is None else shown
    actions.decide_review(review_id=review.pk, approves=approves, shown=shown, by=by, at=NOON)


def publish(course, by):
    return actions.publish(course_id=course.pk, by=by, at=NOON)


def page(name, *args):
    return reverse(f"atelier:{name}", args=["ess-101", *args])


def shown(client):
    """What the page of a reading sends back of it, the same by each of its two forms."""
    html = client.get(page("review")).content.decode()
    first, second = re.findall(r'name="relecture" value="(\d+)"', html)
    assert first == second
    (digest,) = re.findall(r'name="empreinte" value="(\w+)"', html)
    return {"relecture": first, "empreinte": digest}


def test_nothing_is_published_that_nobody_else_approved(course, maude, philippe):
    with pytest.raises(actions.ReviewRefused, match="doit relire"):
        publish(course, maude)
    review = ask(course, maude)
    with pytest.raises(actions.ReviewRefused, match="doit relire"):
        publish(course, maude)
    decide(review, philippe)
    assert publish(course, maude).number == 1
    entry = Entry.objects.get(verb="course.published")
    assert (entry.details["people"], entry.details["read_by_another"]) == ([philippe.pk], True)


def test_nobody_approves_what_they_asked_to_have_read(course, maude, philippe):
    review = ask(course, maude)
    with pytest.raises(actions.ReviewRefused, match="soi-même"):
        decide(review, maude)
    with pytest.raises(IntegrityError, match="courses_review_by_another"):
        PublicationReview.objects.filter(pk=review.pk).update(
            state=ReviewState.APPROVED, decided_by=maude, decided_at=NOON
        )


def test_an_approval_is_of_one_content(course, maude, philippe):
    review = ask(course, maude)
    Lesson.objects.filter(key="signes").update(title="Les six signes")
    with pytest.raises(actions.ReviewRefused, match="a changé depuis"):
        decide(review, philippe)
    again = ask(course, maude)
    review.refresh_from_db()
    assert review.state == ReviewState.REPLACED
    decide(again, philippe)
    Lesson.objects.filter(key="signes").update(title="Les sept signes")
    with pytest.raises(actions.ReviewRefused, match="doit relire"):
        publish(course, maude)


def test_what_was_read_is_what_is_approved(client, course, maude, philippe):
    """The draft was other words while it was read, and what was asked again when it is approved."""
    ask(course, maude)
    Lesson.objects.filter(key="signes").update(title="Les six signes")
    client.force_login(philippe)
    read = shown(client)
    Lesson.objects.filter(key="signes").update(title="Les cinq signes")
    refused = client.post(page("review-approve"), read, follow=True)
    assertContains(refused, "Le brouillon a changé depuis la demande")
    assert PublicationReview.objects.get().state == ReviewState.ASKED
    client.post(page("review-approve"), shown(client))
    assert PublicationReview.objects.get().state == ReviewState.APPROVED


def test_a_remark_is_not_lost_when_the_reading_closes_meanwhile(client, course, maude, philippe):
    review = ask(course, maude)
    client.force_login(philippe)
    read = shown(client)
    decide(review, UserFactory(role=Role.ADMINISTRATOR))
    told = client.post(page("review"), {**read, "text": "Trop vague."})
    assertContains(told, "Cette relecture est close", status_code=422)
    assertContains(told, "Trop vague.</textarea>", status_code=422)
    assert not ReviewRemark.objects.exists()


def test_whoever_is_alone_publishes_and_the_journal_says_so(course, maude):
    UserFactory(role=Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(actions.ReviewRefused, match="Personne d’autre"):
        ask(course, maude)
    assert publish(course, maude).number == 1
    assert Entry.objects.get(verb="course.published").details["read_by_another"] is False


def test_a_draft_that_is_not_ready_is_not_given_to_read(course, maude, philippe):
    Course.objects.update(summary="")
    with pytest.raises(actions.PublicationRefused):
        ask(course, maude)
    assert not PublicationReview.objects.exists()


def test_asking_twice_is_asking_once(course, maude, philippe):
    assert ask(course, maude) == ask(course, maude)
    letters = OutgoingEmail.objects.values_list("recipient", flat=True)
    assert list(letters) == [philippe.pk]


def test_remarks_lead_to_their_places_and_come_back_by_mail(client, course, maude, philippe):
    client.force_login(maude)
    asked = client.post(page("review-ask"), {"note": "Le scénario surtout."})
    assertRedirects(asked, page("publish"))
    assertContains(client.get(page("publish")), "elle attend une autre personne")
    assertNotContains(client.get(page("publish")), "Publier cette version")
    assertNotContains(client.get(page("review")), "Approuver la publication")
    client.force_login(philippe)
    block = Block.objects.get(key="demain-matin")
    assertContains(client.get(page("review")), "Le scénario surtout.")
    read = shown(client)
    refused = client.post(page("review"), {**read, "text": ""})
    assertContains(refused, "Remarque", status_code=422)
    client.post(page("review"), {**read, "place": str(block.uuid), "text": "Trop vague."})
    assertRedirects(client.post(page("review-return"), read), page("publish"))
    letter = OutgoingEmail.objects.get(recipient=maude)
    assert "Trop vague." in letter.text
    client.force_login(maude)
    where = page("edit", "bloc", block.uuid)
    for address in (page("review"), page("course")):
        assertContains(client.get(address), where)
        assertContains(client.get(address), "Trop vague.")
    client.post(page("review-settle", ReviewRemark.objects.get().pk))
    assertNotContains(client.get(page("course")), "Trop vague.")
    assertContains(client.get(page("publish")), "Demander une relecture")


def test_the_pages_lead_from_the_question_to_the_publication(client, course, maude, philippe):
    client.force_login(maude)
    client.post(page("review-ask"))
    client.force_login(philippe)
    client.post(page("review-approve"), shown(client))
    client.force_login(maude)
    ready = client.get(page("publish"))
    assertContains(ready, "l’a approuvé")
    assertContains(ready, "Publier cette version")
    client.post(page("publish"))
    course.refresh_from_db()
    assert course.current_version.published_by == maude


def test_an_old_page_neither_approves_nor_remarks_on_the_reading_that_replaced_it(
    client, course, maude, philippe
):
    client.force_login(maude)
    client.post(page("review-ask"))
    client.force_login(philippe)
    read = shown(client)
    Lesson.objects.filter(key="signes").update(title="Les six signes")
    client.force_login(maude)
    client.post(page("review-ask"))
    client.force_login(philippe)
    for sent in (read, {}, {"relecture": "9" * 5000}):
        refused = client.post(page("review-approve"), sent, follow=True)
        assertContains(refused, "Cette relecture est close")
        remark = client.post(page("review"), {**sent, "text": "Trop vague."})
        assertContains(remark, "Cette relecture est close", status_code=422)
        assertContains(remark, "Trop vague.", status_code=422)
    assert not ReviewRemark.objects.exists()
    states = PublicationReview.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [ReviewState.REPLACED, ReviewState.ASKED]
    client.post(page("review-approve"), shown(client))
    assert PublicationReview.objects.latest("pk").state == ReviewState.APPROVED


def test_sending_back_without_a_word_is_refused(course, maude, philippe):
    review = ask(course, maude)
    with pytest.raises(actions.ReviewRefused, match="au moins une remarque"):
        decide(review, philippe, approves=False)


def test_a_closed_reading_is_not_decided_again(course, maude, philippe):
    review = ask(course, maude)
    decide(review, philippe)
    with pytest.raises(actions.ReviewRefused, match="close"):
        decide(review, philippe)


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_decide_once(course, maude, philippe):
    third = UserFactory(role=Role.ADMINISTRATOR)
    review = ask(course, maude)
    gate = Barrier(2)

    def work(by):
        gate.wait()
        try:
            decide(review, by)
        except actions.ReviewRefused:
            return "refused"
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(work, [philippe, third]))
    assert done == ["decided", "refused"]
    assert OutgoingEmail.objects.filter(recipient=maude).count() == 1
