"""« Mes gens » on a telephone: who stands where, and what a responsable does about it."""

import pytest

from municipalities.enums import Public
from tests.browser.bench import context_for, findings
from tests.browser.conftest import signed_in
from tests.factories import (
    LONG_AGO,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    agreeing,
)


@pytest.fixture
def ginette(transactional_db):
    """The responsable of a town of ten people, in every state."""
    place = MunicipalityFactory(name="Saint-Exemple")

    def member(name, public=Public.STAFF, **facts):
        mandate = MandateFactory(
            organisation=place, user__last_name=name, public=public, function="voirie"
        )
        if facts:
            EnrollmentFactory(mandate=mandate, **facts)
        return mandate

    member("Aubin")
    member("Bergeron", stations_done=0)
    member("Caron", first_activity_at=LONG_AGO, stations_done=1)
    member("Dion", completed=True)
    member("Émond", Public.ELECTED, completed=True)
    agreeing(member("Fiset", Public.ELECTED, completed=True).user)
    return ResponsibilityFactory(user__first_name="Ginette", organisation=place)


@pytest.fixture
def contexts(browser, large_text_browser, live_server, ginette):
    pair = context_for(browser), context_for(large_text_browser)
    for context in pair:
        signed_in(context, live_server, ginette.user)
    yield pair
    for context in pair:
        context.close()


@pytest.mark.parametrize("query", ["", "?etat=waiting&q=berg", "?q=zzz"])
def test_the_people_of_a_town_have_no_accessibility_finding(live_server, ginette, contexts, query):
    address = f"{live_server.url}/mes-gens/{ginette.organisation.handle}/{query}"
    assert findings(*contexts, address) == []
