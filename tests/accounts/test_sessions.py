"""Sessions: new at each sign-in, listed, closed by their owner or by ATN, and bounded in time."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.enums import Role
from atn_platform.accounts.http import OPENED, SEEN
from atn_platform.accounts.limits import SESSION, STAFF_SESSION
from atn_platform.accounts.middleware import Sessions
from atn_platform.accounts.privacy import TABLES
from atn_platform.audit.models import Entry
from atn_platform.core.personal import rows_of
from atn_platform.notifications.models import OutgoingEmail
from tests.accounts.test_admin import PEOPLE, ticked
from tests.accounts.test_limits import PASSWORD, by_code, by_password, inside, person
from tests.accounts.test_second_factor import ENTER, enter_by_code, install
from tests.factories import ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:sessions")
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"


def key(client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser_of(user, agent=PHONE) -> Client:
    client = Client(headers={"User-Agent": agent})
    by_password(client, user)
    return client


def knows(client) -> bool:
    return client.get("/mes-cours/").status_code == 200


def letters(user) -> list[str]:
    found = OutgoingEmail.objects.filter(recipient=user, key__startswith="account-")
    return list(found.order_by("pk").values_list("text", flat=True))


def verbs() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def test_s31_the_session_has_another_name_after_sign_in_and_the_old_one_is_dead():
    """S-31: what an attacker planted before is worth nothing after."""
    user, client = person(), Client()
    client.get(reverse("account_login"))
    client.post(reverse("account_request_login_code"), {"email": user.email})
    planted = key(client)
    by_code(client, user)
    assert inside(client)
    assert key(client) != planted
    assert not Session.objects.filter(pk=planted).exists()
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not knows(thief)


def test_s31_the_session_has_another_name_after_the_second_factor(client, transactional_db):
    """S-31: the name known before the second factor opens nothing."""
    duty = ResponsibilityFactory(second_factor=False)
    duty.user.set_unusable_password()
    duty.user.save()
    client.force_login(duty.user)
    install(client)
    client.get(reverse("mfa_view_recovery_codes"))
    code = duty.user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    client.post(reverse("account_logout"))
    assertRedirects(enter_by_code(client, duty.user), ENTER)
    before = key(client)
    client.post(ENTER, {"code": code})
    assert inside(client)
    assert key(client) != before
    assert not Session.objects.filter(pk=before).exists()


def test_s32_after_leaving_the_cookie_is_dead_and_no_page_stays_in_the_browser():
    """S-32: « Back » asks the site again, which knows nobody."""
    user = person()
    client = browser_of(user)
    page = client.get("/compte/")
    assert "no-store" in page.headers["Cache-Control"]
    old = key(client)
    client.post(reverse("account_logout"))
    client.cookies[settings.SESSION_COOKIE_NAME] = old
    assert not knows(client)
    assertNotContains(client.get("/"), user.get_full_name())


def test_s49_a_person_sees_their_browsers_and_closes_one():
    """S-49: it works, is mailed to the person, and is logged."""
    user = person()
    phone, tablet = browser_of(user), browser_of(user, IPAD)
    browser_of(person())
    page = phone.get(PAGE)
    assertContains(page, "Chrome, Android")
    assertContains(page, "Safari, iPad")
    assertContains(page, "cet appareil", count=1)
    assert len(page.context["opened"]) == 2
    row = user.open_sessions.get(session_id=key(tablet))
    phone.post(reverse("accounts:end-session", args=[row.pk]))
    assert knows(phone)
    assert not knows(tablet)
    assert verbs() == ["account.sessions-ended"]
    (letter,) = letters(user)
    assert "Des sessions de votre compte ont été fermées" in letter


def test_s49_a_person_closes_all_the_others_or_the_one_they_are_in():
    user = person()
    here, *others = (browser_of(user) for _ in range(3))
    here.post(reverse("accounts:end-other-sessions"))
    assert [knows(each) for each in (here, *others)] == [True, False, False]
    row = user.open_sessions.get()
    assertRedirects(here.post(reverse("accounts:end-session", args=[row.pk])), "/")
    assert not knows(here)


def test_s49_nobody_closes_the_session_of_somebody_else():
    mine, theirs = browser_of(person()), browser_of(owner := person())
    row = owner.open_sessions.get()
    assert mine.post(reverse("accounts:end-session", args=[row.pk])).status_code == 404
    assert knows(theirs)


@pytest.mark.ignore_template_errors  # allauth prints variables it may not have
def test_s49_a_new_password_ends_the_other_sessions():
    user = person()
    here, there = browser_of(user), browser_of(user)
    typed = {"oldpassword": PASSWORD, "password1": "cinq mots sans aucun lien"}
    typed["password2"] = typed["password1"]
    answer = here.post(reverse("account_change_password"), typed)
    assert answer.status_code == 302
    assert (knows(here), knows(there)) == (True, False)
    assert [each.session_id for each in user.open_sessions.all()] == [key(here)]
    assert verbs() == ["account.password-changed"]
    assert "Le mot de passe de votre compte a changé" in letters(user)[0]


def test_s49_atn_ends_the_sessions_of_anyone(client):
    user = person()
    browsers = [browser_of(user), browser_of(user, IPAD)]
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    assertContains(ticked(client, PEOPLE, "end_sessions", user), "se connecter de nouveau")
    assert all(map(knows, browsers))
    ticked(client, PEOPLE, "end_sessions", user, confirmed=1)
    assert not any(map(knows, browsers))
    assert verbs() == ["account.sessions-ended"]
    assert len(letters(user)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_sessions_takes_the_same_queries_whatever_their_number(
    django_assert_num_queries, count
):
    user = person()
    for _ in range(count):
        client = browser_of(user)
    client.get(PAGE)  # the first page of a session asks once whether an address passed on
    with django_assert_num_queries(3):  # session, person, sessions
        assertContains(client.get(PAGE), "Chrome, Android</strong>", count=count)


def aged(client, name: str, seconds: int) -> None:
    """As if the session had been opened, or used last, so long ago."""
    session = client.session
    session[name] = int((timezone.now() - timedelta(seconds=seconds)).timestamp())
    session.save()


@pytest.mark.parametrize("clock", [OPENED, SEEN])
@pytest.mark.parametrize("staff", [True, False])
def test_s47_a_session_ends_at_rest_and_at_its_age_sooner_for_staff(client, clock, staff):
    """S-47: both limits of docs/sign-in.md, for whoever sees the records of others and not."""
    client.force_login(ResponsibilityFactory().user if staff else UserFactory())
    life = STAFF_SESSION if staff else SESSION
    limit = life.whole if clock == OPENED else life.idle
    aged(client, clock, limit - 60)
    assert knows(client)
    aged(client, clock, limit + 60)
    answer = client.get("/mes-cours/?q=1")
    assert answer.url.startswith("/compte/login/code/?next=/mes-cours/")
    assert not inside(client)


def test_s47_presence_is_noted_so_that_who_works_is_not_put_out(client):
    client.force_login(ResponsibilityFactory().user)
    aged(client, SEEN, STAFF_SESSION.idle - 60)
    client.get("/mes-cours/")
    assert timezone.now().timestamp() - client.session[SEEN] < 60


def test_p02_every_session_of_a_person_is_found_by_one_query_whatever_the_door(
    django_assert_num_queries,
):
    """P-02: beside each session stands its person, whom the session itself names under a seal."""
    user = person()
    for door in (by_code, by_password):
        door(Client(), user)
    changed = browser_of(user)
    changed.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": f"{PASSWORD} encore", "password2": ""},
    )
    browser_of(person())
    held = Session.objects.iterator()
    mine = {each.pk for each in held if each.get_decoded().get("_auth_user_id") == str(user.pk)}
    (table,) = (each for each in TABLES if each.model is Session)
    assert {about.of for about in table.about} == {"opened__user"}
    with django_assert_num_queries(1):
        assert {each.pk for each in rows_of(table, "opened__user", user)} == mine
    assert len(mine) == 3


@pytest.mark.parametrize("path", ["/compte/", "//ailleurs.example/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_s11_a_session_closed_while_its_page_is_made_leads_to_the_doors(monkeypatch, path, method):
    """S-11: by ATN, or by oneself elsewhere. Never a 400, nor another site."""
    user = person()
    browser = browser_of(user)
    session = browser.session
    session[SEEN] -= SESSION.idle // 10  # the request notes its hour
    session.save()

    def closed_meanwhile(self, request, response, _real=Sessions.__bases__[0].process_response):
        Session.objects.filter(pk=session.session_key).delete()
        return _real(self, request, response)

    monkeypatch.setattr(Sessions.__bases__[0], "process_response", closed_meanwhile)
    where = {"HTTP_REFERER": f"http://testserver{path}"} if method == "post" else {}
    names = {"first_name": "Zoé", "last_name": "Cyr"}
    answer = getattr(browser, method)(
        "/compte/" if method == "post" else path, names, follow=False, **where
    )
    assert answer.status_code in {302, 404}
    target = answer.headers.get("Location", "/")
    assert url_has_allowed_host_and_scheme(target, None)
    monkeypatch.undo()
    page = browser.get("/compte/", follow=True)
    assert not inside(browser)
    if method == "post":
        user.refresh_from_db()
        assert user.get_full_name() == "Zoé Cyr"
        assertContains(page, "Votre nom est enregistré.")
