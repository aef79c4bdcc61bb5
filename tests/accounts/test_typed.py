"""What someone typed outlives their session, for them alone."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.http import author_token
from enrollments.models import BlockState
from tests.factories import (
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
QUESTION = choice_question()
RESUME = "/compte/reprendre/"


@pytest.fixture
def rejean():
    station = lesson_document("a", questions=[QUESTION])
    return EnrollmentFactory(version=VersionFactory(stations=[station, lesson_document("b")]))


def page_of(enrollment) -> str:
    return reverse("enrollments:lesson", args=[enrollment.course.code.lower(), "a"])


def form_of(client, enrollment) -> tuple[str, dict[str, str]]:
    """Where the quiz is sent, and its hidden fields, as the page draws them."""
    html = client.get(page_of(enrollment)).content.decode()
    form = html[html.index("/reponses/") - 60 :]
    action = re.search(r'action="([^"]+)"', html[: html.index("/reponses/") + 60][-140:])
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', form))
    return action[1], hidden


def answered(client, enrollment, **more):
    action, hidden = form_of(client, enrollment)
    return action, hidden | {f"q-{QUESTION['uuid']}": "b"} | more


def test_answers_sent_after_the_session_are_kept_then_sent_in_one_click(client, rejean):
    client.force_login(rejean.learner)
    action, fields = answered(client, rejean)
    Session.objects.all().delete()
    answer = client.post(action, fields)
    assert answer.headers["Location"].endswith(f"?next={RESUME}")
    assert not BlockState.objects.exists()

    client.force_login(rejean.learner)
    assertContains(client.get("/"), "attend d’être envoyé")
    page = client.get(RESUME)
    assertContains(page, f'action="{action}"')
    sent = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page.content.decode()))
    answer = client.post(action, sent, follow=True)
    assertContains(answer, "Votre résultat")
    assert BlockState.objects.get().attempts == 1
    assertRedirects(client.get(RESUME), "/")
    # Sent again by a page that was left open: nothing more.
    client.post(action, sent)
    assert BlockState.objects.get().attempts == 1


def test_nobody_else_reads_or_sends_what_was_typed_on_the_same_device(client, rejean):
    client.force_login(rejean.learner)
    action, fields = answered(client, rejean)
    Session.objects.all().delete()
    client.post(action, fields)
    client.force_login(UserFactory())
    assertNotContains(client.get("/"), "attend d’être envoyé")
    assertRedirects(client.get(RESUME), "/")


@pytest.mark.parametrize("author", ["", "1", "1:abc:def", "other"])
def test_a_form_that_was_not_drawn_for_that_person_is_not_kept(client, rejean, author):
    client.force_login(rejean.learner)
    action, fields = answered(client, rejean)
    fields["author"] = author_token(UserFactory()) if author == "other" else author
    client.logout()
    client.post(action, fields)
    client.force_login(rejean.learner)
    assertRedirects(client.get(RESUME), "/")


def test_an_act_that_holds_nothing_typed_leads_back_to_its_page(client, rejean):
    """Never to an address that only takes forms, which would answer 405 after signing in."""
    complete = reverse("enrollments:complete", args=[rejean.course.code.lower(), "a"])
    before = f"http://testserver{page_of(rejean)}"
    answer = client.post(complete, headers={"Referer": before})
    assert answer.headers["Location"].endswith(f"?next={page_of(rejean)}")
    answer = client.post(complete, headers={"Referer": "https://ailleurs.example/x"})
    assert answer.headers["Location"].endswith("?next=/")


def test_what_waits_is_dropped_after_a_day(client, rejean):
    client.force_login(rejean.learner)
    action, fields = answered(client, rejean)
    client.logout()
    client.post(action, fields)
    client.force_login(rejean.learner)
    assert client.get(RESUME).status_code == 200
    session = client.session
    old = timezone.now() - timedelta(days=1, minutes=1)
    session["typed"] = session["typed"] | {"at": old.isoformat()}
    session.save()
    assertRedirects(client.get(RESUME), "/")


def test_a_novel_is_not_kept(client, rejean):
    client.force_login(rejean.learner)
    action, fields = answered(client, rejean, text="a" * 100_001)
    client.logout()
    answer = client.post(action, fields)
    assert RESUME not in answer.headers["Location"]


def test_a_page_older_than_the_last_sign_in_loses_nothing_either(rejean):
    """Signing in elsewhere changes the token against forged requests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(rejean.learner)
    action, fields = answered(client, rejean)
    stale = {**fields, "csrfmiddlewaretoken": "a" * 64}
    answer = client.post(action, stale)
    assert answer.headers["Location"] == RESUME
    assertContains(client.get(RESUME), fields["attempt"])
    assert not BlockState.objects.exists()
    # Another person's page, or none that we drew: refused as before.
    assert client.post(action, stale | {"author": "x"}).status_code == 403
    others = stale | {"author": author_token(UserFactory())}
    assert client.post(action, others).status_code == 403
