"""What a password may be, by the page where one is chosen and at the door."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains

from tests.accounts.test_limits import by_password, inside
from tests.factories import MandateFactory, MunicipalityFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
SET = reverse("account_set_password")
REAL = ["atn_platform.accounts.hashers.Argon2Hasher"]


@pytest.fixture
def chantal(client):
    """Someone of Saint-Cœur-de-Marie, without a password as yet."""
    user = UserFactory(email="chantal@exemple.quebec")
    MandateFactory(user=user, organisation=MunicipalityFactory(name="Saint-Cœur-de-Marie"))
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    return user


def choose(client, password: str):
    return client.post(SET, {"password1": password, "password2": password})


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("onzelettres", "au minimum 12"),
        ("x7" * 65, "dépasse 128"),
        ("Municipalite2026!", "se devine"),
        ("saint-coeur-de-marie 2026", "se devine"),
        ("SaintCœurDeMarie!!", "se devine"),
        ("mot de passe 123", "se devine"),
        ("bonjourbonjour", "se devine"),
        ("123456789012", "numérique"),
        ("chantal@exemple", "trop semblable"),
    ],
)
def test_s40_a_weak_password_is_refused_with_its_reason_in_french(
    client, chantal, password, reason
):
    page = choose(client, password)
    said = " ".join(page.context["form"].errors["password1"])
    assert reason in said, said
    chantal.refresh_from_db()
    assert not chantal.has_usable_password()


@pytest.mark.parametrize(
    "password",
    [
        "douze lettre",
        "quatre mots sans lien",
        "🦫🦫 castor du lac 🦫🦫",
        "é" * 5 + "abcdefghijklm",
        "orignal " * 16,
        "municipalité et 3 raquettes jaunes",
    ],
)
def test_s40_long_phrases_spaces_and_emoji_are_taken_whole(client, chantal, settings, password):
    """S-40: 12 to 128 characters; neither cut nor folded; the 73rd byte counts."""
    settings.PASSWORD_HASHERS = REAL
    assert choose(client, password).status_code == 302
    chantal.refresh_from_db()
    stripped = password.strip()
    for typed, opens in (
        (password, True),
        (password.swapcase(), password == password.swapcase()),
        (stripped[:-1] + "?", False),
    ):
        door = Client()
        by_password(door, chantal, typed)
        assert inside(door) is opens, typed


def test_s40_a_composed_and_a_decomposed_accent_are_the_same_password(client, chantal):
    assert choose(client, "été à la rivière").status_code == 302
    door = Client()
    by_password(door, chantal, "e\u0301te\u0301 a\u0300 la rivie\u0300re")
    assert inside(door)


@pytest.mark.parametrize("page", ["account_set_password", "account_login"])
def test_s40_a_password_may_be_pasted(client, chantal, page):
    """S-40: no script nor attribute stands in the way of a password manager."""
    if page == "account_login":
        client.logout()
    text = client.get(reverse(page)).content.decode()
    assert "onpaste" not in text
    assert 'autocomplete="new-password"' in text or 'autocomplete="current-password"' in text


DOORS = {
    "account_login": "password",
    "account_set_password": "password1",
    "account_reauthenticate": "password",
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("password", "status"), [("a" * 1_000_000, 413), ("douze\0lettres", 400)])
def test_s41_a_monstrous_password_is_refused_before_it_is_hashed(
    client, chantal, settings, door, password, status
):
    """S-41: no hash is made of it, so that 10,000 of them cost no more than reading them."""
    settings.PASSWORD_HASHERS = ["tests.accounts.test_passwords.NeverHash"]
    if door == "account_login":
        client.logout()
    answer = client.post(reverse(door), {"login": chantal.email, DOORS[door]: password})
    assert answer.status_code == status


def test_s41_a_lone_surrogate_is_no_error_of_the_server(client, chantal):
    """S-41: browsers cannot send one; bytes can."""
    client.logout()
    body = b"login=chantal%40exemple.quebec&password=%ED%A0%80%ED%A0%80douze"
    answer = client.post(
        reverse("account_login"), body, content_type="application/x-www-form-urlencoded"
    )
    assertContains(answer, "mot de passe", status_code=answer.status_code)
    assert answer.status_code < 500


class NeverHash:
    """A hasher that nobody may reach."""

    algorithm = "never"

    def __init__(self) -> None:
        raise AssertionError("a password was hashed")
