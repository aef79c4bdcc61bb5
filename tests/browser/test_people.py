"""The pages of a responsable and of the person she invites, in Chromium."""

import pytest
from django.utils import timezone

from atn_platform.accounts.enums import Role
from municipalities.actions import invitations
from tests.browser.bench import findings
from tests.browser.conftest import signed_in
from tests.factories import EnrollmentFactory, MandateFactory, ResponsibilityFactory, UserFactory


@pytest.fixture
def louise(transactional_db):
    responsibility = ResponsibilityFactory()
    EnrollmentFactory(mandate=MandateFactory(organisation=responsibility.organisation))
    return responsibility


@pytest.fixture
def invited(louise):
    (made,) = invitations.invite(
        organisation=louise.organisation,
        guests=[invitations.Guest(email="amina@ville.quebec")],
        by=louise.user,
        at=timezone.now(),
    )
    return made


@pytest.mark.parametrize("page", ["", "inviter/", "inviter/plusieurs/"])
def test_a_responsable_s_page_has_no_accessibility_finding(
    live_server, louise, invited, context, page
):
    signed_in(context, live_server, louise.user)
    address = f"{live_server.url}/mes-gens/{louise.organisation.handle}/{page}"
    assert findings(context, address) == []


def test_the_invitation_has_no_accessibility_finding(live_server, invited, context):
    address = f"{live_server.url}/invitation/{invitations.token_for(invited)}/"
    assert findings(context, address) == []


@pytest.mark.parametrize("role", [Role.UMQ_COORDINATOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize(
    "page",
    [
        "/rapports/participation/",
        "/rapports/participation/?perimetre=jour",
        "/rapports/participation/chemin/",
        "/mes-gens/",
    ],
)
def test_a_page_about_many_people_has_no_accessibility_finding(
    live_server, louise, context, role, page
):
    reader = UserFactory(role=role)
    if role == Role.UMQ_COORDINATOR:
        ResponsibilityFactory(user=reader)
        ResponsibilityFactory(user=reader)
    signed_in(context, live_server, reader)
    assert findings(context, live_server.url + page) == []
