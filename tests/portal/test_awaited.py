"""Home tells whoever may answer that somebody waits, whatever they have under way themselves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from municipalities.actions import claims, joining
from municipalities.queries.claims import UMQ_NAMED
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOME = reverse("portal:home")
AWAITED = "On attend votre réponse"
SOMEBODY = claims.Claimant("Ginette", "Harvey", "ginette@exemple.quebec")


def learning(user) -> User:
    """With a mandate, and a course under way: what the next step is about."""
    EnrollmentFactory(learner=user, mandate=MandateFactory(user=user))
    return user


@pytest.fixture
def louise(client):
    user = learning(ResponsibilityFactory(organisation__name="Abercorn").user)
    client.force_login(user)
    return user


def link(page, *args) -> str:
    return f'<a href="{reverse(f"municipalities:{page}", args=args)}">'


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.UMQ_COORDINATOR])
def test_a_course_under_way_hides_no_request_from_whoever_validates_them(client, role):
    asked = claims.ask_people(organisation=MunicipalityFactory(), claimant=SOMEBODY, at=UMQ_NAMED)
    client.force_login(learning(UserFactory(role=role, is_staff=role == Role.ADMINISTRATOR)))
    assertContains(client.get(HOME), link("validation"))
    claims.refuse(claim_id=asked.pk, reason="", by=UserFactory(), at=UMQ_NAMED)
    assertNotContains(client.get(HOME), AWAITED)


def test_a_responsable_sees_on_which_page_somebody_waits(client, louise):
    place = louise.responsibilities.get().organisation
    assertNotContains(client.get(HOME), AWAITED)
    now = timezone.now()
    claims.ask_people(organisation=place, claimant=SOMEBODY, at=now)
    page = client.get(HOME)
    assertContains(page, link("responsables", place.handle))
    assertNotContains(page, link("poster", place.handle))
    poster = joining.put_up(organisation=place, by=louise, at=now)
    joining.ask(code=poster.code, reader=joining.Reader("Luc", "Bélanger", "staff"), at=now)
    page = client.get(HOME)
    assertContains(page, link("poster", place.handle))
    assertContains(page, "Qui demande à rejoindre vos gens\N{NO-BREAK SPACE}: Abercorn")
    assertNotContains(page, "Bélanger")


def test_s22_requests_made_elsewhere_are_nobody_s_here(client, louise):
    elsewhere = ResponsibilityFactory()
    claims.ask_people(organisation=elsewhere.organisation, claimant=SOMEBODY, at=timezone.now())
    assertNotContains(client.get(HOME), AWAITED)
    client.force_login(learning(elsewhere.user))
    assertContains(client.get(HOME), AWAITED)


def test_without_a_mandate_it_is_the_next_step_and_told_once(client):
    held = ResponsibilityFactory()
    claims.ask_people(organisation=held.organisation, claimant=SOMEBODY, at=timezone.now())
    client.force_login(held.user)
    page = client.get(HOME)
    address = reverse("municipalities:responsables", args=[held.organisation.handle])
    assertContains(page, f'<a class="btn" href="{address}">')
    assertNotContains(page, AWAITED)


def test_it_costs_a_responsable_one_query_for_all_places_and_nobody_else_any(client, louise):
    def queries(user) -> int:
        client.force_login(user)
        client.get(HOME)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(HOME)
        return len(found)

    learner = queries(learning(UserFactory()))
    assert queries(louise) == learner + 1
    for held in (ResponsibilityFactory(user=louise), *louise.responsibilities.all()):
        claims.ask_people(organisation=held.organisation, claimant=SOMEBODY, at=timezone.now())
    assert queries(louise) == learner + 1
