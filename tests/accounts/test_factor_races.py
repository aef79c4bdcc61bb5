"""Keys that were copied, and codes that are shown twice at once."""

import threading
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import connection
from django.test import Client
from django.urls import reverse

from atn_platform.accounts import actions
from atn_platform.accounts.actions.factors import SIGNED
from tests.accounts.authenticator import SecurityKey
from tests.accounts.test_limits import by_password, inside, person

# allauth prints variables it may not have
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

LOGIN, ENTER = reverse("mfa_login_webauthn"), reverse("mfa_authenticate")


def come_in(key, **shown):
    """By the key alone; the browser afterwards, and what the page of the doors says."""
    client = Client(HTTP_HOST="testserver")
    asked = client.get(LOGIN, headers={"X-Requested-With": "XMLHttpRequest"}, secure=True)
    challenge = asked.json()["request_options"]["publicKey"]["challenge"]
    answer = client.post(
        LOGIN, {"credential": key.answer(challenge, **shown)}, follow=True, secure=True
    )
    return client, answer.text


@pytest.mark.parametrize("counted", [0, 7])
def test_s33_a_key_that_counts_opens_as_long_as_it_counts_on(counted):
    """WebAuthn 6.1.1, from what it said when it was added."""
    key = SecurityKey(person(), counted=counted)
    for count in (counted + 1, counted + 2, counted + 9):
        client, _page = come_in(key, count=count)
        assert inside(client)
    for count in (counted + 9, counted + 3, 0):
        client, page = come_in(key, count=count)
        assert not inside(client)
        assert "copiée" in page
    key.row.refresh_from_db()
    assert key.row.data[SIGNED] == counted + 9
    client, _page = come_in(key, count=counted + 10)
    assert inside(client)


def test_a_key_that_never_counts_opens_each_time():
    """Those that the telephones of one person share always say nought."""
    key = SecurityKey(person())
    for _n in range(3):
        client, _page = come_in(key, count=0)
        assert inside(client)


def test_s33_a_copy_is_no_second_factor_either_and_the_page_says_so():
    user = person()
    key = SecurityKey(user, counted=5)
    client = Client()
    by_password(client, user)
    page = client.get(ENTER, secure=True)
    challenge = page.context["js_data"]["request_options"]["publicKey"]["challenge"]
    shown = {"credential": key.answer(challenge, count=5)}
    assert "copiée" in client.post(ENTER, shown, secure=True).text
    assert not inside(client)
    page = client.get(ENTER, secure=True)
    challenge = page.context["js_data"]["request_options"]["publicKey"]["challenge"]
    client.post(ENTER, {"credential": key.answer(challenge, count=6)}, secure=True)
    assert inside(client)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "opened"), [(True, 1), (False, 2)])
@pytest.mark.parametrize("what", ["recovery", "key"])
def test_s33_one_code_or_one_signature_shown_twice_at_once_counts_once(
    monkeypatch, what, locked, opened
):
    """The control, without the lock on the row, counts both."""
    user, code = person(), ""
    if what == "recovery":
        code = RecoveryCodes.activate(user).get_unused_codes()[0]
        show = partial(actions.show_factor, user=user, code=code)
    else:
        show = partial(actions.count_signature, SecurityKey(user).row, count=1)
    # Between what each has read and what it writes.
    owner, step = (RecoveryCodes, "_mark_code_used") if code else (Authenticator, "wrap")
    met, shown, real = threading.Barrier(2, timeout=5), [], getattr(owner, step)

    def together(*asked):
        if not locked:
            met.wait()
        return real(*asked)

    monkeypatch.setattr(owner, step, together)
    if not locked:
        queryset = type(Authenticator.objects.all())
        monkeypatch.setattr(queryset, "select_for_update", lambda self, **kw: self)

    def run():
        try:
            shown.append(bool(show()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert shown.count(True) == opened
