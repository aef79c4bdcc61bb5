"""Claiming an organisation, and sharing who answers for it."""

import dataclasses
import re
import threading
from datetime import date, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import claims, invitations
from municipalities.actions.claims import Claimant
from municipalities.actions.invitations import Guest, SignInNeeded, Welcome, local_day
from municipalities.enums import Public
from municipalities.models import CLAIM_LIFE, CLAIM_TRIES, Claim, Invitation, Responsibility
from tests.factories import (
    NOON,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

OFFICIAL = "info@abercorn.example"
GINETTE = Claimant("Ginette", "Ouellet", "ginette@courriel.example", "directrice générale")
ASKED = {"first_name": "Ginette", "last_name": "Ouellet", "email": "ginette@courriel.example"}


@pytest.fixture
def place():
    return MunicipalityFactory(code="46010", name="Abercorn", official_email=OFFICIAL)


def at(page, *args):
    return reverse(f"municipalities:{page}", args=args)


def code_sent(kind="claim-code") -> str:
    letter = OutgoingEmail.objects.get(key__startswith=f"{kind}:")
    return re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", letter.text)[0]


def asked(place, claimant=GINETTE, when=NOON) -> Claim:
    return claims.ask_code(organisation=place, claimant=claimant, at=when)


def answered(claim, code, *, signed_in=None, when=NOON) -> User:
    """Once the claimant's own address is proved, which tests/municipalities/test_claimants.py tries."""
    Claim.objects.filter(pk=claim.pk).update(proved_at=NOON)
    return claims.answer_code(claim_id=claim.pk, code=code, signed_in=signed_in, at=when)


def test_the_code_goes_to_the_official_address_only_and_gives_the_organisation(place):
    claim = asked(place)
    letter = OutgoingEmail.objects.get(key__startswith="claim-code:")
    assert letter.to_address == OFFICIAL
    assert code_sent().replace("-", "") not in str(Claim.objects.values())
    user = answered(claim, code_sent().lower())
    assert (user.email, user.first_name) == (GINETTE.email, "Ginette")
    assert Responsibility.objects.get().user == user
    assert user.mandates.get().public == Public.MANAGER
    opened = OutgoingEmail.objects.get(key__startswith="claim-opened:")
    assert opened.to_address == OFFICIAL
    assert set(Entry.objects.values_list("verb", flat=True)) >= {
        "claim.asked", "claim.accepted", "responsibility.granted",
    }  # fmt: skip


def test_s34_whoever_reads_the_address_that_was_typed_is_told_of_the_space(place):
    user = answered(asked(place), code_sent())
    letter = OutgoingEmail.objects.get(recipient=user)
    assert "vient d’être ouvert avec votre adresse" in letter.text
    assert "Si ce n’est pas vous" in letter.text


def test_a_code_serves_once_and_dies_of_age_and_of_tries(place):
    claim = asked(place)
    code = code_sent()
    with pytest.raises(ActionError, match="plus bon"):
        answered(claim, code, when=NOON + CLAIM_LIFE)
    for _each in range(CLAIM_TRIES):
        with pytest.raises(ActionError, match="pas le code"):
            answered(claim, "AAAA-AAAA")
    with pytest.raises(ActionError, match="plus bon"):
        answered(claim, code)
    assert Responsibility.objects.count() == 0


def test_a_used_code_is_dead(place):
    claim = asked(place)
    answered(claim, code_sent())
    with pytest.raises(ActionError, match="plus bon"):
        answered(claim, code_sent())


def test_an_account_is_linked_by_its_owner_only(place):
    owner = UserFactory(email=GINETTE.email, first_name="G.")
    claim = asked(place)
    for stranger, refusal in ((None, SignInNeeded), (UserFactory(), claims.ClaimRefused)):
        with pytest.raises(refusal):
            answered(claim, code_sent(), signed_in=stranger)
    assert answered(claim, code_sent(), signed_in=owner) == owner
    owner.refresh_from_db()
    assert owner.first_name == "G."


def test_a_claimed_organisation_is_asked_for_not_taken(place):
    ResponsibilityFactory(organisation=place)
    with pytest.raises(ActionError, match="répond déjà"):
        asked(place)


def test_a_code_of_a_place_that_left_the_registry_gives_nothing(place):
    claim = asked(place)
    place.inactive_on = NOON.date()
    place.save()
    with pytest.raises(ActionError, match="n’existe plus"):
        answered(claim, code_sent())
    assert not Responsibility.objects.exists()
    assert not User.objects.exists()


def test_a_code_asked_before_another_claim_succeeds_is_no_longer_enough(place):
    first = asked(place)
    code = code_sent()
    ResponsibilityFactory(organisation=place)
    with pytest.raises(ActionError, match="déjà ouvert"):
        answered(first, code)


def test_an_official_address_that_is_missing_leads_to_a_request():
    with pytest.raises(ActionError, match="demandez à l’ATN"):
        asked(MunicipalityFactory(official_email=""))


def test_a_letter_box_is_not_flooded(place):
    for _each in range(claims.LETTERS_A_DAY):
        asked(place)
    with pytest.raises(ActionError, match="Revenez demain"):
        asked(place)
    asked(place, when=NOON + timedelta(days=1, minutes=1))


def test_a_responsable_grants_a_request_by_a_letter_to_the_claimant_s_own_address(place):
    louise = ResponsibilityFactory(organisation=place).user
    claim = claims.ask_people(organisation=place, claimant=GINETTE, at=NOON)
    assert OutgoingEmail.objects.get(key__startswith="claim-waiting:").recipient == louise
    claims.grant(claim_id=claim.pk, by=louise, at=NOON)
    invited = Invitation.objects.get()
    assert (invited.email, invited.as_responsible) == (GINETTE.email, True)
    user = invitations.accept_invitation(
        invitation_id=invited.pk, welcome=Welcome(Public.MANAGER), signed_in=None, at=NOON
    )
    assert user.responsibilities.get().granted_by == louise
    with pytest.raises(ActionError, match="déjà eu sa réponse"):
        claims.refuse(claim_id=claim.pk, reason="", by=louise, at=NOON)


def test_a_refusal_is_written_to_the_claimant_with_its_reason(place):
    louise = ResponsibilityFactory(organisation=place).user
    claim = claims.ask_people(organisation=place, claimant=GINETTE, at=NOON)
    claims.refuse(claim_id=claim.pk, reason="Déjà deux personnes", by=louise, at=NOON)
    letter = OutgoingEmail.objects.get(key__startswith="claim-refused:")
    assert letter.to_address == GINETTE.email
    assert "Déjà deux personnes" in letter.text


def test_a_delegate_answers_until_a_day_and_no_longer(place):
    louise = ResponsibilityFactory(organisation=place).user
    colleague = MandateFactory(organisation=place).user
    today = local_day(NOON)
    guest = Guest(email=colleague.email, as_responsible=True, until=today + timedelta(days=7))
    assert claims.add_responsible(organisation=place, guest=guest, by=louise, at=NOON)
    for days, answers in ((7, 2), (8, 1)):
        held = claims.responsables(place, on=today + timedelta(days=days))
        assert len(held) == answers
    lasting = Guest(email=colleague.email, as_responsible=True)
    claims.add_responsible(organisation=place, guest=lasting, by=louise, at=NOON)
    assert colleague.responsibilities.get().ends_on is None


@pytest.mark.parametrize("days", [None, 30])
def test_s16_a_delegate_does_not_put_off_their_own_last_day(client, place, days):
    """Neither by naming themselves again, nor by granting a request of theirs."""
    last = timezone.localdate() + timedelta(days=7)
    held = ResponsibilityFactory(organisation=place, ends_on=last)
    MandateFactory(organisation=place, user=held.user)
    client.force_login(held.user)
    until = last + timedelta(days=days) if days else ""
    sent = {"full_name": "", "email": held.user.email, "until": until}
    assertContains(client.post(at("responsables", "46010"), sent), "et ne prolongez personne au-delà",
                   status_code=422)  # fmt: skip
    mine = dataclasses.replace(GINETTE, email=held.user.email)
    claim = claims.ask_people(organisation=place, claimant=mine, at=timezone.now())
    client.post(at("grant-claim", claim.pk))
    claim.refresh_from_db()
    held.refresh_from_db()
    assert (held.ends_on, claim.accepted_at) == (last, None)
    sooner = last - timedelta(days=3)
    client.post(at("responsables", "46010"), sent | {"until": sooner})
    held.refresh_from_db()
    assert held.ends_on == sooner


@pytest.mark.parametrize("days", [None, 1, 0, -3])
def test_s16_a_delegate_names_nobody_beyond_their_own_last_day(client, place, days):
    """Two of them would prolong each other for ever; someone new would prolong both."""
    last = timezone.localdate() + timedelta(days=7)
    held = ResponsibilityFactory(organisation=place, ends_on=last)
    other = ResponsibilityFactory(organisation=place, ends_on=last - timedelta(days=5)).user
    MandateFactory(organisation=place, user=other)
    client.force_login(held.user)
    until = "" if days is None else last + timedelta(days=days)
    for email in (other.email, "nouvelle@exemple.quebec"):
        client.post(at("responsables", "46010"), {"full_name": "", "email": email, "until": until})
    allowed = days is not None and days <= 0
    assert (other.responsibilities.get().ends_on == until) is allowed
    assert place.invitations.filter(responsible_until=until or None).exists() is allowed


@pytest.mark.parametrize("stays", [True, False])
def test_s16_a_delegate_puts_out_nobody_who_stays_longer(client, place, stays):
    """Else, alone, nobody could tell them no."""
    today = timezone.localdate()
    ResponsibilityFactory(organisation=place)
    held = ResponsibilityFactory(organisation=place, ends_on=today + timedelta(days=7))
    theirs = None if stays else today + timedelta(days=2)
    other = ResponsibilityFactory(organisation=place, ends_on=theirs)
    client.force_login(held.user)
    client.post(at("end-responsible", other.pk))
    other.refresh_from_db()
    assert other.ends_on == (None if stays else today)


@pytest.mark.parametrize("stays", [True, False])
def test_s16_a_delegate_brings_nobody_s_later_day_forward(client, place, stays):
    """By naming them again « jusqu’à aujourd’hui »: it would end what they may not end."""
    today = timezone.localdate()
    held = ResponsibilityFactory(organisation=place, ends_on=today + timedelta(days=7))
    theirs = today + timedelta(days=90 if stays else 5)
    other = ResponsibilityFactory(organisation=place, ends_on=theirs)
    MandateFactory(organisation=place, user=other.user)
    client.force_login(held.user)
    sent = {"full_name": "", "email": other.user.email, "until": today}
    answer = client.post(at("responsables", "46010"), sent)
    other.refresh_from_db()
    assert other.ends_on == (theirs if stays else today)
    if stays:
        assertContains(answer, "ne retirez personne", status_code=422)


@pytest.mark.parametrize(("asked_for", "kept"), [(3, 30), (60, 60), (None, None)])
def test_s16_an_invitation_accepted_late_shortens_nothing_that_was_granted_since(
    place, asked_for, kept
):
    today, louise = local_day(NOON), ResponsibilityFactory(organisation=place).user
    until = today + timedelta(days=asked_for) if asked_for else None
    guest = Guest(email="bob@exemple.quebec", as_responsible=True, until=until)
    invitations.invite(organisation=place, guests=[guest], by=louise, at=NOON)
    bob = UserFactory(email=guest.email)
    held = ResponsibilityFactory(
        organisation=place, user=bob, starts_on=today, ends_on=today + timedelta(days=30)
    )
    invitations.accept_invitation(
        invitation_id=Invitation.objects.get().pk, welcome=Welcome(Public.MANAGER),
        signed_in=bob, at=NOON,
    )  # fmt: skip
    held.refresh_from_db()
    assert held.ends_on == (today + timedelta(days=kept) if kept else None)


@pytest.mark.parametrize("stays", [True, False])
def test_s16_a_delegate_writes_no_departure_of_whoever_stays_longer(client, place, stays):
    """« Ne travaille plus ici » takes the responsibility and the address: the same bound holds."""
    today = timezone.localdate()
    held = ResponsibilityFactory(organisation=place, ends_on=today + timedelta(days=7))
    theirs = None if stays else today + timedelta(days=2)
    other = ResponsibilityFactory(organisation=place, ends_on=theirs)
    mandate, email = MandateFactory(organisation=place, user=other.user), other.user.email
    client.force_login(held.user)
    answer = client.post(at("depart", mandate.pk), {"on": today, "passes": "on"})
    for row in (other, mandate):
        row.refresh_from_db()
    if stays:
        assertContains(answer, "ne retirez personne", status_code=422)
        assert (other.ends_on, mandate.ends_on) == (None, None)
        assert User.objects.get(pk=other.user_id).email == email
    else:
        assert (other.ends_on, mandate.ends_on) == (today, today)


def test_a_delegate_may_leave_whatever_the_days(client, place):
    today = timezone.localdate()
    held = ResponsibilityFactory(organisation=place, ends_on=today + timedelta(days=7))
    own = MandateFactory(organisation=place, user=held.user)
    later = ResponsibilityFactory(
        organisation=place, user=held.user, starts_on=today + timedelta(days=30)
    )
    client.force_login(held.user)
    assert client.post(at("depart", own.pk), {"on": today}).url == reverse("enrollments:teams")
    for row in (held, later):
        row.refresh_from_db()
    assert (held.ends_on, later.ends_on) == (today, later.starts_on)


def test_a_last_day_that_is_past_is_refused(place):
    louise = ResponsibilityFactory(organisation=place).user
    colleague = MandateFactory(organisation=place).user
    guest = Guest(email=colleague.email, as_responsible=True, until=date(2020, 1, 1))
    with pytest.raises(ActionError, match="déjà passé"):
        claims.add_responsible(organisation=place, guest=guest, by=louise, at=NOON)


def test_ginette_opens_her_space_on_the_pages(client, place):
    page = client.get(at("claim-search"), {"q": "abercor"})
    assertContains(page, at("claim", "46010"))
    page = client.get(at("claim", "46010"))
    assertContains(page, "i•••@abercorn.example")
    assertNotContains(page, OFFICIAL)
    answer = client.post(at("claim", "46010"), ASKED)
    claim = Claim.objects.get()
    assertRedirects(answer, at("claim-answer", claim.uuid))
    own = code_sent("claimant-code")
    wrong = client.post(at("claim-answer", claim.uuid), {"own": own, "code": "AAAA-AAAA"})
    assertContains(wrong, "pas le code de la lettre", status_code=422)
    right = client.post(at("claim-answer", claim.uuid), {"code": code_sent()})
    assert right.url == reverse("enrollments:team", args=["46010"])
    assert client.session["_auth_user_id"] == str(User.objects.get(email=GINETTE.email).pk)
    # She answers for people now: a second factor comes before any other page.
    assert client.get(right.url).url == reverse("mfa_index")
    TOTP.activate(User.objects.get(email=GINETTE.email), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assertContains(client.get(at("claim-answer", claim.uuid)), "C’est fait")


def test_s13_fields_that_are_not_asked_change_nothing(client, place):
    client.post(at("claim", "46010"), ASKED | {"sent_to": "moi@pirate.example", "code_hash": ""})
    assert Claim.objects.get().sent_to == OFFICIAL


def test_s38_a_known_address_and_an_unknown_one_get_the_same_answer(client, place):
    UserFactory(email=GINETTE.email)
    known = client.post(at("claim", "46010"), ASKED)
    unknown = client.post(at("claim", "46010"), ASKED | {"email": "autre@courriel.example"})
    assert (known.status_code, unknown.status_code) == (302, 302)
    texts = {
        re.sub(r"\S+@\S+", "@", each.text.split("code")[0])
        for each in OutgoingEmail.objects.filter(to_address=OFFICIAL)
    }
    assert len(texts) == 1


def test_what_is_wrong_is_said_and_kept(client, place):
    page = client.post(at("claim", "46010"), ASKED | {"email": "ginette@"})
    assertContains(page, "Écrivez l’adresse au complet", status_code=422)
    assertContains(page, "Ouellet", status_code=422)


def test_a_request_waits_on_the_page_of_the_responsables(client, place):
    louise = ResponsibilityFactory(organisation=place).user
    client.post(at("claim", "46010"), ASKED | {"message": "Je remplace Louise."})
    claim = Claim.objects.get()
    assertContains(client.get(at("claim-answer", claim.uuid)), "Votre demande est partie")
    client.force_login(louise)
    assertContains(client.get(at("responsables", "46010")), "Je remplace Louise.")
    client.post(at("grant-claim", claim.pk))
    assert Invitation.objects.get().as_responsible
    assertContains(client.get(at("responsables", "46010")), "lettre envoyée")
    client.post(at("refuse-claim", claim.pk), {"reason": "x"})
    claim.refresh_from_db()
    assert claim.refused_at is None


def test_a_responsibility_is_shared_and_ended_on_the_page(client, place):
    mine = ResponsibilityFactory(organisation=place)
    colleague = MandateFactory(organisation=place).user
    client.force_login(mine.user)
    sent = {"full_name": "", "email": colleague.email, "until": "2020-01-01"}
    page = client.post(at("responsables", "46010"), sent)
    assertContains(page, "déjà passé", status_code=422)
    client.post(at("responsables", "46010"), sent | {"until": ""})
    theirs = colleague.responsibilities.get()
    assertContains(client.get(at("end-responsible", theirs.pk)), "Restent responsables")
    client.post(at("end-responsible", theirs.pk))
    theirs.refresh_from_db()
    assert theirs.ends_on is not None


def test_the_last_one_is_warned_before_leaving(client, place):
    mine = ResponsibilityFactory(organisation=place)
    client.force_login(mine.user)
    assertContains(client.get(at("end-responsible", mine.pk)), "Il ne restera personne")


@pytest.mark.parametrize(
    "page", ["responsables", "end-responsible", "grant-claim", "refuse-claim"]
)
def test_s16_who_answers_elsewhere_decides_nothing_here(client, place, page):
    held = ResponsibilityFactory(organisation=place)
    claim = claims.ask_people(organisation=place, claimant=GINETTE, at=NOON)
    client.force_login(ResponsibilityFactory().user)
    target = {"responsables": "46010", "end-responsible": held.pk}.get(page, claim.pk)
    assert client.post(at(page, target)).status_code == 404
    assert Invitation.objects.count() == 0


def at_once(pairs):
    def run(claim, code):
        try:
            answered(claim, code)
        except ActionError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "winners"), [(True, 1), (False, 2)])
def test_two_codes_used_at_once_open_it_once(monkeypatch, locked, winners):
    """The control, without the lock on the organisation, opens it twice."""
    place = MunicipalityFactory(official_email=OFFICIAL)
    codes = []
    monkeypatch.setattr(claims, "get_random_string", lambda *a: f"AAAABBB{len(codes) + 2}")
    made = []
    for claimant in (GINETTE, Claimant("Réjean", "Roy", "rejean@courriel.example")):
        made.append(asked(place, claimant))
        codes.append(f"AAAABBB{len(codes) + 2}")
    met, checking = threading.Barrier(2, timeout=5), claims.is_claimed

    def together(organisation, *, on):
        found = checking(organisation, on=on)
        if not locked:
            met.wait()
        return found

    monkeypatch.setattr(claims, "is_claimed", together)
    if not locked:
        monkeypatch.setattr(claims, "_locked", lambda organisation: organisation)

    at_once(zip(made, codes, strict=True))
    assert Responsibility.objects.count() == winners
