"""The bank in the Atelier: finding, changing, taking, importing and exporting, without a script."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from courses import actions
from courses.actions import bank
from courses.exchange import gift
from courses.models import BankImport, BankQuestion, Block, Question
from courses.queries import draft_document
from tests.courses.test_gift import FILE as GIFT
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
HOME = "/admin/atelier/banque/"


@pytest.fixture
def author(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def full(author):
    bank.import_questions(content=GIFT.encode(), kind="gift", source="un.gift")


@pytest.fixture
def quiz(course_folder):
    actions.import_folder(path=course_folder)
    return Block.objects.get(kind="quiz")


def page_of(question):
    return reverse("atelier:bank-question", args=[question.uuid])


def take_page(quiz):
    return reverse("atelier:bank-take", args=["ess-101", quiz.uuid])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_it_holds(
    client, author, count, django_assert_num_queries
):
    for rank in range(count):
        bank.import_questions(content=f"Question {rank} {{=a}}".encode(), kind="gift", source="a")
    with django_assert_num_queries(7):  # session, person, tags, words, count, page, uses
        page = client.get(HOME, {"q": "question"})
    assertContains(page, "réponse courte", count=count + 1)  # the filter names it too


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"q": "CARTE cadeau"}, ["Carte-cadeau : le piège"]),
        ({"q": "rançon deuxieme"}, []),
        ({"q": "reflexes"}, ["Combien de signes?", "Il faut attendre.", "Le _____ sauve tout.",
                             "Le code QR est", "L’année de la Loi 25?"]),
        ({"kind": "matching"}, ["Le code QR est"]),
        ({"tag": "courriel"}, ["Carte-cadeau : le piège"]),
    ],
)  # fmt: skip
def test_words_kinds_and_tags_narrow_the_list(client, full, asked, titles):
    page = client.get(HOME, asked)
    assert sorted(each.title for each, __ in page.context["rows"]) == titles


@pytest.mark.parametrize(
    "asked",
    ["kind=xx", "tag=aucune", "page=abc", "page=-1", "q=%F0%9F%98%80", "kind=hot-spot&tag=%20"],
)
def test_senseless_filters_break_nothing(client, full, asked):
    assert client.get(f"{HOME}?{asked}").status_code == 200
    assert client.get(f"{HOME}exporter/?format=gift&{asked}").status_code == 200


def test_an_empty_bank_says_what_to_do(client, author):
    assertContains(client.get(HOME), "La banque est vide.")
    assertContains(client.get(HOME, {"q": "rien"}), "Aucune question ne répond")


def test_questions_are_taken_as_copies_of_a_version_and_drawn(client, full, quiz):
    chosen = BankQuestion.objects.filter(kind__in=["single", "numeric"])
    before = quiz.questions.count()
    sent = {"question": [each.pk for each in chosen], "draw": "2"}
    for expected in (before + 3, before + 3):  # the second time, all are there
        assert client.post(take_page(quiz), sent).status_code == 302
        assert quiz.questions.count() == expected
    quiz.refresh_from_db()
    assert quiz.data["draw"] == 2
    copies = Question.objects.filter(data__has_key="bank")
    assert {each.bank_number for each in copies} == {"1"}
    assert {each.bank_uuid for each in copies} == {str(each.uuid) for each in chosen}
    assertContains(client.get(page_of(chosen[0])), "ESS-101, Bilan")


def test_all_that_a_tag_finds_is_taken_at_once(client, full, quiz):
    client.post(f"{take_page(quiz)}?tag=Réflexes", {"toutes": "1", "draw": ""})
    assert Question.objects.filter(data__has_key="bank").count() == 5


def test_nothing_ticked_is_said_and_changes_nothing(client, full, quiz):
    page = client.post(take_page(quiz), {"draw": "3"})
    assertContains(page, "Cochez au moins une question.", status_code=422)
    page = client.post(take_page(quiz), {"question": ["1"], "draw": "zéro"})
    assert (page.status_code, Question.objects.filter(data__has_key="bank").count()) == (422, 0)


def changed(client, question, **fields):
    form = client.get(page_of(question)).context["form"]
    typed = {each.html_name: each.value() for each in form}
    sent = {name: "" if value is None else value for name, value in typed.items()} | fields
    return client.post(page_of(question), sent)


def test_a_changed_question_is_a_new_version_and_exercises_keep_theirs(client, full, quiz):
    truth = BankQuestion.objects.get(kind="true-false")
    client.post(take_page(quiz), {"question": [truth.pk]})
    published = draft_document(quiz.lesson.module.course)
    assert (
        changed(client, truth, prompt="Faut-il attendre?", tags="attente\nattente").status_code
        == 302
    )
    truth.refresh_from_db()
    assert (truth.number, truth.tags) == (2, ["attente"])
    assert truth.versions.get().prompt == "Il faut attendre."
    assert draft_document(quiz.lesson.module.course) == published
    page = client.get(page_of(truth))
    assertContains(page, "version 1, plus ancienne")
    copy = Question.objects.get(data__has_key="bank")
    sent = {"seen": actions.revision(copy)}
    client.post(reverse("atelier:bank-renew", args=["ess-101", copy.uuid]), sent)
    copy.refresh_from_db()
    assert (copy.prompt, copy.bank_number) == ("Faut-il attendre?", "2")


def test_a_new_title_is_no_new_version(client, full):
    truth = BankQuestion.objects.get(kind="true-false")
    changed(client, truth, title="Attendre")
    truth.refresh_from_db()
    assert (truth.title, truth.number, truth.versions.count()) == ("Attendre", 1, 0)


def test_two_authors_never_write_over_each_other(client, full):
    truth = BankQuestion.objects.get(kind="true-false")
    page = changed(client, truth, prompt="Autre.", seen="vieux")
    assertContains(page, "Quelqu’un a modifié cette question", status_code=422)
    assertContains(page, "Autre.", status_code=422)
    short, *__ = BankQuestion.objects.filter(kind="short")
    bank.import_questions(content=b"Le mot? {=canal}", kind="gift", source="b")
    page = changed(client, short, prompt="Le mot?", answers="canal")
    assertContains(page, "demande déjà exactement cela", status_code=422)


def test_a_copy_that_is_edited_remembers_where_it_comes_from(client, full, quiz):
    truth = BankQuestion.objects.get(kind="true-false")
    client.post(take_page(quiz), {"question": [truth.pk]})
    copy = Question.objects.get(data__has_key="bank")
    actions.save(
        node=copy,
        changes={"prompt": "À moi.", "answer": True},
        seen=actions.revision(copy),
        by=UserFactory(),
        at=NOON,
    )
    copy.refresh_from_db()
    assert (copy.prompt, copy.bank_uuid) == ("À moi.", str(truth.uuid))


def test_a_question_of_a_course_goes_to_the_bank_once(client, author, quiz):
    question = Question.objects.get(key="attendre")
    url = reverse("atelier:bank-deposit", args=["ess-101", question.uuid])
    for __ in range(2):
        client.post(url)
    kept = BankQuestion.objects.get()
    assert (kept.kind, kept.source) == ("true-false", "ESS-101")
    question.refresh_from_db()
    assert question.data["bank"] == f"{kept.uuid}/1"


def handed_in(client, content, kind="gift", name="un.gift"):
    file = SimpleUploadedFile(name, content)
    return client.post(f"{HOME}importer/", {"kind": kind, "file": file}, follow=True)


def test_a_file_is_shown_before_it_is_kept_and_can_be_undone(client, author, quiz):
    page = handed_in(client, GIFT.encode())
    assertContains(page, "Questions lues\xa0: 6. Nouvelles pour la banque\xa0: 6.")
    assertContains(page, "une question à développement")
    assert not BankQuestion.objects.exists()
    held = BankImport.objects.get()
    for __ in range(2):  # a second click changes nothing
        client.post(reverse("atelier:bank-confirm", args=[held.uuid]))
    assert BankQuestion.objects.count() == 6
    held.refresh_from_db()
    assert (held.added, bytes(held.content)) == (6, b"")
    truth = BankQuestion.objects.get(kind="true-false")
    client.post(take_page(quiz), {"question": [truth.pk]})
    page = client.post(reverse("atelier:bank-undo", args=[held.uuid]), follow=True)
    assertContains(page, "Questions retirées de la banque\xa0: 5.")
    assertContains(page, "donc gardées\xa0: 1.")
    assert BankQuestion.objects.get() == truth


def test_what_the_bank_knows_is_said_before(client, full):
    page = handed_in(client, GIFT.encode())
    assertContains(page, "déjà dans la banque", count=6)
    assertContains(page, "Ce fichier n’a rien de nouveau")


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "gift", "vide"),
        (b"\n\nAmput\xc3\xa9e {~a", "gift", "Ligne 3"),
        (b"<quiz>", "moodle-xml", "bien formé"),
        (b"PK\x03\x04", "qti", "tronquée"),
        (b"x", "autre", "Sélectionnez un choix valide"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(client, author, content, kind, words):
    page = handed_in(client, content, kind)
    assertContains(page, words, status_code=422)
    assert not BankImport.objects.exists()


def test_a_file_left_without_an_answer_is_forgotten_after_a_day(client, author):
    handed_in(client, b"Vrai? {T}")
    BankImport.objects.update(created_at=NOON)
    handed_in(client, b"Faux? {F}")
    assert [bytes(each.content) for each in BankImport.objects.all()] == [b"Faux? {F}"]


def test_what_a_format_cannot_hold_is_said_before_the_file_is_made(client, full):
    truth = BankQuestion.objects.get(kind="true-false")
    asked = {"format": "gift", "question": [truth.pk]}
    page = client.get(f"{HOME}exporter/", asked)
    assertContains(page, "rien ne se perd")
    made = client.get(f"{HOME}exporter/", asked | {"fichier": "1"})
    assert made["Content-Disposition"] == 'attachment; filename="questions.gift"'
    assert [each.title for each in gift.read(made.content.decode())] == ["Il faut attendre."]
    whole = client.get(f"{HOME}exporter/", {"format": "gift", "tag": "Réflexes", "fichier": "1"})
    assert len(gift.read(whole.content.decode())) == 5
    BankQuestion.objects.create(uuid="0" * 32, kind="ordering", title="Classer",
                                prompt="Classez.", data={"items": ["a", "b"]}, content_hash="x")  # fmt: skip
    page = client.get(f"{HOME}exporter/", {"format": "gift", "kind": "ordering"})
    assertContains(page, "une mise en ordre")
    assertNotContains(page, "Télécharger")
