"""The log of who opened whose record: P-18 and P-20."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.actions import end_role
from atn_platform.accounts.enums import Role
from atn_platform.audit.enums import Capacity, Screen
from atn_platform.audit.models import Viewing
from atn_platform.audit.queries import broken_viewings
from atn_platform.audit.recording import opened
from atn_platform.rights import actions as rights
from certificates import actions as certificate_actions
from enrollments.actions import coaching
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    RegistrationFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
YEAR, DAY = timedelta(days=366), timedelta(days=1)


@pytest.fixture
def mandate():
    return MandateFactory(user__first_name="Luc", organisation__name="Abercorn")


@pytest.fixture
def responsable(mandate):
    return ResponsibilityFactory(
        organisation=mandate.organisation, user__first_name="Nicole", user__last_name="Hébert"
    ).user


def look(client, user, page):
    client.force_login(user)
    assert client.get(page).status_code == 200
    return Viewing.objects.order_by("-pk").first()


def test_p18_the_list_of_people_leaves_one_line_with_whose_records_it_showed(
    client, mandate, responsable
):
    second = MandateFactory(organisation=mandate.organisation)
    row = look(client, responsable, f"/mes-gens/{mandate.organisation.handle}/")
    assert (row.reader, row.capacity, row.screen) == (responsable, "responsible", "team")
    assert (row.place, set(row.people)) == ("Abercorn", {mandate.user_id, second.user_id})
    assert Viewing.objects.count() == 1


def test_p18_one_s_own_line_on_a_list_is_no_viewing(client, responsable, mandate):
    MandateFactory(user=responsable, organisation=mandate.organisation)
    row = look(client, responsable, f"/mes-gens/{mandate.organisation.handle}/")
    assert row.people == [mandate.user_id]


def test_p18_whoever_gives_a_session_leaves_a_line_of_that_right(client):
    meeting = MeetingFactory(instructor=UserFactory())
    enrollment = EnrollmentFactory(version=meeting.course.current_version)
    seat = RegistrationFactory(session=meeting, enrollment=enrollment)
    row = look(client, meeting.instructor, f"/rencontres/{meeting.uuid}/presences/")
    assert (row.capacity, row.screen, row.people) == ("giver", "attendance", [seat.learner_id])


def test_p18_a_mandate_and_its_departure_page_each_leave_a_line(client, mandate, responsable):
    for name in ("mandate", "another-mandate", "depart"):
        row = look(client, responsable, reverse(f"municipalities:{name}", args=[mandate.pk]))
        assert (row.screen, row.people) == ("mandate", [mandate.user_id])
    assert Viewing.objects.count() == 3


def test_p18_the_administration_leaves_lines_from_lists_and_records(client, mandate):
    done = EnrollmentFactory(mandate=mandate, completed=True)
    proof = certificate_actions.issue(enrollment_id=done.pk, at=LONG_AGO)
    boss = UserFactory(role="administrator")
    for page, screen in {
        "/admin/certificates/certificate/": "admin_list",
        f"/admin/certificates/certificate/{proof.pk}/change/": "admin_record",
        "/admin/accounts/user/": "admin_list",
        f"/admin/accounts/user/{mandate.user_id}/change/": "admin_record",
        "/admin/enrollments/enrollment/": "admin_list",
        "/admin/municipalities/mandate/": "admin_list",
    }.items():
        row = look(client, boss, page)
        assert (row.capacity, row.screen) == ("administrator", screen), page
        assert mandate.user_id in row.people, page


def test_p18_a_request_of_somebody_leaves_a_line_each_time_it_is_read(client, mandate):
    asked = rights.ask_erasure(user=mandate.user, on=NOON.date(), at=NOON)
    page = reverse("admin:rights_rightsrequest_change", args=[asked.pk])
    row = look(client, UserFactory(role=Role.ADMINISTRATOR), page)
    assert (row.screen, row.people) == ("admin_record", [mandate.user_id])


def test_p18_a_coach_s_page_of_appointments_leaves_a_line_in_that_right(client, mandate):
    coach, now = UserFactory(role=Role.COACH), timezone.now()
    slot = coaching.offer_slot(
        coach=coach, starts_at=now + DAY, ends_at=now + 2 * DAY, how="Teams", at=now
    )
    coaching.book(
        slot_id=slot.pk, person=mandate.user, organisation=mandate.organisation, about="", at=now
    )
    row = look(client, coach, reverse("enrollments:slots"))
    assert (row.capacity, row.screen, row.people) == ("coach", "appointments", [mandate.user_id])
    look(client, mandate.user, reverse("enrollments:appointments"))
    assert Viewing.objects.count() == 1, "one's own appointments are no viewing"
    end_role(user=coach, role=Role.COACH, by=None, at=now)
    look(client, coach, reverse("enrollments:appointments"))
    assert Viewing.objects.count() == 2


def test_p20_reading_the_log_is_logged_too(client, mandate, responsable):
    look(client, responsable, f"/mes-gens/{mandate.organisation.handle}/")
    row = look(client, UserFactory(role="administrator"), "/admin/audit/viewing/")
    assert row.screen == "admin_list"
    assert mandate.user_id in row.people


def test_p18_a_page_costs_one_query_more_whatever_the_number_of_people(
    client, mandate, responsable
):
    page = f"/mes-gens/{mandate.organisation.handle}/"
    client.force_login(responsable)
    client.get(page)

    def writes():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(page)
        return [each["sql"] for each in seen if "audit_viewing" in each["sql"]]

    one = writes()
    for _ in range(3):
        MandateFactory(organisation=mandate.organisation)
    assert len(one) == len(writes()) == 1


def test_p18_the_person_reads_who_opened_their_record_and_nothing_of_others(client, mandate):
    reader = UserFactory(first_name="Nicole", last_name="Hébert")
    other = UserFactory()
    opened(at=NOON, reader=reader, screen=Screen.TEAM, people=[mandate.user_id, other.pk],
           place=mandate.organisation)  # fmt: skip
    client.force_login(mandate.user)
    page = client.get(reverse("privacy:viewings"))
    assertContains(page, "Nicole Hébert")
    assertContains(page, "Abercorn")
    assertContains(page, str(Capacity.RESPONSIBLE.label))
    client.force_login(UserFactory())
    assertNotContains(client.get(reverse("privacy:viewings")), "Nicole Hébert")
    assertContains(client.get(reverse("privacy:viewings")), "Personne d’autre que vous")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_the_number_of_viewings(
    client, django_assert_num_queries, count
):
    user = UserFactory()
    for _ in range(count):
        opened(at=NOON, reader=UserFactory(), screen=Screen.TEAM, people=[user.pk])
    client.force_login(user)
    with django_assert_num_queries(4):  # session, person, count, viewings
        client.get(reverse("privacy:viewings"))


def lines(count: int, at=None) -> list[Viewing]:
    for _ in range(count):
        opened(at=at or timezone.now(), reader=UserFactory(), screen=Screen.TEAM,
               people=[UserFactory().pk], place="Abercorn")  # fmt: skip
    return list(Viewing.objects.order_by("pk"))


@pytest.mark.parametrize("change", ["update", "delete"])
def test_p20_the_database_refuses_to_change_or_delete_a_line(change):
    (row,) = lines(1)
    mine = Viewing.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        mine.update(screen="council") if change == "update" else mine.delete()
    assert Viewing.objects.get(pk=row.pk).screen == "team"


def test_p20_after_twelve_months_a_line_may_go_and_the_chain_still_holds():
    lines(2, at=timezone.now() - YEAR)
    lines(2)
    assert (
        Viewing.objects.filter(at__lt=timezone.now() - YEAR + timedelta(hours=1)).delete()[0] == 2
    )
    assert broken_viewings() == []


@pytest.mark.parametrize("crime", ["place = 'Ailleurs'", "people = '{}'", None])
def test_p20_the_chain_tells_a_line_that_was_changed_or_taken_out(crime):
    """Somebody with every right on the database puts the triggers to sleep."""
    __, second, third = lines(3)
    assert broken_viewings() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_viewing DISABLE TRIGGER audit_viewing_append_only")
        if crime:
            cursor.execute(f"UPDATE audit_viewing SET {crime} WHERE id = %s", [second.pk])
        else:
            cursor.execute("DELETE FROM audit_viewing WHERE id = %s", [second.pk])
        cursor.execute("ALTER TABLE audit_viewing ENABLE TRIGGER audit_viewing_append_only")
    assert broken_viewings() == [second.pk if crime else third.pk]
