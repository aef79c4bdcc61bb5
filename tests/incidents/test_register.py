"""P-21: the register of incidents that A-2.1 (art. 63.8 to 63.11) and its r. 3.1 ask for."""

import io
import threading
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.incidents import actions
from atn_platform.incidents.enums import Element
from atn_platform.incidents.models import Incident, IncidentEntry
from atn_platform.privacy.actions import erase_person
from atn_platform.retention.queries.rules import RULES
from tests.factories import NOON, UserFactory

TABLES = {Incident, IncidentEntry}
pytestmark = pytest.mark.django_db
LIST = reverse("admin:incidents_incident_changelist")
REGISTER = reverse("admin:incidents_register")
EXPORT = reverse("admin:incidents_export")
TYPED = {
    "data": "Noms et adresses courriel de 12 personnes.",
    "circumstances": "Une liste est partie à la mauvaise municipalité.",
    "happened_from": "2026-11-20",
    "known_from": "2026-11-23",
    "people_count": "12",
    "is_serious": "true",
    "risk_reasons": "Adresses personnelles de personnes élues.",
    "commission_told_on": "2026-11-24",
    "people_told_on": "2026-11-25",
    "measures": "La destinataire a détruit le fichier et l’a confirmé par écrit.",
}
NOTHING = {"unknown": [each.value for each in Element]}


@pytest.fixture
def atn(client):
    person = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def page_of(incident):
    return reverse("admin:incidents_incident_change", args=[incident.pk])


def test_p21_philippe_writes_an_incident_with_the_eight_elements(client, atn):
    """Persona 11: « … inscrire un incident de confidentialité avec les 8 éléments requis. »"""
    answer = client.post(REGISTER, TYPED)
    incident = Incident.objects.get()
    assertRedirects(answer, page_of(incident))
    entry = incident.latest
    assert (entry.people_count, entry.is_serious, entry.known_from, entry.unknown) == (
        12,
        True,
        date(2026, 11, 23),
        [],
    )
    page = client.get(page_of(incident))
    for element in Element:
        assertContains(page, element.label)
    assertContains(page, "Commission\xa0: 24\xa0novembre\xa02026.")
    assertNotContains(page, "Pas encore connu")
    assert Entry.objects.get().verb == "incident.written"


def test_p21_what_is_not_known_yet_is_said_and_owed(client, atn):
    client.post(REGISTER, NOTHING)
    page = client.get(page_of(Incident.objects.get()))
    assertContains(page, "Pas encore connu.", count=8)
    assertContains(client.get(LIST), "5. Nombre de personnes concernées")


@pytest.mark.parametrize("element", list(Element))
def test_p21_each_element_is_required_or_ticked(client, atn, element):
    firsts = {"period": "happened_from", "awareness": "known_from", "people": "people_count",
              "risk": "is_serious", "notices": "commission_told_on"}  # fmt: skip
    typed = {name: value for name, value in TYPED.items()
             if name != firsts.get(element.value, element.value)}  # fmt: skip
    answer = client.post(REGISTER, typed)
    assertContains(answer, "Écrivez cet élément, ou cochez", status_code=422)
    # What was typed is kept.
    kept = TYPED["measures" if element == Element.DATA else "data"]
    assertContains(answer, kept[:20], status_code=422)
    assert not Incident.objects.exists()
    # A risk that is not judged yet owes no answer on notices, which are typed here.
    assert client.post(REGISTER, {**typed, "unknown": [element.value]}).status_code == 302


def test_an_element_is_not_both_told_and_unknown(client, atn):
    answer = client.post(REGISTER, {**TYPED, "unknown": ["people"]})
    assertContains(answer, "décochez-le", status_code=422)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"happened_to": "2026-11-19"}, "La fin vient après le début."),
        ({"people_count": "-1"}, "supérieure ou égale à 0"),
        ({"people_count": "99999999999"}, "2147483647"),
        ({"known_from": "hier"}, "valide"),
        ({"is_serious": "peut-être"}, "Écrivez cet élément"),
        ({"unknown": ["tout"]}, "tout"),
    ],
)
def test_bad_input_is_told_in_french_at_its_field(client, atn, changes, words):
    assertContains(client.post(REGISTER, {**TYPED, **changes}), words, status_code=422)
    assert not Incident.objects.exists()


def test_p21_without_a_serious_risk_no_notice_is_due(client, atn):
    typed = {**TYPED, "is_serious": "false", "commission_told_on": "", "people_told_on": ""}
    client.post(REGISTER, typed)
    assertContains(client.get(page_of(Incident.objects.get())), "Aucun avis n’est dû")


def test_p21_a_serious_risk_without_notices_is_shown_as_owing_them(client, atn):
    typed = {**TYPED, "people_told_on": "", "unknown": ["notices"]}
    client.post(REGISTER, typed)
    assertContains(client.get(page_of(Incident.objects.get())), "doivent être avisées avec dili")


def test_p21_a_correction_is_a_new_entry_and_the_first_stays(client, atn):
    client.post(REGISTER, TYPED)
    incident = Incident.objects.get()
    write = reverse("admin:incidents_write", args=[incident.pk])
    assertContains(client.get(write), TYPED["circumstances"])
    client.post(write, {**TYPED, "people_count": "14", "after": "1"})
    assert list(incident.entries.values_list("position", "people_count")) == [(2, 14), (1, 12)]
    answer = client.post(write, {**TYPED, "people_count": "99", "after": "1"})
    assertContains(answer, "Une autre personne a écrit entre-temps.", status_code=422)
    assert incident.entries.count() == 2


def test_p21_nothing_is_changed_or_deleted_by_anyone(client, atn):
    client.post(REGISTER, TYPED)
    incident = Incident.objects.get()
    for table in ("incidents_incident", "incidents_incidententry"):
        for order in ("DELETE FROM {}", "UPDATE {} SET id = id + 1"):
            with (
                connection.cursor() as cursor,
                pytest.raises(IntegrityError, match="append-only"),
                transaction.atomic(),
            ):
                cursor.execute(order.format(table))
    for page in ("delete", "history"):
        address = reverse(f"admin:incidents_incident_{page}", args=[incident.pk])
        assert client.post(address).status_code in {403, 405, 200}
    assert client.post(page_of(incident), {"_method": "delete"}).status_code == 200
    assert IncidentEntry.objects.count() == 1


def test_p21_the_register_outlives_whoever_wrote_in_it_and_its_five_years(client, atn):
    """No erasure and no rule of retention takes a line, however old; it leaves whole as a file."""
    client.post(REGISTER, {**TYPED, "happened_from": "2016-01-10", "known_from": "2016-02-01"})
    before = IncidentEntry.objects.values().get()
    erase_person(user=atn, on=NOON.date(), at=NOON)
    assert {rule.due(NOON + timedelta(days=4000)).model for rule in RULES}.isdisjoint(TABLES)
    assert IncidentEntry.objects.values().get() == before
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    book = openpyxl.load_workbook(io.BytesIO(client.get(EXPORT).content))
    cells = {str(cell) for row in book.active.values for cell in row}
    assert TYPED["measures"] in cells
    assert atn.first_name not in " ".join(cells)


def test_p21_the_database_wants_every_element_told_or_unknown(atn):
    """The constraint of each element, without the form: neither and both are refused."""
    for element in Element:
        rest = [each.value for each in Element if each != element]
        with (
            pytest.raises(IntegrityError, match=f"incidents_{element.value}"),
            transaction.atomic(),
        ):
            actions.register(elements={"unknown": rest}, by=atn, at=NOON)
    with pytest.raises(IntegrityError, match="incidents_data"), transaction.atomic():
        actions.register(elements={**NOTHING, "data": "Noms"}, by=atn, at=NOON)
    actions.register(elements=NOTHING, by=atn, at=NOON)


def test_p21_the_register_leaves_as_one_workbook_and_the_journal_says_so(client, atn):
    client.post(REGISTER, {**TYPED, "data": "=1+1"})
    client.post(REGISTER, NOTHING)
    first = Incident.objects.order_by("pk")[0]
    client.post(
        reverse("admin:incidents_write", args=[first.pk]), {**TYPED, "data": "=2+2", "after": "1"}
    )
    answer = client.get(EXPORT)
    assert "registre-des-incidents-" in answer.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Registre", "Écritures"]
    rows = list(book["Registre"].values)
    assert rows[0][3:] == tuple(Element.labels)
    assert [row[1] for row in rows[1:]] == ["2", "1"]
    assert rows[1][3] == "=2+2"
    assert book["Registre"]["D2"].data_type == "s"
    assert rows[2][3:] == ("Pas encore connu.",) * 8
    assert [row[3] for row in book["Écritures"].values][1:] == [
        "=2+2",
        "=1+1",
        "Pas encore connu.",
    ]
    assert Entry.objects.latest("pk").verb == "incident.exported"


@pytest.mark.parametrize("role", [None, Role.COACH, Role.INSTRUCTOR, Role.UMQ_COORDINATOR])
def test_p21_the_register_is_for_atn_alone(client, role):
    client.force_login(UserFactory(role=role) if role else UserFactory())
    for page in (LIST, REGISTER, EXPORT):
        answer = client.get(page)
        assert answer.status_code == 302
        assert "/admin/login/" in answer.headers["Location"]


def test_staff_without_the_role_is_refused(client, atn):
    pk = actions.register(elements=NOTHING, by=atn, at=NOON).pk
    client.force_login(UserFactory(is_staff=True, role=Role.UMQ_COORDINATOR))
    own = ("admin:incidents_incident_change", "admin:incidents_write")
    pages = [LIST, REGISTER, EXPORT, *(reverse(name, args=[pk]) for name in own)]
    assert {client.get(page).status_code for page in pages} == {403}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_the_number(
    client, atn, django_assert_num_queries, count
):
    for _ in range(count):
        actions.register(elements=NOTHING, by=atn, at=NOON)
    client.get(LIST)
    with django_assert_num_queries(6):
        assertContains(client.get(LIST), "Incident n°", count=count)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_write_at_once_leave_one_entry_each_or_one_refusal():
    """Negative control: without the lock both read position 1 and the constraint would say no."""
    by = UserFactory(role=Role.ADMINISTRATOR)
    incident = actions.register(elements=NOTHING, by=by, at=NOON)
    said, start = [], threading.Barrier(2)

    def write():
        try:
            start.wait()
            actions.write(incident_id=incident.pk, after=1, elements=NOTHING, by=by, at=NOON)
            said.append("written")
        except actions.EntryRefused:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["refused", "written"]
    assert IncidentEntry.objects.count() == 2
