"""Roles given and taken back, and what the journal keeps of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.audit.models import Entry
from municipalities.models import Responsibility
from tests.factories import NOON, ResponsibilityFactory, UserFactory

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


@pytest.mark.parametrize(
    ("starts", "ends", "answers"),
    [(0, None, True), (0, 0, True), (-9, -1, False), (1, None, False)],
)
def test_whoever_signs_in_is_read_with_what_they_may_do_today(
    django_assert_num_queries, starts, ends, answers
):
    today = timezone.localdate()
    user = UserFactory(role=Role.COACH)
    actions.grant_role(user=user, role=Role.INSTRUCTOR, by=None, at=NOON)
    actions.end_role(user=user, role=Role.INSTRUCTOR, by=None, at=NOON)
    ResponsibilityFactory(
        user=user,
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )
    with django_assert_num_queries(1):
        found = User.objects.with_standing(user.pk)
        assert found == user
        assert (found.roles, found.is_responsible) == ({Role.COACH}, answers)
        assert not found.owes_second_factor
    # Another reading of the same rule: the one that the rest of the site filters by.
    assert Responsibility.objects.in_force(on=today).filter(user=user).exists() is answers


def test_nobody_has_no_standing():
    assert User.objects.with_standing(0) is None
