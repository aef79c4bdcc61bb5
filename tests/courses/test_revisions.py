"""Revisions of drafts: numbered, kept cheaply, compared, gone back to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from courses import actions
from courses.actions import editing
from courses.actions.revisions import MOST, ONE_SITTING
from courses.admin.comparing import told as told_by
from courses.enums import BlockKind, QuestionKind
from courses.models import Block, Course, DraftRevision, Lesson, Question
from tests.factories import NOON, UserFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def course(db, course_folder):
    return actions.import_folder(path=course_folder)


@pytest.fixture
def lesson(course):
    return Lesson.objects.get(key="signes")


@pytest.fixture
def author(client, db):
    someone = UserFactory(role=Role.ADMINISTRATOR, first_name="Philippe", last_name="Nguyen")
    client.force_login(someone)
    return someone


def titled(lesson, title, by, *, at=NOON, typing=False, seen=None):
    lesson.refresh_from_db()
    changes = {**actions.values(lesson), "title": title}
    return actions.save(
        node=lesson, changes=changes, seen=seen or actions.revision(lesson), by=by, at=at,
        typing=typing,
    )  # fmt: skip


def told(node):
    rows = DraftRevision.objects.filter(node=node.uuid).order_by("number")
    return [(each.number, each.said["title"], each.saved_by_id) for each in rows]


def test_the_first_saving_keeps_what_stood_before_it(lesson, author):
    before = lesson.title
    assert titled(lesson, "Six", author).number == 2
    assert told(lesson) == [(1, before, None), (2, "Six", author.pk)]


def test_what_one_person_types_in_ten_minutes_is_one_revision(lesson, author):
    before, other = lesson.title, UserFactory(role=Role.ADMINISTRATOR)
    for rank in range(3):
        titled(lesson, f"S{rank}", author, at=NOON + rank * MINUTE, typing=True)
    assert told(lesson) == [(1, before, None), (2, "S2", author.pk)]
    titled(lesson, "A", other, at=NOON + 4 * MINUTE, typing=True)
    titled(lesson, "B", author, at=NOON + 5 * MINUTE, typing=True)
    titled(lesson, "C", author, at=NOON + 5 * MINUTE + ONE_SITTING, typing=True)
    assert [title for __, title, __ in told(lesson)] == [before, "S2", "A", "B", "C"]


def test_the_button_closes_the_revision_that_was_being_typed(lesson, author):
    titled(lesson, "Six", author, typing=True)
    assert titled(lesson, "Six", author, at=NOON + MINUTE).number == 2
    assert titled(lesson, "Sept", author, at=NOON + 2 * MINUTE, typing=True).number == 3
    assert titled(lesson, "Sept", author, at=NOON + 3 * MINUTE).number == 3
    assert titled(lesson, "Sept", author, at=NOON + 4 * MINUTE).number == 3  # the same words


def test_words_that_came_from_elsewhere_are_kept_before_they_are_written_over(
    lesson, author, course_folder
):
    before = lesson.title
    titled(lesson, "Six", author)
    actions.import_folder(path=course_folder)
    titled(lesson, "Sept", author)
    assert [title for __, title, __ in told(lesson)] == [before, "Six", before, "Sept"]


def test_thirty_are_kept_of_each_object(lesson, author):
    for rank in range(MOST + 5):
        titled(lesson, f"Titre {rank}", author)
    numbers = [number for number, *__ in told(lesson)]
    assert (len(numbers), numbers[-1]) == (MOST, MOST + 6)


def test_one_goes_back_to_a_revision_and_back_again(client, lesson, author):
    before = lesson.title
    titled(lesson, "Six", author)
    code = lesson.module.course.code.lower()
    old, new = (reverse("atelier:revision", args=[code, lesson.uuid, n]) for n in (1, 2))
    page = client.get(old)
    assertContains(page, before)
    assertContains(page, "Six")
    assertContains(client.get(new), "rien ne diffère")
    seen = {"seen": actions.revision(Lesson.objects.get(pk=lesson.pk))}
    done = client.post(old, seen, follow=True)
    assertContains(done, "est la révision 3.")
    lesson.refresh_from_db()
    assert lesson.title == before
    stale = client.post(new, seen, follow=True)  # somebody wrote since this page was opened
    assertContains(stale, "Quelqu’un a modifié ceci pendant que vous écriviez")
    client.post(new, {"seen": actions.revision(lesson)})
    assert [title for __, title, __ in told(lesson)] == [before, "Six", before, "Six"]


@pytest.mark.parametrize(
    ("model", "key", "changes"),
    [
        (Course, "", {"summary": "Autre résumé."}),
        (Block, "texte-2", {"markdown": "Autre texte."}),
        (Question, "paires", {"prompt": "Associez.", "pairs": [{"left": "a", "right": "b"}]}),
    ],
)
def test_each_kind_of_object_goes_back_to_exactly_what_it_said(
    client, course, author, model, key, changes
):
    node = course if model is Course else model.objects.get(key=key)
    before = actions.values(node)
    changes = {**before, **changes}
    actions.save(node=node, changes=changes, seen=actions.revision(node), by=author, at=NOON)
    node.refresh_from_db()
    assert actions.values(node) != before
    address = reverse("atelier:revision", args=[course.code.lower(), node.uuid, 1])
    assertContains(client.get(address), "Revenir à cette révision")
    client.post(address, {"seen": actions.revision(node)})
    node.refresh_from_db()
    assert actions.values(node) == before


def test_lists_say_what_was_saved_when_and_by_whom(client, course, lesson, author):
    code = course.code.lower()
    assertContains(client.get(reverse("atelier:revisions", args=[code])), "Rien n’a encore été")
    titled(lesson, "Six", author)
    block = Block.objects.get(lesson=lesson, key="texte-2")
    actions.save(
        node=block, changes={"markdown": "Neuf."}, seen=actions.revision(block), by=author, at=NOON
    )
    for name, arguments in (("revisions", [code]), ("node-revisions", [code, lesson.uuid])):
        page = client.get(reverse(f"atelier:{name}", args=arguments))
        assertContains(page, "par Philippe Nguyen", count=2)
        assertContains(page, "hors des formulaires", count=2)
    page = client.get(reverse("atelier:settings", args=[code, lesson.uuid]))
    assertContains(page, "Révision 2, enregistrée")
    assertContains(page, "par Philippe Nguyen.")
    block.delete()
    page = client.get(reverse("atelier:revision", args=[code, block.uuid, 2]))
    assertContains(page, "Neuf.")
    assertNotContains(page, "Revenir à cette révision")
    assertContains(client.get(reverse("atelier:revisions", args=[code])), "Élément supprimé")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ordre", ["Énoncé", "Classez.", "Isoler\nSignaler", "Oui."]),
        ("cartes", ["- J’achète.\n&gt; C’est le piège.", "* J’appelle."]),
        ("paires", ["Paires", "Code QR = Faux paiement", "Leurres", "Rançongiciel"]),
    ],
)
def test_a_question_that_was_removed_still_says_its_words(client, course, author, key, words):
    """An ordering question has a field named `items`, as a dictionary has a method."""
    question = Question.objects.get(key=key)
    changes = {**actions.values(question), "prompt": "Autre énoncé."}
    actions.save(
        node=question, changes=changes, seen=actions.revision(question), by=author, at=NOON
    )
    question.delete()
    address = reverse("atelier:revision", args=[course.code.lower(), question.uuid, 1])
    page = client.get(address)
    for each in words:
        assertContains(page, each)
    DraftRevision.objects.update(kind="")  # kept before kinds were
    page = client.get(address)
    assertContains(page, words[-1].strip("* "))
    assertNotContains(page, "&#x27;text&#x27;")


@pytest.mark.parametrize("kind", [*BlockKind.values, *QuestionKind.values, "module", "lesson"])
def test_a_revision_of_whatever_kind_is_read_without_its_object(course, kind):
    said = dict.fromkeys(["title", "prompt", "markdown", "caption", "text"], "Dit.")
    found = told_by(course, DraftRevision(kind=kind, said=said))
    assert "Dit." in dict(found).values()
    assert all(label for label, __ in found)


def test_nobody_goes_back_to_words_of_another_kind(client, course, author, course_folder):
    """Its key gives a block its identity: a folder read again may make another thing of it."""
    before = Block.objects.get(key="demain-matin")
    changes = {**before.data, "text": "Autre texte."}
    actions.save(node=before, changes=changes, seen=actions.revision(before), by=author, at=NOON)
    file = course_folder / "lessons" / "signes.md"
    text = file.read_text().replace("::: callout demain-matin", "::: pledge demain-matin")
    file.write_text(text.replace("tone: action\n", ""))
    actions.import_folder(path=course_folder)
    now = Block.objects.get(key="demain-matin")
    assert (now.uuid, now.kind) == (before.uuid, BlockKind.PLEDGE)
    address = reverse("atelier:revision", args=[course.code.lower(), now.uuid, 2])
    page = client.get(address)
    assertContains(page, "n’est plus du même genre")
    assertContains(page, "Autre texte.")
    assertNotContains(page, "Revenir à cette révision")
    sent = client.post(address, {"seen": actions.revision(now)}, follow=True)
    assertContains(sent, "cette révision se lit, sans y revenir")
    assert actions.values(Block.objects.get(pk=now.pk)) == now.data


def test_the_same_words_in_another_kind_are_another_revision(course, author):
    block = Block.objects.get(key="demain-matin")
    words = {"title": "Demain", "text": "Notez."}
    for kind in (BlockKind.CALLOUT, BlockKind.PLEDGE):
        Block.objects.filter(pk=block.pk).update(kind=kind)
        block.refresh_from_db()
        seen = actions.revision(block)
        actions.save(node=block, changes=words, seen=seen, by=author, at=NOON)
        block.refresh_from_db()
    kinds = DraftRevision.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["callout", "callout", "pledge"]


def test_a_conflict_tells_both_numbers_and_both_texts(client, lesson, author):
    titled(lesson, "Six", author)
    seen = actions.revision(Lesson.objects.get(pk=lesson.pk))
    other = UserFactory(role=Role.ADMINISTRATOR, first_name="Maude", last_name="Roy")
    titled(lesson, "Sept", other)
    address = reverse("atelier:settings", args=[lesson.module.course.code.lower(), lesson.uuid])
    typed = {"title": "Huit", "kind": lesson.kind, "minutes": lesson.minutes, "seen": seen}
    page = client.post(address, typed)
    assertContains(page, "Vous écriviez à partir de la révision 2.", status_code=409)
    assertContains(page, "Le texte enregistré est la révision 3,", status_code=409)
    assertContains(page, "par Maude Roy", status_code=409)
    for words in ("Sept", "Huit"):
        assertContains(page, words, status_code=409)
    said = client.post(address, typed, headers={"Accept": "application/json"}).json()["said"]
    assert said.startswith("Maude Roy a enregistré la révision 3 à")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_for_one_and_three(
    client, course, lesson, author, django_assert_max_num_queries, count
):
    for rank in range(count):
        titled(lesson, f"Titre {rank}", author)
    address = reverse("atelier:revisions", args=[course.code.lower()])
    client.get(address)
    with django_assert_max_num_queries(27):
        client.get(address)


def test_an_autosave_costs_one_question_more_and_one_row(
    lesson, author, django_assert_num_queries
):
    """The object under its lock, its words, its last revision and that revision again."""
    titled(lesson, "Six", author, typing=True)
    lesson = Lesson.objects.select_related("module__course").get(pk=lesson.pk)
    changes, seen = {**actions.values(lesson), "title": "Sept"}, actions.revision(lesson)
    with django_assert_num_queries(6):  # two of them open and close the transaction
        actions.save(node=lesson, changes=changes, seen=seen, by=author, at=NOON, typing=True)


def both_save(lesson, monkeypatch):
    """Two people save over the same words; the second one asks while the first is writing."""
    first, second = (UserFactory(role=Role.ADMINISTRATOR) for _ in range(2))
    titled(lesson, "Avant", first)
    lesson.refresh_from_db()
    seen = actions.revision(lesson)
    looked, asked = Event(), Event()
    real = editing._changed

    def waits(row, changes):
        found = real(row, changes)
        if changes["title"] == "Premier":
            looked.set()
            asked.wait(0.5)  # the second one now waits for the row, or has written
        return found

    def run():
        try:
            node = Lesson.objects.select_related("module__course").get(pk=lesson.pk)
            changes = {**actions.values(node), "title": "Premier"}
            actions.save(node=node, changes=changes, seen=seen, by=first, at=NOON)
        finally:
            connection.close()

    monkeypatch.setattr(editing, "_changed", waits)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        looked.wait(10)
        try:
            titled(lesson, "Second", second, seen=seen)
        finally:
            asked.set()
            running.result(20)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_the_second_is_shown_both_texts(course_folder, monkeypatch):
    actions.import_folder(path=course_folder)
    lesson = Lesson.objects.get(key="signes")
    with pytest.raises(actions.EditConflict):
        both_save(lesson, monkeypatch)
    assert [title for __, title, __ in told(lesson)][1:] == ["Avant", "Premier"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_first_would_write_over_the_second(course_folder, monkeypatch):
    """Negative control: the second is told that it is saved, and it is gone."""
    actions.import_folder(path=course_folder)
    lesson = Lesson.objects.get(key="signes")
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    both_save(lesson, monkeypatch)
    lesson.refresh_from_db()
    assert lesson.title == "Premier"
    assert "Second" in [title for __, title, __ in told(lesson)]
