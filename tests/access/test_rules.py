"""Rules of chapter A on every address that they speak of, not on a few that were thought of."""

import re
from copy import deepcopy
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import Client

from atn_platform.accounts.actions import end_role, grant_role
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from municipalities.models import Invitation, Mandate, Organisation, Responsibility
from tests.access import table
from tests.access.test_walk import client_of
from tests.access.walk import address, ask, outcome, routes
from tests.factories import NOON, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.ignore_template_errors]
# What leads to nothing at all, of each kind that an address may hold.
NOTHING = {"pk": "987654321", "handle": "99999", "code": "zzz-999", "key": "zz", "number": "ATN-0"}
# What somebody may add to any form, beside what it asks for.
UNASKED = {
    "role": "administrator", "roles": "administrator", "is_staff": "on", "is_superuser": "on",
    "groups": "1", "verified": "1", "email_verified_at": "2026-01-01", "is_responsible": "on",
}  # fmt: skip
# What many forms ask for, so that some of them are sound.
SOUND = {
    "first_name": "Luc", "last_name": "Roy", "email": "nouvelle@exemple.quebec", "ends_on": "",
    "function": "greffe", "public": "staff", "starts_on": "2026-01-01", "title": "Essai",
}  # fmt: skip


def of_nothing(world):
    found = deepcopy(world)
    nothing = NOTHING | {"uuid": str(uuid4())}
    for known in (found.arguments, *found.exceptions.values()):
        known |= {name: value for name, value in nothing.items() if name in known}
    return found


def same(answer) -> str:
    return re.sub(r'value="[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("role", ["neighbour", "learner"])
def test_s05_what_is_not_one_s_own_answers_as_what_is_not(role, world):
    """S-05: ids, codes, numbers and UUIDs, to read or to write: not to be told apart."""
    client, nowhere, told, seen = client_of(world, role), of_nothing(world), [], 0
    for name, route, _view in routes():
        if name not in table.ROWS or not table.allowed(name, role) <= {"404", "405"}:
            continue
        theirs, nothing = address(name, route, world), address(name, route, nowhere)
        if theirs == nothing:
            continue
        for method in ("get", "post"):
            here, there = ask(client, method, theirs), ask(client, method, nothing)
            seen += 1
            if (here.status_code, same(here)) != (there.status_code, same(there)):
                told.append((name, method, here.status_code, there.status_code))
    assert told == []
    assert seen > 10


def test_s27_no_address_listens_to_trace(world):
    """S-27: nor those of the administration, where any other method was once a GET."""
    client = client_of(world, "administrator")
    heard = {}
    for name, route, _view in routes():
        status = client.trace(address(name, route, world)).status_code
        if status != HTTPStatus.METHOD_NOT_ALLOWED:
            heard[name or route] = status
    assert heard == {}


def powers(place) -> set[tuple]:
    """What anybody may do on the platform, and all that belongs to municipality B."""
    of_place = {"organisation": place}
    return {
        *RoleGrant.objects.filter(ended_at=None).values_list("user", "role"),
        *User.objects.filter(Q(is_staff=True) | Q(is_superuser=True)).values_list("pk"),
        *Responsibility.objects.filter(**of_place).values_list("user", "pk", "ends_on"),
        *Mandate.objects.filter(**of_place).values_list("user", "pk", "starts_on", "ends_on"),
        *Invitation.objects.filter(**of_place).values_list("email", "pk"),
    }


@pytest.mark.parametrize("role", ["learner", "responsible"])
def test_s13_no_form_listens_to_what_it_does_not_ask(role, world):
    """S-13: fields of power, and those that name another municipality, sent to every address."""
    place = Organisation.objects.get(code="90002")
    sent = UNASKED | SOUND | dict.fromkeys(("organisation", "municipality", "place"), place.pk)
    client, before, asked = client_of(world, role), powers(place), 0
    for name, route, _view in routes():
        if table.is_library(name, route) or name in table.DOORS:
            continue
        with transaction.atomic():
            answer = client.post(address(name, route, world), sent)
            assert powers(place) - before == set(), name
            transaction.set_rollback(True)
        asked += answer.status_code not in {403, 404, 405}
    assert asked > 10


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.ADMINISTRATOR, "/admin/"),
        (Role.UMQ_COORDINATOR, "/rapports/participation/"),
        (Role.INSTRUCTOR, "/accompagnement/"),
        (Role.COACH, "/accompagnement/plages/"),
    ],
)
def test_s11_each_role_is_over_at_the_next_request(role, page):
    """S-11: two browsers, as on two servers: nothing of the role is kept in a session."""
    UserFactory(role=Role.ADMINISTRATOR)  # one must remain
    user, by = UserFactory(), UserFactory()
    browsers = [Client(raise_request_exception=False) for _n in range(2)]
    for browser in browsers:
        browser.force_login(user)
    outside = {outcome(each.get(page)) for each in browsers}
    grant_role(user=user, role=role, by=by, at=NOON)
    user.authenticator_set.create(type="totp", data={"secret": "x"})
    assert {each.get(page).status_code for each in browsers} == {200}
    end_role(user=user, role=role, by=by, at=NOON)
    assert {outcome(each.get(page)) for each in browsers} == outside
    assert outside & {"403", "404", "login"}
