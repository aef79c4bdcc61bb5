"""Roles given and taken back, and what the journal keeps of it."""

import pytest

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant
from atn_platform.audit.models import Entry
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db


def journal():
    return list(Entry.objects.order_by("pk").values_list("verb", "actor", "target", "details"))


def test_a_role_is_given_once_and_written_in_the_journal():
    admin, user = UserFactory(role=Role.ADMINISTRATOR), UserFactory()
    given = [actions.grant_role(user=user, role=Role.COACH, by=admin, at=NOON) for _ in range(2)]
    assert given == [True, False]
    assert user.roles == {Role.COACH}
    assert journal() == [("role.granted", admin.pk, str(user.pk), {"role": "coach"})]
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_an_administrator_opens_the_administration_as_long_as_the_role_lasts():
    first, second = UserFactory(role=Role.ADMINISTRATOR), UserFactory()
    actions.grant_role(user=second, role=Role.ADMINISTRATOR, by=first, at=NOON)
    second.refresh_from_db()
    assert (second.is_staff, second.is_superuser) == (True, True)
    assert second.needs_second_factor
    ended = [
        actions.end_role(user=second, role=Role.ADMINISTRATOR, by=first, at=NOON) for _ in range(2)
    ]
    second.refresh_from_db()
    assert ended == [True, False]
    assert (second.is_staff, second.is_superuser, second.roles) == (False, False, frozenset())
    assert [verb for verb, *_rest in journal()] == ["role.granted", "role.ended"]


def test_a_role_that_ended_may_be_given_again_and_its_past_stays():
    user = UserFactory()
    for change in (actions.grant_role, actions.end_role, actions.grant_role):
        change(user=user, role=Role.INSTRUCTOR, by=None, at=NOON)
    assert RoleGrant.objects.filter(user=user).count() == 2
    assert user.has_role(Role.INSTRUCTOR)


def test_the_last_administrator_keeps_the_keys():
    admin = UserFactory(role=Role.ADMINISTRATOR)
    with pytest.raises(actions.RoleRefused, match="Une personne au moins"):
        actions.end_role(user=admin, role=Role.ADMINISTRATOR, by=admin, at=NOON)
    admin.refresh_from_db()
    assert admin.is_superuser
    assert journal() == []
