"""« Mes gens »: who sees it, what it counts, what it costs."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from atn_platform.accounts.enums import Role
from atn_platform.consents import actions as consents
from atn_platform.consents.enums import Purpose, Way
from enrollments.enums import Status
from enrollments.models import Enrollment
from enrollments.queries.team import TeamCounts, team_counts
from municipalities.enums import Kind, Public
from municipalities.models import Organisation
from municipalities.permissions import organisations_of
from tests.factories import (
    LONG_AGO,
    NOON,
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    UserFactory,
    agreeing,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)


@pytest.fixture
def louise(client):
    responsibility = ResponsibilityFactory()
    client.force_login(responsibility.user)
    return responsibility


def page_of(organisation, query="") -> str:
    return reverse("enrollments:team", args=[organisation.handle]) + query


def test_a_responsable_sees_her_own_people_by_name_and_no_others(client, louise):
    here = louise.organisation
    MandateFactory(organisation=here, user__last_name="Zénon", public=Public.ELECTED)
    MandateFactory(organisation=here, user__last_name="Émond", function="greffière")
    MandateFactory(user__last_name="Ailleurs")
    MandateFactory(organisation=here, user__last_name="Partie", ends_on=date(2026, 1, 1))
    page = client.get(page_of(here))
    assert [m.user.last_name for m in page.context["page"]] == ["Émond", "Zénon"]
    assert "greffière" in page.content.decode()
    elected = client.get(page_of(here, "?public=elected"))
    assert [m.user.last_name for m in elected.context["page"]] == ["Zénon"]


def test_another_organisation_does_not_exist(client, louise):
    stranger = MandateFactory().organisation
    for handle in (stranger.handle, "99999", "org-12", "org-x"):
        address = reverse("enrollments:team", args=[handle])
        assert client.get(address).status_code == 404
    invite = reverse("municipalities:invite", args=[stranger.handle])
    assert client.post(invite, {"email": "a@ville.quebec"}).status_code == 404


def test_a_former_responsable_sees_nothing_more(client, louise):
    louise.ends_on = date(2026, 1, 1)
    louise.save()
    assert client.get(page_of(louise.organisation)).status_code == 404
    assert "Vous n’en portez pas" in client.get(reverse("enrollments:teams")).content.decode()


def test_progress_counts_facts_under_the_mandates_of_this_organisation():
    mandate = MandateFactory()
    here = mandate.organisation
    EnrollmentFactory(mandate=mandate, completed=True)
    EnrollmentFactory(mandate=mandate, first_activity_at=LONG_AGO)
    EnrollmentFactory(mandate=MandateFactory(organisation=here))
    withdrawn = EnrollmentFactory(mandate=MandateFactory(organisation=here))
    Enrollment.objects.filter(pk=withdrawn.pk).update(
        status=Status.WITHDRAWN, first_activity_at=LONG_AGO
    )
    EnrollmentFactory(mandate=MandateFactory(user=mandate.user), completed=True)
    assert team_counts(here, on=TODAY) == TeamCounts(people=3, started=1, finished=1)


def test_each_state_has_its_words(client, louise):
    def member(name, **facts):
        mandate = MandateFactory(organisation=louise.organisation, user__last_name=name)
        if facts:
            EnrollmentFactory(mandate=mandate, **facts)

    member("A")
    member("B", stations_done=0)
    member("C", first_activity_at=LONG_AGO, stations_done=1)
    member("D", completed=True)
    text = client.get(page_of(louise.organisation)).content.decode()
    table = text[text.index("<tbody>") :]
    words = [">Aucun cours", ">Pas commencé", "En cours, 1 sur 2", ">Terminé"]
    places = [table.index(word) for word in words]
    assert places == sorted(places)
    assert "width:50%" in text


def test_the_head_of_the_page_says_who_stands_where(client, louise):
    here = louise.organisation
    waiting = MandateFactory(organisation=here, user__first_name="Guy", user__last_name="Lavoie")
    EnrollmentFactory(mandate=waiting)
    EnrollmentFactory(mandate=MandateFactory(organisation=here), first_activity_at=LONG_AGO)
    EnrollmentFactory(mandate=MandateFactory(organisation=here), completed=True)
    page = client.get(page_of(here))
    text = " ".join(page.content.decode().split())
    assert "2 personnes sur 3 ont commencé. 1 a terminé au moins un cours." in text
    assert "1 personne n’a pas encore commencé" in text
    assert [each.user for each in page.context["waiting"]] == [waiting.user]


def test_names_are_found_as_people_type_them_and_filters_add_up(client, louise):
    here = louise.organisation
    clerk = MandateFactory(
        organisation=here, user__first_name="Éloïse", user__last_name="L’Écuyer",
        function="Greffe", public=Public.MANAGER,
    )  # fmt: skip
    other = MandateFactory(organisation=here, user__last_name="Roy", function="greffe")
    EnrollmentFactory(mandate=other)
    MandateFactory(organisation=here, user__last_name="Côté", function="voirie")

    def found(query):
        return [each.user for each in client.get(page_of(here, query)).context["page"]]

    assert found("?q=eloise+ecuyer") == [clerk.user]
    assert found("?fonction=greffe") == [clerk.user, other.user]
    assert found("?fonction=greffe&etat=waiting") == [other.user]
    assert found("?fonction=greffe&public=manager") == [clerk.user]
    assert found("?etat=waiting&q=zzz") == []
    assert len(found("?etat=n-importe-quoi&public=x")) == 3
    chips = client.get(page_of(here, "?fonction=greffe&q=roy")).content.decode()
    assert "?fonction=greffe&amp;q=roy&amp;etat=waiting#liste" in chips


def test_p30_the_organisation_reads_facts_and_never_scores(client, louise):
    """P-30: what is done and when, not the answers, nor how many tries they took."""
    mandate = MandateFactory(organisation=louise.organisation)
    EnrollmentFactory(mandate=mandate, completed=True, best_score=73)
    page = client.get(page_of(louise.organisation))
    assert not re.search(r"\b73\s?%", page.content.decode())
    assert not any("score" in key for key in vars(page.context["page"][0]))


def test_p30_elected_people_keep_their_facts(client, louise):
    """Their name and seat are known to all; where they stand is theirs to tell."""
    here = louise.organisation
    elected = MandateFactory(organisation=here, public=Public.ELECTED, function="siège 4")
    EnrollmentFactory(mandate=elected, completed=True)
    EnrollmentFactory(mandate=MandateFactory(organisation=here))
    text = client.get(page_of(here)).content.decode()
    assert "siège 4" in text
    assert "Avec son accord seulement" in text
    assert ">Terminé<" not in text
    assert team_counts(here, on=TODAY) == TeamCounts(people=2, started=0, finished=0, apart=1)
    for state in ("finished", "under-way", "waiting", "none"):
        rows = client.get(page_of(here, f"?etat={state}")).context["page"]
        assert elected not in list(rows)
    agreeing(elected.user)
    assert team_counts(here, on=TODAY) == TeamCounts(people=2, started=1, finished=1)
    assert list(client.get(page_of(here, "?etat=finished")).context["page"]) == [elected]
    purpose = Purpose.FACTS_TO_ORGANISATION
    consents.withdraw(user_id=elected.user.pk, purpose=purpose, way=Way.PAGE, at=NOON)
    assert team_counts(here, on=TODAY).apart == 1


def test_an_empty_organisation_invites_to_begin(client, louise):
    text = client.get(page_of(louise.organisation)).content.decode()
    assert "Invitez une première personne" in text
    assert "Le courriel qui partira" in text


def test_long_lists_come_by_pages_that_keep_the_filter(client, louise):
    for _ in range(51):
        MandateFactory(organisation=louise.organisation)
    text = client.get(page_of(louise.organisation, "?public=staff")).content.decode()
    assert "public=staff&amp;page=2" in text
    second = client.get(page_of(louise.organisation, "?public=staff&page=2"))
    assert len(second.context["page"]) == 1


def test_one_organisation_opens_at_once_and_several_are_listed(client, louise):
    index = reverse("enrollments:teams")
    assert client.get(index).headers["Location"] == page_of(louise.organisation)
    other = Organisation.objects.create(kind=Kind.OTHER, name="Régie de l’eau")
    ResponsibilityFactory(user=louise.user, organisation=other)
    assert page_of(other) in client.get(index).content.decode()
    assert client.get(index, {"q": "regie"}).headers["Location"] == page_of(other)
    assert client.get(page_of(other)).status_code == 200
    assert "Aucune de vos organisations" in client.get(index, {"q": "zzz"}).content.decode()


def test_learners_have_no_people(client):
    client.force_login(UserFactory())
    assert "Vous n’en portez pas" in client.get(reverse("enrollments:teams")).content.decode()


def test_atn_may_help_any_organisation():
    place = MandateFactory().organisation
    admin = UserFactory(role=Role.ADMINISTRATOR)
    assert place in organisations_of(admin, on=TODAY)


def test_the_page_costs_the_same_for_one_person_and_three(client, louise):
    costs = []
    for count in (1, 2):
        for _ in range(count):
            EnrollmentFactory(mandate=MandateFactory(organisation=louise.organisation))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page_of(louise.organisation)).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= 15
