"""B-85: domains of their own, of a provider, or mistyped: suggested, never imposed."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from municipalities.actions import imports
from municipalities.models import Invitation
from municipalities.staff.addresses import suggested
from tests.factories import NOON, MandateFactory, ResponsibilityFactory

pytestmark = pytest.mark.django_db
KNOWN = frozenset({"ville.qc.ca", "saint-elzear.quebec"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("luc@vile.qc.ca", "luc@ville.qc.ca"),
        ("luc@villle.qc.ca", "luc@ville.qc.ca"),
        ("luc@vlile.qc.ca", "luc@ville.qc.ca"),
        ("luc@Vimle.qc.ca", "luc@ville.qc.ca"),
        ("luc@gmial.com", "luc@gmail.com"),
        ("luc@saint-elzear.quebc", "luc@saint-elzear.quebec"),
        ("luc@ville.qc.ca", ""),
        ("luc@hotmail.com", ""),
        ("luc@VILLE.qc.ca", ""),
        ("luc@autre-ville.qc.ca", ""),
        ("luc@mrc.qc.ca", ""),
    ],
)
def test_b85_one_slip_of_the_finger_is_told(typed, meant):
    assert suggested(typed, KNOWN) == meant


@pytest.fixture
def duty(client):
    duty = ResponsibilityFactory(organisation__official_email="info@ville.qc.ca")
    client.force_login(duty.user)
    return duty


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("invite", {"full_name": "Luc Roy", "email": "luc@vile.qc.ca"}),
        ("invite-many", {"people": "Luc Roy, voirie, luc@vile.qc.ca"}),
    ],
)
def test_b85_an_invitation_asks_once_and_keeps_what_was_typed(client, duty, page, sent):
    url = reverse(f"municipalities:{page}", args=[duty.organisation.handle])
    assertNotContains(client.get(url), "Garder l’adresse telle quelle")
    asked = client.post(url, sent)
    assertContains(asked, "vouliez-vous dire luc@ville.qc.ca?")
    assertContains(asked, "luc@vile.qc.ca")
    assertContains(asked, "Garder l’adresse telle quelle")
    assert not Invitation.objects.exists()
    client.post(url, {**sent, "as_typed": "on"})
    assert Invitation.objects.get().email == "luc@vile.qc.ca"


def test_b85_a_list_says_it_beside_the_line_and_takes_it(duty):
    MandateFactory(organisation=duty.organisation, user__email="dg@saint-elzear.quebec")
    _found, rows = imports.compare_file(
        organisation=duty.organisation,
        content="Prénom;Nom;Courriel\nLuc;Roy;luc@saint-elzaer.quebec\n".encode(),
        at=NOON,
    )
    assert [(row.state, row.notes) for row in rows] == [
        (
            "new",
            ["«\xa0luc@saint-elzaer.quebec\xa0»\xa0: vouliez-vous dire luc@saint-elzear.quebec?"],
        )
    ]
