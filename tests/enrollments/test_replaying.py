"""Acts kept without network and sent later: nothing is lost, nothing is counted twice."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollments import actions
from enrollments.actions import Batch, Statement
from enrollments.enums import Status
from enrollments.models import BlockState, Enrollment, LearningEvent, LessonState
from enrollments.queries.quiz import attempt_of
from tests.factories import (
    NOON,
    EnrollmentFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db
PHONE, TABLET = uuid4(), uuid4()
REFLECTION = {"uuid": str(uuid4()), "key": "moi", "kind": "reflection", "html": "", "options": []}


@pytest.fixture
def enrollment():
    first = lesson_document("a")
    first["blocks"].append(REFLECTION)
    exam = lesson_document("bilan", kind="exam", questions=[choice_question()])
    return EnrollmentFactory(version=VersionFactory(stations=[first, exam]))


def lessons(enrollment):
    return enrollment.version.document["modules"][0]["lessons"]


def statement(enrollment, verb, *, rank=0, lesson=0, **parts):
    station = lessons(enrollment)[lesson]
    values = {
        "id": uuid4(), "verb": verb, "course": enrollment.course.code,
        "lesson": UUID(station["uuid"]), "said_at": NOON + timedelta(minutes=rank), "rank": rank,
    }  # fmt: skip
    return Statement(**{**values, **parts})


def answer(enrollment, key="b", **parts):
    """The quiz answered with one choice, in the attempt that the page without network held."""
    block = lessons(enrollment)[1]["blocks"][-1]
    name = f"q-{block['questions'][0]['uuid']}"
    parts.setdefault("attempt", attempt_of(enrollment, block, 0))
    return statement(
        enrollment, "repond", lesson=1, block=UUID(block["uuid"]), fields={name: [key]}, **parts
    )


def note(enrollment, text, **parts):
    block = UUID(REFLECTION["uuid"])
    return statement(enrollment, "note", block=block, fields={"text": [text]}, **parts)


def send(enrollment, *statements, device=PHONE, now=None, at=NOON + timedelta(hours=1)):
    """A device whose clock is right, unless `now` says otherwise."""
    batch = Batch(device=device, now=now or at, statements=list(statements))
    return actions.replay(learner=enrollment.learner, batch=batch, at=at)


def fates(answers):
    return [str(each.fate) for each in answers]


def state(enrollment):
    row = Enrollment.objects.values("status", "stations_done", "best_score", "completed_at")
    blocks = BlockState.objects.filter(enrollment=enrollment).order_by("block")
    states = LessonState.objects.filter(enrollment=enrollment).order_by("lesson")
    return (
        row.get(pk=enrollment.pk),
        list(blocks.values_list("block", "attempts", "best_score", "data")),
        list(states.values_list("lesson", "opened_at", "completed_at")),
    )


def test_what_was_kept_completes_the_course_and_a_second_sending_changes_nothing(enrollment):
    kept = [
        statement(enrollment, "ouvre"),
        statement(enrollment, "termine", rank=1),
        answer(enrollment, rank=2),
    ]
    assert fates(send(enrollment, *kept)) == ["garde", "garde", "garde"]
    first = state(enrollment)
    assert first[0]["status"] == Status.COMPLETED
    # The answer of the server was lost on the way: the device sends all of it again.
    again = send(enrollment, *kept, at=NOON + timedelta(hours=2))
    assert fates(again) == ["connu", "connu", "connu"]
    assert again[2].score == 100
    assert state(enrollment) == first
    assert LearningEvent.objects.count() == 3


def test_two_devices_that_answer_the_same_questions_both_count(enrollment):
    wrong, right = answer(enrollment, "a"), answer(enrollment, "b", rank=5)
    [first] = send(enrollment, wrong, device=PHONE)
    [second] = send(enrollment, right, device=TABLET)
    assert (first.score, first.words) == (0, "")
    assert second.score == 100
    assert "les deux essais sont gardés" in second.words
    block = BlockState.objects.get(enrollment=enrollment)
    assert (block.attempts, block.best_score) == (2, 100)
    said = LearningEvent.objects.order_by("pk").values_list("origin__device", flat=True)
    assert list(said) == [str(PHONE), str(TABLET)]


def test_a_lesson_finished_on_two_devices_is_finished_once_at_the_earlier_moment(enrollment):
    send(enrollment, statement(enrollment, "termine", rank=9))
    send(enrollment, statement(enrollment, "termine", rank=2), device=TABLET)
    assert LessonState.objects.get().completed_at == NOON + timedelta(minutes=2)
    enrollment.refresh_from_db()
    assert enrollment.stations_done == 1


def test_the_later_of_two_texts_shows_and_the_other_is_kept_with_a_word(enrollment):
    send(enrollment, note(enrollment, "le soir", rank=30), device=TABLET)
    [late] = send(enrollment, note(enrollment, "le matin", rank=1))
    assert "un texte plus récent" in late.words
    assert BlockState.objects.get(enrollment=enrollment).data["text"] == "le soir"
    kept = LearningEvent.objects.values_list("result__text", flat=True)
    assert sorted(kept) == ["le matin", "le soir"]


def test_a_wrong_clock_is_put_right_and_never_precedes_the_enrolment_nor_lies_ahead(enrollment):
    years = timedelta(days=20 * 365)
    at = NOON + timedelta(hours=3)
    act = statement(enrollment, "termine", rank=30)
    ahead = statement(enrollment, "ouvre", lesson=1, said_at=NOON + timedelta(days=2))
    # The device believes that it is twenty years ago.
    shifted = Statement(
        **{**{name: getattr(act, name) for name in act.__slots__}, "said_at": act.said_at - years}
    )
    send(enrollment, shifted, now=at - years, at=at)
    send(enrollment, ahead, at=at)
    assert LessonState.objects.filter(completed_at=NOON + timedelta(minutes=30)).exists()
    assert LessonState.objects.filter(opened_at=at).exists()
    said = LearningEvent.objects.get(verb="completed").origin["said_at"]
    assert said == shifted.said_at.isoformat()


def test_a_refusal_says_why_and_keeps_out_no_other(enrollment):
    stranger = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    answers = send(
        enrollment,
        statement(enrollment, "vole"),
        statement(enrollment, "termine", course="RIEN-1"),
        statement(enrollment, "termine", lesson=1),
        answer(enrollment, attempt=attempt_of(stranger, lessons(enrollment)[1]["blocks"][-1], 0)),
        note(enrollment, "x", lesson=1),
        statement(enrollment, "termine"),
    )  # fmt: skip
    assert fates(answers) == ["refuse"] * 5 + ["garde"]
    assert all(each.words.endswith(".") for each in answers[:5])


def test_the_identity_of_another_person_s_act_is_refused_and_touches_nothing(enrollment):
    other = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    mine = answer(enrollment)
    send(enrollment, mine)
    before = state(other)
    [refused] = send(other, answer(other, id=mine.id))
    assert fates([refused]) == ["refuse"]
    assert state(other) == before


ACTS = st.lists(st.sampled_from(["ouvre", "termine", "juste", "faux", "note"]), max_size=8)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS, st.randoms(use_true_random=False))
def test_any_order_any_cutting_and_any_repetition_end_in_the_same_state(enrollment, acts, chance):
    one = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    two = EnrollmentFactory(version=enrollment.version, course=enrollment.course)
    for target, mixed in ((one, False), (two, True)):
        made = [_made(target, act, rank) for rank, act in enumerate(acts)]
        if mixed:
            made += [each for each in made if chance.random() < 0.5]
            chance.shuffle(made)
        while made:
            size = chance.randint(1, 3) if mixed else len(made)
            send(target, *made[:size], device=chance.choice([PHONE, TABLET]))
            made = made[size:]
    first, second = _comparable(one), _comparable(two)
    assert first == second


def _made(enrollment, act, rank):
    if act in {"juste", "faux"}:
        return answer(enrollment, "b" if act == "juste" else "a", rank=rank)
    if act == "note":
        return note(enrollment, f"texte {rank}", rank=rank)
    return statement(enrollment, act, rank=rank)


def _comparable(enrollment):
    """The state, less what names this enrolment: events have identities of their own."""
    row, blocks, states = state(enrollment)
    return row, [(b, a, s, d.get("text")) for b, a, s, d in blocks], states


def payload(enrollment, *statements, **parts):
    sent = [
        {
            "id": str(each.id), "seq": each.rank, "at": each.said_at.isoformat(),
            "verbe": each.verb, "cours": each.course, "lecon": str(each.lesson),
            "bloc": each.block and str(each.block), "essai": each.attempt and str(each.attempt),
            "champs": each.fields,
        }
        for each in statements
    ]  # fmt: skip
    said = {"appareil": str(PHONE), "maintenant": NOON.isoformat(), "enonces": sent}
    return json.dumps({**said, **parts})


def post(client, body):
    return client.post(reverse("enrollments:journal"), body, content_type="application/json")


def test_the_door_takes_a_batch_and_says_what_became_of_each(client, enrollment):
    client.force_login(enrollment.learner)
    kept = answer(enrollment)
    body = payload(enrollment, kept)
    first, second = post(client, body).json(), post(client, body).json()
    expected = {"id": str(kept.id), "motif": "", "resultat": 100}
    assert first["resultats"] == [{**expected, "sort": "garde"}]
    assert second["resultats"] == [{**expected, "sort": "connu"}]


def test_the_door_knows_whose_device_it_is_and_sends_strangers_to_sign_in(client, enrollment):
    address = reverse("enrollments:journal")
    assert client.get(address).status_code == 302
    assert post(client, payload(enrollment)).status_code == 302
    names = set()
    for user in (enrollment.learner, UserFactory()):
        client.force_login(user)
        said = client.get(address).json()
        assert said["jeton"]
        names.add(said["personne"])
    assert len(names) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("[]", 400),
        ("{", 400),
        ('{"appareil": "x"}', 400),
        (json.dumps({"appareil": str(PHONE), "maintenant": "2026-11-30T12:00", "enonces": []}), 400),
        (json.dumps({"appareil": str(PHONE), "maintenant": NOON.isoformat(), "enonces": [1]}), 400),
        (json.dumps({"appareil": str(PHONE), "maintenant": NOON.isoformat(), "x": "\ud800",
                     "enonces": []}), 400),
        (json.dumps({"appareil": str(PHONE), "maintenant": NOON.isoformat(),
                     "enonces": [{}] * 201}), 413),
    ],
)  # fmt: skip
def test_the_door_refuses_what_is_not_a_batch(client, enrollment, body, status):
    client.force_login(enrollment.learner)
    assert post(client, body).status_code == status


def test_the_door_refuses_a_form(client, enrollment):
    client.force_login(enrollment.learner)
    form = client.post(reverse("enrollments:journal"), {"enonces": "[]"})
    assert form.status_code == 400


@pytest.mark.parametrize("size", [1, 3])
def test_a_batch_costs_the_same_queries_whatever_its_length(
    enrollment, django_assert_num_queries, size
):
    send(enrollment, statement(enrollment, "ouvre"))
    acts = [note(enrollment, f"texte {n}", rank=n) for n in range(size)]
    # A savepoint each for the batch and the enrolment; the enrolment found, then locked; the ledger
    # before; the acts, and the ledger after; the states of lessons and of blocks; the enrolment.
    with django_assert_num_queries(9):
        send(enrollment, *acts)


@pytest.mark.parametrize("size", [1, 3])
def test_answers_cost_the_same_queries_whatever_their_number(
    enrollment, django_assert_num_queries, size
):
    send(enrollment, statement(enrollment, "ouvre"))
    acts = [answer(enrollment, rank=rank) for rank in range(size)]
    with django_assert_num_queries(10):  # those of a text, and the tries before
        send(enrollment, *acts)
