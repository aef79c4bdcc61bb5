"""Hostile words in every field, and hostile requests to every address of the site."""

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client

from tests.access.test_walk import client_of, words
from tests.access.walk import address, ask, routes
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
OURS = ("accounts", "municipalities", "courses", "enrollments", "certificates", "notifications")
TRAP = "\"'><svg/onload=x1>{{7*7}}${7*7}</script><x>' OR 1=1--"
DOORS = ("/compte/login/", "/compte/login/code/", "/compte/logout/", "/admin/login/")
AWAY = [
    "//ailleurs.example",
    "/\\ailleurs.example",
    "///ailleurs.example",
    "/%09//ailleurs.example",
    "\t//ailleurs.example",
    "https:ailleurs.example",
    "javascript:alert(1)",
    "//moi@ailleurs.example",
    "https://ailleurs.example",
    "/a\r\nSet-Cookie: x=1",
]
# Those that pages read, those that they might, and those of the admin's lists.
PARAMETERS = (
    *("annee", "cours", "essai", "etat", "identifiant", "organisations", "page", "personne"),
    *("q", "qui", "quiz", "tri", "voir", "periode", "region", "o", "e", "_facets", "user__id"),
)
# Where the answer says by its own status that a part of the machine is away.
NOT_A_PAGE = {"health-ready"}


def everywhere(world):
    for name, route, _view in routes():
        if name not in NOT_A_PAGE:
            yield name, address(name, route, world)


def words_of(model) -> list[str]:
    """The fields of free words: no choice, no key, no address that a path or a mail is made of."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if type(field) in {models.CharField, models.TextField}
        and not (field.choices or field.unique or field.db_index)
        and field.name not in {"code", "key", "password", "digest", "kind", "state", "language"}
        and (field.max_length or 1000) >= len(TRAP)
    ]


def poison() -> int:
    """Write the trap in every free field of every row; how many columns took it."""
    taken = 0
    for model in (each for label in OURS for each in apps.get_app_config(label).get_models()):
        for name in words_of(model):
            try:
                with transaction.atomic():
                    taken += bool(model.objects.update(**{name: TRAP}))
            except DatabaseError:  # what is frozen stays as it was, and a format is a format
                continue
    return taken


def test_s51_words_that_look_like_markup_are_shown_as_words(world):
    taken = poison()
    wrong, shown = [], 0
    for role in ("learner", "responsible", "administrator"):
        client = client_of(world, role)
        for name, target in everywhere(world):
            answer = client.get(target)
            if answer.status_code >= 500:
                wrong.append((role, name, answer.status_code))
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                page = words(answer)
                wrong += [(role, name) for sign in ("<svg/onload", "</script><x>") if sign in page]
                shown += "&lt;svg/onload=x1&gt;{{7*7}}${7*7}" in page
    assert wrong == []
    # The trap was set, and pages did show it.
    assert taken > 20
    assert shown > 20


def test_s75_nothing_is_changed_by_a_form_of_another_site(world):
    """As who may do most; a page that takes no form says so, whoever asks."""
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://ailleurs.example"})
    client.force_login(world.people["administrator"])
    answers = {name: ask(client, "post", target) for name, target in everywhere(world)}
    taken = {name for name, answer in answers.items() if answer.status_code not in {403, 404, 405}}
    assert taken == set()
    assert sum(answer.status_code == 403 for answer in answers.values()) > 100


def test_s67_b87_parameters_that_nobody_offered_break_no_page(world):
    client = client_of(world, "administrator")
    values = ("user__password", "%ff", "a.b--", "9" * 19, "%EF%BC%91", "1.0")
    query = "&".join(f"{name}={value}" for name in PARAMETERS for value in values)
    broken = [
        (name, asked[:9])
        for name, target in everywhere(world)
        for asked in (query, "page[]=1", "a=1&" * 2000)
        if client.get(f"{target}?{asked}").status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize(
    "path", ["/%ff/", "/%00/", "/cours/%ff/", "/rencontres/１/", "/" + "a" * 8192]
)
def test_b87_addresses_that_are_no_text_lead_nowhere(client, path):
    assert client.get(path).status_code in {302, 400, 404}


HOSTS = ["ailleurs.example", "testserver.ailleurs.example", "testserver@ailleurs.example", "a b"]


@pytest.mark.parametrize("host", HOSTS)
def test_s73_a_host_that_is_not_ours_is_refused(client, host):
    assert client.get("/aide/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-Host", "Forwarded"])
def test_s73_letters_lead_to_the_site_whatever_the_request_says(
    client, mailoutbox, settings, django_capture_on_commit_callbacks, header
):
    person = UserFactory()
    said = {header: "host=ailleurs.example" if header == "Forwarded" else "ailleurs.example"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/compte/password/reset/", {"email": person.email}, headers=said)
        page = client.post("/compte/login/code/", {"email": person.email}, headers=said)
    assert len(mailoutbox) == 2
    for letter in mailoutbox:
        whole = letter.message().as_string() + letter.body
        assert settings.SITE_URL in whole
        assert "ailleurs" not in whole
    assert "ailleurs" not in page.content.decode() + page.headers.get("Location", "")


@pytest.mark.parametrize("away", AWAY)
def test_s72_whoever_signs_in_or_out_stays_on_this_site(client, away):
    person = UserFactory()
    person.set_password("une longue phrase de passe")
    person.save()
    typed = {"login": person.email, "password": "une longue phrase de passe", "next": away}
    there = [client.post("/compte/login/", typed)]
    assert client.session.get("_auth_user_id") == str(person.pk)
    there += [client.get(door, {"next": away}) for door in DOORS]
    there += [client.post("/compte/logout/", {"next": away})]
    for answer in there:
        where = answer.headers.get("Location", "/")
        assert where.startswith("/"), where
        assert not where.startswith(("//", "/\\", "/\t")), where
