"""B-80, S-11: what uniting accounts could break, tried on purpose."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.merging import actions
from atn_platform.merging.actions import MergeRefused
from atn_platform.merging.models import Merge
from atn_platform.retention.queries.idle import IDLE_AFTER, idle
from certificates import actions as certificates
from certificates.models import Certificate
from enrollments.actions import groups
from enrollments.models import Enrollment
from enrollments.queries.papers import entered
from municipalities.actions import import_undo, imports
from municipalities.actions.departures import depart
from municipalities.actions.invitations import Guest, invite
from municipalities.actions.mandates import MandateRefused, Term, correct_mandate
from municipalities.models import Mandate, Responsibility
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)
from tests.merging.conftest import BEFORE, NOW, TODAY, part, unite
from tests.merging.test_uniting import on_paper
from tests.municipalities.lists import listed

pytestmark = pytest.mark.django_db


@pytest.fixture
def third(follow):
    return MandateFactory(user__first_name="Luc", user__last_name="Roy").user


def test_b80_of_three_accounts_one_course_and_one_attestation_count(twins, third, follow):
    kept, second = twins
    rows = [follow(each, completed="abc") for each in (kept, second, third)]
    for row, days in zip(rows, (3, 2, 1), strict=True):
        Enrollment.objects.filter(pk=row.pk).update(completed_at=BEFORE + timedelta(days=days))
        certificates.issue(enrollment_id=row.pk, at=NOW)
    unite(kept, second)
    unite(kept, third, at=NOW + timedelta(hours=1))
    live = Enrollment.objects.visible_to(kept).live()
    assert list(live) == [rows[2]]
    counting = Certificate.objects.filter(revoked_at=None, duplicate_of=None)
    assert [each.enrollment for each in counting] == [rows[2]]


def test_b80_accounts_part_in_the_order_in_which_the_last_was_united(twins, third, follow):
    kept, second = twins
    rows = [follow(each, completed="abc") for each in (kept, second, third)]
    for row, days in zip(rows, (3, 2, 1), strict=True):
        Enrollment.objects.filter(pk=row.pk).update(completed_at=BEFORE + timedelta(days=days))
    first = unite(kept, second)
    last = unite(kept, third, at=NOW + timedelta(hours=1))
    with pytest.raises(MergeRefused, match="depuis"):
        part(first)
    part(last)
    part(first)
    assert [Enrollment.objects.get(pk=row.pk).learner for row in rows] == [kept, second, third]
    assert not Enrollment.objects.filter(duplicate_of__isnull=False).exists()


def test_s11_whoever_is_no_longer_of_atn_unites_nobody_that_they_chose(client, twins):
    by = UserFactory(role=Role.ADMINISTRATOR)
    asked = actions.decide(kept=twins[0], absorbed=twins[1], reason="pièce vue", by=by, at=NOW)
    assert list(Merge.objects.visible_to(by)) == [asked]
    by.role_grants.update(ended_at=NOW)
    by = User.objects.get(pk=by.pk)
    assert not Merge.objects.visible_to(by).exists()


def test_the_longer_of_two_same_functions_goes_on(twins):
    kept, absorbed = twins
    own = kept.mandates.get()
    own.ends_on = TODAY + timedelta(days=30)
    own.save()
    longer = MandateFactory(
        user=absorbed, organisation=own.organisation, public=own.public, ends_on=None
    )
    merge = unite(kept, absorbed)
    far = TODAY + timedelta(days=400)
    assert (
        Mandate.objects.in_force(on=far).filter(user=kept, organisation=own.organisation).count()
        == 1
    )
    part(merge)
    own.refresh_from_db()
    longer.refresh_from_db()
    assert (own.ends_on, longer.ends_on, longer.user) == (
        TODAY + timedelta(days=30),
        None,
        absorbed,
    )


def test_a_function_that_comes_after_the_other_is_not_cut(twins):
    kept, absorbed = twins
    own = kept.mandates.get()
    own.ends_on = TODAY + timedelta(days=30)
    own.save()
    after = MandateFactory(
        user=absorbed,
        organisation=own.organisation,
        public=own.public,
        starts_on=TODAY + timedelta(days=31),
        ends_on=None,
    )
    unite(kept, absorbed)
    after.refresh_from_db()
    assert (after.user, after.ends_on) == (kept, None)


def days_of(person, place):
    rows = Mandate.objects.filter(user=person, organisation=place).order_by("starts_on", "pk")
    return list(rows.values_list("pk", "starts_on", "ends_on"))


def month(number):
    """Its first day: 1 is the January after the merge."""
    return date(2027, number, 1)


@pytest.mark.parametrize("next_end", [None, month(6)])
def test_a_term_written_ahead_goes_on_after_the_one_that_the_other_account_holds_too(
    twins, next_end
):
    """The term in force takes the days until the next one, which lasts as long as the longer."""
    kept, absorbed = twins
    own = kept.mandates.get()
    own.ends_on = month(1) - timedelta(days=1)
    own.save()
    same = {"organisation": own.organisation, "public": own.public}
    ahead = MandateFactory(user=kept, **same, starts_on=month(3), ends_on=next_end)
    MandateFactory(user=absorbed, **same, ends_on=None)
    places = [(each, own.organisation) for each in twins]
    before = [days_of(*each) for each in places]
    merge = unite(kept, absorbed)
    rows = days_of(kept, own.organisation)
    assert (own.pk, own.starts_on, month(3) - timedelta(days=1)) in rows
    assert (ahead.pk, month(3), None) in rows
    part(merge)
    assert [days_of(*each) for each in places] == before


def test_a_function_goes_on_until_the_term_that_is_to_come(twins):
    kept, absorbed = twins
    own = kept.mandates.get()
    own.starts_on = month(1)
    own.save()
    same = {"organisation": own.organisation, "public": own.public}
    now = MandateFactory(user=absorbed, **same, ends_on=None)
    unite(kept, absorbed)
    assert days_of(kept, own.organisation) == [
        (now.pk, now.starts_on, month(1) - timedelta(days=1)),
        (own.pk, month(1), None),
    ]


def test_a_responsibility_written_ahead_is_the_one_that_is_prolonged(twins):
    kept, absorbed = twins
    place = kept.mandates.get().organisation
    ahead = ResponsibilityFactory(user=kept, organisation=place, starts_on=month(1))
    last = month(1) - timedelta(days=1)
    ResponsibilityFactory(user=kept, organisation=place, ends_on=last)
    ResponsibilityFactory(user=absorbed, organisation=place)
    unite(kept, absorbed)
    open_ones = Responsibility.objects.filter(user=kept, organisation=place, ends_on=None)
    assert list(open_ones) == [ahead]


def test_the_longer_of_two_responsibilities_goes_on(twins):
    kept, absorbed = twins
    place = kept.mandates.get().organisation
    ResponsibilityFactory(user=kept, organisation=place, ends_on=TODAY + timedelta(days=3))
    ResponsibilityFactory(user=absorbed, organisation=place, ends_on=None)
    merge = unite(kept, absorbed)
    far = TODAY + timedelta(days=100)
    assert (
        Responsibility.objects.in_force(on=far).filter(user=kept, organisation=place).count() == 1
    )
    part(merge)
    assert not Responsibility.objects.in_force(on=far).filter(user=kept).exists()
    assert Responsibility.objects.in_force(on=far).filter(user=absorbed).exists()


def test_b84_a_departure_written_since_holds_when_the_accounts_part(twins):
    kept, absorbed = twins
    own = kept.mandates.get()
    MandateFactory(user=absorbed, organisation=own.organisation, public=own.public)
    merge = unite(kept, absorbed)
    by = ResponsibilityFactory(organisation=own.organisation).user
    depart(user=kept, organisation=own.organisation, on=TODAY, by=by, at=NOW + timedelta(hours=1))
    part(merge)
    later = Mandate.objects.in_force(on=TODAY + timedelta(days=9))
    assert not later.filter(organisation=own.organisation).exists()


def test_a_mandate_held_twice_in_the_past_is_corrected_once_accounts_are_united(twins):
    """The days that both accounts held refuse nothing; a day more in common is refused."""
    kept, absorbed = twins
    own = kept.mandates.get()
    same = {"organisation": own.organisation, "public": own.public}
    first = own.starts_on + timedelta(days=30)
    other = MandateFactory(user=absorbed, **same, starts_on=first)
    unite(kept, absorbed)
    other.refresh_from_db()
    eve = TODAY - timedelta(days=1)
    assert (other.user, other.starts_on, other.ends_on) == (kept, first, eve)
    by = ResponsibilityFactory(organisation=own.organisation).user

    def corrected(mandate, **days):
        term = {"function": "greffe", "starts_on": mandate.starts_on, "ends_on": mandate.ends_on}
        term = Term(**term | days)
        return correct_mandate(mandate_id=mandate.pk, term=term, by=by, at=NOW)

    assert corrected(own).function == "greffe"
    assert corrected(own, ends_on=month(6)).ends_on == month(6)
    assert corrected(other, starts_on=first + timedelta(days=1)).function == "greffe"
    for mandate, days in (
        (other, {"starts_on": first}),
        (other, {"ends_on": TODAY}),
        (other, {"ends_on": None}),
    ):
        with pytest.raises(MandateRefused, match="déjà ce rôle"):
            corrected(mandate, **days)


@pytest.mark.parametrize("end", [None, month(6)])
def test_a_last_day_written_by_mistake_and_taken_back_ends_nothing_when_accounts_part(twins, end):
    kept, absorbed = twins
    own = kept.mandates.get()
    own.starts_on = TODAY
    own.save()
    same = {"organisation": own.organisation, "public": own.public}
    other = MandateFactory(user=absorbed, **same, ends_on=end)
    merge = unite(kept, absorbed)
    by = ResponsibilityFactory(organisation=own.organisation).user
    for hours, last in enumerate([TODAY + timedelta(days=11), None], start=1):
        term = Term(own.function, own.starts_on, last)
        at = NOW + timedelta(hours=hours)
        correct_mandate(mandate_id=own.pk, term=term, by=by, at=at)
    part(merge)
    other.refresh_from_db()
    assert (other.user, other.ends_on) == (absorbed, end)


def test_a_group_taken_back_after_the_merge_leaves_what_the_person_joined(twins, version):
    kept, absorbed = twins
    mandate = absorbed.mandates.get()
    by = ResponsibilityFactory(organisation=mandate.organisation).user
    group = groups.choose(
        organisation=mandate.organisation,
        wishes=[groups.Wish(mandate, version.course)],
        by=by,
        at=NOW,
    )
    groups.enroll_group(group_id=group.pk, advised_on=None, by=by, at=NOW)
    EnrollmentFactory(mandate=kept.mandates.get(), version=version, enrolled_at=NOW)
    unite(kept, absorbed)
    groups.undo_group(group_id=group.pk, by=by, at=NOW + timedelta(hours=1))
    assert Enrollment.objects.visible_to(kept).live().count() == 1


def test_b33_an_import_taken_back_after_the_merge_takes_nobody_away(twins):
    kept, _absorbed = twins
    place = MunicipalityFactory()
    by = ResponsibilityFactory(organisation=place).user
    batch = imports.receive(
        organisation=place,
        name="gens.csv",
        by=by,
        at=NOW,
        content=listed(("Luc", "Roy", "autre@roy.example", "commis", "personnel")),
    )
    imports.start(batch_id=batch.pk, writes=False)
    imports.commit(batch_id=batch.pk, at=NOW)
    brought = User.objects.get(email="autre@roy.example")
    merge = unite(kept, brought)
    import_undo.undo(batch_id=batch.pk, by=by, at=NOW + timedelta(hours=1))
    assert Mandate.objects.filter(organisation=place, user=kept).exists()
    part(merge)
    assert Mandate.objects.filter(organisation=place, user=brought).exists()


def test_b80_the_other_address_is_known_to_lists_and_letters(twins):
    kept, absorbed = twins
    place, address = absorbed.mandates.get().organisation, absorbed.email
    unite(kept, absorbed)
    by = ResponsibilityFactory(organisation=place).user
    assert invite(organisation=place, guests=[Guest(email=address)], by=by, at=NOW) == []
    batch = imports.receive(
        organisation=place,
        name="gens.csv",
        by=by,
        at=NOW,
        content=listed(("Luc", "Roy", address, "", "personnel")),
    )
    imports.start(batch_id=batch.pk, writes=False)
    imports.commit(batch_id=batch.pk, at=NOW)
    assert not User.objects.filter(email=address).exists()
    assert Mandate.objects.filter(organisation=place, user__last_name="Roy").count() == 1


def test_p14_an_account_is_not_idle_when_the_one_it_took_over_served(twins):
    kept, absorbed = twins
    long_ago = NOW - 2 * IDLE_AFTER
    User.objects.filter(pk__in=(kept.pk, absorbed.pk)).update(
        date_joined=long_ago, last_login=long_ago
    )
    Mandate.objects.update(starts_on=date(2015, 1, 1), ends_on=date(2016, 1, 1))
    unite(kept, absorbed)
    assert kept in idle(NOW - IDLE_AFTER)
    User.objects.filter(pk=absorbed.pk).update(last_login=NOW)
    assert kept not in idle(NOW - IDLE_AFTER)


def both_at_once(pairs):
    """Two administrators say yes at the same moment, each to a pair of their own."""
    by = [UserFactory(role=Role.ADMINISTRATOR) for _ in pairs]
    asked = [
        actions.decide(kept=a, absorbed=b, reason="pièce vue", by=who, at=NOW)
        for (a, b), who in zip(pairs, by, strict=True)
    ]
    barrier = Barrier(len(pairs))

    def act(merge, who):
        try:
            barrier.wait(10)
            actions.unite(merge_id=merge.pk, by=who, on=TODAY, at=NOW)
        except MergeRefused as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(pairs)) as pool:
        return sorted(pool.map(act, asked, by))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("crossed", [False, True])
def test_b80_two_administrators_unite_two_accounts_once(twins, follow, crossed):
    kept, absorbed = twins
    follow(kept, completed="a")
    follow(absorbed, completed="b")
    said = both_at_once([(kept, absorbed), (absorbed, kept) if crossed else (kept, absorbed)])
    assert said == ["", "Un de ces comptes est fermé."]
    assert Merge.objects.in_force().count() == 1
    assert User.objects.filter(last_name="Roy", is_active=True).count() == 1


def in_turn_without_locks(first, second):
    """What two administrators would do if neither waited: both read before either writes."""
    read = [actions._locked(each.pk) for each in (first, second)]
    for merge in read:
        actions._refuse(merge.kept, merge.absorbed)
    return read


def test_without_the_lock_both_would_find_the_accounts_open(twins):
    """A negative control: what each of them reads before the other has written."""
    by = UserFactory()
    asked = [
        actions.decide(kept=a, absorbed=b, reason="pièce vue", by=by, at=NOW)
        for a, b in (twins, twins[::-1])
    ]
    in_turn_without_locks(*asked)
    actions.unite(merge_id=asked[0].pk, by=by, on=TODAY, at=NOW)
    with pytest.raises(MergeRefused, match="fermé"):
        in_turn_without_locks(*asked)


def test_the_sheet_of_a_course_that_goes_on_elsewhere_stays_with_whoever_entered_it(twins, follow):
    kept, absorbed = twins
    place = absorbed.mandates.get().organisation
    follow(kept, completed="ab")
    sheet = on_paper(follow(absorbed), "c", at=BEFORE)
    assert list(entered(place, on=TODAY)) == [sheet]
    unite(kept, absorbed)
    assert list(entered(place, on=TODAY)) == [sheet]
    assert not entered(kept.mandates.order_by("pk")[0].organisation, on=TODAY).exists()
