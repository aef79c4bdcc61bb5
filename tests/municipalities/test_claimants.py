"""S-34: a claimant proves the address they type before anything is opened in its name."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.models import User
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import claims
from municipalities.actions.claims import Claimant
from municipalities.models import CLAIM_TRIES, Claim, Responsibility
from tests.factories import MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db

OFFICIAL = "info@abercorn.example"
ASKED = {"first_name": "Ginette", "last_name": "Ouellet", "email": "Ginette@courriel.example"}
OWN = "ginette@courriel.example"


@pytest.fixture
def place():
    return MunicipalityFactory(code="46010", name="Abercorn", official_email=OFFICIAL)


@pytest.fixture
def team():
    return reverse("enrollments:team", args=["46010"])


def ask(client, **changes) -> str:
    """The page where the codes are entered."""
    return client.post(reverse("municipalities:claim", args=["46010"]), ASKED | changes).url


def letter_to(address) -> str:
    return OutgoingEmail.objects.get(to_address=address).text


def code_to(address) -> str:
    return re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", letter_to(address))[0]


def who_is_there(client) -> str | None:
    pk = client.session.get("_auth_user_id")
    return User.objects.get(pk=pk).email if pk else None


def test_both_codes_typed_on_one_page_open_the_space_and_the_session(client, place, team):
    page = ask(client)
    assert code_to(OFFICIAL) != code_to(OWN)
    assert code_to(OWN).replace("-", "") not in str(Claim.objects.values())
    answer = client.post(page, {"own": code_to(OWN).lower(), "code": code_to(OFFICIAL)})
    assert (answer.url, who_is_there(client)) == (team, OWN)
    assert Responsibility.objects.get().user.email == OWN


def test_the_code_of_the_official_box_alone_opens_nothing(client, place):
    """A clerk who reads the box cannot open it under a colleague's address."""
    page = ask(client)
    answer = client.post(page, {"own": "", "code": code_to(OFFICIAL)})
    assertContains(answer, "Il manque celui envoyé à ginette@courriel.example", status_code=422)
    assertContains(answer, f'value="{code_to(OFFICIAL)}"', status_code=422)
    wrong = client.post(page, {"own": "AAAA-AAAA", "code": code_to(OFFICIAL)})
    assertContains(wrong, "pas le code de la lettre", status_code=422)
    swapped = client.post(page, {"own": code_to(OFFICIAL), "code": code_to(OWN)})
    assert swapped.status_code == 422
    assert not Responsibility.objects.exists()
    assert not User.objects.exists()


def test_the_codes_may_come_days_apart_and_the_page_says_what_is_left(client, place, team):
    page = ask(client)
    answer = client.post(page, {"own": code_to(OWN)}, follow=True)
    assertRedirects(answer, page)
    assertContains(answer, "Votre adresse est prouvée. Il reste l’autre code.")
    assertNotContains(answer, 'name="own"')
    assert not User.objects.exists()
    assert client.post(page, {"code": code_to(OFFICIAL)}).url == team
    assert who_is_there(client) == OWN


def test_the_session_opens_where_the_own_code_was_typed_and_nowhere_else(client, place, team):
    """Else whoever reads the official box alone would sit in the claimant's account."""
    page = ask(client)
    client.post(page, {"own": code_to(OWN)})
    clerk = Client()
    answer = clerk.post(page, {"code": code_to(OFFICIAL)})
    onward = urlencode({"next": team})
    assert answer.url == f"{reverse('account_request_login_code')}?{onward}"
    assert who_is_there(clerk) is None
    assert Responsibility.objects.get().user.email == OWN


def test_one_box_for_both_is_asked_once(client, place, team):
    page = ask(client, email="INFO@abercorn.example")
    assertNotContains(client.get(page), 'name="own"')
    assert client.post(page, {"code": code_to(OFFICIAL)}).url == team
    assert who_is_there(client) == OFFICIAL


def test_whoever_is_signed_in_is_asked_neither_name_nor_address_nor_a_second_code(
    client, place, team
):
    user = UserFactory(email=OWN, first_name="Ginette")
    client.force_login(user)
    form = client.get(reverse("municipalities:claim", args=["46010"]))
    for name in ("first_name", "last_name", "email"):
        assertNotContains(form, f'name="{name}"')
    page = ask(client, email="autre@courriel.example")
    assert OutgoingEmail.objects.get().to_address == OFFICIAL
    assertNotContains(client.get(page), 'name="own"')
    assert client.post(page, {"code": code_to(OFFICIAL)}).url == team
    assert Responsibility.objects.get().user == user


def test_an_account_without_an_address_is_asked_for_one_first(client, place):
    client.force_login(UserFactory(email=None))
    page = client.get(reverse("municipalities:claim", args=["46010"]))
    assert page.url == reverse("account_email")


def test_s38_an_address_that_has_an_account_gets_a_letter_of_its_own_and_the_page_tells_nothing(
    client, place, team
):
    """Its owner signs in by that letter; a stranger sees the page of any other address."""
    owner = UserFactory(email=OWN)
    known, unknown = ask(client), ask(client, email="autre@courriel.example")
    pages = [
        re.sub(r"\S+@courriel.example|[0-9a-f-]{36}|csrf\S+ value=\S+", "", client.get(each).text)
        for each in (known, unknown)
    ]
    assert pages[0] == pages[1]
    assert urlencode({"next": known}) in letter_to(OWN)
    official = OutgoingEmail.objects.filter(to_address=OFFICIAL).earliest("pk").text
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", official)[0]
    stranger = client.post(known, {"own": code, "code": code})
    assertContains(stranger, "pas le code de la lettre", status_code=422)
    there = Client()
    there.force_login(owner)
    assert there.post(known, {"code": code}).url == team
    assert Responsibility.objects.get().user == owner


def test_an_account_opened_meanwhile_signs_in_and_comes_back(client, place):
    page = ask(client)
    client.post(page, {"own": code_to(OWN)})
    UserFactory(email=OWN)
    answer = client.post(page, {"code": code_to(OFFICIAL)})
    onward = urlencode({"next": page})
    assert answer.url == f"{reverse('account_request_login_code')}?{onward}"
    assert not Responsibility.objects.exists()


def test_another_account_that_is_open_is_told_to_leave_and_gets_nothing(client, place):
    page = ask(client)
    client.force_login(UserFactory())
    answer = client.post(page, {"own": code_to(OWN), "code": code_to(OFFICIAL)})
    assertContains(answer, "Un autre compte est ouvert ici", status_code=422)
    assert not Responsibility.objects.exists()


def test_the_link_of_the_letter_fills_in_its_code_and_proves_nothing_by_itself(client, place):
    page = ask(client)
    link = re.search(r"https?://[^/]+(/reclamer/\S+)", letter_to(OWN))[1]
    assertContains(client.get(link), f'value="{code_to(OWN)}"')
    assert link.startswith(page)
    assert Claim.objects.get().proved_at is None


def test_s100_known_and_unknown_addresses_are_written_to_as_often(client):
    """Three letters an hour for either: the fourth refusal would tell which has an account."""
    UserFactory(email=OWN)
    for address in (OWN, "autre@courriel.example"):
        claimant = Claimant("A", "B", address)
        for _each in range(3):
            claims.ask_code(
                organisation=MunicipalityFactory(official_email=f"info{_each}{address}"),
                claimant=claimant, at=timezone.now(),
            )  # fmt: skip
        with pytest.raises(ActionError, match=f"vers {address}"):
            claims.ask_code(
                organisation=MunicipalityFactory(official_email=f"info{address}"),
                claimant=claimant, at=timezone.now(),
            )  # fmt: skip


def test_wrong_tries_of_both_codes_are_counted_together(client, place):
    page = ask(client)
    for rank in range(CLAIM_TRIES):
        client.post(page, {"own": "AAAA-AAAA"} if rank % 2 else {"code": "AAAA-AAAA"})
    answer = client.post(page, {"own": code_to(OWN), "code": code_to(OFFICIAL)})
    assertContains(answer, "n’est plus bon", status_code=422)
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("most", "looked_at"), [(CLAIM_TRIES, CLAIM_TRIES), (1_000, 12)])
def test_guesses_made_at_once_are_counted_before_they_are_looked_at(monkeypatch, most, looked_at):
    """The control, where only the reading before counts, lets all twelve of them by."""
    place = MunicipalityFactory(official_email=OFFICIAL)
    claimant = Claimant("Ginette", "Ouellet", OWN)
    claim = claims.ask_code(organisation=place, claimant=claimant, at=timezone.now())
    met, looked = threading.Barrier(12, timeout=10), []
    opened, comparing = Claim.is_open, claims.constant_time_compare

    def together(self, at):
        found = opened(self, at)
        met.wait()
        return found

    monkeypatch.setattr(Claim, "is_open", together)
    monkeypatch.setattr(claims, "CLAIM_TRIES", most)
    monkeypatch.setattr(
        claims, "constant_time_compare", lambda *a: looked.append(1) or comparing(*a)
    )

    def guess():
        try:
            claims.prove_address(claim_id=claim.pk, code="AAAA-AAAA", at=timezone.now())
        except ActionError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _each in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(looked) == looked_at
