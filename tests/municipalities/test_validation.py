"""S-16, S-22, P-18: where nobody of a municipality can say yes to a claim, ATN or UMQ does."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Capacity, Screen
from atn_platform.audit.models import Entry, Viewing
from atn_platform.core.notices import notice_on
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import claims, invitations
from municipalities.actions.claims import Claimant, ClaimRefused
from municipalities.enums import Public
from municipalities.models import Claim, Invitation
from municipalities.queries.claims import UMQ_NAMED
from tests.factories import MandateFactory, MunicipalityFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db
WAITING = "/demandes-de-responsabilite/"
SOMEBODY = Claimant("Ginette", "Harvey", "ginette@exemple.quebec", "direction", "Appelez-moi.")


@pytest.fixture
def coordinator(client):
    user = UserFactory(role=Role.UMQ_COORDINATOR)
    client.force_login(user)
    return user


def asked(claimant=SOMEBODY, when=UMQ_NAMED, **facts) -> Claim:
    place = MunicipalityFactory(**facts)
    return claims.ask_people(organisation=place, claimant=claimant, at=when)


def page_of(claim):
    return reverse("municipalities:validate-claim", args=[claim.pk])


def test_the_coordination_says_yes_once_the_town_hall_was_called(client, coordinator, mailoutbox):
    claim = asked(name="Abercorn")
    assertContains(client.get(WAITING), "Ginette Harvey")
    page = page_of(claim)
    assertContains(client.get(page), "Appelez-moi.")
    without = client.post(page, {"reponse": "accepter"})
    assertContains(without, "Appelez d’abord", status_code=422)
    assert client.post(page, {"verified": "on"}).status_code == 422
    assert not Invitation.objects.exists()
    done = client.post(page, {"reponse": "accepter", "verified": "on"}, follow=True)
    assertContains(done, "C’est accepté")
    assertContains(done, "Aucune demande n’attend.")
    claim.refresh_from_db()
    assert claim.decided_by == coordinator
    invited = Invitation.objects.get()
    assert (invited.email, invited.as_responsible) == ("ginette@exemple.quebec", True)
    assert Entry.objects.filter(verb="claim.accepted", actor=coordinator).exists()
    assert client.post(page, {"reponse": "accepter", "verified": "on"}).status_code == 404


def test_a_claimant_who_is_already_there_answers_at_once_and_is_told_so(client, coordinator):
    """The clerk, imported long ago, once the last responsable left."""
    claim = asked(name="Abercorn")
    clerk = MandateFactory(organisation=claim.organisation, user__email=SOMEBODY.email).user
    done = client.post(page_of(claim), {"reponse": "accepter", "verified": "on"}, follow=True)
    assertContains(done, "C’est accepté")
    assert clerk.responsibilities.get().ends_on is None
    letter = OutgoingEmail.objects.get(recipient=clerk)
    assert "vous répondez maintenant de la formation" in letter.text
    assert reverse("enrollments:team", args=[claim.organisation.handle]) in letter.text
    assert not Invitation.objects.exists()


def test_a_claimant_whom_an_invitation_awaits_is_written_to_again_as_responsable(
    client, coordinator
):
    """The staff's invitation that nobody answered would give a mandate, and no responsibility."""
    claim = asked(name="Abercorn")
    guest = invitations.Guest(email=SOMEBODY.email, public=Public.STAFF)
    (invited,) = invitations.invite(
        organisation=claim.organisation, guests=[guest], by=UserFactory(),
        at=timezone.now() - timedelta(days=1),
    )  # fmt: skip
    client.post(page_of(claim), {"reponse": "accepter", "verified": "on"})
    letters = OutgoingEmail.objects.filter(to_address=SOMEBODY.email)
    assert letters.count() == 2
    invited.refresh_from_db()
    assert (invited.as_responsible, invited.invited_by) == (True, coordinator)
    link = reverse("municipalities:invitation", args=[invitations.token_for(invited)])
    assert all(link in each.text for each in letters)
    person = invitations.accept_invitation(
        invitation_id=invited.pk, welcome=invitations.Welcome(Public.MANAGER), signed_in=None,
        at=timezone.now(),
    )  # fmt: skip
    assert person.responsibilities.get().granted_by == coordinator


@pytest.mark.parametrize(("given", "asked_for", "kept", "letters"), [
    (None, 30, None, 1), (30, 7, 30, 1), (7, 30, 30, 2), (7, None, None, 2),
])  # fmt: skip
def test_an_invitation_of_a_responsable_is_prolonged_and_never_shortened(
    given, asked_for, kept, letters
):
    """What gives nothing more sends no letter before the days between two letters are over."""
    place, at = MunicipalityFactory(), timezone.now()
    by, today = ResponsibilityFactory(organisation=place).user, timezone.localdate()

    def add(days, when):
        until = today + timedelta(days=days) if days else None
        guest = invitations.Guest(email=SOMEBODY.email, as_responsible=True, until=until)
        assert not claims.add_responsible(organisation=place, guest=guest, by=by, at=when)

    add(given, at)
    add(asked_for, at + timedelta(minutes=1))
    last = Invitation.objects.get().responsible_until
    assert last == (today + timedelta(days=kept) if kept else None)
    assert OutgoingEmail.objects.count() == letters
    add(asked_for, at + invitations.COOL_DOWN + timedelta(minutes=2))
    assert OutgoingEmail.objects.count() == letters + 1


def test_the_coordination_says_no_and_why(client, coordinator):
    claim = asked()
    client.post(page_of(claim), {"reponse": "refuser", "reason": "Inconnue de la mairie"})
    claim.refresh_from_db()
    assert (claim.refused_at is None, claim.reason) == (False, "Inconnue de la mairie")
    assert not Invitation.objects.exists()


def test_s22_where_somebody_answers_the_coordination_sees_nobody(client, coordinator):
    """Nor the claims that a code answers."""
    taken = asked(name="Prise")
    ResponsibilityFactory(organisation=taken.organisation)
    place = MunicipalityFactory(official_email="dg@abercorn.example")
    claims.ask_code(organisation=place, claimant=SOMEBODY, at=timezone.now())
    assertNotContains(client.get(WAITING), "Harvey")
    for claim in Claim.objects.all():
        assert client.get(page_of(claim)).status_code == 404
        yes = {"reponse": "accepter", "verified": "on"}
        assert client.post(page_of(claim), yes).status_code == 404
    assert not Invitation.objects.exists()


def test_p23_what_was_asked_before_the_form_named_the_coordination_stays_with_atn(
    client, coordinator
):
    earlier = asked(when=UMQ_NAMED - timedelta(seconds=1))
    assert "UMQ" not in str(notice_on("claim", UMQ_NAMED.date() - timedelta(days=1)).readers)
    assert "UMQ" in str(notice_on("claim", UMQ_NAMED.date()).readers)
    assertContains(client.get(WAITING), "Aucune demande n’attend.")
    yes = {"reponse": "accepter", "verified": "on"}
    assert client.post(page_of(earlier), yes).status_code == 404
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, is_staff=True))
    assertContains(client.get(WAITING), "Ginette Harvey")
    client.post(page_of(earlier), yes)
    assert Invitation.objects.get().as_responsible


def test_s16_nobody_says_yes_to_their_own_request(client, coordinator):
    own = Claimant("Catherine", "Lavoie", str(coordinator.email).upper())
    claim = asked(own)
    answer = client.post(page_of(claim), {"reponse": "accepter", "verified": "on"})
    assertContains(answer, "votre propre demande", status_code=422)
    with pytest.raises(ClaimRefused):
        claims.grant(claim_id=claim.pk, by=coordinator, at=timezone.now())


def test_p18_whoever_asked_is_told_that_the_coordination_read_it(client, coordinator):
    person = UserFactory(email=SOMEBODY.email)
    asked()
    client.get(WAITING)
    seen = Viewing.objects.get()
    assert (seen.people, seen.screen) == ([person.pk], Screen.CLAIMS)
    assert seen.capacity == Capacity.COORDINATOR
    person = User.objects.get(pk=person.pk)
    client.force_login(person)
    assertContains(client.get(reverse("privacy:viewings")), "coordination à l’UMQ")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_whatever_its_length(
    client, coordinator, django_assert_num_queries, count
):
    for rank in range(count):
        asked(Claimant("A", "B", f"a{rank}@exemple.quebec"))
    # Session, person, count, requests, accepted lately; whose addresses, by the first and others.
    with django_assert_num_queries(7):
        client.get(WAITING)
