"""Mandates: dated, several at once, corrected, and what a departure leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from certificates.actions import issue
from enrollments.models import Enrollment
from municipalities.actions import departures, mandates
from municipalities.actions.mandates import MandateRefused, Term
from municipalities.enums import Public
from municipalities.models import Mandate, MandateChange
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)
FIRST = date(2025, 11, 2)


@pytest.fixture
def louise(client):
    person = ResponsibilityFactory()
    client.force_login(person.user)
    return person


def address(name, *args):
    return reverse(f"municipalities:{name}", args=args)


def opened(user, place, public=Public.ELECTED, term=None):
    return mandates.open_mandate(
        user=user, organisation=place, public=public,
        term=term or Term("siège 4", DAY, date(2029, 11, 4)), by=UserFactory(), at=NOON,
    )  # fmt: skip


def test_a_person_is_a_councillor_and_a_clerk_at_once(client, louise):
    clerk = MandateFactory(organisation=louise.organisation)
    form = client.get(address("another-mandate", clerk.pk)).context["form"]
    assert form.initial["starts_on"] == timezone.localdate()
    client.post(
        address("another-mandate", clerk.pk),
        {"public": "elected", "function": "siège 4", "starts_on": "2026-11-24", "ends_on": ""},
    )
    assert list(
        clerk.user.mandates.order_by("pk").values_list("public", "function", "ends_on")
    ) == [
        (Public.STAFF, clerk.function, None),
        (Public.ELECTED, "siège 4", date(2029, 11, 4)),  # the election, without being asked
    ]


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        (date(2026, 11, 24), date(2027, 1, 1), True),
        (date(2024, 1, 1), None, True),
        (date(2024, 1, 1), FIRST, True),
        (date(2024, 1, 1), FIRST - timedelta(days=1), False),
        (date(2029, 11, 4), None, True),
        (date(2029, 11, 5), None, False),
    ],
)
def test_two_mandates_of_one_public_in_one_place_never_overlap(first, last, is_refused):
    held = MandateFactory(public=Public.ELECTED, ends_on=date(2029, 11, 4))
    term = Term("siège 1", first, last)
    if is_refused:
        with pytest.raises(MandateRefused, match="déjà ce rôle"):
            opened(held.user, held.organisation, term=term)
    else:
        opened(held.user, held.organisation, term=term)
    assert held.user.mandates.count() == (1 if is_refused else 2)


def test_a_mandate_never_ends_before_it_begins():
    with pytest.raises(MandateRefused, match="avant d’avoir commencé"):
        opened(UserFactory(), MunicipalityFactory(), term=Term("", DAY, FIRST))


def test_a_correction_is_written_with_what_stood_before(client, louise):
    mandate = MandateFactory(
        organisation=louise.organisation, public=Public.ELECTED, ends_on=date(2029, 11, 4)
    )
    page = address("mandate", mandate.pk)
    assertContains(client.get(page), "le 4\u00a0novembre\u00a02029, jour de l’élection")
    typed = {"function": "mairesse", "starts_on": "2025-11-02", "ends_on": "2027-06-30"}
    for _ in range(2):  # the second sending changes nothing
        answer = client.post(page, typed)
        assert answer.url == address("mandates", louise.organisation.handle)
    mandate.refresh_from_db()
    assert (mandate.function, mandate.ends_on) == ("mairesse", date(2027, 6, 30))
    (change,) = MandateChange.objects.all()
    assert (change.ends_before, change.ends_after, change.by) == (
        date(2029, 11, 4), date(2027, 6, 30), louise.user,
    )  # fmt: skip
    assert list(Entry.objects.values_list("verb", flat=True)) == ["mandate.corrected"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"starts_on": "", "ends_on": ""}, "Écrivez une date"),
        ({"starts_on": "03/04/2027", "ends_on": ""}, "Écrivez une date"),
        ({"starts_on": "0001-01-01", "ends_on": ""}, "Vérifiez l’année"),
        ({"starts_on": "2025-11-02", "ends_on": "9999-12-31"}, "Vérifiez l’année"),
        ({"starts_on": "2025-11-02", "ends_on": "2025-11-01"}, "vient avant le premier"),
    ],
)
def test_b48_impossible_days_are_told_and_kept(client, louise, typed, told):
    mandate = MandateFactory(organisation=louise.organisation)
    answer = client.post(address("mandate", mandate.pk), {"function": "Voirie", **typed})
    assertContains(answer, told, status_code=422)
    assertContains(answer, 'value="Voirie"', status_code=422)
    assert not MandateChange.objects.exists()


def test_a_mandate_made_to_overlap_another_is_refused_on_the_page(client, louise):
    old = MandateFactory(organisation=louise.organisation, ends_on=date(2026, 1, 31))
    MandateFactory(organisation=louise.organisation, user=old.user, starts_on=date(2026, 2, 1))
    typed = {"function": "", "starts_on": "2025-11-02", "ends_on": "2026-03-01"}
    answer = client.post(address("mandate", old.pk), typed)
    assertContains(answer, "déjà ce rôle", status_code=422)
    more = {"public": "staff", "function": "", "starts_on": "2026-11-24", "ends_on": ""}
    answer = client.post(address("another-mandate", old.pk), more)
    assertContains(answer, "déjà ce rôle", status_code=422)


def test_the_list_shows_what_is_in_force_and_to_come_then_what_is_over(client, louise):
    here = louise.organisation
    today = timezone.localdate()
    now = MandateFactory(organisation=here, user__last_name="Aubin")
    MandateFactory(
        organisation=here, user__last_name="Bédard", starts_on=today + timedelta(days=9)
    )
    over = MandateFactory(organisation=here, ends_on=today - timedelta(days=1))
    MandateFactory()
    page = client.get(address("mandates", here.handle))
    assert [m.user.last_name for m in page.context["page"]] == ["Aubin", "Bédard"]
    assertContains(page, "À venir", count=1)
    past = client.get(address("mandates", here.handle), {"etat": "termines"})
    assert list(past.context["page"]) == [over]
    assertContains(page, address("mandate", now.pk))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, louise, django_assert_num_queries, count
):
    MandateFactory.create_batch(count, organisation=louise.organisation)
    page = address("mandates", louise.organisation.handle)
    client.get(page)
    with django_assert_num_queries(6):
        client.get(page)


@pytest.mark.parametrize("name", ["mandate", "another-mandate", "depart"])
def test_the_mandates_of_others_do_not_exist(client, louise, name):
    foreign = MandateFactory()
    typed = {"function": "x", "starts_on": "2026-01-01", "public": "staff", "on": "2026-11-24"}
    assert client.get(address(name, foreign.pk)).status_code == 404
    assert client.post(address(name, foreign.pk), typed).status_code == 404
    assert client.get(address("mandates", foreign.organisation.handle)).status_code == 404
    own = Client()
    own.force_login(foreign.user)  # holding a mandate gives no right to change it
    assert own.get(address(name, foreign.pk)).status_code == 404


def test_changes_of_mandates_are_refused_by_the_database():
    mandate = MandateFactory()
    mandates.end_mandate(mandate_id=mandate.pk, on=DAY, by=UserFactory(), at=NOON)
    for write in (
        lambda: MandateChange.objects.update(ends_after=None),
        lambda: MandateChange.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


@pytest.fixture
def denis(louise):
    """A clerk, councillor and responsable of Louise's municipality, with a finished course."""
    here = louise.organisation
    clerk = MandateFactory(organisation=here, user__email="denis@ville.example")
    MandateFactory(organisation=here, user=clerk.user, public=Public.ELECTED)
    ResponsibilityFactory(organisation=here, user=clerk.user)
    return EnrollmentFactory(mandate=clerk, completed=True).mandate


def test_b84_a_departure_ends_all_that_the_person_is_there_and_nothing_elsewhere(
    client, louise, denis, mailoutbox, django_capture_on_commit_callbacks
):
    """« Ne travaille plus ici », sent twice."""
    elsewhere = MandateFactory(user=denis.user)
    page, today = address("depart", denis.pk), timezone.localdate()
    assertContains(client.get(page), "La responsabilité de la formation")
    assertContains(client.post(page, {"on": "bientôt"}), "Écrivez une date", status_code=422)
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(page, {"on": today.isoformat()})
    assert Mandate.objects.filter(user=denis.user, ends_on=today).count() == 2
    assert louise.organisation.responsibilities.get(user=denis.user).ends_on == today
    elsewhere.refresh_from_db()
    assert elsewhere.ends_on is None
    (letter,) = mailoutbox
    assert "denis@ville.example" in letter.to[0]
    assert "adresse personnelle" in letter.body
    assert reverse("accounts:email") in letter.body
    assert Entry.objects.filter(verb="person.departed").count() == 1
    tomorrow = today + timedelta(days=1)
    assert not louise.organisation.mandates.in_force(on=tomorrow).exists()


def test_whoever_left_still_signs_in_finds_courses_and_proofs_and_changes_address(louise, denis):
    course = Enrollment.objects.get(mandate=denis)
    proof = issue(enrollment_id=course.pk, at=NOON)
    departures.depart(
        user=denis.user, organisation=louise.organisation, on=DAY, by=louise.user, at=NOON
    )
    denis.user.refresh_from_db()
    proof.refresh_from_db()
    assert (denis.user.is_active, proof.revoked_at) == (True, None)
    own = Client()
    own.force_login(denis.user)
    assertContains(own.get(reverse("enrollments:index")), course.course.title)
    assertContains(own.get(reverse("certificates:index")), proof.number)
    assert own.get(reverse("accounts:email")).status_code == 200


def test_s28_the_address_of_whoever_left_is_neither_told_nor_taken(client, louise):
    """They gave themselves an address of their own since; it is none of their former employer's."""
    today = timezone.localdate()
    gone = MandateFactory(
        organisation=louise.organisation, starts_on=today - timedelta(days=400),
        ends_on=today - timedelta(days=1), user__email="chez.moi@exemple.quebec",
    )  # fmt: skip
    page = address("depart", gone.pk)
    for typed in (None, {"on": today, "passes": "on"}, {"on": "2020-01-01", "passes": "on"}):
        answer = client.get(page) if typed is None else client.post(page, typed)
        assert answer.status_code == 404
    departures.depart(
        user=gone.user, organisation=gone.organisation, on=today, by=louise.user,
        at=timezone.now(), passes=True,
    )  # fmt: skip
    gone.user.refresh_from_db()
    assert gone.user.email == "chez.moi@exemple.quebec"
    shown = client.get(address("mandate", gone.pk))
    assertNotContains(shown, "chez.moi")
    assertNotContains(shown, page)


def test_s14_whoever_left_comes_back_by_saying_yes_and_who_has_no_address_at_once(client, louise):
    today = timezone.localdate()
    over = {"starts_on": today - timedelta(days=400), "ends_on": today - timedelta(days=1)}
    typed = {"public": "staff", "function": "sauveteur", "starts_on": today.isoformat()}
    far = MandateFactory(organisation=louise.organisation, **over)
    near = MandateFactory(organisation=louise.organisation, user__email=None, **over)
    for mandate in (far, near):
        client.post(address("another-mandate", mandate.pk), typed)
    held = Mandate.objects.in_force(on=today).filter(organisation=louise.organisation)
    assert list(held.values_list("user", flat=True)) == [near.user_id]


def test_a_departure_without_address_sends_no_letter(mailoutbox):
    mandate = MandateFactory(user__email=None)
    departures.depart(
        user=mandate.user, organisation=mandate.organisation, on=DAY, by=UserFactory(), at=NOON
    )
    mandate.refresh_from_db()
    assert (mandate.ends_on, mailoutbox) == (DAY, [])


def test_a_responsable_who_leaves_is_warned_when_nobody_else_answers(client, louise):
    own = MandateFactory(organisation=louise.organisation, user=louise.user)
    page = address("depart", own.pk)
    assertContains(client.get(page), "la seule personne responsable")
    ResponsibilityFactory(organisation=louise.organisation)
    assertNotContains(client.get(page), "la seule personne responsable")
    gone = client.post(page, {"on": (timezone.localdate() - timedelta(days=1)).isoformat()})
    assert gone.url == reverse("enrollments:teams")
    assert client.get(address("mandates", louise.organisation.handle)).status_code == 404


def test_an_administrator_sees_dated_mandates_among_those_in_force(client):
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    sitting = MandateFactory(public=Public.ELECTED, ends_on=date(2029, 11, 4))
    over = MandateFactory(ends_on=date(2026, 1, 1))
    page = reverse("admin:municipalities_mandate_changelist")
    shown = client.get(page, {"etat": "en-cours"})
    assert list(shown.context["cl"].result_list) == [sitting]
    shown = client.get(page, {"etat": "termines"})
    assert list(shown.context["cl"].result_list) == [over]
    client.post(
        page, {"action": "end", "_selected_action": [sitting.pk, over.pk], "confirmed": "1"}
    )
    sitting.refresh_from_db()
    over.refresh_from_db()
    assert (sitting.ends_on, over.ends_on) == (timezone.localdate(), date(2026, 1, 1))


def at_once(act, times: int) -> list[str]:
    """What each of several callers got, who start at the same moment."""
    barrier = Barrier(times)

    def call(_):
        try:
            barrier.wait(timeout=20)
            act()
        except MandateRefused:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(call, range(times)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_lock", [True, False])
def test_one_of_two_hands_opens_the_mandate_and_only_the_lock_makes_it_so(has_lock, monkeypatch):
    person, place, by = UserFactory(), MunicipalityFactory(), UserFactory()
    if not has_lock:
        meet = Barrier(2)
        real = mandates.refuse_disorder

        def check_then_meet(mandate):
            real(mandate)
            meet.wait(timeout=20)

        monkeypatch.setattr(mandates, "refuse_disorder", check_then_meet)
        monkeypatch.setattr(
            type(place.__class__.objects.all()), "select_for_update", lambda rows, **how: rows
        )

    def act():
        mandates.open_mandate(
            user=person, organisation=place, public=Public.ELECTED,
            term=Term("", DAY, date(2029, 11, 4)), by=by, at=NOON,
        )  # fmt: skip

    assert at_once(act, 2) == (["done", "refused"] if has_lock else ["done", "done"])
