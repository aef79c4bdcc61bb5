"""Which coach accompanies which municipality, and what the desk then shows first."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.actions import end_role
from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications.models import OutgoingEmail
from enrollments import actions
from enrollments.actions.entrusting import entrust
from enrollments.models import Accompaniment
from enrollments.queries import entrusted
from enrollments.queries.desk import desk
from enrollments.queries.entrusted import MINE, NOBODY, Choice
from municipalities.actions.territory import Merger, name_successor
from municipalities.models import Organisation
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    PathFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

pytestmark = pytest.mark.django_db
DESK, TOWNS, GIVE = (reverse(f"enrollments:{n}") for n in ("desk", "coached-towns", "entrust"))


@pytest.fixture
def coach():
    return UserFactory(role=Role.COACH, first_name="Étienne", last_name="Roy")


@pytest.fixture
def boss():
    return UserFactory(role=Role.ADMINISTRATOR)


def given(coach, boss, *places, at=NOON):
    return entrust(towns=[each.pk for each in places], coach=coach, by=boss, at=at)


def asked_in(place, text="Où est le formulaire?", at=NOON):
    """A question of somebody there, who follows a parcours too."""
    enrollment = EnrollmentFactory(
        mandate=MandateFactory(organisation=place),
        version=VersionFactory(stations=[lesson_document("a")]),
    )
    lesson = UUID(enrollment.version.document["modules"][0]["lessons"][0]["uuid"])
    return actions.ask(enrollment_id=enrollment.pk, lesson=lesson, text=text, uuid=uuid4(), at=at)


def test_a_municipality_has_one_coach_and_the_journal_says_who_it_was(coach, boss):
    here, there = MunicipalityFactory(), MunicipalityFactory()
    assert given(coach, boss, here, there) == 2
    assert given(coach, boss, here, there) == 0  # twice is once
    other = UserFactory(role=Role.COACH)
    assert given(other, boss, here) == 1
    assert Accompaniment.objects.get(organisation=here).coach == other
    last = Entry.objects.filter(verb="municipalities.entrusted").latest("pk")
    assert (last.actor, last.target) == (boss, str(other.pk))
    assert last.details == {"municipalities": [here.pk], "before": {str(here.pk): coach.pk}}
    assert given(None, boss, here) == 1
    assert not Accompaniment.objects.filter(organisation=here).exists()
    assert Entry.objects.filter(verb="municipalities.entrusted").count() == 3


def test_only_whoever_accompanies_is_given_municipalities(boss):
    with pytest.raises(ActionError, match="n’accompagne plus"):
        given(UserFactory(role=Role.INSTRUCTOR), boss, MunicipalityFactory())


def test_what_a_coach_leaves_with_the_role_is_nobody_s(coach, boss):
    here = MunicipalityFactory()
    given(coach, boss, here)
    assert list(entrusted.chosen(Choice(whose=MINE), reader=coach)) == [here]
    end_role(user=coach, role=Role.COACH, by=None, at=NOON)
    assert entrusted.coach_of(here) is None
    assert entrusted.tally().without == 1
    assert list(entrusted.chosen(Choice(whose=NOBODY), reader=boss)) == [here]


def test_the_desk_opens_on_one_s_own_and_says_how_many_wait_elsewhere(client, coach, boss):
    mine, other = MunicipalityFactory(name="Abercorn"), MunicipalityFactory(name="Bedford")
    thread = asked_in(mine)
    asked_in(other)
    quiet = {"last_activity_at": NOON - timedelta(days=20)}
    for place in (mine, other):
        EnrollmentFactory(mandate__organisation=place, **quiet)
    assert len(desk(coach, at=NOON, everywhere=False).owed) == 2  # no municipality: all of them
    given(coach, boss, mine)
    narrow = desk(coach, at=NOON, everywhere=False)
    assert [each.thread for each in narrow.owed] == [thread]
    assert narrow.elsewhere == 1
    assert [str(each.enrollment.mandate.organisation) for each in narrow.stalled] == ["Abercorn"]
    wide = desk(coach, at=NOON, everywhere=True)
    assert (len(wide.owed), len(wide.stalled), wide.elsewhere) == (2, 2, 0)

    client.force_login(coach)
    page = client.get(DESK)
    assertContains(page, "Abercorn")
    assertNotContains(page, "Bedford")
    assertContains(page, "1 personne attend dans une autre municipalité.")
    assertContains(client.get(DESK, {"voir": "toutes"}), "Bedford")


def test_one_queue_the_longest_wait_first_with_town_size_and_path(client, coach):
    place = MunicipalityFactory(name="Abercorn", population=2_340)
    second, first = asked_in(place, at=NOON), asked_in(place, at=NOON - timedelta(hours=3))
    learner = first.enrollment.learner
    path = PathFactory(title="Premiers pas", courses=[first.enrollment.course])
    actions.enroll_in_path(learner=learner, path=path, at=NOON)
    owed = desk(coach, at=NOON, everywhere=True).owed
    assert [each.thread for each in owed] == [first, second]
    client.force_login(coach)
    for address in (DESK, reverse("enrollments:help", args=[first.uuid])):
        page = client.get(address)
        assertContains(page, "2\u00a0340 habitants")
        assertContains(page, "Premiers pas")


def test_a_question_is_written_to_the_municipality_s_own_coach_and_to_trainers(coach, boss):
    trainer, other = UserFactory(role=Role.INSTRUCTOR), UserFactory(role=Role.COACH)
    here = MunicipalityFactory()
    asked_in(here)
    assert {each.recipient for each in OutgoingEmail.objects.all()} == {coach, trainer, other}
    given(coach, boss, here)
    OutgoingEmail.objects.all().delete()
    asked_in(here)
    assert {each.recipient for each in OutgoingEmail.objects.all()} == {coach, trainer}


@pytest.mark.parametrize("mergers", [1, 2])
def test_after_mergers_the_coach_of_today_is_told_and_finds_it_on_the_desk(coach, boss, mergers):
    former, other = UserFactory(role=Role.COACH), UserFactory(role=Role.COACH)
    line = [MunicipalityFactory() for _ in range(mergers + 1)]
    gone, heir = line[0], line[-1]
    thread = asked_in(gone)
    EnrollmentFactory(mandate__organisation=gone, last_activity_at=NOON - timedelta(days=20))
    asked_in(MunicipalityFactory())
    given(former, boss, gone)
    given(coach, boss, heir)
    given(other, boss, MunicipalityFactory())
    for place, successor in pairwise(line):
        Organisation.objects.filter(pk=place.pk).update(inactive_on=NOON.date())
        merger = Merger(place.pk, successor.pk, NOON.date())
        name_successor(merger=merger, by=boss, at=NOON)
    OutgoingEmail.objects.all().delete()

    actions.say(
        thread_id=thread.pk, by=thread.enrollment.learner, text="Et là?", uuid=uuid4(), at=NOON
    )

    assert [each.recipient for each in OutgoingEmail.objects.all()] == [coach]
    found = desk(coach, at=NOON, everywhere=False)
    assert [each.thread for each in found.owed] == [thread]
    assert [each.enrollment.mandate.organisation for each in found.stalled] == [gone]
    assert (found.mine, found.elsewhere) == (1, 1)


def test_atn_entrusts_what_is_ticked_or_the_whole_list_and_nobody_else_does(client, coach, boss):
    places = [MunicipalityFactory(name=f"Sainte-Anne-{n}") for n in range(3)]
    MunicipalityFactory(name="Bedford")
    client.force_login(coach)
    page = client.get(TOWNS)
    assertContains(page, "Sans accompagnement (4)")
    assertNotContains(page, 'name="towns"')
    assert client.post(GIVE, {"coach": coach.pk, "towns": [places[0].pk]}).status_code == 403

    client.force_login(boss)
    assertContains(client.get(DESK), "4 municipalités ne sont confiées à personne.")
    nothing = client.post(GIVE, {"shown": 4, "coach": coach.pk})
    assertContains(nothing, "Cochez au moins une municipalité.", status_code=422)
    nobody = client.post(GIVE, {"shown": 4, "coach": "", "towns": [places[0].pk]})
    assertContains(nobody, "Choisissez à qui les confier.", status_code=422)
    assertContains(nobody, "checked", status_code=422)
    ticked = {"shown": 4, "coach": coach.pk, "towns": [places[0].pk]}
    told = client.post(GIVE, ticked, follow=True)
    assertContains(told, "1 municipalité confiée à Étienne Roy.")
    # The list as it is filtered: « st » and accents count for nothing.
    listed = {"shown": 3, "coach": coach.pk, "every": "on"}
    assertContains(client.post(f"{GIVE}?q=ste+anne", listed, follow=True), "2 municipalités")
    assert set(entrusted.entrusted_to(coach)) == set(places)
    # Somebody changed the list since it was shown.
    stale = client.post(f"{GIVE}?qui=sans", {"shown": 4, "coach": coach.pk, "every": "on"})
    assertContains(stale, "La liste a changé", status_code=422)
    back = {"shown": 3, "nobody": "1", "towns": [places[0].pk]}
    told = client.post(f"{GIVE}?qui={coach.pk}", back, follow=True)
    assertContains(told, "1 municipalité n’est plus confiée à personne.")


@pytest.mark.parametrize(
    "asked", ["?qui=99999999999999999999", "?qui=x&region=zz", "?q=%25&page=z"]
)
def test_an_address_of_nothing_is_no_error(client, coach, asked):
    MunicipalityFactory()
    client.force_login(coach)
    assert client.get(TOWNS + asked).status_code == 200


def test_people_read_who_accompanies_their_municipality(client, coach, boss):
    person = MandateFactory()
    given(coach, boss, person.organisation)
    client.force_login(person.user)
    page = client.get(reverse("enrollments:appointments"))
    assertContains(page, f"Étienne Roy accompagne {person.organisation}.")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    client, coach, boss, django_assert_num_queries, count
):
    given(coach, boss, *[MandateFactory().organisation for _ in range(count)])
    client.force_login(boss)
    with django_assert_num_queries(13):
        assertContains(client.get(TOWNS), "Étienne Roy", count=count + 2)
