"""Numbers, gaps, zones and categories: from the author's files to what is published, and back."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from courses import actions, paper
from courses.checklist import blocking, questions
from courses.folder import FolderRefused, read
from courses.models import Question
from courses.pdf import lesson_html
from courses.queries import asset_documents, draft_document
from courses.queries.questions import question_document
from tests.courses.test_folder import texts
from tests.exercise_files import add_exercise
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(course_folder):
    add_exercise(course_folder)
    return course_folder


@pytest.fixture
def course(folder):
    return actions.import_folder(path=folder)


@pytest.fixture
def author(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))


def asked(kind):
    return Question.objects.get(kind=kind, block__key="exercice")


def page_of(question):
    return reverse("atelier:edit", args=["ess-101", "question", question.uuid])


def filled_in(client, url):
    """What the form at this address would send back, unchanged."""
    form = client.get(url).context["form"]
    return {each.html_name: each.value() or "" for each in form}


def document_of(question, **data):
    shown = Question(uuid=question.uuid, key=question.key, kind=question.kind)
    shown.prompt, shown.data = question.prompt, {**question.data, **data}
    return question_document(shown, asset_documents(question.block.lesson.module.course))


def test_the_folder_goes_round_byte_for_byte_and_can_be_published(course, folder, tmp_path):
    call_command("export_course", "ESS-101", str(tmp_path / "out"), stdout=StringIO())
    assert texts(tmp_path / "out") == texts(folder)
    assert blocking(draft_document(course)) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  - kind: single", "  - kind: choix", 17, "« choix » est inconnu"),
        ("    - text: la CAI", "    - texte: la CAI", 19, "champ inconnu « texte »"),
        ("    area: 5 5 60 15", "    aire: 5 5 60 15", 44, "champ inconnu « aire »"),
        ("    - Un clic sur", "    - non: Un clic sur", 59, "doit être un texte"),
    ],
)
def test_a_mistake_inside_an_answer_is_named_by_its_line(folder, old, new, line, words):
    path = folder / "questions" / "signes.exercice.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FolderRefused) as refused:
        read(folder)
    (problem,) = refused.value.problems
    assert words in problem.message.replace("\N{NO-BREAK SPACE}", " ")
    assert problem.line == line


def lacking(question, **data):
    said = questions.lacking(document_of(question, **data))
    return [each.replace("\N{NO-BREAK SPACE}", " ") for each in said]


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("numeric", {"choices": [{"text": "72"}]}, "La question n’a pas de bonne réponse."),
        ("numeric", {"choices": [{"text": "trois", "correct": True}]}, "« trois » n’est pas un nombre."),
        ("numeric", {"feedback": {"right": "Oui."}}, "La question n’a pas ses deux rétroactions."),
        ("cloze", {"gaps": []}, "Le texte n’a pas de trou."),
        ("cloze", {"gaps": [{"kind": "short"}] * 3}, "Le trou 2 n’a pas de bonne réponse."),
        ("cloze", {"gaps": [{"kind": "short"}] * 2}, "Les trous de l’énoncé et ceux de la liste ne se répondent pas."),
        ("hot-spot", {"image": "absente.png"}, "L’image des zones manque."),
        ("hot-spot", {"alt": ""}, "L’image des zones n’a pas de texte de remplacement."),
        ("hot-spot", {"zones": [{"text": "Ici", "area": "90 0 20 10"}]}, "La zone « Ici » sort de l’image, ou sa place ne se lit pas."),
        ("classifying", {"categories": [{"title": "A", "items": ["x", "x"]}]}, "Deux éléments à classer sont identiques."),
        ("classifying", {"categories": [{"title": "A"}]}, "La question a moins de deux catégories."),
        ("multiple", {"choices": [{"text": "a", "correct": True, "worth": 60}]}, "Aucune réponse ne vaut tous les points."),
        ("multiple", {"choices": [{"text": "a", "worth": 60}]}, "Le choix 1 vaut une part des points sans être marqué juste."),
        ("multiple", {"choices": [{"text": "a", "correct": True, "worth": -5}]}, "Le choix 1 est juste et ne vaut rien."),
        ("classifying", {"categories": [{"title": str(n)} for n in range(27)]}, "La question offre plus de 26 réponses : sur papier, chacune a sa lettre."),
        ("ordering", {"items": [str(n) for n in range(27)]}, "La question offre plus de 26 réponses : sur papier, chacune a sa lettre."),
        ("multiple", {"choices": [{"text": str(n)} for n in range(27)]}, "La question offre plus de 26 réponses : sur papier, chacune a sa lettre."),
        ("cloze", {"gaps": [{"kind": "single", "choices": [{"text": str(n)} for n in range(27)]}]}, "La question offre plus de 26 réponses : sur papier, chacune a sa lettre."),
        ("short", {"choices": [{"text": "a", "worth": 50}]}, "La question n’a pas de bonne réponse."),
        ("numeric", {"choices": [{"text": "7", "correct": True, "worth": 50}]}, "Aucune réponse ne vaut tous les points."),
    ],
)  # fmt: skip
def test_b67_what_a_question_lacks_forbids_publishing(course, kind, data, words):
    assert lacking(asked(kind)) == []
    assert words in lacking(asked(kind), **data)


def test_as_many_answers_as_letters_are_enough_and_words_to_write_have_no_letter(course):
    most = [{"text": str(n), "correct": not n, "feedback": "-"} for n in range(26)]
    assert lacking(asked("multiple"), choices=most) == []
    assert lacking(asked("short"), choices=most * 2) == []


@pytest.mark.parametrize("area", [
    "", "1 2 3", "a b c d", "0 0 0 5", "-1 0 5 5", "0 95 5 6",
    "10% 20% 30% 5%", "10$ 20 30 5", "5,5 5 60 15", "10 20 30 ٥", "1e1 20 30 5",
])  # fmt: skip
def test_a_zone_lies_inside_its_picture(area):
    assert not questions.is_inside(area.split())
    assert questions.is_inside(["5.5", "5", "60", "15"])


@pytest.mark.parametrize(
    "kind", ["numeric", "cloze", "hot-spot", "classifying", "multiple", "short", "ordering"]
)
def test_a_form_saved_unchanged_changes_nothing(client, author, course, kind):
    url, before = page_of(asked(kind)), asked(kind).data
    assert client.post(url, filled_in(client, url)).status_code == 302
    assert asked(kind).data == before


@pytest.mark.parametrize(
    ("kind", "field", "typed", "words"),
    [
        ("numeric", "choices", "* trois", "« trois » n’est pas un nombre"),
        ("cloze", "gaps", "[1 : menu]\n* a", "Ligne 1 : un trou s’annonce par"),
        ("cloze", "gaps", "* a", "Ligne 1 : écrivez d’abord une ligne entre crochets."),
        ("cloze", "gaps", "[2 : mot]\n* a", "Ligne 1 : ici vient le trou 1."),
        ("cloze", "gaps", "[1 : mot]\n* a", "Trous décrits ici : 1."),
        ("hot-spot", "zones", "* L’adresse", "Ligne 1 : une zone dit sa place puis son nom"),
        (
            "classifying",
            "categories",
            "[A]\n- x\n[A]",
            "Ligne 3 : la catégorie « A » existe déjà.",
        ),
        (
            "classifying",
            "categories",
            "[A]\n::: x",
            "Ligne 2 : une ligne ne peut pas commencer par",
        ),
    ],
)
@pytest.mark.usefixtures("author", "course")
def test_what_is_typed_wrong_is_said_at_its_line_and_kept(client, kind, field, typed, words):
    url = page_of(asked(kind))
    page = client.post(url, filled_in(client, url) | {field: typed})
    assert page.status_code == 422
    said = " ".join(page.context["form"].errors[field]).replace("\N{NO-BREAK SPACE}", " ")
    assert words in said
    assert page.context["form"][field].value() == typed


def test_words_alone_are_kept_as_words_and_more_as_choices(client, author, course):
    url = page_of(asked("short"))
    for typed, data in (
        ("canal\nl’autre canal", {"answers": ["canal", "l’autre canal"]}),
        ("canal\n- %50% voie\n> Presque.", {"choices": [
            {"text": "canal", "correct": True}, {"text": "voie", "worth": 50, "feedback": "Presque."}]}),
    ):  # fmt: skip
        client.post(url, filled_in(client, url) | {"answers": typed})
        kept = asked("short").data
        assert {name: kept[name] for name in ("answers", "choices") if name in kept} == data
    page = client.post(url, filled_in(client, url) | {"answers": "canal\n* %150% voie"})
    assertContains(page, "Ligne 2\xa0: une part des points va de -100 à 100.", status_code=422)


def test_right_boxes_without_a_word_share_what_is_left(course):
    made = document_of(asked("multiple"), choices=[
        {"text": "a", "correct": True}, {"text": "b", "correct": True, "worth": 20},
        {"text": "c", "correct": True}, {"text": "d"}, {"text": "e", "worth": -50}])  # fmt: skip
    assert [each["worth"] for each in made["choices"]] == [40, 20, 40, 0, -50]
    plain = document_of(asked("multiple"), choices=[{"text": "a", "correct": True}])
    assert "worth" not in plain["choices"][0]


def test_zones_are_drawn_where_the_author_put_them(client, author, course):
    page = client.get(page_of(asked("hot-spot")))
    assertContains(page, '<foreignObject x="30%" y="75.5%" width="40%" height="15%">')


def test_the_picture_of_a_question_stays_with_the_course(course):
    with pytest.raises(actions.MediaRefused, match="sert dans un bloc"):
        actions.remove_asset(asset=course.assets.get(name="message.png"))


def test_the_booklet_asks_without_giving_the_numbers_the_words_or_the_categories(course):
    stop = paper.stops(draft_document(course))[0]
    printed = lesson_html(stop, lambda asset, _: asset["name"], drawn=True)
    assert "72" not in printed
    assert "formulaire" not in printed
    assert "téléphone" not in printed
    offered = ["la CAI", "la police", "Tout de suite", "À la fin du jour", "Jamais"]
    asked = ["Un clic sur un lien", "Un message resté fermé", "Un mot de passe donné"]
    assert [each for each in offered + asked if each not in printed] == []
