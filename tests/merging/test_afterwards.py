"""B-80, P-06: what becomes of the account that closed, during its thirty days and after."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from threading import Event
from uuid import uuid4
from zipfile import ZipFile

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.actions import print_cards, use_card
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.enums import Capacity, Screen
from atn_platform.audit.models import Viewing
from atn_platform.consents.actions import give
from atn_platform.consents.enums import WORDINGS, Purpose, Way
from atn_platform.merging import actions
from atn_platform.merging.actions import MergeRefused
from atn_platform.merging.models import MERGE_UNDO, Merge
from atn_platform.privacy import actions as data
from atn_platform.privacy.inventory import tables
from atn_platform.retention.actions import hold
from atn_platform.rights import actions as rights
from atn_platform.rights.models import COOLING
from atn_platform.rights.queries import effect_on
from enrollments.actions import enroll
from enrollments.models import Enrollment
from municipalities.actions.claims import Claimant, ask_people
from municipalities.models import Mandate, Organisation
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
)
from tests.merging.conftest import BEFORE, NOW, TODAY, lesson, part, unite
from tests.privacy.seed import plant
from tests.rights.dump import tables_saying

pytestmark = pytest.mark.django_db
AFTER = NOW + MERGE_UNDO + timedelta(hours=1)


def test_what_opened_the_closed_account_opens_nothing_until_they_part(twins):
    kept, absorbed = twins
    (printed,) = print_cards(
        people=[absorbed], place="Abercorn", printing=uuid4(), by=None, at=NOW
    )
    Authenticator.objects.create(user=absorbed, type="totp", data={"secret": "x"})
    handle = User.objects.get(pk=absorbed.pk).handle
    merge = unite(*twins)
    assert use_card(handle=handle, code=printed.code, at=NOW) is None
    assert not Authenticator.objects.filter(user=kept).exists()
    assert not absorbed.cards.live(NOW).exists()
    part(merge)
    assert use_card(handle=handle, code=printed.code, at=NOW + timedelta(days=4)) == absorbed
    assert Authenticator.objects.filter(user=absorbed).exists()


def test_consents_of_one_account_are_not_given_in_the_other(twins):
    kept, absorbed = twins
    purpose = Purpose.FACTS_TO_ORGANISATION
    give(user=absorbed, purpose=purpose, version=WORDINGS[purpose].version, way=Way.PAGE, at=NOW)
    unite(*twins)
    assert not kept.consents.exists()
    actions.settle(on=TODAY, at=AFTER)
    # The proof of what was agreed to is kept, under a number.
    assert absorbed.consents.get().withdrawn_at is None


def seen_by(client, user):
    client.force_login(user)
    return client.get(reverse("privacy:viewings"))


def test_p18_who_opened_the_closed_account_is_told_to_its_person(client, twins):
    kept, absorbed = twins
    reader = UserFactory(first_name="Nicole", last_name="Hébert")
    Viewing.objects.create(
        at=timezone.now(), reader=reader, capacity=Capacity.choices[0][0],
        screen=Screen.choices[0][0], people=[absorbed.pk],
    )  # fmt: skip
    assertNotContains(seen_by(client, kept), "Nicole Hébert")
    merge = unite(kept, absorbed)
    assertContains(seen_by(client, kept), "Nicole Hébert")
    part(merge)
    assertNotContains(seen_by(client, kept), "Nicole Hébert")


def erased(user, *, at):
    atn = UserFactory(role=Role.ADMINISTRATOR)
    asked = rights.ask_erasure(user=user, on=at.date(), at=at)
    rights.grant(request_id=asked.pk, reason="", by=atn, at=at)
    assert rights.erase_due(on=at.date(), at=at + COOLING) == 1


def test_p06_an_erasure_takes_the_account_that_was_united_within_its_thirty_days():
    kept, absorbed = plant("p"), plant("q")
    merge = unite(kept.person, absorbed.person)
    marks = {*absorbed.marks, *absorbed.secrets, *kept.marks, *kept.secrets}
    assert len(tables_saying(*marks)) > 20
    erased(kept.person, at=NOW + timedelta(days=3))
    kinds = {"certificates.Certificate", "certificates.CertificateFile", "consents.Consent", "courses.Course",
             "municipalities.ImportBatch", "municipalities.MailDomain"}  # fmt: skip
    assert set(tables_saying(*marks)) <= kinds
    for account in (kept.person, absorbed.person):
        account.refresh_from_db()
        assert (account.email, account.last_name, account.erased_at is None) == (None, "", False)
    with pytest.raises(MergeRefused):
        part(merge, at=NOW + timedelta(days=20))


def test_p06_what_is_told_of_an_erasure_counts_both_accounts(twins):
    kept, absorbed = twins
    Authenticator.objects.create(user=absorbed, type="totp", data={"secret": "x"})
    table = next(each for each in tables() if each.model is Authenticator)
    assert table.title not in dict(effect_on(kept).goes)
    unite(kept, absorbed)
    assert dict(effect_on(kept).goes)[table.title] == 1


def test_accounts_do_not_part_while_an_erasure_is_asked(twins):
    kept, _absorbed = twins
    merge = unite(*twins)
    asked = rights.ask_erasure(user=kept, on=TODAY, at=NOW)
    with pytest.raises(MergeRefused, match="effacement"):
        part(merge)
    rights.cancel(request_id=asked.pk, by=kept, at=NOW)
    part(merge)


def test_the_hold_on_a_united_account_stops_the_erasure_of_its_person(twins):
    kept, absorbed = twins
    unite(*twins)
    hold(user=absorbed, reason="Plainte", by=UserFactory(), at=NOW)
    asked = rights.ask_erasure(user=kept, on=TODAY, at=NOW)
    with pytest.raises(rights.RequestRefused, match="retenue légale"):
        rights.grant(request_id=asked.pk, reason="", by=UserFactory(), at=NOW)


def test_p02_the_file_of_a_person_holds_what_the_closed_account_holds(twins):
    kept, absorbed = twins
    Authenticator.objects.create(user=absorbed, type="totp", data={"secret": "x"})
    unite(*twins)
    made = data.ask(user=kept, at=NOW)
    data.build(export_id=made.pk, at=NOW)
    made.refresh_from_db()
    with ZipFile(BytesIO(made.content)) as book:
        told = json.loads(book.read("mes-donnees.json"))["tables"]
    assert [len(each["rows"]) for each in told if each["table"] == "mfa.Authenticator"] == [1]


def test_p06_what_was_written_down_to_part_again_goes_once_they_have(twins, follow):
    """It held the address that was taken off, and notes: nothing needs them any more."""
    kept, absorbed = twins
    for person, text in ((kept, "Un mot de Luc."), (absorbed, "Deux.")):
        follow(person, completed="a").notes.create(
            lesson=lesson("a"), text=text, written_at=BEFORE
        )
    merge = unite(kept, absorbed)
    said = json.dumps(Merge.objects.get(pk=merge.pk).changes)
    assert "luc@maison.example" in said
    assert "Un mot de Luc." in said
    part(merge)
    merge.refresh_from_db()
    assert (merge.changes, merge.ended) == ([], {})


def test_what_a_device_kept_under_the_closed_account_goes_to_its_person(client, twins, follow):
    """B-80: the journal of the device says under whose account each answer was kept."""
    kept, absorbed = twins
    follow(absorbed)
    page = reverse("enrollments:journal")
    merge = unite(kept, absorbed)
    client.force_login(kept)
    said = client.get(page).json()
    assert (said["personne"], said["aussi"]) == (kept.device_owner, [absorbed.device_owner])
    act = {
        "id": str(uuid4()), "verbe": "termine", "cours": kept.enrollments.get().course.code,
        "lecon": str(lesson("a")), "at": NOW.isoformat(), "seq": 1,
    }  # fmt: skip
    sent = {"appareil": str(uuid4()), "maintenant": NOW.isoformat(), "enonces": [act]}
    answer = client.post(page, json.dumps(sent), content_type="application/json").json()
    assert [each["sort"] for each in answer["resultats"]] == ["garde"]
    assert kept.enrollments.get().lesson_states.filter(completed_at__isnull=False).count() == 1
    part(merge)
    assert client.get(page).json()["aussi"] == []


def test_after_thirty_days_nothing_names_or_opens_the_closed_account(twins):
    kept, absorbed = twins
    Authenticator.objects.create(user=absorbed, type="totp", data={"secret": "x"})
    unite(*twins)
    assert actions.settle(on=TODAY, at=AFTER - timedelta(hours=2)) == 0
    hold(user=kept, reason="Plainte", by=UserFactory(), at=NOW)
    assert actions.settle(on=TODAY, at=AFTER) == 0
    kept.legal_holds.update(lifted_at=NOW)
    assert actions.settle(on=TODAY, at=AFTER) == 1
    assert actions.settle(on=TODAY, at=AFTER) == 0
    absorbed.refresh_from_db()
    kept.refresh_from_db()
    assert (absorbed.last_name, absorbed.erased_at, absorbed.united_to) == ("", AFTER, kept)
    assert (kept.last_name, kept.is_active) == ("Roy", True)
    assert not Authenticator.objects.exists()
    assert Merge.objects.get().changes == []


def test_what_was_being_written_is_gathered_and_parts_with_the_rest(twins):
    """A list that was being imported gives a function and a course to the account that closed."""
    kept, absorbed = twins
    merge = unite(*twins)
    late = MandateFactory(user=absorbed)
    course = EnrollmentFactory(mandate=late)
    assert actions.gather(merge_id=merge.pk, on=TODAY, at=NOW) == 3
    assert actions.gather(merge_id=merge.pk, on=TODAY, at=NOW) == 0
    assert set(Mandate.objects.filter(user=absorbed)) == set()
    assert Enrollment.objects.get(pk=course.pk).learner == kept
    part(merge)
    assert Mandate.objects.get(pk=late.pk).user == absorbed
    assert Enrollment.objects.get(pk=course.pk).learner == absorbed


def enrolment_during_the_merge(kept, absorbed, version):
    """A course joined under the closing account while the merge holds both, then commits."""
    held, asks = Event(), Event()
    close = actions._close

    def slow(*args, **kwargs):
        held.set()
        asks.wait(2)  # whoever joins now waits for the person
        return close(*args, **kwargs)

    actions._close = slow
    mandate = absorbed.mandates.get()

    def join():
        try:
            held.wait(10)
            return enroll(learner=absorbed, course=version.course, mandate=mandate, at=NOW)
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(1) as pool:
            joined = pool.submit(join)
            unite(kept, absorbed)
            return joined.result(20)
    finally:
        actions._close = close


@pytest.mark.django_db(transaction=True)
def test_b80_a_course_joined_during_the_merge_is_with_the_account_that_goes_on(twins):
    kept, absorbed = twins
    joined = enrolment_during_the_merge(kept, absorbed, VersionFactory())
    assert Enrollment.objects.get(pk=joined.pk).learner == kept


@pytest.mark.django_db(transaction=True)
def test_without_waiting_for_the_person_the_course_would_be_with_the_closed_account(
    twins, monkeypatch
):
    """A negative control; the sweep then brings it back."""
    monkeypatch.setattr(type(User.objects), "who_goes_on", lambda _self, user: user)
    kept, absorbed = twins
    joined = enrolment_during_the_merge(kept, absorbed, VersionFactory())
    joined.refresh_from_db()
    assert joined.learner == absorbed
    actions.settle(on=TODAY, at=NOW)
    joined.refresh_from_db()
    assert joined.learner == kept


@pytest.fixture
def united_at_work(twins):
    """Luc signs in from home; the town hall that he leaves wrote to him at work."""
    work, home = twins
    place = work.mandates.get().organisation
    home.mandates.all().delete()
    unite(home, work)
    home.refresh_from_db()
    return home, place


@pytest.mark.parametrize("how", ["asked", "domain"])
def test_a_departure_passes_on_the_address_that_the_organisation_knows(
    client, united_at_work, how
):
    luc, place = united_at_work
    boss = ResponsibilityFactory(organisation=place).user
    if how == "asked":
        luc_at_work = Claimant("Luc", "Roy", "luc@travail.example")
        ask_people(organisation=place, claimant=luc_at_work, at=NOW)
    else:
        Organisation.objects.filter(pk=place.pk).update(official_email="info@travail.example")
    client.force_login(boss)
    page = reverse("municipalities:depart", args=[place.mandates.get(user=luc).pk])
    asked = client.get(page)
    assertContains(asked, "luc@travail.example n’ouvrira plus son compte")
    assertNotContains(asked, "luc@maison.example")
    client.post(page, {"on": timezone.localdate().isoformat(), "passes": "on"})
    luc.refresh_from_db()
    assert luc.own_addresses == ["luc@maison.example"]


@pytest.mark.parametrize("official", ["", "info@ville.example", "mairie@gmail.com"])
def test_a_departure_neither_tells_nor_takes_an_address_that_may_be_private(
    client, united_at_work, official
):
    """A provider from which everybody writes is nobody's own domain."""
    luc, place = united_at_work
    luc.emailaddress_set.create(email="luc@gmail.com", verified=True)
    Organisation.objects.filter(pk=place.pk).update(official_email=official)
    before = luc.own_addresses
    client.force_login(ResponsibilityFactory(organisation=place).user)
    page = reverse("municipalities:depart", args=[place.mandates.get(user=luc).pk])
    asked = client.get(page)
    assertContains(asked, "Inscrire le départ")
    assertNotContains(asked, "n’ouvrira plus son compte")
    client.post(page, {"on": timezone.localdate().isoformat(), "passes": "on"})
    assert Mandate.objects.get(user=luc, organisation=place).ends_on == timezone.localdate()
    luc.refresh_from_db()
    assert luc.own_addresses == before
