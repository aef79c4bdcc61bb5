"""« Geste à poser chez nous »: private, found again, and handed over only when its author says so."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.notifications.models import OutgoingEmail
from enrollments import actions
from enrollments.actions import Batch, Statement
from enrollments.enums import Fate
from enrollments.models import BlockState, HelpPost, HelpThread, LearningEvent
from enrollments.queries.pledges import pledges
from tests.factories import (
    NOON,
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

pytestmark = pytest.mark.django_db
PLEDGE = {"uuid": str(uuid4()), "key": "geste", "kind": "pledge", "title": "Votre geste",
          "html": "<p>Un seul.</p>", "options": ["Afficher la fiche", "Appeler la MRC"]}  # fmt: skip
MINE, DESK = reverse("enrollments:pledges"), reverse("enrollments:desk")


@pytest.fixture
def enrollment(client):
    station = lesson_document("a")
    station["blocks"].append(PLEDGE)
    found = EnrollmentFactory(version=VersionFactory(stations=[station]))
    client.force_login(found.learner)
    return found


@pytest.fixture
def coach():
    return UserFactory(role=Role.COACH)


def address(enrollment, name="pledge", *rest):
    uuid = [PLEDGE["uuid"]] if name == "pledge" else []
    return reverse(f"enrollments:{name}", args=[enrollment.course.code.lower(), "a", *uuid])


def pledged(client, enrollment, **fields):
    sent = {"event": str(uuid4()), "options": ["Afficher la fiche"], "text": "Mardi"} | fields
    return client.post(address(enrollment), sent, follow=True)


def test_a_commitment_is_kept_by_the_ledger_and_found_again(client, enrollment):
    event = str(uuid4())
    for _ in range(2):
        page = pledged(client, enrollment, event=event)
    assertRedirects(page, f"{address(enrollment, 'lesson')}#bloc-{PLEDGE['uuid']}")
    assertContains(page, "Mardi</textarea>")
    assertContains(page, 'value="Afficher la fiche" checked')
    act = LearningEvent.objects.get(verb="pledged")
    assert act.result == {"options": ["Afficher la fiche"], "text": "Mardi", "done": False}
    mine = client.get(MINE)
    assertContains(mine, "Votre geste")
    assertContains(mine, "À faire")
    assertContains(mine, "Mardi")

    pledged(client, enrollment, done="1")

    assertContains(client.get(MINE), ">Fait</span>")
    assertContains(client.get(address(enrollment, "lesson")), 'name="done" value="1" checked')


def test_it_is_its_author_s_alone_until_it_is_handed_over(client, enrollment, coach, mailoutbox):
    pledged(client, enrollment, text="Mon secret")
    other = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    client.force_login(other.learner)
    assertNotContains(client.get(MINE), "Mon secret")
    assertContains(client.get(MINE), "Aucun geste pour le moment")
    client.force_login(coach)
    assertNotContains(client.get(DESK), "Geste confié")
    assert not HelpThread.objects.exists()


def test_handed_over_it_waits_at_the_desk_and_is_answered_in_its_thread(client, enrollment, coach):
    event = str(uuid4())
    for _ in range(2):
        page = pledged(client, enrollment, event=event, share="1")
    assertContains(page, "L’échange à son sujet")
    thread = HelpThread.objects.get()
    assert (
        thread.posts.get().text
        == "Votre geste\n\n– Afficher la fiche\n\nMardi\n\nPas encore fait."
    )
    client.force_login(coach)
    assertContains(client.get(DESK), "Geste confié")
    there = reverse("enrollments:help", args=[thread.uuid])
    assertContains(client.get(there), "<h1>Geste confié\u00a0: ")
    client.post(there, {"text": "Bravo.", "event": str(uuid4())})
    told = {each.recipient: each for each in OutgoingEmail.objects.all()}
    assert told[coach].subject.startswith("Un geste confié attend")
    assert told[enrollment.learner].subject.startswith("Réponse à votre geste confié")
    for letter in told.values():
        assert "geste" in letter.text
        assert not re.search("(votre|une) question[^?]", letter.text)
    assertNotContains(client.get(DESK), "Geste confié")

    # Done, and handed over again: the same thread, which waits again.
    client.force_login(enrollment.learner)
    pledged(client, enrollment, done="1", share="1")

    assert HelpThread.objects.get().answered_at is None
    assert HelpPost.objects.filter(thread=thread).last().text.endswith("C’est fait.")


def test_nothing_is_handed_over_without_a_word(client, enrollment):
    page = pledged(client, enrollment, options=[], text="  ", share="1")
    assertContains(page, "Cochez un geste, ou écrivez le vôtre")
    assert not HelpThread.objects.exists()
    assertContains(client.get(MINE), "Aucun geste pour le moment")


def test_only_acts_that_the_block_proposes_are_kept(client, enrollment):
    pledged(client, enrollment, options=["Afficher la fiche", "Autre chose"])
    assert BlockState.objects.get().data["options"] == ["Afficher la fiche"]


def test_a_block_of_another_kind_or_lesson_takes_no_commitment(client, enrollment):
    for uuid in (enrollment.version.document["modules"][0]["lessons"][0]["blocks"][0]["uuid"],
                 uuid4()):  # fmt: skip
        url = reverse("enrollments:pledge", args=[enrollment.course.code.lower(), "a", uuid])
        assert client.post(url, {"text": "x"}).status_code == 404
    assert not LearningEvent.objects.filter(verb="pledged").exists()


def said(enrollment, *, at=NOON, **fields):
    """A commitment as the device keeps it, with the fields of the form."""
    lesson = enrollment.version.document["modules"][0]["lessons"][0]
    return Statement(
        id=uuid4(), verb="engage", course=enrollment.course.code, lesson=UUID(lesson["uuid"]),
        block=UUID(PLEDGE["uuid"]), said_at=at, rank=1, fields=fields,
    )  # fmt: skip


def replayed(enrollment, *statements):
    at = NOON + timedelta(hours=1)
    batch = Batch(device=uuid4(), now=at, statements=list(statements))
    return actions.replay(learner=enrollment.learner, batch=batch, at=at)


def test_without_network_it_waits_and_is_handed_over_with_the_rest(enrollment):
    kept = said(enrollment, options=["Appeler la MRC"], share=["1"])
    for fate in (Fate.KEPT, Fate.KNOWN):
        (answer,) = replayed(enrollment, kept)
        assert answer.fate == fate
    assert HelpPost.objects.get().text == "Votre geste\n\n– Appeler la MRC\n\nPas encore fait."
    assert pledges(enrollment.learner)[0].state.data["options"] == ["Appeler la MRC"]


@pytest.mark.parametrize("is_late", [False, True])
def test_said_done_in_the_empty_copy_it_keeps_its_words_in_whatever_order(
    client, enrollment, is_late
):
    """The copy holds nothing of what was written; two devices may send in any order."""
    written = said(enrollment, options=["Afficher la fiche"], text=["Mardi"])
    done = said(enrollment, at=NOON + timedelta(minutes=5), text=[""], done=["1"], share=["1"])
    nothing = said(enrollment, at=NOON + timedelta(minutes=6), text=[" "])
    for each in (done, nothing, written) if is_late else (written, done, nothing):
        (answer,) = replayed(enrollment, each)
        assert (answer.fate, answer.words) == (Fate.KEPT, "")
    (kept,) = pledges(enrollment.learner)
    assert kept.state.data == {"options": ["Afficher la fiche"], "text": "Mardi", "done": True}
    before = kept.state.data
    actions.recompute(enrollment_id=enrollment.pk)
    assert BlockState.objects.get().data == before
    page = client.get(address(enrollment, "lesson"))
    assertContains(page, "Mardi</textarea>")
    assertNotContains(page, "Ce que vous avez laissé ici avant")
    # What was not there yet could not be handed over.
    said_so = [each.text for each in HelpPost.objects.all()]
    whole = "Votre geste\n\n– Afficher la fiche\n\nMardi\n\nC’est fait."
    assert said_so == ([] if is_late else [whole])


def test_said_done_before_a_word_was_written_it_is_none(client, enrollment):
    replayed(enrollment, said(enrollment, text=[""], done=["1"]))
    assertContains(client.get(address(enrollment, "lesson")), 'name="done" value="1" checked')
    assert pledges(enrollment.learner) == []


def test_with_the_line_its_author_takes_it_back(client, enrollment):
    pledged(client, enrollment)
    pledged(client, enrollment, options=[], text="", done="1")
    assert pledges(enrollment.learner) == []


def test_a_copy_taken_along_holds_the_form_and_nothing_written(client, enrollment):
    pledged(client, enrollment, text="Mon secret")
    page = client.get(address(enrollment, "offline-lesson"))
    assertContains(page, "Garder mon geste")
    assertNotContains(page, "Mon secret")
    assertNotContains(page, " checked")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_their_number(
    client, enrollment, django_assert_num_queries, count
):
    station = lesson_document("a")
    station["blocks"] = [{**PLEDGE, "uuid": str(uuid4())} for _ in range(count)]
    followed = EnrollmentFactory(
        learner=enrollment.learner, version=VersionFactory(stations=[station])
    )
    for rank, each in enumerate(station["blocks"]):
        BlockState.objects.create(
            enrollment=followed, lesson=station["uuid"], block=each["uuid"],
            data={"options": [], "text": str(rank), "done": rank == 0},
        )  # fmt: skip
    pledges(followed.learner)  # the document of the version is read once a process
    with django_assert_num_queries(1):
        found = pledges(followed.learner)
    assert [each.is_done for each in found] == [False] * (count - 1) + [True]


@pytest.mark.parametrize("count", [1, 3])
def test_the_exchanges_of_a_lesson_take_one_query_whatever_their_number(
    client, enrollment, django_assert_num_queries, count
):
    station = lesson_document("b")
    station["blocks"] = [{**PLEDGE, "uuid": str(uuid4())} for _ in range(count)]
    followed = EnrollmentFactory(
        learner=enrollment.learner, version=VersionFactory(stations=[station])
    )
    page = reverse("enrollments:lesson", args=[followed.course.code.lower(), "b"])
    for each in station["blocks"]:
        there = reverse(
            "enrollments:pledge", args=[followed.course.code.lower(), "b", each["uuid"]]
        )
        client.post(there, {"event": str(uuid4()), "text": "Mardi", "share": "1"})
    client.get(page)  # opened, and its document read, once
    with django_assert_num_queries(6):
        assertContains(client.get(page), "L’échange à son sujet", count=count)
