"""Answers written on paper, entered by a responsable: what counts, who sees it, how it is undone."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.audit.models import Entry, Viewing
from atn_platform.notifications.models import OutgoingEmail
from courses import paper
from courses.enums import LessonKind
from enrollments import actions
from enrollments.actions import papers as papers_actions
from enrollments.actions.ledger import change_version, recompute
from enrollments.enums import Status, Verb
from enrollments.models import BlockState, LearningEvent, LessonState, PaperSheet
from enrollments.projections import Event, standing
from enrollments.queries.quiz import attempt_of, drawn
from municipalities.enums import Public
from tests.enrollments.test_ledger import stored
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    VersionFactory,
    agreeing,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
CANAL, PIEGE = choice_question("canal"), choice_question("piege")


@pytest.fixture
def ginette(client):
    responsibility = ResponsibilityFactory(user__first_name="Ginette", user__last_name="Ouellet")
    client.force_login(responsibility.user)
    return responsibility


@pytest.fixture
def version():
    exam = lesson_document("bilan", kind=LessonKind.EXAM, questions=[CANAL, PIEGE])
    return VersionFactory(stations=[lesson_document("a", questions=[CANAL]), exam])


@pytest.fixture
def rejean(ginette, version):
    mandate = MandateFactory(organisation=ginette.organisation, user__first_name="Réjean")
    return EnrollmentFactory(mandate=mandate, version=version)


def sheet_of(version) -> str:
    return paper.code_of(version)


def address(ginette, enrollment, version) -> str:
    return reverse(
        "enrollments:paper",
        args=[ginette.organisation.handle, enrollment.uuid, sheet_of(version)],
    )


def letter(version, label, *, right=True) -> dict[str, str]:
    """The field of a line, and the letter of its right or of its wrong choice."""
    for stop in paper.stops(version.document):
        for quiz in stop.quizzes.values():
            for asked in quiz.asked:
                if asked.label == label:
                    (line,) = asked.lines
                    wanted = "b" if right else "a"
                    return {line.name: next(o.letter for o in line.options if o.value == wanted)}
    raise AssertionError(label)


def typed(version, *labels, wrong=(), **more) -> dict[str, str]:
    data = {"sheet": str(uuid4()), "filled_on": DAY.isoformat(), "signed": "on", **more}
    for label in labels:
        data |= letter(version, label)
    for label in wrong:
        data |= letter(version, label, right=False)
    return data


def enter(client, ginette, enrollment, version, data):
    return client.post(address(ginette, enrollment, version), {**data, "confirm": "1"})


def undo(client, ginette):
    sheet = PaperSheet.objects.latest("pk")
    name, args = "enrollments:undo-paper", [ginette.organisation.handle, sheet.uuid]
    client.post(reverse(name, args=args))
    sheet.refresh_from_db()
    return sheet


def test_a_sheet_is_found_by_its_code_and_its_person(client, ginette, rejean, version):
    page = reverse("enrollments:papers", args=[ginette.organisation.handle])
    code = sheet_of(version).lower().replace("-", " ")
    answer = client.post(page, {"code": code, "person": rejean.learner_id})
    assertRedirects(answer, address(ginette, rejean, version))


def test_a_code_misread_and_a_course_not_followed_are_refused_in_words(
    client, ginette, rejean, version
):
    page = reverse("enrollments:papers", args=[ginette.organisation.handle])
    answer = client.post(page, {"code": sheet_of(version)[:-1] + "7", "person": rejean.learner_id})
    assertContains(answer, "n’est celui d’aucune feuille", status_code=422)
    other = sheet_of(VersionFactory())
    answer = client.post(page, {"code": other, "person": rejean.learner_id})
    assertContains(answer, "ne suit pas ce cours", status_code=422)
    assertContains(client.post(page, {}), "Écrivez le code de la feuille", status_code=422)


def test_what_is_typed_is_read_back_in_words_then_entered(client, ginette, rejean, version):
    data = typed(version, "1.1", wrong=["2.1"]) | {"done-1": "on"}
    page = client.post(address(ginette, rejean, version), data)
    assertContains(page, "J’appelle.")
    assertContains(page, "1 ligne sans réponse")
    # Neither whether it is right, nor any explanation.
    assertNotContains(page, "Autre canal.")
    assertNotContains(page, "%")
    assert not PaperSheet.objects.exists()
    answer = enter(client, ginette, rejean, version, data)
    assertRedirects(answer, reverse("enrollments:papers", args=[ginette.organisation.handle]))
    sheet = PaperSheet.objects.get()
    assert (sheet.answers, sheet.lessons, sheet.entered_by) == (2, 1, ginette.user)
    events = LearningEvent.objects.filter(enrollment=rejean)
    assert {each.verb for each in events} == {Verb.ANSWERED, Verb.COMPLETED}
    assert {each.origin["paper"] for each in events} == {str(sheet.uuid)}
    assert {timezone.localtime(each.happened_at).date() for each in events} == {DAY}
    rejean.refresh_from_db()
    assert (rejean.stations_done, rejean.best_score, rejean.status) == (1, 0, Status.ACTIVE)
    assert Entry.objects.filter(verb="paper.entered", actor=ginette.user).count() == 1


def test_a_whole_course_on_paper_counts_as_one_on_line(client, ginette, rejean, version):
    data = typed(version, "1.1", "2.1", "2.2") | {"done-1": "on"}
    enter(client, ginette, rejean, version, data)
    rejean.refresh_from_db()
    assert (rejean.status, rejean.best_score) == (Status.COMPLETED, 100)


def test_the_responsable_reads_no_answer_and_no_score(client, ginette, rejean, version):
    enter(client, ginette, rejean, version, typed(version, "1.1", wrong=["2.1", "2.2"]))
    page = reverse("enrollments:papers", args=[ginette.organisation.handle])
    for shown in (client.get(page), client.get(address(ginette, rejean, version))):
        text = " ".join(shown.content.decode().split())
        assert "3 réponses" in text
        assert "J’appelle." not in text
        assert "%" not in text
        assert 'value="B"' not in text


def test_the_same_form_sent_twice_is_one_sheet(client, ginette, rejean, version):
    data = typed(version, "1.1")
    for __ in range(2):
        enter(client, ginette, rejean, version, data)
    assert PaperSheet.objects.count() == 1
    assert LearningEvent.objects.filter(enrollment=rejean).count() == 1
    assert OutgoingEmail.objects.filter(key__startswith="paper:").count() == 1


def test_a_sheet_sent_again_with_another_letter_is_never_said_to_be_entered(
    client, ginette, rejean, version
):
    """Back to the page that reads back, « Corriger », another letter, « Inscrire »."""
    data = typed(version, wrong=["1.1"])
    enter(client, ginette, rejean, version, data)
    page = enter(client, ginette, rejean, version, data | letter(version, "1.1"))
    assertContains(page, "annulez-la d’abord", status_code=422)
    assertContains(page, f'value="{letter(version, "1.1")["l-1-1"]}"', status_code=422)
    assertNotContains(page, data["sheet"], status_code=422)  # a form of its own from here
    assert LearningEvent.objects.get(enrollment=rejean).result["score"] == 0


def test_a_sheet_sent_again_once_undone_is_entered_by_a_new_form(client, ginette, rejean, version):
    data = typed(version, "1.1")
    enter(client, ginette, rejean, version, data)
    undo(client, ginette)
    page = enter(client, ginette, rejean, version, data)
    assertContains(page, "ou annulée", status_code=422)
    assert BlockState.objects.count() == 0
    enter(
        client, ginette, rejean, version, data | {"sheet": page.context["form"]["sheet"].value()}
    )
    assert BlockState.objects.get(enrollment=rejean).best_score == 100


@pytest.mark.parametrize("other", ["person", "day", "box"])
def test_the_form_of_another_sheet_is_no_repetition(client, ginette, rejean, version, other):
    data = typed(version, "1.1")
    enter(client, ginette, rejean, version, data)
    whose = rejean
    if other == "person":
        mandate = MandateFactory(organisation=ginette.organisation)
        whose = EnrollmentFactory(mandate=mandate, version=version)
    data |= {"day": {"filled_on": "2026-11-19"}, "box": {"done-1": "on"}}.get(other, {})
    assert enter(client, ginette, whose, version, data).status_code == 422
    assert LearningEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"l-1-1": "ab"}, "Une seule lettre"),
        ({"l-1-1": "z"}, "n’est pas sur la feuille"),
        ({"filled_on": "2099-01-01"}, "Cette date est à venir"),
        ({"filled_on": "hier"}, "Écrivez le jour comme"),
        ({"signed": ""}, "Sans la demande signée"),
        ({"l-1-1": ""}, "Rien n’est encore saisi"),
    ],
)
def test_a_slip_is_told_at_its_line_and_what_was_typed_stays(
    client, ginette, rejean, version, change, said
):
    page = enter(client, ginette, rejean, version, typed(version, "1.1") | change)
    assertContains(page, said, status_code=422)
    if change.get("l-1-1") == "ab":
        assertContains(page, 'value="ab"', status_code=422)
    assert not LearningEvent.objects.exists()


def test_correct_leads_back_to_what_was_typed(client, ginette, rejean, version):
    data = typed(version, "1.1") | {"done-1": "False", "again": "1"}
    page = client.post(address(ginette, rejean, version), data)
    assertContains(page, f'value="{letter(version, "1.1")["l-1-1"]}"')
    assertContains(page, "checked", count=1)  # that the sheet is signed
    # A word is a word, whatever a box that is not ticked says of itself.
    data["l-1-1"] = "False"
    assertContains(client.post(address(ginette, rejean, version), data), 'value="False"', count=1)
    data["done-1"] = "True"
    assertContains(client.post(address(ginette, rejean, version), data), "checked", count=2)


def test_the_person_is_told_sees_it_and_undoes_it(client, ginette, rejean, version):
    enter(client, ginette, rejean, version, typed(version, "1.1", "2.1") | {"done-1": "on"})
    letter_sent = OutgoingEmail.objects.get(key__startswith="paper:")
    assert letter_sent.recipient == rejean.learner
    client.force_login(rejean.learner)
    page = client.get(reverse("enrollments:my-papers"))
    assertContains(page, "Ginette Ouellet")
    sheet = PaperSheet.objects.get()
    client.post(reverse("enrollments:undo-my-paper", args=[sheet.uuid]))
    sheet.refresh_from_db()
    assert sheet.undone_by == rejean.learner
    assertContains(client.get(reverse("enrollments:my-papers")), "annulée par Réjean")


def test_undone_it_counts_no_more_and_stays_in_the_ledger(client, ginette, rejean, version):
    enter(client, ginette, rejean, version, typed(version, "1.1", "2.1") | {"done-1": "on"})
    sheet = undo(client, ginette)
    assert sheet.undone_by == ginette.user
    rejean.refresh_from_db()
    assert (rejean.stations_done, rejean.best_score, rejean.first_activity_at) == (0, None, None)
    assert not LessonState.objects.filter(enrollment=rejean).exists()
    assert not BlockState.objects.filter(enrollment=rejean).exists()
    assert LearningEvent.objects.filter(enrollment=rejean).count() == 4
    assert LearningEvent.objects.counting().filter(verb=Verb.ANSWERED).count() == 0
    before = stored(rejean)
    recompute(enrollment_id=rejean.pk)
    assert stored(rejean) == before
    undo(client, ginette)
    assert LearningEvent.objects.filter(verb=Verb.UNDONE).count() == 1


def test_undoing_leaves_what_was_done_on_line(client, ginette, rejean, version):
    lesson = version.document["modules"][0]["lessons"][0]
    on_line = actions.NewEvent(
        uuid=uuid4(), verb=Verb.ANSWERED, lesson=UUID(lesson["uuid"]), happened_at=NOON,
        block=UUID(lesson["blocks"][1]["uuid"]), result={"score": 0},
    )  # fmt: skip
    actions.record(enrollment_id=rejean.pk, event=on_line, at=NOON)
    enter(client, ginette, rejean, version, typed(version, "1.1"))
    state = BlockState.objects.get(enrollment=rejean)
    assert (state.attempts, state.best_score) == (2, 100)
    undo(client, ginette)
    state.refresh_from_db()
    assert (state.attempts, state.best_score) == (1, 0)


def test_after_an_undo_no_attempt_on_line_draws_what_another_drew(
    client, ginette, rejean, version
):
    """The attempt made while the sheet counted was explained: it never comes back as a new one."""
    quiz = version.document["modules"][0]["lessons"][0]["blocks"][1]
    enter(client, ginette, rejean, version, typed(version, "1.1"))
    client.force_login(rejean.learner)
    code = rejean.course.code.lower()
    place = reverse("enrollments:answer", args=[code, "a", quiz["uuid"]])
    client.post(place, {"attempt": str(attempt_of(rejean, quiz, 1)), "anyway": "1"})
    assert BlockState.objects.get(enrollment=rejean).attempts == 2
    papers_actions.undo_sheet(
        sheet_id=PaperSheet.objects.get().pk, by=rejean.learner, at=timezone.now()
    )
    state = BlockState.objects.get(enrollment=rejean)
    assert (state.attempts, drawn(state)) == (1, 2)
    page = client.get(reverse("enrollments:lesson", args=[code, "a"]))
    assertContains(page, str(attempt_of(rejean, quiz, 2)))
    assertNotContains(page, str(attempt_of(rejean, quiz, 1)))
    before = stored(rejean)
    recompute(enrollment_id=rejean.pk)
    assert stored(rejean) == before


def test_acts_taken_back_count_no_more_in_whatever_order_they_come(version, rejean):
    lesson = version.document["modules"][0]["lessons"][0]["uuid"]
    done = Event(uuid4(), Verb.COMPLETED, lesson, None, {}, NOON, NOON)
    back = Event(uuid4(), Verb.UNDONE, lesson, None, {"events": [str(done.uuid)]}, NOON, NOON)
    one, other = ([done, back], [back, done])
    assert standing(version.document, one) == standing(version.document, other)
    assert standing(version.document, one).done == 0


def test_a_finished_course_keeps_its_sheet(client, ginette, rejean, version):
    data = typed(version, "1.1", "2.1", "2.2") | {"done-1": "on"}
    enter(client, ginette, rejean, version, data)
    assert undo(client, ginette).undone_at is None
    rejean.refresh_from_db()
    assert rejean.status == Status.COMPLETED
    # No word and no page offers to take it back.
    told = OutgoingEmail.objects.get(key__startswith="paper:")
    assert "répondez à cette lettre" in told.text.replace("\n", " ")
    assert "Annulez" not in told.text
    sheet = PaperSheet.objects.get()
    listed = reverse("enrollments:papers", args=[ginette.organisation.handle])
    asked = reverse("enrollments:undo-paper", args=[ginette.organisation.handle, sheet.uuid])
    assertNotContains(client.get(listed), asked)
    assertNotContains(client.get(asked), "ne compteront plus")
    client.force_login(rejean.learner)
    mine = client.get(reverse("enrollments:my-papers"))
    assertNotContains(mine, reverse("enrollments:undo-my-paper", args=[sheet.uuid]))
    assertContains(mine, "ne s’annule plus en ligne")
    client.force_login(ginette.user)
    # Nothing more is entered there.
    answer = enter(client, ginette, rejean, version, typed(version, "1.1"))
    assert PaperSheet.objects.count() == 1
    assert "Ce cours est terminé" in str(list(answer.wsgi_request._messages)[-1])


def test_a_review_asked_or_a_version_changed_since_keeps_the_sheet(
    client, ginette, rejean, version
):
    enter(client, ginette, rejean, version, typed(version, "1.1", wrong=["2.1"]))
    event = LearningEvent.objects.filter(verb=Verb.ANSWERED).first()
    review = actions.ask_review(
        learner=rejean.learner, event=event.uuid, wanted="Relisez.", at=timezone.now()
    )
    assert undo(client, ginette).undone_at is None
    review.delete()
    newer = VersionFactory(
        course=version.course, number=2, stations=version.document["modules"][0]["lessons"]
    )
    change_version(enrollment_id=rejean.pk, version=newer, at=timezone.now())
    assert undo(client, ginette).undone_at is None
    assert LearningEvent.objects.filter(verb=Verb.UNDONE).count() == 0


def test_no_review_is_asked_of_an_attempt_that_was_taken_back(client, ginette, rejean, version):
    enter(client, ginette, rejean, version, typed(version, wrong=["1.1"]))
    event = LearningEvent.objects.get(verb=Verb.ANSWERED)
    undo(client, ginette)
    with pytest.raises(actions.ReviewRefused, match="a été annulé"):
        actions.ask_review(
            learner=rejean.learner, event=event.uuid, wanted="Relisez.", at=timezone.now()
        )
    client.force_login(rejean.learner)
    assert client.get(reverse("enrollments:review", args=[event.uuid])).status_code == 404


def test_a_sheet_of_an_older_version_counts_where_its_questions_are_the_same(
    client, ginette, rejean, version
):
    """The first lesson did not change; the exam did, and is done on line."""
    first, __ = version.document["modules"][0]["lessons"]
    exam = lesson_document("bilan", kind=LessonKind.EXAM, questions=[CANAL])
    newer = VersionFactory(course=version.course, number=2, stations=[first, exam])
    change_version(enrollment_id=rejean.pk, version=newer, at=NOON)
    page = client.get(address(ginette, rejean, version))
    assertContains(page, "a changé depuis l’impression")
    assertContains(page, "l-1-1")
    assertNotContains(page, "l-2-1")
    enter(client, ginette, rejean, version, typed(version, "1.1", "2.1", "2.2"))
    (event,) = LearningEvent.objects.filter(enrollment=rejean, verb=Verb.ANSWERED)
    assert event.result["score"] == 100


def test_what_was_on_paper_is_shown_to_its_person_as_an_attempt(client, ginette, rejean, version):
    enter(client, ginette, rejean, version, typed(version, "1.1"))
    event = LearningEvent.objects.get(verb=Verb.ANSWERED)
    client.force_login(rejean.learner)
    page = reverse("enrollments:lesson", args=[rejean.course.code.lower(), "a"])
    assertContains(client.get(f"{page}?essai={event.uuid}"), "Autre canal.")
    client.force_login(ginette.user)
    assert client.get(f"{page}?essai={event.uuid}").status_code == 404


def test_people_of_elsewhere_and_elected_people_who_do_not_agree_are_out_of_reach(
    client, ginette, version
):
    stranger = EnrollmentFactory(version=version)
    elected = EnrollmentFactory(
        version=version,
        mandate=MandateFactory(organisation=ginette.organisation, public=Public.ELECTED),
    )
    data = typed(version, "1.1")
    for each in (stranger, elected):
        assert enter(client, ginette, each, version, data).status_code == 404
    agreeing(elected.learner)
    assert enter(client, ginette, elected, version, data).status_code == 302
    assert client.get(address(ginette, elected, VersionFactory())).status_code == 404


def test_opening_a_sheet_is_written_in_the_log_of_its_person(client, ginette, rejean, version):
    client.get(address(ginette, rejean, version))
    assert Viewing.objects.about(rejean.learner).get().screen == "papers"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_the_number_of_sheets(
    client, ginette, version, count
):
    for __ in range(count):
        mandate = MandateFactory(organisation=ginette.organisation)
        enrollment = EnrollmentFactory(mandate=mandate, version=version)
        filled = papers_actions.Filled(
            uuid4(), version, DAY, [UUID(version.document["modules"][0]["lessons"][0]["uuid"])], {}
        )
        papers_actions.enter_sheet(
            enrollment_id=enrollment.pk,
            sheet=filled,
            by=ginette.user,
            at=timezone.now() - timedelta(hours=1),
        )
    with CaptureQueriesContext(
        connection,
    ) as seen:
        client.get(reverse("enrollments:papers", args=[ginette.organisation.handle]))
    assert len(seen) == 6  # session, person, organisation, people, sheets, log
