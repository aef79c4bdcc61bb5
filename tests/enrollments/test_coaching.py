"""Appointments with slots, the coach's week, and the signals of the desk."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from icalendar import Calendar
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.actions import end_role
from atn_platform.accounts.enums import Role
from atn_platform.core.office_hours import QUEBEC
from atn_platform.notifications.models import OutgoingEmail
from enrollments.actions import coaching as actions
from enrollments.actions.coaching import SlotRefused
from enrollments.forms.coaching import BookForm
from enrollments.models import Appointment, BlockState, CoachAction, CoachNote, Slot
from enrollments.queries.coaching import quiet_towns, stuck, week
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    UserFactory,
    VersionFactory,
    choice_question,
    lesson_document,
)

pytestmark = pytest.mark.django_db

SOON = NOON + timedelta(days=2)
DESK, SLOTS, MINE = (reverse(f"enrollments:{n}") for n in ("desk", "slots", "appointments"))


@pytest.fixture
def coach():
    return UserFactory(role=Role.COACH, first_name="Étienne", last_name="Roy")


@pytest.fixture
def person():
    return MandateFactory()


def offered(coach, starts_at=SOON, *, minutes=30, at=NOON):
    return actions.offer_slot(
        coach=coach, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes),
        how="418 555-0123", at=at,
    )  # fmt: skip


def booked(slot, person, *, at=NOON, about="Notre plan"):
    return actions.book(
        slot_id=slot.pk, person=person.user, organisation=person.organisation, about=about, at=at
    )


def test_a_slot_is_booked_once_and_both_have_a_letter_with_its_calendar(coach, person):
    slot = offered(coach)
    first = booked(slot, person)
    assert booked(slot, person) == first
    with pytest.raises(SlotRefused, match="vient d’être prise"):
        booked(slot, MandateFactory())
    letters = OutgoingEmail.objects.filter(key__startswith="appointment-booked")
    assert {each.recipient for each in letters} == {coach, person.user}
    for letter in letters:
        entry = Calendar.from_ical(letter.calendar).walk("VEVENT")[0]
        assert entry["dtstart"].dt == slot.starts_at
        assert str(entry["uid"]).startswith(f"rendez-vous-{first.uuid}")
        assert "418" in letter.text
        assert "555-0123" in letter.text


def test_cancelling_gives_the_slot_back_once_and_strikes_the_entry_out(coach, person):
    slot = offered(coach)
    held = booked(slot, person)
    for _ in range(2):
        actions.cancel_appointment(appointment_id=held.pk, by=coach, at=NOON)
    letters = OutgoingEmail.objects.filter(key__startswith="appointment-off")
    assert letters.count() == 2
    entry = Calendar.from_ical(letters[0].calendar)
    assert entry["method"] == "CANCEL"
    assert entry.walk("VEVENT")[0]["status"] == "CANCELLED"
    assert list(Slot.objects.open_to_all(at=NOON)) == [slot]
    assert booked(slot, MandateFactory()).pk != held.pk


def test_a_meeting_that_began_is_not_called_off(coach, person):
    held = booked(offered(coach), person)
    with pytest.raises(SlotRefused, match="a commencé"):
        actions.cancel_appointment(appointment_id=held.pk, by=coach, at=SOON)
    assert not OutgoingEmail.objects.filter(key__startswith="appointment-off").exists()


@pytest.mark.parametrize(
    ("zone", "starts_at", "own"),
    [
        ("America/Halifax", SOON, "13\u00a0h"),
        # At Blanc-Sablon clocks never move: in summer they say what Québec's do.
        ("America/Blanc-Sablon", SOON, "13\u00a0h"),
        ("America/Blanc-Sablon", SOON + timedelta(days=200), ""),
        ("America/Toronto", SOON, ""),
    ],
)
def test_whoever_lives_at_another_hour_reads_their_own_too(coach, person, zone, starts_at, own):
    person.organisation.time_zone = zone
    person.organisation.save()
    slot = offered(coach, starts_at)
    form = BookForm(slots=[slot], organisations=[person.organisation])
    [(__, label)] = form.fields["slot"].choices
    booked(slot, person)
    letters = OutgoingEmail.objects.filter(key__startswith="appointment-booked")
    theirs, coachs = (letters.get(recipient=each).text for each in (person.user, coach))
    assert [f"({own} chez vous)" in label, f"Début à {own} à" in theirs] == [bool(own)] * 2
    assert "Début à" not in coachs


def test_a_coach_never_offers_two_slots_at_once_nor_in_the_past(coach, person):
    slot = offered(coach)
    with pytest.raises(SlotRefused, match="déjà une plage"):
        offered(coach, SOON + timedelta(minutes=15))
    offered(coach, SOON + timedelta(minutes=30))
    offered(UserFactory(role=Role.COACH))
    with pytest.raises(SlotRefused, match="passé"):
        offered(coach, NOON - timedelta(hours=1))
    booked(slot, person)
    with pytest.raises(SlotRefused, match="annulez d’abord"):
        actions.withdraw_slot(slot_id=slot.pk, at=NOON)
    with pytest.raises(SlotRefused, match="passé"):
        booked(offered(coach, SOON + timedelta(days=1)), person, at=SOON + timedelta(days=2))


def test_a_moment_names_its_coach_only_where_several_offer_some(coach, person):
    first = offered(coach)
    second = offered(UserFactory(role=Role.COACH, first_name="Maude", last_name="Fortin"))

    def labels(*slots):
        form = BookForm(slots=slots, organisations=[person.organisation])
        return [label for __, label in form.fields["slot"].choices]

    when = "Mercredi 25\u00a0novembre\u00a02026, de 12\u00a0h à 12\u00a0h\u00a030"
    assert labels(first, second) == [f"{when}, Étienne Roy", f"{when}, Maude Fortin"]
    assert labels(first) == [when]
    alone = BookForm(slots=[first], organisations=[person.organisation])
    assert alone.fields["slot"].label == "Moment avec Étienne Roy"


PEOPLE = 6


def everybody_at_once(slot, people):
    """What each got: an appointment, or the exception."""
    gate = Barrier(PEOPLE)

    def one(person):
        gate.wait(10)
        try:
            return booked(slot, person)
        except (SlotRefused, IntegrityError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(one, people))


@pytest.fixture
def crowd(transactional_db, coach):
    return offered(coach), [MandateFactory() for _ in range(PEOPLE)]


def test_whoever_comes_second_is_told_in_words_that_the_slot_is_taken(crowd):
    results = everybody_at_once(*crowd)
    assert Appointment.objects.held().count() == 1
    refused = [each for each in results if isinstance(each, SlotRefused)]
    assert len(refused) == PEOPLE - 1
    assert OutgoingEmail.objects.filter(key__startswith="appointment-booked").count() == 2


def test_without_the_lock_only_the_database_stops_them_and_with_an_error(crowd, monkeypatch):
    """Negative control: it is the lock of the row that makes the refusal kind."""
    looked = Barrier(PEOPLE)

    def together(slot_id):
        slot = Slot.objects.select_related("coach").get(pk=slot_id)
        with suppress(Exception):
            looked.wait(5)
        return slot

    monkeypatch.setattr(actions, "_locked", together)
    results = everybody_at_once(*crowd)
    assert Appointment.objects.held().count() == 1
    assert any(isinstance(each, IntegrityError) for each in results)


@pytest.fixture
def far():
    """A moment that is to come for the real clock of pages."""
    return timezone.now().replace(microsecond=0) + timedelta(days=2)


def test_a_person_books_cancels_and_keeps_it_in_a_calendar(client, coach, person, far):
    slot = offered(coach, far, at=timezone.now())
    client.force_login(person.user)
    page = client.get(MINE)
    assertContains(page, "Étienne Roy")
    assertNotContains(page, "demi-heure")
    assertContains(
        client.post(MINE, {"about": "Le plan"}), "Choisissez un moment", status_code=422
    )
    typed = {"slot": str(slot.uuid), "organisation": person.organisation_id, "about": "Le plan"}
    assertContains(client.post(MINE, typed, follow=True), "C’est pris")
    held = Appointment.objects.get()
    assert (held.person, held.organisation) == (person.user, person.organisation)
    file = client.get(reverse("enrollments:appointment-calendar", args=[held.uuid]))
    assert Calendar.from_ical(file.content)["method"] == "PUBLISH"
    client.force_login(MandateFactory().user)
    for name in ("appointment-calendar", "cancel-appointment"):
        address = reverse(f"enrollments:{name}", args=[held.uuid])
        assert client.post(address).status_code in {404, 405}
        assert client.get(address).status_code in {404, 405}
    assertContains(client.post(MINE, typed), "vient d’être pris", status_code=422)
    client.force_login(person.user)
    cancel = reverse("enrollments:cancel-appointment", args=[held.uuid])
    assertContains(client.post(cancel, follow=True), "annulé")
    held.refresh_from_db()
    assert held.cancelled_by == person.user


def test_without_municipality_or_slot_the_page_leads_to_a_person(client):
    client.force_login(UserFactory())
    assertContains(client.get(MINE), reverse("portal:help"))
    client.force_login(MandateFactory().user)
    assertContains(client.get(MINE), "Aucun moment n’est offert")


def test_slots_of_whoever_leaves_the_role_are_offered_no_more(client, coach, person, far):
    now = timezone.now()
    held, slot = (offered(coach, far + timedelta(hours=n), at=now) for n in (0, 1))
    made = booked(held, person, at=now)
    end_role(user=coach, role=Role.COACH, by=None, at=now)
    client.force_login(person.user)
    assertContains(client.get(MINE), "Aucun moment n’est offert")
    with pytest.raises(SlotRefused, match="n’est plus offerte"):
        booked(slot, MandateFactory(), at=now)
    client.force_login(coach)
    assertContains(client.get(MINE), str(person.user))
    withdraw = reverse("enrollments:withdraw-slot", args=[held.uuid])
    assertContains(client.post(withdraw, follow=True), "annulez d’abord le rendez-vous")
    cancel = reverse("enrollments:cancel-appointment", args=[made.uuid])
    assertContains(client.post(cancel, follow=True), "Le rendez-vous est annulé")
    letter = OutgoingEmail.objects.get(key__startswith="appointment-off", recipient=coach)
    [page] = [at for at in (DESK, MINE) if f"{at}\n" in letter.text]
    assert client.get(page).status_code == 200


def test_the_letters_of_a_coach_in_post_lead_to_the_desk(coach, person):
    booked(offered(coach), person)
    assert DESK in OutgoingEmail.objects.get(recipient=coach).text
    assert MINE in OutgoingEmail.objects.get(recipient=person.user).text


def test_slots_of_a_closed_account_are_offered_no_more(coach, person):
    slot = offered(coach)
    coach.is_active = False
    coach.save(update_fields=["is_active"])
    assert not Slot.objects.open_to_all(at=NOON).exists()
    with pytest.raises(SlotRefused, match="n’est plus offerte"):
        booked(slot, person)


def test_a_coach_offers_and_takes_back_slots_on_a_page(client, coach, far):
    client.force_login(coach)
    day = {"day": f"{far:%Y-%m-%d}", "hour": "13:30", "minutes": "45", "how": "Par téléphone"}
    wrong = client.post(SLOTS, day | {"hour": "midi"})
    assertContains(wrong, "par exemple 13:30", status_code=422)
    assertContains(wrong, "Par téléphone", status_code=422)
    late = client.post(SLOTS, day | {"day": "9999-12-31", "hour": "23:45"})
    assertContains(late, "d’ici un an", status_code=422)
    assertContains(client.post(SLOTS, day, follow=True), "La plage est offerte")
    slot = Slot.objects.get()
    assert (slot.local_start.hour, slot.ends_at - slot.starts_at) == (13, timedelta(minutes=45))
    assertContains(client.post(SLOTS, day), "déjà une plage", status_code=422)
    client.force_login(UserFactory(role=Role.COACH))
    assert client.post(reverse("enrollments:withdraw-slot", args=[slot.uuid])).status_code == 404
    client.force_login(coach)
    client.post(reverse("enrollments:withdraw-slot", args=[slot.uuid]))
    assert not Slot.objects.open_to_all(at=timezone.now()).exists()


def test_etienne_sees_his_week_and_each_municipality_s_preparation(client, coach, person, far):
    """Persona 8, line 1."""
    place = person.organisation
    EnrollmentFactory(mandate=person, completed=True, first_activity_at=NOON)
    EnrollmentFactory(mandate=MandateFactory(organisation=place), first_activity_at=NOON)
    booked(offered(coach, far, at=timezone.now()), person, at=timezone.now())
    other = offered(UserFactory(role=Role.COACH), far, at=timezone.now())
    booked(other, MandateFactory(), at=timezone.now())
    line = week(coach, at=timezone.now())[0]
    assert line.preparation.people == 2
    assert (line.preparation.begun, line.preparation.finished) == (2, 1)
    client.force_login(coach)
    page = client.get(DESK)
    assertContains(page, "Personnes en poste\u00a0: 2")
    assertContains(page, "ont commencé\u00a0: 2")
    assertContains(page, reverse("enrollments:coached-town", args=[place.handle]))
    empty = reverse("enrollments:coached-town", args=[MunicipalityFactory().handle])
    assertContains(client.get(empty), "Personne n’est encore en poste ici.")
    assert week(coach, at=timezone.now() + timedelta(days=9)) == []


def test_etienne_writes_a_private_note_and_two_actions_in_one_form(client, coach, person):
    """Persona 8, line 2: and nobody else reads them."""
    address = reverse("enrollments:coached-town", args=[person.organisation.handle])
    client.force_login(coach)
    typed = {"uuid": str(uuid4()), "text": "", "first": "", "second": ""}
    assertContains(client.post(address, typed), "Écrivez une note", status_code=422)
    typed |= {"text": "Le conseil hésite.", "first": "Envoyer le modèle", "second": "Rappeler"}
    for _ in range(2):
        assertContains(client.post(address, typed, follow=True), "Le conseil hésite.")
    assert CoachNote.objects.count() == 1
    assert [each.text for each in CoachAction.objects.all()] == ["Envoyer le modèle", "Rappeler"]
    tick = reverse("enrollments:tick-action", args=[CoachAction.objects.first().pk])
    for role in (Role.COACH, Role.ADMINISTRATOR):
        client.force_login(UserFactory(role=role))
        page = client.get(address)
        assertNotContains(page, "Le conseil hésite.")
        assertNotContains(page, "Envoyer le modèle")
        assert client.post(tick).status_code == 404
    client.force_login(person.user)
    assert client.get(address).status_code == 403
    client.force_login(coach)
    assertContains(client.post(tick, follow=True), "Faite")


@pytest.mark.parametrize(
    "corrected", [{"text": "Le conseil accepte."}, {"second": "Rappeler mardi"}]
)
def test_a_note_corrected_after_it_was_kept_is_refused_with_its_words(
    client, coach, person, corrected
):
    address = reverse("enrollments:coached-town", args=[person.organisation.handle])
    client.force_login(coach)
    first = {"uuid": str(uuid4()), "text": "Le conseil hésite.", "first": "Rappeler", "second": ""}
    client.post(address, first)
    refused = client.post(address, first | corrected)
    assertContains(refused, "Cette note est déjà gardée", status_code=422)
    assertContains(refused, *corrected.values(), status_code=422)
    assertNotContains(refused, first["uuid"], status_code=422)
    again = first | corrected | {"uuid": refused.context["form"]["uuid"].value()}
    assertContains(client.post(address, again, follow=True), "C’est noté")
    assert CoachNote.objects.count() == 2
    assert CoachNote.objects.filter(text=again["text"]).exists()


def test_etienne_sees_municipalities_silent_for_sixty_days_and_no_score(client, coach):
    """Persona 8, line 4."""
    now = timezone.now()
    for name, days in (("Abercorn", 90), ("Bedford", 10), ("Lac-des-Aigles", None)):
        mandate = MandateFactory(organisation=MunicipalityFactory(name=name))
        last = None if days is None else now - timedelta(days=days)
        EnrollmentFactory(
            mandate=mandate, enrolled_at=now - timedelta(days=100), last_activity_at=last,
            best_score=37,
        )  # fmt: skip
    MandateFactory(organisation=MunicipalityFactory(name="Jamais-Venue"))
    assert {each.name for each in quiet_towns(at=now)} == {"Abercorn", "Lac-des-Aigles"}
    client.force_login(coach)
    page = words(client.get(DESK))
    assert "Abercorn" in page
    assert "37" not in page


def test_a_municipality_where_one_stopped_and_another_began_is_not_silent():
    old = MandateFactory()
    long_ago = NOON - timedelta(days=100)
    EnrollmentFactory(mandate=old, enrolled_at=long_ago, last_activity_at=long_ago)
    assert quiet_towns(at=NOON) == [old.organisation]
    EnrollmentFactory(
        mandate=MandateFactory(organisation=old.organisation),
        enrolled_at=NOON - timedelta(days=10), last_activity_at=NOON - timedelta(days=1),
    )  # fmt: skip
    assert quiet_towns(at=NOON) == []


def words(page) -> str:
    """What the page itself says, without its tags and tokens."""
    main = page.content.decode().partition("<main")[2].partition("</main>")[0]
    return strip_tags(main).replace("\u00a0", " ")


def exam_enrollment(person, *, attempts, score, kind="exam"):
    exam = lesson_document("bilan", kind=kind, questions=[choice_question()])
    version = VersionFactory(stations=[exam])
    enrollment = EnrollmentFactory(
        version=version, mandate=person, first_activity_at=NOON,
        last_activity_at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    lesson = version.document["modules"][0]["lessons"][0]
    BlockState.objects.create(
        enrollment=enrollment, lesson=lesson["uuid"], block=lesson["blocks"][1]["uuid"],
        attempts=attempts, best_score=score,
    )  # fmt: skip
    return enrollment


@pytest.mark.parametrize(
    ("attempts", "score", "told"), [(3, 41, True), (2, 41, False), (5, 70, False)]
)
def test_repeated_failure_is_a_signal_without_answer_nor_score(
    client, coach, person, attempts, score, told
):
    enrollment = exam_enrollment(person, attempts=attempts, score=score)
    found = stuck(at=timezone.now())
    assert [each.enrollment for each in found] == ([enrollment] if told else [])
    client.force_login(coach)
    page = words(client.get(DESK))
    assert ("3 essais" in page) is told
    assert str(score) not in page


def test_neither_exercises_nor_exams_passed_push_a_failure_out_of_the_list(person, monkeypatch):
    monkeypatch.setattr("enrollments.queries.coaching.MOST", 2)
    for kind, score in (("lesson", 10), ("lesson", 10), ("exam", 90)):
        exam_enrollment(MandateFactory(), attempts=9, score=score, kind=kind)
    failed = exam_enrollment(person, attempts=3, score=41)
    assert [each.enrollment for each in stuck(at=timezone.now())] == [failed]
    for attempts in (4, 5):
        exam_enrollment(MandateFactory(), attempts=attempts, score=41)
    assert [each.tries for each in stuck(at=timezone.now())] == [5, 4]


@pytest.mark.parametrize("count", [1, 3])
def test_the_week_costs_the_same_for_one_meeting_and_three(
    coach, django_assert_num_queries, count
):
    for rank in range(count):
        booked(offered(coach, SOON + timedelta(hours=rank)), MandateFactory())
    with django_assert_num_queries(3):
        assert len(week(coach, at=NOON)) == count


def test_a_mandate_counts_until_the_evening_of_its_last_day_in_quebec(coach):
    """As pages read the clock, in UTC, where it is the next day already."""
    last_day = MandateFactory(ends_on=date(2026, 11, 23))
    evening = datetime(2026, 11, 23, 20, 30, tzinfo=QUEBEC).astimezone(UTC)
    booked(offered(coach), last_day)
    assert week(coach, at=evening)[0].preparation.people == 1
    assert week(coach, at=evening + timedelta(hours=4))[0].preparation.people == 0


def test_hours_are_those_of_quebec():
    slot = Slot(starts_at=datetime(2026, 12, 1, 18, 30, tzinfo=UTC))
    assert slot.local_start.hour == 13
