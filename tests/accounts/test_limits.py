"""Every door's limits: wide for a place, narrow for an account, and the owner still gets in."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.limits import GUESSES, LIMITS
from atn_platform.accounts.models import User
from atn_platform.notifications.models import OutgoingEmail
from tests.accounts.proxy import proxy_to
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "quatre mots sans lien"
ASK, CONFIRM = "account_request_login_code", "account_confirm_login_code"
COLLEAGUES = 300


def person(**fields):
    user = UserFactory(**fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def by_password(client, user, password=PASSWORD, **place):
    typed = {"login": user.email, "password": password}
    return client.post(reverse("account_login"), typed, **place)


def inside(client) -> bool:
    return "_auth_user_id" in client.session


def latest_code(user) -> str:
    letter = OutgoingEmail.objects.filter(recipient=user).latest("pk")
    return re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", letter.text, re.MULTILINE)[1]


def by_code(client, user, **place) -> None:
    client.post(reverse(ASK), {"email": user.email}, **place)
    client.post(reverse(CONFIRM), {"code": latest_code(user)}, **place)


def a_device_of(user):
    """A browser on which the account was opened, and left."""
    client = Client()
    by_password(client, user)
    client.post(reverse("account_logout"))
    return client


def token_in(page) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]


def sign_in_by_proxy(site: str, user: User, door: requests.Response, *, by: str) -> bool:
    """One colleague in a browser of their own, all behind 203.0.113.7."""
    with requests.Session() as browser:
        browser.headers["X-Client"] = "203.0.113.7"
        browser.cookies.update(door.cookies)
        typed = {"csrfmiddlewaretoken": token_in(door), "email": user.email}
        typed |= {"login": user.email, "password": PASSWORD}
        here = site + reverse(ASK if by == "code" else "account_login")
        answer = browser.post(here, typed, allow_redirects=False)
        if by == "code":
            typed["code"] = latest_code(user)
            answer = browser.post(site + reverse(CONFIRM), typed, allow_redirects=False)
    return answer.status_code == 302 and "sessionid" in answer.cookies


def test_s35_a_town_hall_of_300_signs_in_through_one_address_behind_a_proxy(
    live_server, transactional_db, settings
):
    """S-35: half by code and half by password, each right the first time."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    people = [person() for _ in range(COLLEAGUES)]
    with proxy_to(live_server.url) as site:
        ways = ["code", "password"] * (COLLEAGUES // 2)
        door = requests.get(site + reverse("account_login"), timeout=30)
        # One after the other: the point is their number, not the speed of this machine.
        entered = [
            sign_in_by_proxy(site, user, door, by=by)
            for user, by in zip(people, ways, strict=True)
        ]
    assert entered.count(True) == COLLEAGUES


def test_an_address_that_a_visitor_makes_up_counts_for_nothing(rf, settings):
    """With one trusted proxy, only what that proxy added is believed."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    asked = rf.post("/", HTTP_X_FORWARDED_FOR="10.9.8.7, 203.0.113.7", REMOTE_ADDR="172.18.0.2")
    assert ratelimit.get_ip(asked) == "203.0.113.7"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert ratelimit.get_ip(asked) == "172.18.0.2"


def test_s34_wrong_passwords_from_fifty_places_do_not_keep_the_owner_out():
    """S-34: on a device of theirs the right password opens; elsewhere, a code does."""
    owner = person()
    device = a_device_of(owner)
    for number in range(50):
        by_password(Client(), owner, "faux", REMOTE_ADDR=f"198.51.100.{number}")
    stranger = Client()
    by_password(stranger, owner, REMOTE_ADDR="192.0.2.1")
    assert not inside(stranger)  # the limit of the account is spent, even for who knows
    by_password(device, owner)
    assert inside(device)
    elsewhere = Client()
    by_code(elsewhere, owner, REMOTE_ADDR="192.0.2.1")
    assert inside(elsewhere)


def test_s34_codes_asked_from_fifty_places_do_not_keep_the_owner_out():
    """S-34: a device of theirs has tries of its own, and one letter an hour makes another one."""
    owner = person()
    device = a_device_of(owner)
    for number in range(50):
        Client().post(reverse(ASK), {"email": owner.email}, REMOTE_ADDR=f"198.51.100.{number}")
    assert OutgoingEmail.objects.filter(subject__startswith="Votre code").count() == 20
    by_code(device, owner)
    assert inside(device)
    new = Client()
    refused = new.post(reverse(ASK), {"email": owner.email}, REMOTE_ADDR="192.0.2.1")
    assertContains(refused, "Trop de codes ont été demandés")
    letter = OutgoingEmail.objects.get(subject="Trop de codes demandés pour votre compte")
    page = new.get(
        re.search(r"https?://[^/\s]+(/compte/appareil/\S+)", letter.text)[1], follow=True
    )
    assertContains(page, "Cet appareil est reconnu")
    assert not inside(new)
    by_code(new, owner, REMOTE_ADDR="192.0.2.1")
    assert inside(new)


def test_a_link_to_a_device_that_is_wrong_or_old_opens_nothing(client):
    page = client.get(reverse("accounts:device", args=["1:abc:def"]), follow=True)
    assertContains(page, "Ce lien ne sert plus")
    assert django_settings.DEVICE_COOKIE_NAME not in client.cookies


def test_a_device_is_known_for_its_own_account_only():
    owner, other = person(), person()
    device = a_device_of(owner)
    for _ in range(GUESSES.amount):
        by_password(Client(), other, "faux")
    by_password(device, other)
    assert not inside(device)


def doors(client, user):
    """A wrong guess through each door that takes one: its name, and the gesture."""
    return {
        "password": lambda: by_password(Client(), user, "faux"),
        "again": lambda: client.post(reverse("account_reauthenticate"), {"password": "faux"}),
        "administration": lambda: Client().post(
            "/admin/login/", {"username": user.email, "password": "faux"}, follow=True
        ),
    }


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
@pytest.mark.parametrize("door", ["password", "again", "administration"])
def test_s33_after_a_hundred_wrong_passwords_the_right_one_is_refused_too(door):
    """S-33: closed for five minutes from an unknown device, whatever the door."""
    user, inner = person(), Client()
    inner.force_login(user)
    knock = doors(inner, user)[door]
    for _ in range(100):
        knock()
    late = Client()
    by_password(late, user)
    if door == "administration":
        # It has no form: it leads to the one page, so nothing was guessed there.
        assert inside(late)
        assert Client().get("/admin/login/").headers["Location"] == reverse(ASK)
    elif door == "again":
        answer = inner.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert answer.status_code == 429
    else:
        assert not inside(late)


def test_s33_a_second_factor_is_guessed_five_times_in_five_minutes():
    """S-33: and the right one is refused meanwhile."""
    user, client = person(role=Role.UMQ_COORDINATOR), Client()
    assert Authenticator.objects.filter(user=user).exists()
    by_password(client, user)
    for number in range(GUESSES.amount + 3):
        page = client.post(reverse("mfa_authenticate"), {"code": f"{number:06d}"})
    assertContains(page, "Trop de tentatives")
    assert not inside(client)


def test_s33_a_code_is_guessed_three_times_and_five_codes_are_given_at_one_place(client):
    """S-33: fifteen guesses in five minutes, of eight characters each."""
    user = person()
    guesses = 0
    for _ in range(20):
        client.post(reverse(ASK), {"email": user.email})
        for _ in range(5):
            page = client.post(reverse(CONFIRM), {"code": "AAAA-AAAA"})
            guesses += page.status_code == 200 and b"AAAA-AAAA" in page.content
    letters = OutgoingEmail.objects.filter(subject__startswith="Votre code").count()
    assert letters == GUESSES.amount
    assert guesses <= 3 * letters


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
def test_s33_forgotten_passwords_are_asked_for_five_times_in_five_minutes(client):
    user = person()
    answers = [
        client.post(reverse("account_reset_password"), {"email": user.email}).status_code
        for _ in range(GUESSES.amount + 1)
    ]
    assert answers == [302] * GUESSES.amount + [429]


def test_every_door_of_the_library_has_its_limits_in_our_table():
    """S-33: a door that an upgrade adds would come with numbers that are not ours."""
    from allauth.account import app_settings as account  # noqa: PLC0415
    from allauth.mfa import app_settings as mfa  # noqa: PLC0415

    theirs = {*account.RATE_LIMITS, *mfa.RATE_LIMITS} - {"verify_phone", "change_phone"}
    assert theirs == set(LIMITS)


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
def test_s38_a_known_and_an_unknown_address_get_the_same_answer():
    """S-38: status, headers, words, and a letter promised in both cases."""
    for page in (ASK, "account_reset_password"):
        seen = []
        for email in (person().email, f"inconnue.{page}@exemple.quebec"):
            client = Client()
            before = OutgoingEmail.objects.count()
            answer = client.post(reverse(page), {"email": email})
            assert OutgoingEmail.objects.count() == before + 1
            follow = client.get(answer.headers["Location"]).content.decode()
            seen.append(
                (
                    answer.status_code,
                    {k: v for k, v in answer.headers.items() if k != "Expires"},  # a second apart
                    same(follow, email),
                    set(client.cookies),
                )
            )
        assert seen[0] == seen[1]


def test_s38_a_wrong_password_sounds_the_same_without_an_account():
    seen = [
        same(by_password(Client(), User(email=email), "faux").content.decode(), email)
        for email in (person().email, "inconnue@exemple.quebec")
    ]
    assert seen[0] == seen[1]


def same(page: str, email: str) -> str:
    """A page without what differs at each request."""
    page = page.replace(email, "@")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_two_colleagues_at_once_do_not_close_the_door_for_each_other(transactional_db):
    """Counting takes a lock; waiting for it is not a refusal."""
    people = [person() for _ in range(8)]

    def enter(user) -> bool:
        from django.db import connection  # noqa: PLC0415

        client = Client()
        by_password(client, user)
        entered = inside(client)
        connection.close()
        return entered

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(enter, people))


def test_the_documented_limits_are_those_of_the_table():
    text = (django_settings.BASE_DIR / "docs" / "sign-in.md").read_text()
    written = text.split("<!-- limits -->")[1].split("<!-- end -->")[0].strip().splitlines()[2:]
    table = [
        f"| `{door}` | {', '.join(f'{x.amount} in {x.seconds} s by {x.per}' for x in limits)} |"
        for door, limits in LIMITS.items()
    ]
    assert written == table
