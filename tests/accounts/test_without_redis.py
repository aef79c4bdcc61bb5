"""Sign-in beside a Redis that refuses connections: doors open, and limits are still counted."""

import re
import socket
from contextlib import closing

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from atn_platform.accounts.limits import GUESSES
from atn_platform.core import cache as module
from atn_platform.notifications.models import OutgoingEmail
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "quatre mots sans lien"
ASK, CONFIRM = "account_request_login_code", "account_confirm_login_code"


@pytest.fixture(autouse=True)
def stopped_redis(settings, monkeypatch):
    """Production's cache, at a port of this machine where nothing listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setattr(module, "breaker", module.Breaker())
    settings.CACHES = {
        "default": {
            "BACKEND": "atn_platform.core.cache.RedisOrMemoryCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
        }
    }
    caches["default"].clear()
    yield
    caches["default"].clear()


def person():
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    return user


def by_password(client, user, password):
    typed = {"login": user.email, "password": password}
    return client.post(reverse("account_login"), typed)


def test_f05_a_code_and_a_password_open_the_door_without_redis():
    """F-05: pages too."""
    user, client = person(), Client()
    client.post(reverse(ASK), {"email": user.email})
    letter = OutgoingEmail.objects.get()
    code = re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", letter.text, re.MULTILINE)[1]
    assert client.post(reverse(CONFIRM), {"code": code}).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200
    other = Client()
    assert by_password(other, user, PASSWORD).status_code == 302
    assert other.session["_auth_user_id"] == str(user.pk)
    assert module.breaker.closed()  # Redis was asked, and did not answer


def test_limits_are_counted_without_redis():
    user = person()
    for _ in range(GUESSES.amount):
        by_password(Client(), user, "faux")
    late = Client()
    assertContains(by_password(late, user, PASSWORD), 'role="alert"')
    assert "_auth_user_id" not in late.session
