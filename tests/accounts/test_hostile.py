"""Ways in that an attacker would try: each was open once, or might have been."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Language, Role
from atn_platform.accounts.forms import PersonField
from atn_platform.accounts.http import DOORS, OPENED, way_in_token
from atn_platform.accounts.limits import GUESSES
from atn_platform.notifications.models import OutgoingEmail
from tests.accounts.test_limits import (
    ASK,
    CONFIRM,
    PASSWORD,
    a_device_of,
    by_code,
    by_password,
    inside,
    latest_code,
    person,
)
from tests.factories import ResponsibilityFactory, UserFactory

# allauth prints variables it may not have
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FACTOR = "mfa_authenticate"
NEW = "nouvelle@exemple.quebec"


def key(client) -> str:
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def knows(client) -> bool:
    return client.get("/mes-cours/").status_code == 200


def browser_of(user) -> Client:
    client = Client()
    by_password(client, user)
    return client


def application_code(steps: int = 0) -> str:
    """What the application shows, or will show some half-minutes later.

    Never two before what a slow test sends: the half-minute may end in between.
    """
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def guarded(**fields):
    """Someone with a password and an application that shows codes."""
    return person(role=Role.UMQ_COORDINATOR, **fields)


def corrected(user, **changes):
    """ATN writes down another name or address."""
    admin = UserFactory(role=Role.ADMINISTRATOR)
    actions.correct_account(user=user, said=changes, by=admin, at=timezone.now())


def want_address(client, address):
    return client.post(reverse("accounts:email"), {"email": address, "action_add": ""})


def confirmed_again(client) -> None:
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def link_in(letter) -> str:
    return re.search(r"https?://[^/\s]+(/compte/confirm-email/\S+)", letter.text)[1]


def changed_address(client, address=NEW) -> None:
    confirmed_again(client)
    want_address(client, address)
    Client().post(link_in(OutgoingEmail.objects.filter(to_address=address).latest("pk")))


# Whose an address is


def test_s34_an_address_that_strangers_typed_still_opens_the_account_of_its_owner():
    """S-34: one « new address » left unconfirmed once kept its owner out of code and link."""
    strangers = [person() for _ in range(4)]
    owner = person(email="elue@exemple.quebec")
    strangers += [person() for _ in range(4)]
    for each in strangers:
        EmailAddress.objects.create(user=each, email=owner.email, verified=False)
    client = Client()
    by_code(client, owner)
    assert client.session["_auth_user_id"] == str(owner.pk)
    before = OutgoingEmail.objects.count()
    Client().post(reverse("account_reset_password"), {"email": owner.email})
    (letter,) = OutgoingEmail.objects.order_by("pk")[before:]
    assert letter.recipient == owner
    assert inside(browser_of(owner))


def test_s34_an_address_nobody_confirmed_opens_nothing():
    stranger = person()
    EmailAddress.objects.create(user=stranger, email=NEW, verified=False)
    client = Client()
    client.post(reverse(ASK), {"email": NEW})
    client.post(reverse("account_login"), {"login": NEW, "password": PASSWORD})
    assert not inside(client)
    assert OutgoingEmail.objects.get().subject == "Aucun compte à cette adresse"


def test_s38_a_new_address_that_has_an_account_gets_the_page_of_one_that_has_none():
    """S-38: when one changes one's own; only who reads the box learns more."""
    me, pages = person(), []
    for address in (person().email, "inconnue@exemple.quebec"):
        client = browser_of(me)
        confirmed_again(client)
        answer = want_address(client, address)
        text = client.get(reverse("accounts:email")).text.replace(address, "X")
        pages.append((answer.status_code, answer.url, re.sub(r'value="[^"]*"', "", text)))
        assert OutgoingEmail.objects.filter(to_address=address).count() == 1
        EmailAddress.objects.filter(user=me, verified=False).delete()
    assert pages[0] == pages[1]


def test_s38_an_address_that_became_somebody_elses_is_refused_in_words():
    """S-38: the link was sent, the address went to another account meanwhile; once a 500."""
    user = person()
    client = browser_of(user)
    confirmed_again(client)
    want_address(client, NEW)
    link = link_in(OutgoingEmail.objects.get(to_address=NEW))
    UserFactory(email=NEW)
    assertContains(client.post(link, follow=True), "celle d’un autre compte")
    user.refresh_from_db()
    assert user.email != NEW


def test_s14_atn_gives_nobody_an_address_that_opens_another_account():
    owner = person()
    EmailAddress.objects.create(user=owner, email=NEW, verified=True)
    with pytest.raises(actions.AccountRefused):
        corrected(person(), email=NEW)
    with pytest.raises(actions.AccountRefused):
        actions.create_account(
            first_name="A", last_name="B", email=NEW.upper(), by=None, at=timezone.now()
        )


def of_two_addresses(**fields):
    """NEW is the second one, of an account that became one with theirs."""
    owner = person(**fields)
    EmailAddress.objects.create(user=owner, email=NEW, verified=True)
    return owner


def test_s34_strangers_who_type_a_second_address_do_not_keep_its_owner_out():
    """S-34: an address that is nobody's gets three letters an hour, and a code then none."""
    owner = of_two_addresses(language=Language.ENGLISH)
    for number in range(4):
        Client().post(reverse(ASK), {"email": NEW}, REMOTE_ADDR=f"198.51.100.{number}")
    client = Client()
    client.post(reverse(ASK), {"email": NEW.upper()})
    client.post(reverse(CONFIRM), {"code": latest_code(owner)})
    assert inside(client)
    Client().post(reverse("account_reset_password"), {"email": NEW})
    letters = OutgoingEmail.objects.filter(recipient=owner)
    assert set(letters.values_list("to_address", flat=True)) == {NEW}
    subjects = list(letters.order_by("pk").values_list("subject", flat=True))
    assert all(each.startswith("Your code") for each in subjects[:5])
    assert subjects[5:] == ["Choose a new password"]


def a_device_by_letter(owner):
    client = Client()
    client.get(reverse("accounts:device", args=[way_in_token(owner)]))
    return client


@pytest.mark.parametrize("known", [a_device_of, a_device_by_letter])
def test_s34_a_device_of_the_owner_is_known_by_their_second_address_too(known):
    device = known(of_two_addresses())
    typed = {"login": NEW, "password": PASSWORD}
    for _ in range(GUESSES.amount):
        Client().post(reverse("account_login"), typed | {"password": "faux"})
    stranger = Client()
    for each in (stranger, device):
        each.post(reverse("account_login"), typed)
    assert [inside(stranger), inside(device)] == [False, True]


def test_a_person_is_named_by_any_address_that_opens_their_account():
    owner = of_two_addresses()
    EmailAddress.objects.create(user=person(), email="jamais@exemple.quebec", verified=False)
    closed = person(is_active=False)
    assert PersonField().clean(NEW.upper()) == owner
    for address in ("jamais@exemple.quebec", closed.email):
        with pytest.raises(ValidationError):
            PersonField().clean(address)


# What ends sessions


def test_s49_a_new_address_ends_the_other_sessions_and_is_told_to_the_old_one():
    """S-49: a thief who changes the address is seen, and leaves nothing open."""
    user = person()
    old = user.email
    here, there = browser_of(user), browser_of(user)
    changed_address(here)
    user.refresh_from_db()
    assert user.email == NEW
    assert not knows(there)
    (told,) = OutgoingEmail.objects.filter(to_address=old)
    assert "s’ouvre maintenant par une autre" in told.text
    assert OutgoingEmail.objects.filter(recipient=user, text__contains="a changé").exists()


def test_s49_the_session_in_which_an_address_is_confirmed_goes_on_under_another_name():
    user = person()
    here, there = browser_of(user), browser_of(user)
    confirmed_again(here)
    want_address(here, NEW)
    stolen = key(here)
    here.post(link_in(OutgoingEmail.objects.get(to_address=NEW)))
    assert [knows(here), knows(there)] == [True, False]
    assert not Session.objects.filter(pk=stolen).exists()


def test_s49_an_address_that_atn_corrects_ends_the_sessions_and_the_codes_of_the_old_one():
    """S-49: whoever reads the old box keeps neither a session nor a code that is on its way."""
    user = person()
    there, late = browser_of(user), Client()
    late.post(reverse(ASK), {"email": user.email})
    code = latest_code(user)
    corrected(user, email=NEW)
    assert not knows(there)
    answer = late.post(reverse(CONFIRM), {"code": code}, follow=True)
    assertContains(answer, "Ce code ne sert plus")
    assert not inside(late)


def test_s49_a_name_that_is_corrected_ends_nothing():
    user = person()
    there = browser_of(user)
    corrected(user, first_name="Autre")
    assert knows(there)


def test_s11_an_account_opened_again_wakes_no_session():
    """S-11: the sessions of a closed account are gone, not asleep."""
    user, admin = person(), UserFactory(role=Role.ADMINISTRATOR)
    there = browser_of(user)
    actions.close_account(user=user, by=admin, at=timezone.now())
    actions.open_account(user=user, by=admin, at=timezone.now())
    assert not knows(there)
    assert inside(browser_of(user))


def opened_hours_ago(client) -> int:
    """When, once it was made so."""
    session = client.session
    session[OPENED] -= 5 * 60 * 60
    session.save()
    return session[OPENED]


def installed(client) -> None:
    confirmed_again(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    typed = {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))}
    assert client.post(reverse("mfa_activate_totp"), typed).status_code == 302


def test_s44_sessions_that_never_showed_the_factor_end_when_it_is_set_up(transactional_db):
    """S-44: else, named responsable, their owner would go on there without showing any."""
    user = person()
    before, here = browser_of(user), browser_of(user)
    planted = key(here)
    opened = opened_hours_ago(here)
    installed(here)
    ResponsibilityFactory(user=user)
    assert [knows(before), knows(here)] == [False, True]
    # S-31: and the name that somebody knew of this one is dead.
    assert key(here) != planted
    assert not Session.objects.filter(pk=planted).exists()
    assert [each.session_id for each in user.open_sessions.all()] == [key(here)]
    # S-31: nor does it last longer than it would have.
    assert here.session[OPENED] == opened


def test_s49_a_factor_that_is_removed_ends_the_other_sessions(transactional_db):
    user = person()
    here = browser_of(user)
    installed(here)
    there = browser_of(user)
    there.post(reverse(FACTOR), {"code": user.authenticator_set.get(
        type="recovery_codes").wrap().get_unused_codes()[0]})  # fmt: skip
    assert knows(there)
    opened = opened_hours_ago(here)
    here.post(reverse("mfa_deactivate_totp"))
    assert [knows(here), knows(there)] == [True, False]
    assert here.session[OPENED] == opened


# The second factor


def enter(user, code, client=None) -> Client:
    client = client or Client()
    by_password(client, user)
    client.post(reverse(FACTOR), {"code": code})
    return client


def test_s33_a_code_of_the_application_serves_once_whatever_becomes_of_the_cache():
    """S-33: good for ninety seconds, it was forgotten after thirty, or when Redis went (F-05)."""
    user, code = guarded(), application_code()
    assert inside(enter(user, code))
    cache.clear()
    assert not inside(enter(user, code))
    assert not inside(enter(user, application_code(-1)))  # an older one, read over a shoulder
    assert inside(enter(user, application_code(1)))


def test_s33_a_code_shown_at_sign_in_does_not_confirm_who_is_there_afterwards():
    user, code = guarded(), application_code()
    client = enter(user, code)
    cache.clear()
    answer = client.post(reverse("mfa_reauthenticate"), {"code": code})
    assert answer.context["form"].errors["code"]
    assert not any(door.get("reauthenticated") for door in client.session[DOORS])
    # The next one does.
    client.post(reverse("mfa_reauthenticate"), {"code": application_code(1)})
    assert client.session[DOORS][-1]["reauthenticated"]


def test_s33_the_code_that_set_the_application_up_opens_nothing_more(transactional_db):
    user = person()
    client = browser_of(user)
    confirmed_again(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert not inside(enter(user, code))


def test_s34_whoever_knows_the_password_does_not_burn_the_tries_of_the_factor():
    """S-34: on a device of the owner, the right code opens while a thief guesses."""
    user = guarded()
    device = enter(user, application_code())
    device.post(reverse("account_logout"))
    for number in range(8):
        enter(user, f"{number:06d}")
    assert not inside(enter(user, application_code(1)))
    assert inside(enter(user, application_code(1), device))


def test_s33_the_tries_of_a_known_device_are_counted_too():
    user = guarded()
    device = enter(user, application_code())
    device.post(reverse("account_logout"))
    for number in range(12):
        enter(user, f"{number:06d}", device)
    assert not inside(enter(user, application_code(1), device))


def test_s33_with_a_factor_nobody_changes_the_address_without_showing_it_again():
    """S-33: a session left open for a minute would be an account lost."""
    user, client = UserFactory(role=Role.UMQ_COORDINATOR), Client()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    answer = want_address(client, NEW)
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert not EmailAddress.objects.filter(email=NEW).exists()
    client.post(answer.headers["Location"], {"code": application_code()})
    assert EmailAddress.objects.filter(email=NEW, verified=False).exists()


# Codes


def test_s33_a_hundred_guesses_at_once_are_three():
    """S-33: each of them read the session before any wrote its count there."""
    user, client = person(), Client()
    client.post(reverse(ASK), {"email": user.email})
    row = Session.objects.get(pk=client.session.session_key)
    for _ in range(3):
        client.post(reverse(CONFIRM), {"code": "AAAA-AAAA"})
        row.save()  # as if this guess had been read before the last was written
    client.post(reverse(CONFIRM), {"code": latest_code(user)})
    assert not inside(client)


def test_s33_a_code_opens_in_the_browser_that_asked_and_nowhere_else():
    user, asker, other = person(), Client(), Client()
    asker.post(reverse(ASK), {"email": user.email})
    other.post(reverse(ASK), {"email": person().email})
    code = latest_code(user)
    other.post(reverse(CONFIRM), {"code": code})
    assert not inside(other)
    asker.post(reverse(CONFIRM), {"code": code})
    assert inside(asker)
    asker.post(reverse("account_logout"))
    asker.post(reverse(CONFIRM), {"code": code})
    assert not inside(asker)


def test_s33_a_new_code_puts_an_end_to_the_one_before():
    user, client = person(), Client()
    client.post(reverse(ASK), {"email": user.email})
    first = latest_code(user)
    client.post(reverse("account_logout"))
    client.post(reverse(ASK), {"email": user.email})
    client.post(reverse(CONFIRM), {"code": first})
    assert not inside(client)


def test_s34_one_subscriber_of_ipv6_is_one_place_for_codes():
    user = person()
    for number in range(12):
        place = f"2001:db8:1:2::{number + 1:x}"
        Client().post(reverse(ASK), {"email": user.email}, REMOTE_ADDR=place)
    assert OutgoingEmail.objects.filter(subject__startswith="Votre code").count() == 5


def test_s35_ipv4_told_in_the_words_of_ipv6_is_not_one_place_for_all(rf):
    """S-35: « ::ffff:… » is one /64; the whole province was one visitor there."""
    told = [rf.post("/", REMOTE_ADDR=f"::ffff:203.0.113.{n}") for n in (7, 8)]
    assert [ratelimit.get_ip(each) for each in told] == ["203.0.113.7", "203.0.113.8"]


# Where one is sent afterwards

ELSEWHERE = (
    "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example",
    "javascript:alert(1)", "http:evil.example", "http:///evil.example", "\t//evil.example",
    "https://testserver@evil.example", "https://contenus.exemple.quebec/x", "//127.0.0.1/",
)  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_door_leads_to_another_site_nor_to_where_packages_of_strangers_run(settings, target):
    """The host of packages stands in ALLOWED_HOSTS, which the library takes for ours."""
    settings.ALLOWED_HOSTS = ["testserver", "contenus.exemple.quebec", "127.0.0.1"]
    user = person()
    typed = {"login": user.email, "password": PASSWORD, "next": target}
    assertRedirects(Client().post(reverse("account_login"), typed), "/")
    client = Client()
    client.post(reverse(ASK), {"email": user.email, "next": target})
    code = {"code": latest_code(user), "next": target}
    assertRedirects(client.post(reverse(CONFIRM), code), "/")
    assertRedirects(client.post(reverse("account_logout"), {"next": target}), "/")
    assert not inside(client)


def test_the_set_up_of_a_factor_never_ends_on_another_site():
    """« //evil.example » is a path to us, and another site to whoever clicks on it."""
    client = Client()
    client.force_login(ResponsibilityFactory(second_factor=False).user)
    client.get("/", PATH_INFO="//evil.example/x")
    assert "evil" not in str(dict(client.session))


def test_a_device_of_the_owner_asks_for_nobody_else():
    owner, other = person(), person()
    device = a_device_of(owner)
    by_password(device, other)
    assert device.session["_auth_user_id"] == str(other.pk)
