"""Looking after a course: owner, day of the next reading, withdrawal, copies (case B-66)."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications.models import OutgoingEmail
from courses import actions
from courses.models import Course
from courses.queries import draft_document
from courses.tasks import remind_owners
from enrollments.actions import EnrollmentRefused, enroll
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2027, 6, 30)


@pytest.fixture
def author(client):
    user = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(user)
    return user


@pytest.fixture
def course():
    return VersionFactory().course


def page(name, course):
    return reverse(f"atelier:{name}", args=[course.code.lower()])


def morning(day):
    return datetime(day.year, day.month, day.day, 8, tzinfo=QUEBEC)


def test_the_owner_is_told_a_month_before_then_on_the_day_and_once_each(course, author):
    actions.entrust(course=course, owner=author, review_on=DAY, by=author, at=NOON)
    told = {
        days: actions.remind_owners(at=morning(DAY + timedelta(days=days)))
        for days in (-31, -30, -29, 0, 1, 40)
    }
    assert told == {-31: 0, -30: 1, -29: 0, 0: 1, 1: 0, 40: 0}
    letter = OutgoingEmail.objects.order_by("pk").last()
    assert (letter.recipient, letter.subject) == (author, f"Cours à revoir\u00a0: {course.code}")
    assert "30 juin 2027" in letter.text.replace("\u00a0", " ")
    assert page("care", course) in letter.text
    # A new day is a new promise.
    actions.entrust(
        course=course, owner=author, review_on=DAY + timedelta(days=365), by=author, at=NOON
    )
    assert actions.remind_owners(at=morning(DAY + timedelta(days=365))) == 1


def test_nobody_is_told_of_a_course_withdrawn_or_without_an_owner(course, author):
    actions.entrust(course=course, owner=None, review_on=DAY, by=author, at=NOON)
    assert actions.remind_owners(at=morning(DAY)) == 0
    actions.entrust(course=course, owner=author, review_on=DAY, by=author, at=NOON)
    actions.withdraw(course=course, successor=None, by=author, at=NOON)
    assert actions.remind_owners(at=morning(DAY)) == 0


def test_the_task_reads_the_clock(course, author):
    today = timezone.localdate()
    actions.entrust(course=course, owner=author, review_on=today, by=author, at=NOON)
    remind_owners()
    remind_owners()
    assert OutgoingEmail.objects.count() == 1


def test_the_atelier_says_which_courses_are_to_be_read_again(client, author, course):
    yesterday = timezone.localdate() - timedelta(days=1)
    sent = {"owner": author.pk, "review_on": yesterday.isoformat()}
    assertRedirects(client.post(page("care", course), sent), page("care", course))
    for shown in (reverse("atelier:index"), reverse("admin:courses_course_changelist")):
        assertContains(client.get(shown), "à revoir")
    assertContains(client.get(page("care", course)), "Ce cours est à revoir")
    entry = Entry.objects.get(verb="course.entrusted")
    assert entry.details["review_on"] == yesterday.isoformat()


def test_a_date_that_is_not_one_is_said_at_its_field_and_kept(client, author, course):
    shown = client.post(page("care", course), {"review_on": "bientôt"})
    assert shown.status_code == 422
    assertContains(shown, "bientôt", status_code=422)


def test_whoever_is_under_way_finishes_and_others_meet_the_successor(client, author, course):
    heir = VersionFactory().course
    enrollment = EnrollmentFactory(version=course.current_version, course=course)
    sent = {"successor": heir.pk}
    assertRedirects(client.post(page("withdraw", course), sent), page("care", course))
    public = reverse("enrollments:course", args=[course.code.lower()])
    shown = client.get(public)
    assertContains(shown, "Ce cours n’est plus offert.")
    assertContains(shown, reverse("enrollments:course", args=[heir.code.lower()]))
    assertNotContains(client.get(reverse("courses:catalogue")), f"/cours/{course.code.lower()}/")
    client.force_login(enrollment.learner)
    mine = client.get(public)
    assertContains(mine, "Vous pouvez le finir")
    assertContains(mine, heir.title)
    mandate = MandateFactory()
    course.refresh_from_db()
    with pytest.raises(EnrollmentRefused):
        enroll(learner=mandate.user, course=course, mandate=mandate, at=NOON)


def test_a_withdrawal_is_taken_back(client, author, course):
    actions.withdraw(course=course, successor=VersionFactory().course, by=author, at=NOON)
    client.post(page("offer-again", course))
    course.refresh_from_db()
    assert (course.withdrawn_at, course.successor) == (None, None)
    verbs = ["course.withdrawn", "course.offered_again"]
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == verbs


def test_a_successor_is_another_course_and_offered(author, course):
    gone = VersionFactory().course
    actions.withdraw(course=gone, successor=None, by=author, at=NOON)
    for wrong in (course, gone):
        with pytest.raises(actions.WithdrawalRefused, match="un autre cours"):
            actions.withdraw(course=course, successor=wrong, by=author, at=NOON)
    draft = actions.create_course(code="ESS-9", title="Essai", topic="digital", mode="hybrid")
    with pytest.raises(actions.WithdrawalRefused, match="jamais été publié"):
        actions.withdraw(course=draft, successor=None, by=author, at=NOON)


def test_a_whole_course_is_copied_and_the_copy_goes_its_own_way(
    client, author, course_folder, tmp_path
):
    original = actions.import_folder(path=course_folder)
    actions.publish(course_id=original.pk, by=author, at=NOON)
    sent = {"code": "ess-102", "title": "Essai, autrement"}
    client.post(page("copy-course", original), sent)
    copy = Course.objects.get(code="ESS-102")
    assert copy.current_version is None
    actions.export_folder(course=copy, path=tmp_path / "copy")
    for name in ("lessons/signes.md", "questions/bilan.bilan.yaml"):
        assert (tmp_path / "copy" / name).read_text() == (course_folder / name).read_text()
    ours, theirs = (
        {lesson["uuid"] for m in draft_document(each)["modules"] for lesson in m["lessons"]}
        for each in (original, copy)
    )
    assert not ours & theirs
    again = client.post(page("copy-course", original), sent)
    assertContains(again, "déjà celui d’un cours", status_code=422)


def test_the_day_of_the_next_reading_makes_the_round_trip(course_folder, tmp_path):
    path = course_folder / "course.yaml"
    text = path.read_text().replace("modules:", "review_on: 2027-06-30\nmodules:")
    path.write_text(text)
    course = actions.import_folder(path=course_folder)
    assert course.review_on == DAY
    actions.export_folder(course=course, path=tmp_path / "out")
    assert (tmp_path / "out" / "course.yaml").read_text() == text
