"""Persona 7: Dre Maude Fortin, who writes courses and publishes them without help."""

from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect

from atn_platform.accounts.enums import Role
from courses.models import Course, Lesson
from courses.queries import document
from enrollments import actions
from enrollments.enums import Verb
from enrollments.models import Enrollment, LearningEvent, LessonState
from municipalities.models import Mandate
from tests.browser.bench import axe, context_for
from tests.browser.clicks import Activations
from tests.browser.conftest import signed_in
from tests.courses.test_publishing import PNG
from tests.factories import NOON, MandateFactory, UserFactory

PEOPLE = 800
QUESTIONS = "\n".join(
    f"""Question {rank} : que faites-vous?
* J’appelle.
> Un autre canal.
J’attends.
> Attendre aide le fraudeur.
"""
    for rank in range(1, 6)
)
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:04.000\nOn rappelle.\n"


@pytest.fixture
def maude(transactional_db):
    return UserFactory(role=Role.ADMINISTRATOR, first_name="Maude", last_name="Fortin")


def followers(course) -> None:
    """Eight hundred people of one municipality, of whom each finished the first lesson."""
    place = MandateFactory().organisation
    people = type(place.mandates.get().user).objects.bulk_create(
        UserFactory.build(email=f"{rank}@exemple.quebec", last_name=f"Personne {rank}")
        for rank in range(PEOPLE)
    )
    held = Mandate.objects.bulk_create(
        MandateFactory.build(user=each, organisation=place) for each in people
    )
    rows = Enrollment.objects.bulk_create(
        Enrollment(
            learner=each.user, mandate=each, course=course, version=course.current_version,
            enrolled_at=NOON, first_activity_at=NOON, last_activity_at=NOON, stations_done=1,
            stations_total=2,
        )
        for each in held
    )  # fmt: skip
    lesson = document(course.current_version_id)["modules"][0]["lessons"][0]["uuid"]
    LessonState.objects.bulk_create(
        LessonState(enrollment=each, lesson=lesson, completed_at=NOON, mandate=each.mandate,
                    version=each.version)
        for each in rows
    )  # fmt: skip


def standing() -> list:
    return [
        list(Enrollment.objects.order_by("pk").values_list("pk", "version", "stations_done")),
        list(LessonState.objects.order_by("pk").values_list("pk", "lesson", "completed_at")),
    ]


def add(page, kind: str) -> None:
    page.get_by_label("Genre de bloc").select_option(label=kind)
    page.get_by_role("button", name="Ajouter ce bloc").click()
    expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_be_visible()


def save(page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".note.ok", has_text="Enregistré à")).to_be_visible()


def back(page) -> None:
    page.locator(".atelier-main .crumbs a").click()
    expect(page.get_by_label("Genre de bloc")).to_be_visible()


def upload(page, label: str, name: str, content: bytes) -> None:
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "", "buffer": content})


def write_lesson(page) -> None:
    """A lesson with a text, a picture, a video and five questions, two things left out."""
    page.get_by_text("Plan du cours").click()
    page.get_by_role("link", name="Ajouter une leçon au module Pourquoi nous?").click()
    page.get_by_label("Titre").fill("Rappeler avant de payer")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    page.get_by_role("link", name="Titre, durée, objectif").click()
    page.get_by_label("Durée (minutes)").fill("8")
    page.get_by_label("Objectif").fill("Rappeler à un numéro que l’on connaît.")
    save(page)
    back(page)
    add(page, "texte")
    page.get_by_role("textbox", name="Texte").fill("Un mardi matin, le courriel arrive.")
    save(page)
    back(page)
    add(page, "image")
    upload(page, "Ou envoyer : image", "cle.png", PNG)
    save(page)
    back(page)
    add(page, "vidéo")
    upload(page, "Ou envoyer : vidéo", "appel.mp4", b"\0\0\0\x18ftypmp42" + b"0" * 20_000)
    page.get_by_label("Titre", exact=True).fill("L’appel")
    page.get_by_label("Durée (secondes)").fill("60")
    save(page)
    back(page)
    add(page, "questionnaire")
    page.get_by_role("link", name="Coller plusieurs questions").click()
    page.get_by_label("Questions").fill(QUESTIONS)
    page.get_by_role("button", name="Ajouter ces questions").click()
    expect(page.get_by_text("Question 5 : que faites-vous?").first).to_be_visible()
    back(page)


def see_as_elected(page) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name="Comme une personne élue, sur téléphone").click()
    shown = page.locator("article.phone")
    expect(shown.get_by_text("Un mardi matin, le courriel arrive.")).to_be_visible()
    expect(page.get_by_role("link", name="Élues et élus")).to_have_attribute(
        "aria-current", "true"
    )
    assert axe(page) == []


def mend_what_the_refusal_names(page) -> None:
    page.get_by_role("link", name="Publier").click()
    refused = page.locator(".atelier-main .errors")
    expect(refused).to_contain_text("Rappeler avant de payer")
    refused.get_by_role("link", name="texte de remplacement").click()
    page.get_by_label("Texte de remplacement").fill("Une clé de sécurité.")
    save(page)
    page.get_by_role("link", name="Publier").click()
    refused.get_by_role("link", name="sous-titres").click()
    upload(page, "Ou envoyer : sous-titres", "appel.vtt", CAPTIONS)
    page.get_by_role("textbox", name="Transcription").fill("On rappelle au numéro du dossier.")
    save(page)


def test_maude_writes_a_lesson_and_publishes_it_and_800_people_lose_nothing(
    browser, live_server, course, maude
):
    """Persona 7, lines 1 to 4.

    « Maude peut créer une leçon avec texte, image, vidéo sous-titrée et 5 questions », « peut
    prévisualiser comme un élu sur téléphone en 1 clic », « ne peut pas publier un contenu sans
    texte de remplacement ni sous-titres : le message dit où et comment corriger » et « peut publier
    une nouvelle version sans effacer l'avancement des 800 personnes inscrites ».
    """
    followers(course)
    before = standing()
    context = context_for(browser, width=375)
    signed_in(context, live_server, maude)
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/atelier/ess-101/")
    write_lesson(page)
    see_as_elected(page)
    mend_what_the_refusal_names(page)
    page.get_by_role("link", name="Publier").click()
    expect(page.get_by_text(f"{PEOPLE} personnes")).to_be_visible()
    page.get_by_role("button", name="Publier cette version").click()
    expect(page.get_by_text("La version 2 est en vigueur.")).to_be_visible()
    context.close()
    assert standing() == before
    lesson = Lesson.objects.get(title="Rappeler avant de payer")
    assert sorted(each.kind for each in lesson.blocks.all()) == ["image", "quiz", "text", "video"]
    assert Course.objects.get(pk=course.pk).current_version.number == 2


def test_maude_sees_the_question_missed_most_in_two_clicks(browser, live_server, course, maude):
    """Persona 7, line 5: « Maude peut voir la question la plus ratée d'un cours en 2 clics. »"""
    exam = document(course.current_version_id)["modules"][0]["lessons"][1]
    quiz = exam["blocks"][-1]
    missed = next(each for each in quiz["questions"] if each["kind"] == "single")
    wrong = next(each["key"] for each in missed["choices"] if not each["correct"])
    for _ in range(5):
        mandate = MandateFactory()
        row = actions.enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)
        LearningEvent.objects.create(
            uuid=uuid4(), enrollment=row, verb=Verb.ANSWERED, lesson=UUID(exam["uuid"]),
            block=UUID(quiz["uuid"]), happened_at=NOON, received_at=NOON,
            result={"score": 0, "answers": {missed["uuid"]: [wrong]}},
        )  # fmt: skip
    context = context_for(browser, width=375)
    signed_in(context, live_server, maude)
    pressed = Activations(context)
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("link", name="Atelier", exact=True).click()
    page.get_by_role("link", name="Ce que les réponses apprennent ESS-101").click()
    worst = page.get_by_role("region", name="La question la plus ratée")
    expect(worst).to_contain_text("Que faites-vous d’abord?")
    expect(worst).to_be_in_viewport()
    assert pressed.count == 2
    assert axe(page) == []
    context.close()
