"""Authors at work: every gesture through the pages, as a browser without script sends it."""

import pytest
from allauth.mfa.models import Authenticator
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.enums import BlockKind
from courses.models import Block, Course, Lesson, Module, Question
from courses.notation.pasted import EXAMPLE
from tests.exercise_files import painted
from tests.factories import NOON, EnrollmentFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db
PNG = painted(800, 600)


@pytest.fixture
def course(course_folder):
    return actions.import_folder(path=course_folder)


@pytest.fixture
def author(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def at(name, *args):
    return reverse(f"atelier:{name}", args=["ess-101", *args])


def edit(row):
    noun = {Module: "module", Block: "bloc", Question: "question"}[type(row)]
    return at("edit", noun, row.uuid)


def typed(client, url):
    """What the form at this address would send back, unchanged."""
    form = client.get(url).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        is_box = isinstance(field.field, forms.BooleanField)
        if value is not None and not (is_box and not value):
            sent[field.html_name] = value
    return sent


def keys(queryset):
    return list(queryset.order_by("position").values_list("key", flat=True))


def test_the_atelier_opens_for_authors_only(client, course):
    lesson = Lesson.objects.get(key="signes")
    pages = [reverse("atelier:index"), at("course"), at("publish"), at("lesson", lesson.uuid)]
    for page in pages:
        assert client.get(page).status_code == 302
    client.force_login(UserFactory())
    assert [client.get(page).status_code for page in pages] == [403] * 4
    staff = UserFactory(is_staff=True)
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    client.force_login(staff)
    assert [client.get(page).status_code for page in pages] == [403] * 4
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    assert [client.get(page).status_code for page in pages] == [200] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_the_number_of_courses(
    client, author, count, django_assert_num_queries
):
    for rank in range(count):
        actions.create_course(
            code=f"ESS-{rank}", title="Essai", topic="digital", mode="self-paced"
        )
    with django_assert_num_queries(4):  # session, person, courses to read again, courses
        response = client.get(reverse("atelier:index"))
    assertContains(response, "jamais publié", count=count)


def test_every_object_has_its_page(client, author, course):
    pages = [at("course"), at("media"), at("versions"), at("publish"), at("new-module")]
    pages += [edit(row) for row in (*Module.objects.all(), *Block.objects.all())]
    pages += [edit(row) for row in Question.objects.all()]
    for lesson in Lesson.objects.all():
        pages += [at(name, lesson.uuid) for name in ("lesson", "settings", "preview")]
    for page in pages:
        assert client.get(page).status_code == 200, page


def test_a_scenario_is_drawn_on_its_page(client, author, course):
    page = client.get(edit(Block.objects.get(key="appel")))
    assertContains(page, 'class="arc"', count=1)
    assertContains(page, "Je rappelle.")
    assertNotContains(client.get(edit(Block.objects.get(key="courriel"))), 'class="graph"')


def test_an_object_of_another_course_does_not_exist(client, author, course):
    actions.create_course(code="AUT-1", title="Autre", topic="digital", mode="self-paced")
    block = Block.objects.first()
    url = reverse("atelier:edit", args=["aut-1", "bloc", block.uuid])
    assert client.get(url).status_code == 404


def test_saving_every_form_unchanged_changes_nothing(client, author, course):
    before = {row.uuid: actions.values(row) for row in (*Block.objects.all(),)}
    before |= {row.uuid: actions.values(row) for row in Question.objects.all()}
    for row in (*Block.objects.all(), *Question.objects.all()):
        response = client.post(edit(row), typed(client, edit(row)))
        assert response.status_code == 302, (row.key, response.context["form"].errors)
    after = {row.uuid: actions.values(row) for row in Block.objects.all()}
    after |= {row.uuid: actions.values(row) for row in Question.objects.all()}
    assert after == before
    url = at("course")
    client.post(url, typed(client, url))
    assert Course.objects.get(pk=course.pk).objectives == course.objectives


def test_a_new_course_is_written_from_nothing_and_published(client, author):
    response = client.post(
        reverse("atelier:new-course"),
        {"code": "NEU-101", "title": "Tout neuf", "topic": "digital", "mode": "self-paced"},
    )
    url = reverse("atelier:course", args=["neu-101"])
    assertRedirects(response, url)
    sent = typed(client, url) | {
        "summary": "Un résumé.", "objectives": "Savoir.", "publics": ["staff"],
    }  # fmt: skip
    client.post(url, sent)
    client.post(reverse("atelier:new-module", args=["neu-101"]), {"title": "Premier module"})
    module = Module.objects.get()
    client.post(
        reverse("atelier:new-lesson", args=["neu-101", module.uuid]),
        {"title": "L’été à l’hôtel de ville", "kind": "lesson"},
    )
    lesson = Lesson.objects.get()
    assert (module.key, lesson.key) == ("premier-module", "l-ete-a-l-hotel-de")
    url = reverse("atelier:settings", args=["neu-101", lesson.uuid])
    client.post(url, typed(client, url) | {"minutes": 5, "objective": "Savoir."})
    client.post(reverse("atelier:new-block", args=["neu-101", lesson.uuid]), {"kind": "text"})
    block = Block.objects.get()
    url = reverse("atelier:edit", args=["neu-101", "bloc", block.uuid])
    client.post(url, typed(client, url) | {"markdown": "## Bonjour\r\n\r\nOn commence.  \r\n"})
    block.refresh_from_db()
    assert block.data == {"markdown": "## Bonjour\n\nOn commence."}
    response = client.post(reverse("atelier:publish", args=["neu-101"]))
    assertRedirects(response, reverse("atelier:versions", args=["neu-101"]))
    assert Course.objects.get().current_version.number == 1


@pytest.mark.parametrize(
    ("code", "words"), [("ESS-101", "déjà celui d’un cours"), ("pas un code", "CYB-101")]
)
def test_a_bad_code_is_refused_and_kept_in_the_form(client, author, course, code, words):
    response = client.post(
        reverse("atelier:new-course"),
        {"code": code, "title": "Autre", "topic": "digital", "mode": "virtual"},
    )
    assertContains(response, words, status_code=422)
    assertContains(response, f'value="{code}"', status_code=422)


def test_two_authors_never_overwrite_each_other(client, author, course):
    block = Block.objects.get(key="texte-2")
    mine = typed(client, edit(block)) | {"markdown": "Mon texte."}
    Block.objects.filter(pk=block.pk).update(data={"markdown": "Son texte."})
    response = client.post(edit(block), mine)
    assertContains(response, "Mon texte.", status_code=409)
    assertContains(response, "Son texte.", status_code=409)
    block.refresh_from_db()
    assert block.data == {"markdown": "Son texte."}
    again = {f.html_name: f.value() for f in response.context["form"]}
    assertRedirects(client.post(edit(block), again), edit(block))
    block.refresh_from_db()
    assert block.data == {"markdown": "Mon texte."}


def test_writing_on_what_was_removed_is_refused_in_words(course):
    block = Block.objects.get(key="texte-2")
    seen = actions.revision(block)
    Block.objects.filter(pk=block.pk).delete()
    with pytest.raises(ActionError, match="vient d’être supprimé"):
        actions.save(node=block, changes={"markdown": "x"}, seen=seen, by=UserFactory(), at=NOON)


def test_a_preview_shows_what_is_typed_and_saves_nothing(client, author, course):
    block = Block.objects.get(key="texte-2")
    sent = typed(client, edit(block)) | {"markdown": "**Essai** <script>", "apercu": "1"}
    response = client.post(edit(block), sent)
    assertContains(response, "<strong>Essai</strong> &lt;script&gt;")
    assertContains(response, "pas encore enregistré")
    block.refresh_from_db()
    assert block.data == {"markdown": "La suite."}


def test_a_questionnaire_is_summed_up_in_words_without_tags_or_entities(client, author, course):
    quiz = Block.objects.get(kind="quiz")
    Question.objects.filter(pk=quiz.questions.first().pk).update(
        prompt="Que dit « *vous* » à 16 h?"
    )
    page = client.get(at("lesson", quiz.lesson.uuid))
    assertContains(page, "<li>Que dit «\xa0vous\xa0» à 16\xa0h?</li>", html=True)
    assertNotContains(page, "&amp;nbsp;")


def test_wrong_input_is_named_at_its_field_and_kept(client, author, course):
    scenario = Block.objects.get(kind="scenario")
    sent = typed(client, edit(scenario)) | {"scenes": "perdu\n[a]\nTexte"}
    response = client.post(edit(scenario), sent)
    assertContains(response, "Ligne 1\xa0: une scène commence", status_code=422)
    assertContains(response, "perdu", status_code=422)
    assertContains(response, "Erreur\xa0:", status_code=422)
    text = Block.objects.get(key="texte-1")
    response = client.post(edit(text), typed(client, edit(text)) | {"markdown": "a\n::: quiz b"})
    assertContains(response, "Ligne 2\xa0: une ligne ne peut pas", status_code=422)
    pairs = Question.objects.get(key="paires")
    response = client.post(edit(pairs), typed(client, edit(pairs)) | {"pairs": "sans égal"})
    assertContains(response, "Paire 1", status_code=422)


def test_buttons_order_blocks_lessons_and_modules(client, author, course):
    lesson = Lesson.objects.get(key="signes")
    first = Block.objects.get(key="texte-1")
    url = at("move", "bloc", first.uuid, "descendre")
    assert client.post(url).status_code == 302
    assert keys(lesson.blocks)[:2] == ["demain-matin", "texte-1"]
    client.post(at("move", "bloc", first.uuid, "monter"))
    client.post(at("move", "bloc", first.uuid, "monter"))
    assert keys(lesson.blocks)[:2] == ["texte-1", "demain-matin"]
    assert client.get(url).status_code == 405


def test_a_lesson_at_the_edge_goes_over_to_the_next_module(client, author, course):
    client.post(at("new-module"), {"title": "Suite"})
    bilan = Lesson.objects.get(key="bilan")
    down, up = (at("move", "lecon", bilan.uuid, step) for step in ("descendre", "monter"))
    client.post(down)
    assert keys(Module.objects.get(key="suite").lessons) == ["bilan"]
    client.post(down)
    assert keys(Module.objects.get(key="suite").lessons) == ["bilan"]
    client.post(up)
    assert keys(Module.objects.get(key="debut").lessons) == ["signes", "bilan"]
    client.post(at("move", "module", Module.objects.get(key="suite").uuid, "monter"))
    assert keys(course.modules) == ["suite", "debut"]


@pytest.mark.parametrize(
    ("times", "rank"), [("2", 3), ("1", 2), ("", 2), ("0", 2), ("x", 2), ("9", 1), ("²", 2)]
)
def test_a_drag_goes_over_several_ranks_at_once(client, author, course, times, rank):
    """A drag is a longer step of the same button; beyond the end, nothing moves."""
    first = Lesson.objects.get(key="signes").blocks.order_by("position").first()
    client.post(at("move", "bloc", first.uuid, "descendre"), {"fois": times})
    first.refresh_from_db()
    assert first.position == rank


def test_a_copy_stands_right_after_with_all_it_holds(client, author, course):
    quiz = Block.objects.get(kind="quiz")
    question = Question.objects.get(key="cartes")
    client.post(at("duplicate", "question", question.uuid))
    assert keys(quiz.questions)[:2] == ["cartes", "que-faites-vous-d-abord"]
    client.post(at("duplicate", "bloc", quiz.uuid))
    client.post(at("duplicate", "lecon", quiz.lesson.uuid))
    client.post(at("duplicate", "module", quiz.lesson.module.uuid))
    assert [len(module.lessons.all()) for module in course.modules.all()] == [3, 3]
    assert Block.objects.filter(kind="quiz").count() == 8
    assert Question.objects.count() == 8 * 6
    assert len(set(Block.objects.values_list("uuid"))) == Block.objects.count()


def test_removing_asks_first_and_is_recorded(client, author, course):
    block = Block.objects.get(key="demain-matin")
    url = at("remove", "bloc", block.uuid)
    assertContains(client.get(url), "Les versions déjà publiées ne changent pas")
    assert Block.objects.filter(pk=block.pk).exists()
    client.post(url)
    assert not Block.objects.filter(pk=block.pk).exists()
    entry = Entry.objects.get(verb="draft.removed")
    assert (entry.actor, entry.target) == (author, "ESS-101 demain-matin")
    blocks = Lesson.objects.get(key="signes").blocks
    assert list(blocks.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_a_planned_meeting_keeps_its_place_in_the_plan(client, author, course):
    module = Module.objects.get(key="debut")
    lesson = actions.add_lesson(
        module=module, title="Rencontre", kind="meeting", by=UserFactory(), at=NOON
    )
    SessionFactory(course=course, lesson=lesson)
    response = client.post(at("remove", "lecon", lesson.uuid), follow=True)
    assertContains(response, "Une rencontre est prévue")
    assert Lesson.objects.filter(pk=lesson.pk).exists()


def test_a_key_that_learners_know_is_never_given_again(course):
    actions.publish(course_id=course.pk, by=None, at=NOON)
    Lesson.objects.get(key="bilan").delete()
    module = Module.objects.get(key="debut")
    assert (
        actions.add_lesson(
            module=module, title="Bilan", kind="exam", by=UserFactory(), at=NOON
        ).key
        == "bilan-2"
    )


def test_questions_are_pasted_by_the_dozen(client, author, course):
    quiz = Block.objects.get(kind="quiz")
    url = at("paste", quiz.uuid)
    one = "Que faire?\n* Appeler\n> Oui.\nPayer\n> Non.\n\n"
    response = client.post(url, {"text": one * 12}, follow=True)
    assertContains(response, "Questions ajoutées\xa0: 12.")
    assert (quiz.questions.count(), len(set(keys(quiz.questions)))) == (17, 17)


def test_the_example_is_pasted_as_it_stands_and_each_question_opens_in_its_form(
    client, author, course
):
    quiz = Block.objects.get(kind="quiz")
    assertContains(client.get(at("paste", quiz.uuid)), "[*signale / efface]")
    client.post(at("paste", quiz.uuid), {"text": EXAMPLE})
    pasted = list(quiz.questions.order_by("position"))[5:]
    assert len(pasted) == 7
    for question in pasted:
        page = client.get(at("edit", "question", question.uuid))
        assert page.context["form"].initial["prompt"] == question.prompt


def test_a_bad_paste_adds_nothing_and_links_to_its_lines(client, author, course):
    quiz = Block.objects.get(kind="quiz")
    response = client.post(at("paste", quiz.uuid), {"text": "Bon?\n* a\nb\n\nMauvais?\na\nb"})
    assertContains(response, '<a href="#ligne-5">Ligne 5', status_code=422)
    assertContains(response, '<li id="ligne-5" class="wrong"', status_code=422)
    assertContains(response, "Mauvais?\na\nb", status_code=422)
    assert quiz.questions.count() == 5


def test_a_question_is_added_by_its_kind(client, author, course):
    quiz = Block.objects.get(kind="quiz")
    client.post(at("new-question", quiz.uuid), {"kind": "true-false"})
    question = quiz.questions.order_by("position").last()
    sent = {"seen": actions.revision(question), "prompt": "Vrai?", "answer": "False",
            "right": "Oui."}  # fmt: skip
    client.post(edit(question), sent)
    question.refresh_from_db()
    assert question.data == {"answer": False, "feedback": {"right": "Oui."}}
    response = client.post(at("new-question", quiz.uuid), {"kind": "devinette"}, follow=True)
    assertContains(response, "Choisissez un genre de question.")
    lesson = quiz.lesson
    response = client.post(at("new-block", lesson.uuid), {"kind": "danse"}, follow=True)
    assertContains(response, "Choisissez un genre de bloc.")


@pytest.mark.parametrize(
    "kind",
    BlockKind.values,
)
def test_a_block_of_any_kind_may_stay_empty_in_a_draft(client, author, course, kind):
    lesson = Lesson.objects.get(key="signes")
    response = client.post(at("new-block", lesson.uuid), {"kind": kind}, follow=True)
    assert response.status_code == 200
    block = lesson.blocks.order_by("position").last()
    assertRedirects(client.post(edit(block), typed(client, edit(block))), edit(block))
    assert client.get(at("preview", lesson.uuid)).status_code == 200
    assert client.get(at("lesson", lesson.uuid)).status_code == 200


def test_an_image_is_sent_from_its_block(client, author, course):
    lesson = Lesson.objects.get(key="signes")
    client.post(at("new-block", lesson.uuid), {"kind": "image"})
    block = lesson.blocks.get(kind="image")
    sent = typed(client, edit(block)) | {
        "new_file": SimpleUploadedFile("Été à Gaspé.PNG", PNG), "alt": "Un quai",
    }  # fmt: skip
    assertRedirects(client.post(edit(block), sent), edit(block))
    block.refresh_from_db()
    assert block.data == {"file": "ete-a-gaspe.png", "alt": "Un quai"}
    assertContains(client.get(edit(block)), 'width="800" height="600"')
    other = typed(client, edit(block)) | {
        "new_file": SimpleUploadedFile("ete-a-gaspe.png", PNG + b"2")
    }
    client.post(edit(block), other)
    block.refresh_from_db()
    assert block.data["file"] == "ete-a-gaspe-2.png"


@pytest.mark.parametrize(
    ("name", "content"),
    [("plan.svg", b"<svg onload=x>"), ("plan.pdf", b"%PDF-1.7"), ("plan.png", b"%PDF-1.7")],
)
def test_a_file_of_a_wrong_type_is_refused_and_the_words_kept(
    client, author, course, name, content
):
    lesson = Lesson.objects.get(key="signes")
    client.post(at("new-block", lesson.uuid), {"kind": "image"})
    block = lesson.blocks.get(kind="image")
    sent = typed(client, edit(block)) | {
        "new_file": SimpleUploadedFile(name, content), "alt": "Un plan",
    }  # fmt: skip
    response = client.post(edit(block), sent)
    assertContains(response, f"«\xa0{name}\xa0»", status_code=422)
    assertContains(response, "Un plan", status_code=422)


def test_a_media_in_use_stays(client, author, course):
    asset = actions.store_asset(course=course, name="a.png", content=PNG)
    block = Block.objects.get(key="texte-1")
    Block.objects.filter(pk=block.pk).update(kind="image", data={"file": "a.png", "alt": "x"})
    url = at("no-media", asset.pk)
    assertContains(client.post(url, follow=True), "sert dans un bloc")
    Block.objects.filter(pk=block.pk).delete()
    assertContains(client.post(url, follow=True), "est retiré des médias")
    assert course.assets.count() == 0


def test_publishing_is_refused_with_a_link_to_each_place(client, author, course):
    block = Block.objects.get(key="demain-matin")
    Block.objects.filter(pk=block.pk).update(data={"text": "Sans titre."})
    question = Question.objects.get(key="cartes")
    Question.objects.filter(pk=question.pk).update(data={"choices": []})
    response = client.post(at("publish"))
    assertContains(response, edit(block), status_code=422)
    assertContains(response, edit(question), status_code=422)
    assertContains(response, "Ce cours n’est pas prêt", status_code=422)
    assert course.versions.count() == 0


def test_the_publication_page_says_what_changes_and_who_follows(client, author, course):
    client.post(at("publish"))
    course.refresh_from_db()
    EnrollmentFactory(course=course, version=course.current_version)
    assertContains(client.get(at("publish")), "Le brouillon est identique")
    assertContains(client.post(at("publish"), follow=True), "Rien n’a changé")
    Lesson.objects.filter(key="signes").update(title="Les six signes")
    actions.duplicate(part=Lesson.objects.get(key="bilan"), by=UserFactory(), at=NOON)
    page = client.get(at("publish"))
    assertContains(page, "modifiée")
    assertContains(page, "Bilan (copie)")
    assertContains(page, "1 personne suit la version 1")
    moving = reverse("enrollments:move-people", args=["ess-101"])
    assertRedirects(client.post(at("publish")), moving)
    Lesson.objects.get(key="bilan-copie").delete()
    page = client.get(at("publish"))
    assertContains(page, "retirée")
    assertNotContains(page, "ajoutée")
    assertContains(client.get(at("versions")), "en vigueur")
