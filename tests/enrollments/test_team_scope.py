"""S-07: what a responsable of A is shown, counted and given is A's, id by id, as SQL says it."""

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from atn_platform.audit.models import Entry
from enrollments.models import GroupEnrollment
from enrollments.queries.nudges import candidates
from municipalities.enums import Public
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    PathFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db

PEOPLE = """
SELECT m.id FROM municipalities_mandate m
WHERE m.organisation_id = %s AND m.starts_on <= CURRENT_DATE
  AND (m.ends_on IS NULL OR m.ends_on >= CURRENT_DATE)"""
# Shown, with a course followed under the mandate's thread, and none begun.
WAITING = f"""
SELECT m.id FROM municipalities_mandate m WHERE m.id IN ({PEOPLE}) AND m.public <> 'elected'
  AND EXISTS (SELECT 1 FROM enrollments_enrollment e JOIN municipalities_mandate o
    ON o.id = e.mandate_id AND o.thread = m.thread
    WHERE e.learner_id = m.user_id AND e.status <> 'withdrawn')
  AND NOT EXISTS (SELECT 1 FROM enrollments_enrollment e JOIN municipalities_mandate o
    ON o.id = e.mandate_id AND o.thread = m.thread
    WHERE e.learner_id = m.user_id AND e.status <> 'withdrawn'
      AND (e.first_activity_at IS NOT NULL OR e.status = 'completed'))"""
STARTED = f"""
SELECT DISTINCT e.learner_id FROM enrollments_enrollment e
JOIN municipalities_mandate o ON o.id = e.mandate_id
JOIN municipalities_mandate m ON m.thread = o.thread AND m.id IN ({PEOPLE})
WHERE m.public <> 'elected' AND e.status <> 'withdrawn'
  AND (e.first_activity_at IS NOT NULL OR e.status = 'completed')"""


def sql(query, organisation) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [organisation.pk])
        return {row[0] for row in cursor.fetchall()}


@pytest.fixture
def world():
    """A of eleven people in every state, B of five, and two people who belong to both."""
    a, b = ResponsibilityFactory(), ResponsibilityFactory()
    course = VersionFactory()
    for place, count in ((a.organisation, 3), (b.organisation, 1)):
        for _ in range(count):
            MandateFactory(organisation=place, function="voirie")
            EnrollmentFactory(
                mandate=MandateFactory(organisation=place, function="greffe"), version=course
            )
            EnrollmentFactory(
                mandate=MandateFactory(organisation=place),
                version=course,
                first_activity_at=LONG_AGO,
            )
        elected = MandateFactory(organisation=place, public=Public.ELECTED)
        EnrollmentFactory(mandate=elected, version=course, completed=True)
    shared = UserFactory()
    here = MandateFactory(user=shared, organisation=a.organisation)
    there = MandateFactory(user=shared, organisation=b.organisation)
    EnrollmentFactory(mandate=there, version=course, first_activity_at=LONG_AGO)
    other = UserFactory()
    MandateFactory(user=other, organisation=a.organisation)
    MandateFactory(user=other, organisation=b.organisation)
    return a, b, here


def page_of(responsibility, query="") -> str:
    return reverse("enrollments:team", args=[responsibility.organisation.handle]) + query


def test_s07_the_list_and_its_counters_are_those_of_a(client, world):
    a, __, here = world
    client.force_login(a.user)
    place = a.organisation
    page = client.get(page_of(a))
    assert {each.pk for each in page.context["page"]} == sql(PEOPLE, place)
    assert page.context["counts"].people == 12
    assert page.context["counts"].started == len(sql(STARTED, place)) == 3
    waiting = client.get(page_of(a, "?etat=waiting"))
    assert {each.pk for each in waiting.context["page"]} == sql(WAITING, place)
    assert page.context["tally"]["waiting"] == len(sql(WAITING, place)) == 3
    assert sum(page.context["tally"].values()) == len(sql(PEOPLE, place))
    # What somebody of both does for B is no news here.
    (shared,) = [each for each in page.context["page"] if each == here]
    assert (shared.state, shared.courses) == ("none", 0)


def test_s07_the_pages_that_act_offer_people_of_a_alone(client, world):
    a, __, __ = world
    client.force_login(a.user)
    handle = a.organisation.handle
    chosen = client.get(reverse("enrollments:enroll-people", args=[handle]))
    assert {mandate.pk for mandate, __ in chosen.context["rows"]} == sql(PEOPLE, a.organisation)
    found = candidates(a.organisation, at=NOON)
    assert {each.mandate.pk for each in found} == sql(WAITING, a.organisation)
    path = PathFactory(courses=[VersionFactory().course])
    assign = reverse("enrollments:assign", args=[handle])
    client.post(assign, {f"public-{key}": path.pk for key in Public.values})
    lines = GroupEnrollment.objects.get().lines.values_list("mandate", flat=True)
    assert set(lines) == sql(PEOPLE, a.organisation)


def names_of(responsibility) -> set[str]:
    mandates = responsibility.organisation.mandates.filter(
        pk__in=sql(PEOPLE, responsibility.organisation)
    )
    return {str(each.user) for each in mandates.select_related("user")}


def export(client, responsibility, what, extension, query=""):
    place = reverse("enrollments:team", args=[responsibility.organisation.handle])
    return client.get(f"{place}{what}.{extension}{query}")


def test_s07_exports_hold_people_of_a_alone_and_their_sums_agree(client, world):
    a, b, __ = world
    client.force_login(a.user)
    text = export(client, a, "personnes", "csv").content.decode()
    assert text.startswith("\ufeff")
    heading, *rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert {row[2] for row in rows} == names_of(a)
    assert len(rows) == len(sql(PEOPLE, a.organisation))
    private = [row for row in rows if row[3] == "avec leur accord seulement"]
    assert [row[4:] for row in private] == [["", "", "", ""]]
    assert heading[:4] == ["Fonction ou service", "Public", "Nom", "Avancement"]
    book = openpyxl.load_workbook(io.BytesIO(export(client, a, "avancement", "xlsx").content))
    assert {row[2] for row in book["Personnes"].iter_rows(min_row=2, values_only=True)} == {
        row[2] for row in rows
    }
    functions = list(book["Par fonction"].iter_rows(min_row=2, values_only=True))
    assert sum(row[1] for row in functions) == len(rows)
    assert all(row[1] == sum(row[2:]) for row in functions)
    summary = export(client, a, "avancement", "csv").content.decode()
    assert "greffe;3;0;0;3;0;0" in summary
    filtered = export(client, a, "personnes", "csv", "?fonction=greffe").content.decode()
    assert filtered.count("\r\n") == 4
    assert Entry.objects.filter(verb="people.exported", actor=a.user).count() == 4
    for what, extension in (("personnes", "xlsx"), ("autre", "csv"), ("avancement", "exe")):
        assert export(client, a, what, extension).status_code == 404
    assert export(client, b, "personnes", "csv").status_code == 404


def test_s07_a_responsable_of_two_towns_sees_each_apart(client, world):
    a, b, __ = world
    ResponsibilityFactory(user=a.user, organisation=b.organisation)
    client.force_login(a.user)
    for each in (a, b):
        page = client.get(page_of(each))
        assert {row.pk for row in page.context["page"]} == sql(PEOPLE, each.organisation)
