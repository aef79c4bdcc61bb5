"""Printed cards: who has one, what it opens, how often, and what stays shut."""

import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from atn_platform.accounts import actions
from atn_platform.accounts.actions import cards
from atn_platform.accounts.enums import Role
from atn_platform.accounts.limits import GUESSES, RATES
from atn_platform.accounts.models import CARD_LIFE, Card, User, handle_of
from atn_platform.audit.models import Entry
from atn_platform.core import codes
from tests.factories import ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db

DOOR = "/compte/carte/"
PHRASE = "quatre mots sans lien"


def luc(**fields):
    facts = {"email": None, "first_name": "Luc", "last_name": "Bélanger", "password": "!"}
    return UserFactory(**facts | fields)


def printed(*people, printing=None, at=None):
    """Their codes, in the same order."""
    made = actions.print_cards(
        people=people, place="Saint-Exemple", printing=printing or uuid4(), by=None,
        at=at or timezone.now(),
    )  # fmt: skip
    return [each.code for each in made]


def enter(client, handle, code, **place):
    return client.post(DOOR, {"handle": handle, "code": code}, **place)


def inside(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("first", "last", "place", "handle"),
    [
        ("Luc", "Bélanger", "Saint-Exemple", "luc.belanger@saint-exemple"),
        ("Marie-Ève", "L’Écuyer", "L'Île-Perrot", "marie-eve.l-ecuyer@l-ile-perrot"),
        ("Œdipe", "St-Onge", "Saint-Louis-du-Ha! Ha!", "oedipe.st-onge@saint-louis-du-ha-ha"),
        ("Luc", "", "Saint-Exemple (fictif)", "luc@saint-exemple"),
        ("李小龙", "", "", "personne@ici"),
        ("A" * 90, "B", "x" * 90, f"{'a' * 40}@{'x' * 40}"),
    ],
)
def test_a_handle_is_the_name_folded_and_never_an_address(first, last, place, handle):
    assert handle_of(first, last, place) == handle
    with pytest.raises(ValidationError):
        validate_email(handle)


def test_the_database_refuses_a_handle_that_could_be_an_address():
    with pytest.raises(IntegrityError, match="accounts_user_handle_is_no_address"):
        User.objects.filter(pk=luc().pk).update(handle="luc@ville.quebec")


def test_namesakes_are_numbered_and_a_handle_stays():
    people = [luc(), luc(), luc()]
    printed(*people)
    assert [each.handle for each in people] == [
        "luc.belanger@saint-exemple",
        "luc.belanger.2@saint-exemple",
        "luc.belanger.3@saint-exemple",
    ]
    printed(people[1])
    assert people[1].handle == "luc.belanger.2@saint-exemple"


def test_a_card_opens_the_account_once_and_the_code_is_stored_nowhere(client):
    user = luc()
    [code] = printed(user)
    assert re.fullmatch(f"[{codes.ALPHABET}]{{12}}", code)
    card = Card.objects.get()
    assert code not in card.code_hash
    assert card.expires_at - card.printed_at == CARD_LIFE
    answer = enter(client, " Luc.Bélanger@Saint-Exemple ", codes.spelled(code).lower())
    assert answer.headers["Location"] == reverse("accounts:way-back")
    assert client.session["_auth_user_id"] == str(user.pk)
    again = Client()
    assertContains(enter(again, user.handle, code), "a déjà servi", status_code=422)
    assert not inside(again)
    assert [each.verb for each in Entry.objects.filter(target=str(user.pk)).order_by("pk")] == [
        "account.card-printed",
        "account.card-used",
    ]


def test_another_printing_puts_an_end_to_the_card_before_and_the_same_one_does_not():
    user, printing = luc(), uuid4()
    [first] = printed(user, printing=printing)
    assert printed(user, printing=printing) == [first]  # a second click
    [second] = printed(user)
    assert second != first
    assert not inside(_after(user, first))
    assert inside(_after(user, second))
    with pytest.raises(actions.CardRefused, match="déjà servi"):
        printed(user, printing=printing)


def _after(user, code) -> Client:
    client = Client()
    enter(client, user.handle, code)
    return client


def test_a_card_dies_after_sixty_days():
    user = luc()
    [code] = printed(user, at=timezone.now() - CARD_LIFE - timedelta(minutes=1))
    assert not inside(_after(user, code))


def test_a_card_printed_under_a_key_that_was_replaced_still_opens(settings):
    user = luc()
    [code] = printed(user)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "une autre clé, plus récente"
    assert inside(_after(user, code))


def test_a_closed_account_has_no_card(client):
    user = luc()
    [code] = printed(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert enter(client, user.handle, code).status_code == 422


def test_s38_an_unknown_handle_gets_the_answer_of_a_wrong_code():
    """S-38: status, headers and words."""
    user = luc()
    printed(user)
    seen = []
    for handle in (user.handle, "personne.ici@saint-exemple"):
        answer = enter(Client(), handle, "ACEF-GHJK-MNPR")
        page = re.sub(r'value="\w{64}"', "", answer.text.replace(handle, "@"))
        seen.append((answer.status_code, dict(answer.headers) | {"Content-Length": ""}, page))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.UMQ_COORDINATOR])
def test_s44_a_card_does_not_replace_a_second_factor_that_is_owed(client, role):
    """S-44: neither printed for whoever owes one, nor good once they owe it."""
    user = luc()
    [code] = printed(user)
    actions.grant_role(user=user, role=role, by=None, at=timezone.now())
    assertContains(enter(client, user.handle, code), "second facteur", status_code=422)
    assert not inside(client)
    assert Card.objects.live(timezone.now()).exists()
    with pytest.raises(actions.CardRefused, match="second facteur"):
        printed(User.objects.get(pk=user.pk))


def test_s44_a_card_then_asks_for_the_second_factor_of_a_responsable(client):
    duty = ResponsibilityFactory()
    [code] = printed(duty.user)
    answer = enter(client, duty.user.handle, code)
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert not inside(client)


def test_s33_after_wrong_codes_the_right_one_is_refused_too_at_that_place():
    """S-33: five in five minutes."""
    user = luc()
    [code] = printed(user)
    for _ in range(GUESSES.amount):
        enter(Client(), user.handle, "ACEF-GHJK-MNPR")
    late = Client()
    assertContains(enter(late, user.handle, code), "Trop d’essais", status_code=422)
    assert not inside(late)


def test_s34_wrong_codes_from_fifty_places_do_not_keep_the_owner_out():
    """S-34: at a place of their own, and on a device of theirs even at the attacker's place."""
    user = luc()
    [code] = printed(user)
    for number in range(50):
        for _ in range(2):
            enter(Client(), user.handle, "ACEF-GHJK-MNPR", REMOTE_ADDR=f"198.51.100.{number}")
    assert inside(_after(user, code))
    device = _after(user, printed(user)[0])
    device.post(reverse("account_logout"))
    [code] = printed(user)
    for _ in range(GUESSES.amount + 1):
        enter(Client(), user.handle, "ACEF-GHJK-MNPR")
    enter(device, user.handle, code)
    assert inside(device)


def test_s33_the_cards_sent_from_one_place_are_counted(client, settings):
    settings.ACCOUNT_RATE_LIMITS = RATES | {"card": "3/600s/ip"}
    answers = [enter(client, "a@b", "ACEF").status_code for _ in range(4)]
    assert answers == [422, 422, 422, 429]
    assert client.get(DOOR).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "count"), [(True, 1), (False, 2)])
def test_one_card_shown_twice_at_once_opens_once(monkeypatch, locked, count):
    """The control, without the lock on the card, opens twice."""
    user = luc()
    [code] = printed(user)
    met, opened = threading.Barrier(2, timeout=5), []
    is_code = cards._is_code_of

    def together(card, said):
        if not locked:
            met.wait()
        return is_code(card, said)

    monkeypatch.setattr(cards, "_is_code_of", together)
    if not locked:
        queryset = type(Card.objects.all())
        monkeypatch.setattr(queryset, "select_for_update", lambda self, **kw: self)

    def run():
        try:
            opened.append(actions.use_card(handle=user.handle, code=code, at=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert opened.count(user) == count


def test_all_cards_are_printed_or_none():
    here, owing = luc(), luc(role=Role.ADMINISTRATOR, role__second_factor=False)
    with transaction.atomic(), pytest.raises(actions.CardRefused):
        printed(here, owing)
    assert not Card.objects.exists()


def test_the_page_of_the_way_back_offers_each_way_and_obliges_to_none(client):
    user = luc()
    enter(client, user.handle or "", "")
    [code] = printed(user)
    enter(client, user.handle, code)
    page = client.get(reverse("accounts:way-back"))
    for name in ("account_set_password", "mfa_add_webauthn", "accounts:email", "portal:home"):
        assertContains(page, f'href="{reverse(name)}"')
        assert client.get(reverse(name)).status_code == 200


def test_a_passphrase_of_twelve_characters_opens_with_the_handle(client):
    user = luc()
    [code] = printed(user)
    enter(client, user.handle, code)
    short = {"password1": "onze signes", "password2": "onze signes"}
    assertContains(client.post(reverse("account_set_password"), short), "12")
    client.post(reverse("account_set_password"), {"password1": PHRASE, "password2": PHRASE})
    later = Client()
    typed = {"login": "Luc.Belanger@saint-exemple", "password": PHRASE}
    later.post(reverse("account_login"), typed)
    assert later.session["_auth_user_id"] == str(user.pk)
    # With a way back of one's own, a card leads straight home.
    assert enter(Client(), user.handle, printed(user)[0]).headers["Location"] == "/"


def test_an_address_of_one_s_own_is_taken_once_its_link_is_opened(client, mailoutbox):
    user = luc()
    enter(client, user.handle or "", "")
    [code] = printed(user)
    enter(client, user.handle, code)
    client.post(reverse("accounts:email"), {"email": "luc@maison.example", "action_add": ""})
    user.refresh_from_db()
    assert user.email is None
    from atn_platform.notifications.models import OutgoingEmail  # noqa: PLC0415

    letter = OutgoingEmail.objects.get(to_address="luc@maison.example")
    client.post(re.search(r"https?://[^/\s]+(/compte/confirm-email/\S+)", letter.text)[1])
    user.refresh_from_db()
    assert user.email == "luc@maison.example"


def test_whoever_is_signed_in_is_asked_to_leave_first(client):
    other = UserFactory(first_name="Amina")
    client.force_login(other)
    page = client.get(DOOR, {"identifiant": "luc.belanger@saint-exemple"})
    assertContains(page, "Quelqu’un est déjà là")
    assertContains(page, "Amina")


def test_the_square_of_a_card_fills_the_handle(client):
    page = client.get(DOOR, {"identifiant": "luc.belanger@saint-exemple"})
    assertContains(page, 'value="luc.belanger@saint-exemple"')


def test_what_is_missing_is_said_and_what_was_typed_is_kept(client):
    page = enter(client, "luc.belanger@saint-exemple", "")
    assertContains(page, "Écrivez le code de votre carte", status_code=422)
    assertContains(page, 'value="luc.belanger@saint-exemple"', status_code=422)
