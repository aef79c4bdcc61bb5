"""A person follows a course to its end: what each page says on the way."""

import io
import re

import pytest
from django.urls import reverse
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from certificates.models import Certificate
from courses import actions as course_actions
from courses.queries import document
from enrollments.enums import Verb
from enrollments.models import BlockState, Enrollment, LearningEvent
from tests.course_files import write_course
from tests.factories import NOON, EnrollmentFactory, MandateFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(tmp_path):
    draft = course_actions.import_folder(path=write_course(tmp_path))
    course_actions.publish(course_id=draft.pk, by=None, at=NOON)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def learner(client):
    user = MandateFactory().user
    client.force_login(user)
    return user


def page(name, *args):
    return reverse(f"enrollments:{name}", args=["ess-101", *args])


@pytest.fixture
def enrolled(client, learner, course):
    mandate = learner.mandates.get()
    client.post(page("enroll"), {"mandate": mandate.pk})
    return Enrollment.objects.get(learner=learner)


def right_answers(enrollment, attempt_page):
    """What a person who knows would send, for the questions shown on the page."""
    exam = document(enrollment.version_id)["modules"][0]["lessons"][1]
    sent = {}
    for question in exam["blocks"][0]["questions"]:
        name = f"q-{question['uuid']}"
        if name not in attempt_page:
            continue
        if "choices" in question:
            sent[name] = [c["key"] for c in question["choices"] if c["correct"]]
        elif "items" in question:
            shown = re.findall(rf'for="{name}-(\d)">\s*<span[^>]*>([^<]*)<', attempt_page)
            for rank, text in shown:
                sent[f"{name}-{rank}"] = question["items"].index(text) + 1
        elif "pairs" in question:
            sent |= {f"{name}-{pair['key']}": pair["right"] for pair in question["pairs"]}
        else:
            sent[name] = "DEUXIEME canal"
    return sent


def attempt_in(text):
    return re.search(r'name="attempt" value="([^"]*)"', text)[1]


def exam_block(enrollment):
    return document(enrollment.version_id)["modules"][0]["lessons"][1]["blocks"][0]


def test_the_whole_way_from_enrolment_to_a_verified_certificate(
    client, enrolled, learner, mailoutbox, django_capture_on_commit_callbacks
):
    assertContains(client.get(page("course")), "Commencer")
    assertContains(client.get(page("lesson", "signes")), "Terminer la leçon")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("complete", "signes"))
        shown = client.get(page("lesson", "bilan")).content.decode()
        sent = {"attempt": attempt_in(shown), **right_answers(enrolled, shown)}
        answered = client.post(
            page("answer", "bilan", exam_block(enrolled)["uuid"]), sent, follow=True
        )
    assertContains(answered, "Votre résultat\xa0: 100\xa0%")
    assertContains(answered, "étape est franchie")

    certificate = Certificate.objects.get(enrollment=enrolled)
    assert re.fullmatch(r"ATN-\d{4}-\d{6}-[A-Y]", certificate.number)
    file = client.get(reverse("certificates:download", args=[certificate.number]))
    text = PdfReader(io.BytesIO(file.content)).pages[0].extract_text()
    assert learner.get_full_name() in text
    assert certificate.number in text
    assert [mail.subject for mail in mailoutbox][-1].startswith("Votre attestation")
    client.logout()
    verified = client.get(reverse("certificates:verify", args=[certificate.code]))
    assertContains(verified, "Attestation valide")
    assertContains(verified, learner.get_full_name())
    assertNotContains(verified, learner.email)


def test_answers_are_not_in_the_page_before_they_are_given(client, enrolled):
    shown = client.get(page("lesson", "bilan")).content.decode()
    for secret in ("Un autre canal", "Chaque minute compte", "deuxième canal", "correct"):
        assert secret not in shown


def test_the_same_form_sent_twice_is_one_attempt(client, enrolled):
    shown = client.get(page("lesson", "bilan")).content.decode()
    block = exam_block(enrolled)["uuid"]
    sent = {"attempt": attempt_in(shown), **right_answers(enrolled, shown)}
    first = client.post(page("answer", "bilan", block), sent)
    second = client.post(page("answer", "bilan", block), {"attempt": sent["attempt"]})
    assert first.headers["Location"] == second.headers["Location"]
    state = BlockState.objects.get(block=block)
    assert (state.attempts, state.best_score) == (1, 100)


@pytest.mark.parametrize("attempt", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_an_attempt_that_is_not_the_person_s_is_refused_kindly(client, enrolled, attempt):
    answer = client.post(
        page("answer", "bilan", exam_block(enrolled)["uuid"]), {"attempt": attempt}, follow=True
    )
    assertContains(answer, "Ce questionnaire a expiré")
    assert not LearningEvent.objects.filter(verb=Verb.ANSWERED).exists()


def test_wrong_and_missing_answers_are_explained(client, enrolled):
    shown = client.get(page("lesson", "bilan")).content.decode()
    answered = client.post(
        page("answer", "bilan", exam_block(enrolled)["uuid"]),
        {"attempt": attempt_in(shown), "q-inconnue": "z", "anyway": "1"},
        follow=True,
    )
    assertContains(answered, "Sans réponse", count=2)
    assertContains(answered, "Réessayer")
    again = client.get(page("lesson", "bilan")).content.decode()
    assert attempt_in(again) != attempt_in(shown)


def test_a_scenario_goes_on_where_it_was_left(client, enrolled):
    scenario = BlockState.objects.none()
    block = document(enrolled.version_id)["modules"][0]["lessons"][0]["blocks"][4]
    client.post(page("choose", "signes", block["uuid"]), {"path": "", "choice": "a"})
    shown = client.get(page("lesson", "signes"))
    assertContains(shown, "Bonne idée.")
    assertContains(shown, "Elle raccroche.")
    client.post(page("choose", "signes", block["uuid"]), {"path": "a", "again": "1"})
    assertContains(client.get(page("lesson", "signes")), "La personne insiste.")
    scenario = BlockState.objects.get(block=block["uuid"])
    assert scenario.data["path"] == []


def test_someone_else_s_course_does_not_exist(client, enrolled):
    client.force_login(MandateFactory().user)
    assert client.get(page("lesson", "signes")).status_code == 404
    assert client.post(page("complete", "signes")).status_code == 404


def test_unknown_places_are_not_found(client, enrolled):
    wrong = "00000000-0000-0000-0000-000000000000"
    assert client.get(page("lesson", "ailleurs")).status_code == 404
    assert client.post(page("complete", "bilan")).status_code == 404
    for name in ("answer", "note", "choose"):
        assert client.post(page(name, "signes", wrong)).status_code == 404
    assert client.get("/cours/rien-999/").status_code == 404


def test_a_person_without_a_mandate_is_told_what_to_do(client, course):
    client.force_login(UserFactory())
    assertContains(client.get(page("course")), "rattaché à aucune municipalité")
    refused = client.post(page("enroll"), {"mandate": "1"})
    assertContains(refused, "rattaché à aucune municipalité")
    assert Enrollment.objects.count() == 0


def test_a_stranger_sees_the_course_and_the_door(client, course):
    assertContains(client.get(page("course")), "Se connecter pour suivre ce cours")
    assertRedirects(
        client.get(page("lesson", "signes")),
        f"{reverse('account_request_login_code')}?next={page('lesson', 'signes')}",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 1), ("q=RECONNAITRE", 1), ("q=tarte", 0), ("theme=cybersecurity", 1), ("theme=digital", 0),
     ("public=manager", 0), ("duree=court", 1), ("mode=nimporte", 1)],
)  # fmt: skip
def test_the_catalogue_is_searched_without_accents_and_filtered(client, course, query, found):
    assertContains(client.get(f"/catalogue/?{query}"), "ESS-101", count=found)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_whatever_their_length(
    client, learner, django_assert_num_queries, count
):
    for _ in range(count):
        EnrollmentFactory(
            learner=learner, mandate=learner.mandates.get(), version=VersionFactory()
        )
    # Session, person, enrolments, documents, stations.
    with django_assert_num_queries(5):
        client.get(reverse("enrollments:index"))
    # Session, person, courses in force, parcours, enrolments, stations; what a version says is read
    # by the first visit and kept in the process.
    client.get(reverse("courses:catalogue"))
    with django_assert_num_queries(6):
        client.get(reverse("courses:catalogue"))


def test_a_lesson_takes_few_queries(client, enrolled, django_assert_max_num_queries):
    client.get(page("lesson", "signes"))
    with django_assert_max_num_queries(6):
        client.get(page("lesson", "signes"))


def test_empty_lists_say_what_to_do(client, learner):
    assertContains(client.get(reverse("enrollments:index")), "cyberréflexes")
    assertContains(client.get(reverse("certificates:index")), "Vos attestations viendront ici")


def test_light_mode_asks_for_no_font(client):
    assertNotContains(client.get("/aide/"), 'class="light"')
    client.post("/mode-leger/", {"light": "1", "next": "/aide/"})
    assertContains(client.get("/aide/"), 'class="light"')
    assertRedirects(
        client.post("/mode-leger/", {"light": "0", "next": "//evil"}), "/", target_status_code=200
    )
