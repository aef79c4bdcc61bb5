"""After an election: one page, one act, and one way back."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.models import User
from municipalities.actions import council, invitations, mandates
from municipalities.actions.council import Election, RenewalRefused
from municipalities.actions.invitations import Guest, Welcome
from municipalities.enums import Public
from municipalities.models import RENEWAL_UNDO, CouncilRenewal, Invitation, Mandate
from municipalities.queries import council as queries
from municipalities.queries import elections
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
# The night of a general election: 22:30 in Québec.
VOTE = date(2029, 11, 4)
NIGHT = datetime(2029, 11, 5, 3, 30, tzinfo=UTC)
LATER = NIGHT + timedelta(days=20)


@pytest.fixture
def ginette():
    return ResponsibilityFactory(organisation=MunicipalityFactory(seats_filled=4, seats_vacant=1))


@pytest.fixture
def sitting(ginette):
    """A mayor whose end is foreseen, and two councillors whose end is not, or is later."""
    made = [("mairesse", VOTE), ("conseiller, siège 1", None), ("siège 2", date(2030, 6, 30))]
    return [
        MandateFactory(
            organisation=ginette.organisation, public=Public.ELECTED, function=function,
            starts_on=date(2025, 11, 3), ends_on=end, user__email=f"sortant{rank}@exemple.quebec",
        )
        for rank, (function, end) in enumerate(made)
    ]  # fmt: skip


def election(sitting, *, returned=(), newcomers=(), elected_on=VOTE, uuid=None) -> Election:
    kept = {sitting[rank].pk: function for rank, function in dict(returned).items()}
    return Election(
        uuid=uuid or uuid4(),
        elected_on=elected_on,
        returned=kept,
        leaving=frozenset(each.pk for each in sitting if each.pk not in kept),
        newcomers=tuple(
            Guest(email, public=Public.ELECTED, function="siège 3", starts_on=elected_on)
            for email in newcomers
        ),
    )


def renew(ginette, sitting, *, at=NIGHT, **facts) -> CouncilRenewal:
    return council.renew(
        organisation=ginette.organisation,
        election=election(sitting, **facts),
        by=ginette.user,
        at=at,
    )


def state(place) -> set:
    """All that a renewal may touch, apart from what it leaves in the journal."""
    rows = place.mandates.values_list("user", "function", "starts_on", "ends_on")
    pending = place.invitations.pending().values_list("email")
    return {*rows, *pending}


@pytest.mark.parametrize("at", [NIGHT, LATER])
def test_the_outgoing_end_on_the_day_of_the_vote_the_returned_go_on_and_the_new_are_asked(
    ginette, sitting, at
):
    renewal = renew(
        ginette, sitting, returned={0: "mairesse", 1: "conseil, siège 2"},
        newcomers=["eve@exemple.quebec"], at=at,
    )  # fmt: skip
    place = ginette.organisation
    for mandate in sitting:
        mandate.refresh_from_db()
        assert mandate.ends_on == VOTE
    following = place.mandates.filter(starts_on=VOTE + timedelta(days=1)).order_by("pk")
    assert list(following.values_list("user", "function", "ends_on", "thread")) == [
        (sitting[0].user_id, "mairesse", date(2033, 11, 6), sitting[0].thread),
        (sitting[1].user_id, "conseil, siège 2", date(2033, 11, 6), sitting[1].thread),
    ]
    # Nobody is without a mandate between the two, nor holds both on one day.
    for day in (VOTE, VOTE + timedelta(days=1)):
        assert place.mandates.in_force(on=day).filter(user=sitting[0].user).count() == 1
    assert list(renewal.opened.order_by("pk")) == list(following)
    (letter,) = renewal.invited.all()
    user = invitations.accept_invitation(
        invitation_id=letter.pk, welcome=Welcome(Public.ELECTED, "siège 3", "Ève", "Roy"),
        signed_in=None, at=at + timedelta(days=2),
    )  # fmt: skip
    own = user.mandates.get()
    assert (own.starts_on, own.ends_on) == (VOTE, date(2033, 11, 6))


def test_whoever_is_on_the_staff_takes_the_seat_on_the_day_of_the_vote(ginette, sitting):
    clerk = MandateFactory(organisation=ginette.organisation, user__email="cleo@exemple.quebec")
    renewal = renew(ginette, sitting, newcomers=["cleo@exemple.quebec"], at=LATER)
    seat = clerk.user.mandates.get(public=Public.ELECTED)
    assert (seat.starts_on, list(renewal.opened.all())) == (VOTE, [seat])


def test_the_same_page_sent_twice_is_one_renewal(ginette, sitting):
    same = uuid4()
    first = renew(ginette, sitting, returned={0: "mairesse"}, uuid=same)
    assert renew(ginette, sitting, returned={0: "mairesse"}, uuid=same) == first
    assert ginette.organisation.mandates.count() == 4


def test_the_page_of_another_municipality_is_not_this_one(ginette, sitting):
    same = uuid4()
    renew(ResponsibilityFactory(), [], uuid=same)
    with pytest.raises(RenewalRefused, match="recommencez"):
        renew(ginette, sitting, uuid=same)


def test_a_page_that_no_longer_shows_the_council_is_refused_whole(ginette, sitting):
    before = state(ginette.organisation)
    with pytest.raises(RenewalRefused, match="Le conseil a changé"):
        renew(ginette, sitting[:2], newcomers=["eve@exemple.quebec"])
    with pytest.raises(RenewalRefused, match="pas encore venu"):
        renew(ginette, sitting, elected_on=date(2029, 11, 5))
    assert state(ginette.organisation) == before
    renew(ginette, sitting)
    with pytest.raises(RenewalRefused, match="Le conseil a changé"):
        renew(ginette, sitting)


def test_a_renewal_that_fails_half_way_leaves_nothing(ginette, sitting):
    """The last step is refused: what came before it is taken back too."""
    before = state(ginette.organisation)
    Invitation.objects.bulk_create(
        Invitation(
            organisation=ginette.organisation, email=f"p{n}@exemple.quebec", invited_by=ginette.user,
            token_hash=f"{n}", invited_at=NIGHT, expires_at=NIGHT, cancelled_at=NIGHT,
        )
        for n in range(invitations.DAILY_LIMIT)
    )  # fmt: skip
    with pytest.raises(invitations.InvitationRefused, match="Reprenez demain"):
        renew(ginette, sitting, returned={0: "mairesse"}, newcomers=["eve@exemple.quebec"])
    assert state(ginette.organisation) == before
    assert not CouncilRenewal.objects.exists()


def test_undoing_puts_everything_back_and_the_page_can_be_done_again(ginette, sitting):
    before = state(ginette.organisation)
    renewal = renew(ginette, sitting, returned={1: "siège 1"}, newcomers=["eve@exemple.quebec"])
    for _ in range(2):  # the second call changes nothing
        council.undo_renewal(
            renewal_id=renewal.pk, by=ginette.user, at=NIGHT + RENEWAL_UNDO - timedelta(minutes=1)
        )
    assert state(ginette.organisation) == before
    assert Invitation.objects.get().cancelled_at is not None
    again = queries.outgoing(ginette.organisation, elected_on=VOTE)
    assert again == sitting
    renew(ginette, sitting, returned={2: "siège 2"})
    assert queries.outgoing(ginette.organisation, elected_on=VOTE) == []


def test_undoing_takes_back_the_account_made_for_someone_without_address(ginette, sitting):
    before = state(ginette.organisation)
    people = set(User.objects.values_list("pk", flat=True))
    guest = Guest("", "Luc", "Roy", Public.ELECTED, "siège 3", VOTE)
    wanted = replace(election(sitting, returned={0: "mairesse"}), newcomers=(guest,))
    renewal = council.renew(
        organisation=ginette.organisation, election=wanted, by=ginette.user, at=NIGHT
    )
    assert renewal.opened.filter(user__last_name="Roy", starts_on=VOTE).count() == 1
    council.undo_renewal(renewal_id=renewal.pk, by=ginette.user, at=NIGHT)
    assert state(ginette.organisation) == before
    assert set(User.objects.values_list("pk", flat=True)) == people


def accepts(ginette, sitting, renewal):
    (letter,) = renewal.invited.all()
    invitations.accept_invitation(
        invitation_id=letter.pk, welcome=Welcome(Public.ELECTED, "", "Ève", "Roy"),
        signed_in=None, at=NIGHT,
    )  # fmt: skip


def learns(ginette, sitting, renewal):
    EnrollmentFactory(mandate=renewal.opened.first())


def ends_the_new(ginette, sitting, renewal):
    new = renewal.opened.first()
    mandates.end_mandate(mandate_id=new.pk, on=new.starts_on, by=ginette.user, at=NIGHT)


def corrects_the_old(ginette, sitting, renewal):
    term = mandates.Term("siège 2", date(2025, 11, 3), date(2029, 11, 2))
    mandates.correct_mandate(mandate_id=sitting[2].pk, term=term, by=ginette.user, at=NIGHT)


def sits_again(ginette, sitting, renewal):
    """Whoever left comes back by a partial election, without an end in sight."""
    mandates.open_mandate(
        user=sitting[2].user, organisation=ginette.organisation, public=Public.ELECTED,
        term=mandates.Term("siège 2", VOTE + timedelta(days=9)), by=ginette.user, at=NIGHT,
    )  # fmt: skip


def waits(ginette, sitting, renewal):
    """Nothing is done, but the time is over."""


@pytest.mark.parametrize(
    "act", [accepts, learns, ends_the_new, corrects_the_old, sits_again, waits]
)
def test_a_renewal_that_someone_has_acted_on_is_not_undone(ginette, sitting, act):
    renewal = renew(ginette, sitting, returned={1: "siège 1"}, newcomers=["eve@exemple.quebec"])
    act(ginette, sitting, renewal)
    before = state(ginette.organisation)
    at = NIGHT + (RENEWAL_UNDO if act is waits else timedelta(hours=1))
    with pytest.raises(RenewalRefused):
        council.undo_renewal(renewal_id=renewal.pk, by=ginette.user, at=at)
    assert state(ginette.organisation) == before
    renewal.refresh_from_db()
    assert renewal.undone_at is None


# The pages, whose clock is today's: the last general election before now.


@pytest.fixture
def seated(ginette):
    day = elections.last_general_election(timezone.localdate())
    return [
        MandateFactory(
            organisation=ginette.organisation, public=Public.ELECTED, function=function,
            starts_on=day - timedelta(days=900), user__email=f"sortant{rank}@exemple.quebec",
        )
        for rank, function in enumerate(("mairesse", "siège 1", "membre du conseil"))
    ]  # fmt: skip


@pytest.fixture
def client(client, ginette):
    client.force_login(ginette.user)
    return client


@pytest.fixture
def page(ginette):
    return reverse("municipalities:election", args=[ginette.organisation.handle])


def answers(seated, **more):
    mayor, first, second = seated
    return {
        "uuid": str(uuid4()),
        f"fate_{mayor.pk}": "quitte",
        f"seat_{mayor.pk}": "0",
        f"fate_{first.pk}": "reelue",
        f"seat_{first.pk}": "0",
        f"fate_{second.pk}": "reelue",
        f"seat_{second.pk}": "meme",
        "first_name_1": "Ève",
        "last_name_1": "Roy",
        "email_1": "eve@exemple.quebec",
    } | more


def test_b82_a_newcomer_of_the_name_of_someone_here_is_asked_about(client, page, seated, ginette):
    luc = MandateFactory(
        organisation=ginette.organisation, user__email=None, user__first_name="Luc",
        user__last_name="Bélanger",
    )  # fmt: skip
    typed = answers(seated, first_name_2="Luc", last_name_2="Bélanger", no_email_2="on")
    assertContains(client.post(page, typed), "Est-ce la même personne?", status_code=422)
    typed["account_2"] = str(luc.user_id)
    summary = client.post(page, typed)
    hidden = f'<input type="hidden" name="account_2" value="{luc.user_id}" id="id_account_2">'
    assertContains(summary, hidden, html=True)
    client.post(page, typed | {"confirmer": "1"})
    assert luc.user.mandates.count() == 2


@pytest.mark.parametrize("email", [None, "ann@exemple.quebec"])
def test_b82_an_outgoing_person_typed_again_without_an_address_is_not_made_two(
    client, page, seated, email
):
    """Returned, they have a line of their own; a child of the same name is somebody else."""
    ann = seated[0].user
    ann.first_name, ann.last_name, ann.email = "Ann", "Roy", email
    ann.save()
    seat = {f"seat_{seated[1].pk}": "3"}
    typed = answers(seated, first_name_0="Ann", last_name_0="Roy", no_email_0="on", **seat)
    assertContains(client.post(page, typed), "Est-ce la même personne?", status_code=422)
    same = client.post(page, typed | {"account_0": str(ann.pk)})
    assertContains(same, "Cette personne est sortante", status_code=422)
    other = typed | {"account_0": "0", "confirmer": "1"}
    assert client.post(page, other).status_code == 302
    assert User.objects.filter(sort_key="roy ann").count() == 2


def test_a_child_takes_the_seat_that_a_parent_of_the_same_name_leaves(ginette, sitting):
    father = sitting[1].user
    father.first_name, father.last_name, father.email = "Luc", "Roy", None
    father.save()
    son = Guest("", "Luc", "Roy", Public.ELECTED, sitting[1].function, VOTE)
    wanted = replace(election(sitting, returned={0: "mairesse"}), newcomers=(son,))
    place = ginette.organisation
    renewal = council.renew(organisation=place, election=wanted, by=ginette.user, at=NIGHT)
    assert renewal.opened.filter(user__last_name="Roy").exclude(user=father).count() == 1


def test_the_page_then_its_summary_then_one_act_and_its_undoing(client, page, seated, ginette):
    place = ginette.organisation
    before = state(place)
    assertContains(client.get(page), "membre du conseil")
    typed = answers(seated)
    summary = client.post(page, typed)
    assertContains(summary, "Tout est exact?")
    assert state(place) == before  # nothing yet
    said = summary.context["summary"]
    assert said["leaving"] == seated[:1]
    assert said["returned"] == [(seated[1], "mairie"), (seated[2], "membre du conseil")]
    assert said["empty"] == ["Siège 2", "Siège 3", "Siège 4"]
    back = client.post(page, typed | {"corriger": "1"})
    assertContains(back, 'value="eve@exemple.quebec"')
    assert state(place) == before

    done = client.post(page, typed | {"confirmer": "1"}, follow=True)
    assertContains(done, "Invitations envoyées : 1.")
    assertContains(done, "Annuler ce renouvellement")
    client.post(page, typed | {"confirmer": "1"})  # a double tap
    renewal = CouncilRenewal.objects.get()
    assert renewal.opened.count() == 2
    undo = reverse("municipalities:undo-renewal", args=[renewal.pk])
    assertContains(client.post(undo, follow=True), "tout est comme avant")
    assert state(place) == before
    assertNotContains(client.get(page), "chacun a déjà son sort")


@pytest.mark.parametrize(
    ("cell", "typed", "told"),
    [
        ("fate_0", "", "Dites si cette personne"),
        ("seat_2", "0", "Ce siège est déjà celui de"),
        ("seat_2", "77", "Sélectionnez un choix valide"),
        ("email_1", "", "Écrivez l’adresse courriel"),
        ("email_1", "eve@", "Écrivez l’adresse au complet"),
        ("email_0", "luc@exemple.quebec", "Ce siège est déjà celui de"),
        ("email_2", "EVE@exemple.quebec", "déjà sur la ligne"),
        ("email_2", "sortant0@exemple.quebec", "Cette personne est sortante"),
        ("email_2", "attendu@exemple.quebec", "une invitation en attente"),
    ],
)
def test_what_is_wrong_is_told_at_its_place_and_what_was_typed_is_kept(
    client, seated, cell, typed, told
):
    place = seated[0].organisation
    invitations.invite(
        organisation=place, guests=[Guest("attendu@exemple.quebec")],
        by=place.responsibilities.get().user, at=timezone.now(),
    )  # fmt: skip
    kind, rank = cell.split("_")
    name = f"{kind}_{seated[int(rank)].pk}" if kind in {"fate", "seat"} else cell
    address = reverse("municipalities:election", args=[place.handle])
    answer = client.post(address, answers(seated, **{name: typed}) | {"confirmer": "1"})
    assert answer.status_code == 422
    assert [*answer.context["form"].errors] == [name]
    assertContains(answer, told, status_code=422)
    assertContains(answer, 'value="Roy"', status_code=422)
    assert not CouncilRenewal.objects.exists()


def test_what_was_typed_is_kept_when_the_act_is_refused(client, page, seated, ginette):
    Invitation.objects.bulk_create(
        Invitation(
            organisation=ginette.organisation, email=f"p{n}@exemple.quebec", invited_by=ginette.user,
            token_hash=f"{n}", invited_at=timezone.now(), expires_at=timezone.now(),
            cancelled_at=timezone.now(),
        )
        for n in range(invitations.DAILY_LIMIT)
    )  # fmt: skip
    answer = client.post(page, answers(seated) | {"confirmer": "1"})
    assertContains(answer, "Reprenez demain", status_code=422)
    assertContains(answer, 'value="eve@exemple.quebec"', status_code=422)
    grid = reverse("municipalities:council", args=[ginette.organisation.handle])
    answer = client.post(grid, {"email_4": "luc@exemple.quebec"})
    assertContains(answer, "Reprenez demain", status_code=422)
    assertContains(answer, 'value="luc@exemple.quebec"', status_code=422)


def test_another_day_of_vote_shows_who_sat_then(client, page, seated, ginette):
    earlier = seated[0].starts_on + timedelta(days=30)
    shown = client.get(page, {"jour": earlier.isoformat()})
    assert [person.mandate for person in shown.context["sitting"]] == seated
    assert client.get(page, {"jour": "2999-01-01"}).status_code == 422
    tomorrow = timezone.localdate() + timedelta(days=1)
    future = client.get(page, {"jour": tomorrow.isoformat()})
    assertContains(future, "pas encore venu", status_code=422)
    typed = answers(seated) | {"confirmer": "1"}
    client.post(f"{page}?jour={earlier.isoformat()}", typed)
    assert CouncilRenewal.objects.get().elected_on == earlier


def test_a_partial_election_leaves_alone_those_whose_seat_was_not_voted_on(client, page, seated):
    mayor, first, second = seated
    day = timezone.localdate() - timedelta(days=3)
    address = f"{page}?jour={day.isoformat()}"
    general = client.get(page).context["form"].fields[f"fate_{mayor.pk}"].choices
    partial = client.get(address).context["form"].fields[f"fate_{mayor.pk}"].choices
    assert [key for key, _ in general] == ["reelue", "quitte"]
    assert [key for key, _ in partial] == ["reelue", "quitte", "continue"]
    typed = answers(seated) | {
        f"fate_{mayor.pk}": "quitte", f"fate_{first.pk}": "continue",
        f"fate_{second.pk}": "continue", f"seat_{first.pk}": "0",
        "email_1": "", "first_name_1": "", "last_name_1": "", "email_0": "anouk@exemple.quebec",
    }  # fmt: skip
    taken = client.post(address, typed | {"email_1": "eve@exemple.quebec"})
    assert [*taken.context["form"].errors] == ["email_1"]  # someone stays in that seat
    summary = client.post(address, typed)
    assertContains(summary, "Continuent, sans changement")
    assert summary.context["summary"]["staying"] == [first, second]
    client.post(address, typed | {"confirmer": "1"})
    ends = Mandate.objects.order_by("pk").values_list("ends_on", flat=True)
    assert list(ends) == [day, None, None]
    assert Invitation.objects.get().starts_on == day


def test_those_who_came_since_the_vote_are_not_outgoing(client, page, seated, ginette):
    day = elections.last_general_election(timezone.localdate())
    new = MandateFactory(
        organisation=ginette.organisation, public=Public.ELECTED, function="siège 3",
        starts_on=day,
    )  # fmt: skip
    shown = client.get(page)
    assert new not in [person.mandate for person in shown.context["sitting"]]
    assertContains(shown, str(new.user))


def test_the_election_of_others_does_not_exist(page, seated, ginette):
    stranger = Client()
    stranger.force_login(seated[0].user)
    assert stranger.get(page).status_code == 404
    assert stranger.post(page, answers(seated) | {"confirmer": "1"}).status_code == 404
    done = council.renew(
        organisation=ginette.organisation,
        election=election(seated, elected_on=seated[0].starts_on + timedelta(days=1)),
        by=ginette.user,
        at=timezone.now(),
    )
    undo = reverse("municipalities:undo-renewal", args=[done.pk])
    assert stranger.post(undo).status_code == 404
    assert Client().post(undo).status_code == 302


def test_a_renewal_too_old_says_so(client, ginette, seated):
    done = council.renew(
        organisation=ginette.organisation,
        election=election(seated, elected_on=seated[0].starts_on + timedelta(days=1)),
        by=ginette.user,
        at=timezone.now() - RENEWAL_UNDO,
    )
    undo = reverse("municipalities:undo-renewal", args=[done.pk])
    assertContains(client.post(undo, follow=True), "le délai est passé")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_the_council(
    client, page, ginette, django_assert_num_queries, count
):
    MandateFactory.create_batch(
        count, organisation=ginette.organisation, public=Public.ELECTED,
        starts_on=date(2022, 1, 1),
    )  # fmt: skip
    client.get(page)
    with django_assert_num_queries(9):
        client.get(page)


def test_the_page_of_montreal_s_council_stays_light(client, page, ginette):
    """65 seats: compressed, under the 8 kB that a next view may weigh."""
    ginette.organisation.seats_filled = 65
    ginette.organisation.save()
    for seat in range(65):
        MandateFactory(
            organisation=ginette.organisation, public=Public.ELECTED, function=f"siège {seat}",
            starts_on=date(2022, 1, 1),
        )  # fmt: skip
    shown = client.get(page)
    assert len(gzip.compress(shown.content, 6)) < 8000
    sitting = [person.mandate for person in shown.context["sitting"]]
    typed = {"uuid": str(uuid4())} | {f"fate_{mandate.pk}": "reelue" for mandate in sitting}
    taken = client.post(page, typed | {"email_40": "eve@exemple.quebec"})
    assert [*taken.context["form"].errors] == ["email_40"]
    said = client.post(page, typed).context["summary"]
    assert said["returned"] == [(mandate, mandate.function) for mandate in sitting]


def at_once(*acts) -> list[str]:
    barrier = Barrier(len(acts))

    def call(act):
        try:
            barrier.wait(timeout=20)
            act()
        except (RenewalRefused, invitations.InvitationRefused):
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(call, acts))


@pytest.mark.django_db(transaction=True)
def test_two_pages_confirmed_at_once_renew_the_council_once(ginette, sitting):
    each = [election(sitting, returned={rank: "siège 1"}) for rank in range(3)]
    acts = [
        lambda wanted=wanted: council.renew(
            organisation=ginette.organisation, election=wanted, by=ginette.user, at=NIGHT
        )
        for wanted in each
    ]
    assert sorted(at_once(*acts)) == ["done", "refused", "refused"]
    assert ginette.organisation.mandates.count() == 4


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_pages_would_renew_it_twice(ginette, sitting, monkeypatch):
    """The control of the test above: the lock is what holds."""
    meet = Barrier(2)
    real = council.outgoing

    def read_then_meet(*args, **kwargs):
        found = real(*args, **kwargs)
        meet.wait(timeout=20)
        return found

    monkeypatch.setattr(council, "outgoing", read_then_meet)
    rows = type(ginette.organisation.__class__.objects.all())
    monkeypatch.setattr(rows, "select_for_update", lambda each, **how: each)

    def act():
        council.renew(
            organisation=ginette.organisation,
            election=election(sitting),
            by=ginette.user,
            at=NIGHT,
        )

    assert at_once(act, act) == ["done", "done"]
    assert CouncilRenewal.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_accepting_and_undoing_at_once_leave_one_of_the_two(ginette, sitting):
    for rank in range(4):
        email = f"nouvelle{rank}@exemple.quebec"
        renewal = renew(ginette, sitting, newcomers=[email])
        results = at_once(
            lambda renewal=renewal: council.undo_renewal(
                renewal_id=renewal.pk, by=ginette.user, at=NIGHT
            ),
            lambda renewal=renewal: accepts(ginette, sitting, renewal),
        )
        assert sorted(results) == ["done", "refused"]
        is_undone = results[0] == "done"
        assert User.objects.filter(email=email).exists() is not is_undone
        if not is_undone:
            return


def test_a_person_without_a_council_page_has_none(page):
    visitor = Client()
    visitor.force_login(UserFactory())
    assert visitor.get(page).status_code == 404
    assert Mandate.objects.count() == 0
