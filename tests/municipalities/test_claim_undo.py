"""S-16, S-22, P-18: a yes that ATN or UMQ said to a claimant is taken back, for seven days."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Screen
from atn_platform.audit.models import Entry
from atn_platform.audit.recording import opened
from atn_platform.core.exceptions import ActionError
from atn_platform.merging import actions as merging
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import claim_undo, claims, invitations
from municipalities.actions.claims import Claimant, ClaimRefused
from municipalities.enums import Public
from municipalities.models import CLAIM_UNDO, Claim, Invitation, Mandate, Responsibility
from municipalities.queries.claims import UMQ_NAMED, undoing_of
from tests.factories import MandateFactory, MunicipalityFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db
WAITING = "/demandes-de-responsabilite/"
OFFICIAL = "info@abercorn.example"
SOMEBODY = Claimant("Ginette", "Harvey", "ginette@exemple.quebec", "direction")
WHY = "Homonyme d’une autre municipalité"


@pytest.fixture
def coordinator(client):
    user = UserFactory(role=Role.UMQ_COORDINATOR)
    client.force_login(user)
    return user


@pytest.fixture
def place():
    return MunicipalityFactory(code="46010", name="Abercorn", official_email=OFFICIAL)


def accepted(place, by, at=None) -> Claim:
    claim = claims.ask_people(organisation=place, claimant=SOMEBODY, at=UMQ_NAMED)
    return claims.grant(claim_id=claim.pk, by=by, at=at or timezone.now())


def comes_in(invited) -> User:
    return invitations.accept_invitation(
        invitation_id=invited.pk, welcome=invitations.Welcome(Public.MANAGER), signed_in=None,
        at=timezone.now(),
    )  # fmt: skip


def taken_back(claim, by, at=None) -> Claim:
    return claim_undo.take_back(claim_id=claim.pk, reason=WHY, by=by, at=at or timezone.now())


def page_of(claim):
    return reverse("municipalities:undo-claim", args=[claim.pk])


def told() -> set[str]:
    """To whom it was written that the yes is taken back, and why."""
    letters = OutgoingEmail.objects.filter(key__startswith="claim-undone:")
    assert all(WHY in each.text and WHY in each.html for each in letters)
    return {each.to_address for each in letters}


def in_force() -> set[User]:
    held = Responsibility.objects.in_force(on=timezone.localdate())
    return {each.user for each in held}


def test_a_letter_not_answered_yet_opens_nothing_more(client, coordinator, place):
    claim = accepted(place, coordinator)
    invited = Invitation.objects.get()
    assertContains(client.get(WAITING), page_of(claim))
    assertContains(client.get(page_of(claim)), "L’espace peut être demandé de nouveau")
    done = client.post(page_of(claim), {"reason": WHY}, follow=True)
    assertContains(done, "C’est retiré")
    assertNotContains(done, page_of(claim))
    with pytest.raises(ActionError, match="annulée"):
        comes_in(invited)
    claim.refresh_from_db()
    assert (claim.undone_by, claim.reason) == (coordinator, WHY)
    assert told() == {SOMEBODY.email, OFFICIAL}
    assert Entry.objects.get(verb="claim.undone").actor == coordinator
    assertContains(
        client.get(reverse("municipalities:claim-answer", args=[claim.uuid])), "a été retirée"
    )


def test_whoever_had_come_in_is_put_out_at_once_and_the_space_is_claimed_anew(
    client, coordinator, place
):
    claim = accepted(place, coordinator)
    person = comes_in(Invitation.objects.get())
    team = reverse("enrollments:team", args=[place.handle])
    there = client.__class__()
    there.force_login(person)
    assert there.get(team).url == reverse("mfa_index")
    client.post(page_of(claim), {"reason": WHY})
    assert there.get(team).status_code == 404
    assert in_force() == set()
    assert person.mandates.get().ends_on == timezone.localdate()
    assert User.objects.get(pk=person.pk).is_active
    assert Entry.objects.filter(verb="responsibility.ended", target=str(person.pk)).exists()
    claims.ask_code(organisation=place, claimant=SOMEBODY, at=timezone.now())


def test_someone_who_was_there_before_keeps_their_mandate(coordinator, place):
    yesterday = timezone.localdate() - timedelta(days=1)
    held = MandateFactory(organisation=place, user__email=SOMEBODY.email, starts_on=yesterday)
    claim = accepted(place, coordinator)
    assert in_force() == {held.user}
    taken_back(claim, coordinator)
    assert in_force() == set()
    held.refresh_from_db()
    assert held.ends_on is None


def test_s16_whoever_they_named_goes_too_and_nobody_whom_they_did_not(client, coordinator, place):
    """An impostor's first act would be to name an accomplice."""
    claim = accepted(place, coordinator)
    person = comes_in(Invitation.objects.get())
    accomplice = MandateFactory(organisation=place).user
    second = MandateFactory(organisation=place).user
    for by, user in ((person, accomplice), (accomplice, second)):
        guest = invitations.Guest(email=user.email, as_responsible=True)
        assert claims.add_responsible(organisation=place, guest=guest, by=by, at=timezone.now())
    guests = [invitations.Guest(email="tiers@exemple.quebec", as_responsible=True)]
    invitations.invite(organisation=place, guests=guests, by=second, at=timezone.now())
    own = ResponsibilityFactory(organisation=place, granted_by=coordinator).user
    elsewhere = ResponsibilityFactory(granted_by=person).user
    page = client.get(page_of(claim))
    assertContains(page, "2 personnes nommées responsables par elle, directement ou non")
    assertContains(page, "Une invitation qui attend")
    taken_back(claim, coordinator)
    assert in_force() == {own, elsewhere}
    assert not place.invitations.pending().exists()
    assert told() == {SOMEBODY.email, OFFICIAL, accomplice.email, second.email}
    assert Mandate.objects.in_force(on=timezone.localdate()).filter(user=accomplice).exists()


def test_only_readings_of_records_of_that_place_are_told(coordinator, place):
    """What the claimant opens elsewhere, in a capacity of theirs, is not UMQ's to know."""
    claim = accepted(place, coordinator)
    person = comes_in(Invitation.objects.get())
    for where in (place, ResponsibilityFactory(user=person).organisation):
        opened(
            at=timezone.now(), reader=person, screen=Screen.TEAM, place=where,
            people=[UserFactory().pk],
        )  # fmt: skip
    assert undoing_of(claim, at=timezone.now()).opened == 1


def test_each_account_of_a_claimant_is_put_out_and_told(coordinator, place):
    """Whoever accepts the letter under another account of theirs than that of its address."""
    claim = accepted(place, coordinator)
    other = comes_in(Invitation.objects.get())
    User.objects.filter(pk=other.pk).update(email="ginette@maison.example")
    owner = ResponsibilityFactory(
        organisation=place, user__email=SOMEBODY.email, starts_on=timezone.localdate()
    ).user
    taken_back(claim, coordinator)
    assert in_force() == set()
    assert told() >= {other.delivery_email or "ginette@maison.example", owner.email}


def test_s16_b80_whoever_they_named_goes_too_when_their_accounts_became_one_since(
    client, coordinator, place
):
    """What an account signed stays signed by it: the undoing looks under each of them."""
    claim = accepted(place, coordinator)
    impostor = comes_in(Invitation.objects.get())
    accomplice = MandateFactory(organisation=place).user
    guest = invitations.Guest(email=accomplice.email, as_responsible=True)
    claims.add_responsible(organisation=place, guest=guest, by=impostor, at=timezone.now())
    guests = [invitations.Guest(email="tiers@exemple.quebec", as_responsible=True)]
    invitations.invite(organisation=place, guests=guests, by=impostor, at=timezone.now())
    at, on = timezone.now(), timezone.localdate()
    kept = UserFactory(email="ginette@maison.example")
    asked = merging.decide(kept=kept, absorbed=impostor, reason="pièce vue", by=coordinator, at=at)
    merging.unite(merge_id=asked.pk, by=coordinator, on=on, at=at)
    undoing = undoing_of(claim, at=at)
    assert [len(undoing.named), len(undoing.letters)] == [1, 1]
    assert in_force() == {kept, accomplice}
    taken_back(claim, coordinator)
    assert in_force() == set()
    assert not place.invitations.pending().exists()


def test_it_is_bounded_in_time_and_done_once(client, coordinator, place):
    claim = accepted(place, coordinator, at=timezone.now() - CLAIM_UNDO)
    assertNotContains(client.get(WAITING), page_of(claim))
    assert client.post(page_of(claim), {"reason": WHY}).status_code == 404
    with pytest.raises(ClaimRefused, match="7 jours"):
        taken_back(claim, coordinator)
    Claim.objects.update(accepted_at=timezone.now())
    taken_back(claim, coordinator)
    again = taken_back(claim, UserFactory())
    assert again.undone_by == coordinator
    assert told() == {SOMEBODY.email, OFFICIAL}


def test_a_reason_is_asked_for_and_a_claim_that_waits_is_not_taken_back(
    client, coordinator, place
):
    claim = accepted(place, coordinator)
    answer = client.post(page_of(claim), {"reason": " "})
    assertContains(answer, "Écrivez le motif", status_code=422)
    waiting = claims.ask_people(
        organisation=MunicipalityFactory(), claimant=SOMEBODY, at=UMQ_NAMED
    )
    assert client.post(page_of(waiting), {"reason": WHY}).status_code == 404
    with pytest.raises(ClaimRefused):
        taken_back(waiting, coordinator)


def test_s22_what_an_organisation_said_itself_is_not_shown_nor_taken_back_here(
    client, coordinator, place
):
    """Nor by a coordinator who also answers for that place, nor a claim won by its code."""
    louise = ResponsibilityFactory(organisation=place).user
    for by in (louise, ResponsibilityFactory(organisation=place, user=coordinator).user):
        claim = accepted(place, by)
        assertNotContains(client.get(WAITING), "Harvey")
        assert client.post(page_of(claim), {"reason": WHY}).status_code == 404
    by_code = claims.ask_code(
        organisation=MunicipalityFactory(official_email="a@b.example"), claimant=SOMEBODY,
        at=timezone.now(),
    )  # fmt: skip
    Claim.objects.filter(pk=by_code.pk).update(
        accepted_at=timezone.now(), decided_by=UserFactory(role=Role.ADMINISTRATOR)
    )
    assert client.post(page_of(by_code), {"reason": WHY}).status_code == 404


def test_p18_the_person_reads_what_the_coordination_may_still_see(client, coordinator, place):
    person = UserFactory(email=SOMEBODY.email)
    claim = accepted(place, coordinator)
    client.get(WAITING)
    client.force_login(person)
    seen = reverse("privacy:seen")
    assertContains(client.get(seen), "Responsabilité demandée par")
    taken_back(claim, coordinator)
    assertNotContains(client.get(seen), "Responsabilité demandée par")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_whatever_was_accepted(
    client, coordinator, django_assert_num_queries, count
):
    for _each in range(count):
        accepted(MunicipalityFactory(), coordinator)
    # Session, person, count, accepted; whose addresses they are, by the first and the others.
    with django_assert_num_queries(6):
        client.get(WAITING)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_accepting_at_the_same_moment_leaves_nobody_in(monkeypatch, locked):
    """Their letter's row is waited for; the control, which does not look at it, leaves them in."""
    by, place = UserFactory(role=Role.UMQ_COORDINATOR), MunicipalityFactory()
    claim, invited = accepted(place, by), Invitation.objects.get()
    accepting, named = threading.Event(), invitations.name_responsible

    def late(**facts):
        accepting.set()
        time.sleep(1)
        return named(**facts)

    monkeypatch.setattr(invitations, "name_responsible", late)
    if not locked:
        monkeypatch.setattr(claim_undo, "_unanswered", lambda claim: [])

    def run():
        try:
            comes_in(invited)
        finally:
            connection.close()

    accept = threading.Thread(target=run)
    accept.start()
    assert accepting.wait(5)
    taken_back(claim, by)
    accept.join(10)
    assert (in_force() == set()) is locked
