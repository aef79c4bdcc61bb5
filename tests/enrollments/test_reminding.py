"""Reminders that really leave: once, whatever is run twice, together or killed."""

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from uuid import uuid4

import pytest
from celery import current_app
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.models import UserManager
from atn_platform.notifications.actions import opt_out
from atn_platform.notifications.enums import Category
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.notifications.tasks import deliver_waiting
from courses.enums import SessionMode
from enrollments.actions import reminding
from enrollments.enums import ReminderRule, Seat
from enrollments.models import Enrollment
from enrollments.queries import reminders
from enrollments.tasks import send_reminders
from tests.enrollments.due import (
    AT,
    DAY,
    NOON_20,
    at_the_meeting,
    local,
    paused,
    seat,
    waiting,
)
from tests.factories import (
    CourseFactory,
    MandateFactory,
    RegistrationFactory,
    SessionFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")


def outbox_rows() -> list[tuple]:
    return sorted(OutgoingEmail.objects.values_list())


def one_of_each() -> list:
    waiting()
    paused()
    seat(NOON_20)
    seat(local("2027-01-26T12:00"))
    return list(ReminderRule)


def test_a_run_promises_one_message_a_rule_and_a_second_run_none():
    expected = one_of_each()
    assert [each.rule for each in reminding.remind(at=AT).queued] == expected
    before = outbox_rows()
    assert reminding.remind(at=AT).queued == []
    assert reminding.remind(at=AT + DAY / 24).queued == []
    assert outbox_rows() == before


def test_a_preview_says_what_the_run_does_and_changes_nothing():
    one_of_each()
    shown = reminding.preview(at=AT)
    assert not OutgoingEmail.objects.exists()
    assert reminding.remind(at=AT) == shown
    assert set(OutgoingEmail.objects.values_list("key", "reason")) == {
        (each.key, each.reason) for each in shown.queued
    }


def test_the_scheduled_task_runs_at_the_present_moment(mailoutbox):
    send_reminders()
    assert mailoutbox == []


def test_the_bell_rings_each_hour_of_offices_on_the_clock_of_quebec(settings):
    bell = settings.CELERY_BEAT_SCHEDULE["reminders-due"]["schedule"]
    assert current_app.timezone.key == "America/Toronto"
    assert (bell.hour, bell.minute) == (set(range(7, 16)), {30})
    assert bell.day_of_week == {1, 2, 3, 4, 5}


@pytest.mark.django_db(transaction=True)
def test_reminders_arrive_by_smtp_in_two_parts_with_the_one_click_stop(mailbox, client):
    one_of_each()
    reminding.remind(at=AT)
    assert len(mailbox.messages) == 4
    for message in mailbox.messages:
        kinds = [part.get_content_type() for part in message.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for kind in ("plain", "html"):
            body = message.get_body((kind,)).get_content()
            assert "Pourquoi ce message?" in body
            assert "/messages/stop/" in body
    assert OutgoingEmail.objects.filter(sent_at__isnull=False).count() == 4


def run_together(ats: list) -> list[str]:
    """Keys promised by runs that start at the same time."""
    barrier = Barrier(len(ats))

    def work(at):
        try:
            barrier.wait(timeout=10)
            return [each.key for each in reminding.remind(at=at).queued]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(ats)) as pool:
        return [key for keys in pool.map(work, ats) for key in keys]


@pytest.mark.django_db(transaction=True)
def test_four_runs_together_promise_one_message_each(mailbox):
    one_of_each()
    keys = run_together([AT] * 4)
    assert len(keys) == len(set(keys)) == 4
    assert Counter(str(each["To"]) for each in mailbox.messages).most_common(1)[0][1] == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_key_four_runs_together_would_repeat_themselves(monkeypatch, mailbox):
    """The proof that the test above can fail."""
    seat(NOON_20)
    monkeypatch.setattr(reminders.Reminder, "key", property(lambda self: f"x:{uuid4()}"))
    assert len(run_together([AT] * 4)) == 4


def two_courses():
    """One person due two courses, one at each of two moments."""
    mandate = MandateFactory()
    waiting(AT - 7 * DAY, mandate=mandate)
    waiting(AT - 6 * DAY, mandate=mandate)
    return [AT, AT + DAY]


@pytest.fixture
def both_at_once(monkeypatch):
    """Both runs read what is due, then write their letter, before either promises anything.

    The second meeting is not kept when one of them waits for the other's lock.
    """
    read, wrote = Barrier(2), Barrier(2)
    plan, reminder = reminders.plan, reminding.reminder

    def slow_plan(at):
        found = plan(at)
        read.wait(timeout=10)
        return found

    def slow_reminder(due, *, at):
        with suppress(BrokenBarrierError):
            wrote.wait(timeout=1)
        return reminder(due, at=at)

    monkeypatch.setattr(reminders, "plan", slow_plan)
    monkeypatch.setattr(reminding, "reminder", slow_reminder)


@pytest.mark.django_db(transaction=True)
def test_two_runs_together_keep_to_one_course_a_week(both_at_once, mailbox):
    assert len(run_together(two_courses())) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_person_two_courses_would_leave(
    both_at_once, monkeypatch, mailbox
):
    """The proof that the test above can fail."""
    monkeypatch.setattr(UserManager, "select_for_update", lambda self, **kwargs: self.all())
    assert len(run_together(two_courses())) == 2


KILLED = """
import os, signal, sys
import django
from django.conf import settings
django.setup()
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
from datetime import datetime
from enrollments.actions import reminding
from atn_platform.notifications import outbox
left, moment = int(sys.argv[2]), sys.argv[4]
def count():
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
queue, ring = outbox.queue, outbox.deliver_email.delay
def promise(message, *, at):
    done = queue(message, at=at)
    count()
    return done
def bell(**kwargs):
    count()
    ring(**kwargs)
if moment == "promised":
    outbox.queue = promise
else:
    outbox.deliver_email.delay = bell
reminding.remind(at=datetime.fromisoformat(sys.argv[3]))
"""


def run_until_killed(port: int, at_message: int, moment: str) -> int:
    """A process of its own that dies at one of its messages.

    "promised": inside its transaction. "ringing": once it is committed, before any bell.
    """
    base = connection.settings_dict
    account = f"{base['USER']}:{base['PASSWORD']}" if base["PASSWORD"] else base["USER"]
    address = f"postgresql://{account}@:{base['PORT']}/{base['NAME']}?host={base['HOST']}"
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(port), str(at_message), AT.isoformat(), moment],
        cwd=django_settings.BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "atn_platform.settings.test",
        },
        timeout=60,
        check=False,
    ).returncode


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at_message", [1, 3, 4])
@pytest.mark.parametrize(("moment", "forgotten"), [("promised", 0), ("ringing", 1)])
def test_a_run_killed_in_the_middle_is_finished_by_the_next(
    mailbox, free_port, at_message, moment, forgotten
):
    one_of_each()
    gone = at_message - 1
    assert run_until_killed(free_port, at_message, moment) == -signal.SIGKILL
    assert (len(mailbox.messages), OutgoingEmail.objects.count()) == (gone, gone + forgotten)
    assert len(reminding.remind(at=AT).queued) == 4 - gone - forgotten
    deliver_waiting()
    people = Counter(str(each["To"]) for each in mailbox.messages)
    assert (len(people), set(people.values())) == (4, {1})


EVENING, MORNING = local("2027-01-19T20:00"), local("2027-01-20T07:30")


def test_what_waits_for_the_morning_is_taken_back_when_the_person_resumes():
    enrollment = paused(EVENING - 14 * DAY)
    [promised] = reminding.remind(at=EVENING).queued
    assert OutgoingEmail.objects.get().not_before == local("2027-01-20T08:00")
    assert reminding.remind(at=MORNING) == reminding.Run([], []), "still true in the morning"
    Enrollment.objects.update(last_activity_at=EVENING + timedelta(hours=1))
    assert reminding.preview(at=MORNING).withdrawn == [promised.key]
    assert OutgoingEmail.objects.exists()
    assert reminding.remind(at=MORNING).withdrawn == [promised.key]
    assert not OutgoingEmail.objects.exists()
    assert enrollment.learner.is_active


def test_a_promise_taken_back_leaves_its_week_to_another_and_the_preview_knows():
    mandate = MandateFactory()
    version = VersionFactory()
    paused(EVENING - 14 * DAY, mandate=mandate, version=version)
    reminding.remind(at=EVENING)
    version.course.withdrawn_at = EVENING
    version.course.save(update_fields=["withdrawn_at"])
    waiting(EVENING - 8 * DAY, mandate=mandate)
    shown = reminding.preview(at=MORNING)
    assert [each.rule for each in shown.queued] == [ReminderRule.NOT_STARTED]
    assert reminding.remind(at=MORNING) == shown


def test_a_run_at_an_earlier_moment_leaves_the_promises_of_a_later_one():
    paused(EVENING - 14 * DAY)
    reminding.remind(at=EVENING)
    assert reminding.remind(at=EVENING - DAY) == reminding.Run([], [])


def test_what_a_mail_server_was_offered_is_not_taken_back():
    paused(EVENING - 14 * DAY)
    reminding.remind(at=EVENING)
    OutgoingEmail.objects.update(attempts=1)
    Enrollment.objects.update(last_activity_at=EVENING)
    assert reminding.remind(at=MORNING).withdrawn == []


def test_a_refusal_between_the_reading_and_the_promise_is_heard(monkeypatch):
    person = waiting().learner
    plan = reminders.plan

    def refusing(at):
        found = plan(at)
        opt_out(user_id=person.pk, category=Category.REMINDER, at=at)
        return found

    monkeypatch.setattr(reminders, "plan", refusing)
    assert reminding.remind(at=AT).queued == []


def letter(at=AT) -> OutgoingEmail:
    reminding.remind(at=at)
    return OutgoingEmail.objects.get()


def test_the_letter_of_a_pause_says_how_long_the_next_step_takes(settings):
    course = CourseFactory(code="RED-101", title="Rédiger clairement")
    paused(version__course=course, mandate__user__first_name="Chantal")
    email = letter()
    assert spaced(email.subject) == "Environ 8 min pour la suite de « Rédiger clairement »"
    link = f"{settings.SITE_URL}/cours/red-101/a/"
    for body in (email.text, email.html):
        text = spaced(body)
        assert "Bonjour Chantal," in text
        assert "vous avez franchi 1 des 2 étapes" in text
        assert "Prochaine étape : « Leçon a », environ 8 min." in text
        assert "quand vous voulez, la suite vous attend" in text
        assert link in text
        assert "retard" not in text
    assert email.expires_at == AT + 3 * DAY


def test_the_letter_of_a_course_not_begun_invites_and_greets_without_a_name():
    waiting(mandate__user__first_name="")
    email = letter()
    assert "pour commencer" in email.subject
    assert "Bonjour,\n" in email.text
    assert "Commencer" in email.text
    assert "Commencer</a>" in email.html


def test_a_step_without_a_length_or_without_a_lesson_is_named_without_figures():
    enrollment = waiting()
    document = enrollment.version.document
    document["modules"][0]["lessons"][0]["minutes"] = 0
    type(enrollment.version).objects.bulk_create(
        [type(enrollment.version)(course=enrollment.course, number=2, document=document,
                                  content_hash="1" * 64, minutes=8, published_at=AT)]
    )  # fmt: skip
    Enrollment.objects.update(version=enrollment.course.versions.get(number=2))
    email = letter()
    assert "la suite de" in email.subject
    assert "environ" not in email.text
    assert "Prochaine étape" in email.text


def test_a_station_that_the_version_lacks_leads_to_the_course():
    enrollment = paused(current_lesson=uuid4())
    email = letter()
    assert f"/cours/{enrollment.course.code.lower()}/\n" in email.text
    assert "Prochaine étape" not in email.text


def test_the_letter_of_a_date_to_choose_leads_to_the_dates():
    enrollment, __ = at_the_meeting()
    email = letter()
    assert spaced(email.subject).startswith("Une date de rencontre à choisir pour « Cyber")
    for body in (email.text, email.html):
        assert "Choisissez la date qui vous convient." in body
        assert "Voir les dates" in body
        assert f"/cours/{enrollment.course.code.lower()}/" in body


def test_the_letter_of_a_seat_on_site_says_where_and_when():
    held = seat(NOON_20)
    email = letter()
    assert spaced(email.subject).startswith("Mercredi 20 janvier 2027, 12 h : Atelier")
    for body in (email.text, email.html):
        text = spaced(body)
        assert "sur place" in text
        assert "De 12 h à 15 h (heure de Québec)" in text
        assert f"/rencontres/{held.session.uuid}/" in text
        assert "Salle du conseil, 40, avenue de la Gare, Mont-Joli" in text
        assert "heure de votre municipalité" not in text
    assert email.expires_at == NOON_20


def test_the_letter_of_a_seat_online_gives_the_link_and_one_s_own_hour():
    session = SessionFactory(
        starts_at=NOON_20, mode=SessionMode.VIRTUAL, online_url="https://salle.exemple.quebec/1",
        phone_access="418 555-0100", captions_note="Sous-titrage en direct",
        note="Ayez un exemple\nde courriel.",
    )  # fmt: skip
    held = RegistrationFactory(session=session, seat=Seat.ONLINE)
    place = held.enrollment.mandate.organisation
    place.time_zone = "America/Halifax"
    place.save(update_fields=["time_zone"])
    email = letter()
    for body in (email.text, email.html):
        text = spaced(body)
        assert "https://salle.exemple.quebec/1" in text
        assert "Par téléphone : 418 555-0100" in text
        assert "Sous-titrage en direct" in text
        assert "Début à 13 h à l’heure de votre municipalité" in text
        assert "Salle du conseil" not in text
        assert "Ayez un exemple" in text


def test_a_title_that_quotes_takes_the_inner_marks():
    waiting(version__course=CourseFactory(title="Rédiger : « clair » d'abord"))
    email = letter()
    for body in (email.subject, email.text, email.html, email.reason):
        assert "« Rédiger : “clair” d’abord »" in spaced(body)


def test_a_title_of_a_course_is_never_a_template():
    course = CourseFactory(title="{{ settings.SECRET_KEY }} %(x)s {x} <b>")
    waiting(version__course=course)
    email = letter()
    assert "{{ settings.SECRET_KEY }} %(x)s {x} <b>" in spaced(email.text)
    assert "<b>" not in email.html


@pytest.mark.parametrize("make", [waiting, paused, lambda: seat(NOON_20)])
def test_the_page_why_gives_the_reason_and_our_rules(client, make):
    make()
    email = letter()
    address = email.text.partition("Pourquoi ce message?\n")[2].splitlines()[0]
    answer = client.get(address[address.index("/messages/") :])
    assert spaced(email.reason) in spaced(answer.text)
    assertContains(answer, "Au plus un rappel de cours par semaine")
    assertContains(answer, "72 dernières heures")
    assertContains(answer, "sept jours avant, puis la veille")
    assert reverse("notifications:stop", args=["x"]).rsplit("x", 1)[0] in answer.text
