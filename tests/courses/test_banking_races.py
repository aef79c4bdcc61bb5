"""The bank and the drafts while somebody else saves, or takes an importation back."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection
from django.db.models import QuerySet

from atn_platform.accounts.enums import Role
from atn_platform.core.exceptions import ActionError
from courses import actions
from courses.actions import banking
from courses.models import BankQuestion, Block, Question
from tests.factories import NOON, UserFactory

TRUE = {"prompt": "Il faut attendre.", "answer": True}


@pytest.fixture
def quiz(course_folder):
    actions.import_folder(path=course_folder)
    return Block.objects.get(kind="quiz")


def meanwhile(monkeypatch, name, slow, quick):
    """Do `quick` while `slow` stands after the function of that name, and after its lock."""
    looked, asked = Event(), Event()
    real = getattr(banking, name)

    def waits(*args):
        found = real(*args)
        looked.set()
        asked.wait(0.5)  # `quick` now waits for the row, or has written
        return found

    def run():
        try:
            return slow()
        finally:
            connection.close()

    monkeypatch.setattr(banking, name, waits)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        looked.wait(10)
        try:
            return quick()
        finally:
            asked.set()
            running.result(20)


def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)


def saved_during_the_deposit(monkeypatch):
    copy = Question.objects.get(key="attendre")
    by = UserFactory(role=Role.ADMINISTRATOR)
    meanwhile(
        monkeypatch,
        "fingerprint_of",
        lambda: banking.put_in_bank(copy=copy, by=by, at=NOON),
        lambda: actions.save(
            node=copy, changes=TRUE, seen=actions.revision(copy), by=UserFactory(), at=NOON
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_while_the_question_goes_to_the_bank_is_refused_in_words(quiz, monkeypatch):
    with pytest.raises(actions.EditConflict):
        saved_during_the_deposit(monkeypatch)
    assert Question.objects.get(key="attendre").data["answer"] is False


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_deposit_would_write_over_it(quiz, monkeypatch):
    """Negative control: the author is told that it is saved, and it is gone."""
    without_locks(monkeypatch)
    saved_during_the_deposit(monkeypatch)
    assert Question.objects.get(key="attendre").data["answer"] is False


def taken_during_the_undo(quiz, monkeypatch):
    by = UserFactory(role=Role.ADMINISTRATOR)
    held = banking.hand_in(content=b"Vrai? {T}", kind="gift", name="un.gift", at=NOON)
    banking.confirm_import(held=held, by=by, at=NOON)
    asked = list(BankQuestion.objects.all())
    return meanwhile(
        monkeypatch,
        "uses_by_question",
        lambda: banking.undo_import(held=held, by=by, at=NOON),
        lambda: banking.take_from_bank(block=quiz, questions=asked, draw=None, by=by, at=NOON),
    )


@pytest.mark.django_db(transaction=True)
def test_a_question_asked_for_while_its_importation_is_undone_is_not_taken(quiz, monkeypatch):
    assert taken_during_the_undo(quiz, monkeypatch) == 0
    assert not BankQuestion.objects.exists()
    assert not Question.objects.filter(data__has_key="bank").exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_its_copy_would_be_of_nothing(quiz, monkeypatch):
    """Negative control: the copy says that it is of a question that nobody has any more."""
    without_locks(monkeypatch)
    assert taken_during_the_undo(quiz, monkeypatch) == 1
    assert not BankQuestion.objects.exists()
    assert Question.objects.filter(data__has_key="bank").exists()


@pytest.mark.django_db
def test_what_was_saved_since_the_page_was_opened_is_neither_lost_nor_left_out(quiz):
    by = UserFactory(role=Role.ADMINISTRATOR)
    opened = Question.objects.get(key="attendre")
    seen = actions.revision(opened)
    actions.save(node=opened, changes=TRUE, seen=seen, by=UserFactory(), at=NOON)
    kept = banking.put_in_bank(copy=opened, by=by, at=NOON)
    assert kept.data["answer"] is True
    with pytest.raises(ActionError, match="relisez-la"):
        banking.renew_copy(copy=opened, seen=seen)
    again = Question.objects.get(key="attendre")
    assert (again.data["answer"], again.bank_uuid) == (True, str(kept.uuid))


@pytest.mark.django_db
def test_a_draw_leaves_what_was_saved_of_the_exercise_since(quiz):
    opened = Block.objects.get(pk=quiz.pk)
    actions.save(
        node=quiz,
        changes={"title": "Autre titre"},
        seen=actions.revision(quiz),
        by=UserFactory(),
        at=NOON,
    )
    banking.take_from_bank(block=opened, questions=[], draw=2, by=UserFactory(), at=NOON)
    quiz.refresh_from_db()
    assert quiz.data == {"title": "Autre titre", "draw": 2}


@pytest.mark.django_db
def test_what_is_gone_meanwhile_is_said(quiz):
    copy = Question.objects.get(key="attendre")
    Question.objects.filter(pk=copy.pk).delete()
    with pytest.raises(ActionError, match="supprimé"):
        banking.renew_copy(copy=copy, seen=actions.revision(copy))
