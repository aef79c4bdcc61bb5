"""P-12: each agreement apart, off until given, withdrawn as easily, kept as proof."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.consents import actions
from atn_platform.consents.enums import WORDINGS, Purpose, Way
from atn_platform.consents.models import Consent, consenting
from atn_platform.core.purging import purging
from municipalities.models import Mandate
from tests.factories import LONG_AGO, NOON, MandateFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("consents:mine")


def agree(user, purpose=Purpose.RECOMMENDATIONS, at=NOON):
    version = WORDINGS[purpose].version
    return actions.give(user=user, purpose=purpose, version=version, way=Way.PAGE, at=at)


def answer(client, purpose, agreed, version=1):
    typed = {"purpose": purpose.value, "version": version, "agree": "1" if agreed else "0"}
    return client.post(PAGE, typed, follow=True)


def test_p12_nothing_is_agreed_to_at_first_and_nothing_is_ticked(client):
    client.force_login(UserFactory())
    page = client.get(PAGE)
    assertContains(page, "J’accepte<", count=len(Purpose))
    assertNotContains(page, "Retirer mon accord")
    assertNotContains(page, "checked")
    assert not Consent.objects.exists()


def test_p12_agreeing_and_withdrawing_take_one_button_each_and_act_at_once(client):
    user, purpose = UserFactory(), Purpose.FACTS_TO_ORGANISATION
    client.force_login(user)
    before = timezone.now()
    assertContains(answer(client, purpose, agreed=True), "Votre accord est noté.")
    row = Consent.objects.get()
    assert (row.user, row.purpose, row.version, row.given_by) == (user, purpose, 1, Way.PAGE)
    assert row.words == str(WORDINGS[purpose].text)
    assert before <= row.given_at <= timezone.now()
    assert Consent.objects.in_force(purpose).exists()
    page = answer(client, purpose, agreed=False)
    assertContains(page, "Votre accord est retiré, dès maintenant.")
    assertContains(page, "Accords passés")
    assert not Consent.objects.in_force(purpose).exists()
    row.refresh_from_db()
    assert row.withdrawn_by == Way.PAGE


def test_p12_each_purpose_stands_alone():
    user = UserFactory()
    agree(user, Purpose.RECOMMENDATIONS)
    in_force = [each for each in Purpose if Consent.objects.in_force(each).exists()]
    assert in_force == [Purpose.RECOMMENDATIONS]


def test_saying_it_twice_changes_nothing():
    user = UserFactory()
    assert (agree(user), agree(user)) == (True, False)
    taken = {"user_id": user.pk, "purpose": Purpose.RECOMMENDATIONS, "way": Way.PAGE}
    later = NOON + timedelta(hours=1)
    assert actions.withdraw(**taken, at=later) is True
    assert actions.withdraw(**taken, at=later + timedelta(hours=1)) is False
    assert Consent.objects.get().withdrawn_at == later


def test_p12_agreeing_again_adds_to_the_history():
    user = UserFactory()
    agree(user, at=LONG_AGO)
    actions.withdraw(user_id=user.pk, purpose=Purpose.RECOMMENDATIONS, way=Way.PAGE, at=LONG_AGO)
    agree(user, at=NOON)
    assert list(Consent.objects.order_by("given_at").values_list("given_at", "withdrawn_at")) == [
        (LONG_AGO, LONG_AGO),
        (NOON, None),
    ]


def test_p12_the_database_keeps_the_history_as_it_was():
    user = UserFactory()
    agree(user)
    rows = Consent.objects.all()
    for changes in ({"words": "autre"}, {"given_at": LONG_AGO}, {"purpose": "promotional"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)
    actions.withdraw(user_id=user.pk, purpose=Purpose.RECOMMENDATIONS, way=Way.PAGE, at=NOON)
    for changes in ({"withdrawn_at": None, "withdrawn_by": ""}, {"withdrawn_by": Way.LETTER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("DELETE FROM consents_consent")
    assert rows.count() == 1


def test_only_a_purge_may_delete_and_its_leave_ends_with_it():
    user = UserFactory()
    agree(user)
    with purging():
        Consent.objects.all().delete()
    agree(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.all().delete()


def test_p12_words_that_changed_are_asked_again(client, monkeypatch):
    user, purpose = UserFactory(), Purpose.RECOMMENDATIONS
    agree(user)
    old = WORDINGS[purpose]
    new = type(old)(2, old.title, "J’accepte autre chose.", old.without)
    monkeypatch.setitem(WORDINGS, purpose, new)
    assert not Consent.objects.in_force(purpose).exists()
    client.force_login(user)
    assertContains(client.get(PAGE), "Ce texte a changé depuis votre accord")
    assertContains(answer(client, purpose, agreed=True, version=1), "Ce texte a changé. Relisez")
    assert not Consent.objects.in_force(purpose).exists()
    answer(client, purpose, agreed=True, version=2)
    assert Consent.objects.in_force(purpose).get().words == "J’accepte autre chose."
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_words_change_only_with_their_version():
    """Whoever edits a text raises its version, then writes the new digest here."""
    digests = {
        purpose.value: (each.version, sha256(str(each.text).encode()).hexdigest()[:12])
        for purpose, each in WORDINGS.items()
    }
    assert digests == {
        "facts_to_organisation": (1, "5f6561288ae0"),
        "recommendations": (1, "2f0ba92b6682"),
        "promotional_messages": (1, "3cf9fa6f1ab7"),
    }


@pytest.mark.parametrize("typed", [{}, {"purpose": "tout", "version": "1", "agree": "1"},
                                   {"purpose": "recommendations", "version": "x", "agree": "1"},
                                   {"purpose": "recommendations", "version": "1", "agree": "2"}])  # fmt: skip
def test_a_choice_that_is_not_offered_is_refused_in_french(client, typed):
    client.force_login(UserFactory())
    assertContains(client.post(PAGE, typed, follow=True), "Ce choix n’est plus offert.")
    assert not Consent.objects.exists()


def test_other_apps_ask_by_the_row():
    yes, no = MandateFactory(), MandateFactory()
    agree(yes.user, Purpose.FACTS_TO_ORGANISATION)
    agree(no.user, Purpose.RECOMMENDATIONS)
    rows = Mandate.objects.filter(consenting(Purpose.FACTS_TO_ORGANISATION))
    assert list(rows) == [yes]
    rows = Mandate.objects.annotate(
        agrees=consenting(Purpose.FACTS_TO_ORGANISATION, person="user_id")
    )
    assert dict(rows.values_list("pk", "agrees")) == {yes.pk: True, no.pk: False}


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_whatever_the_history(
    client, django_assert_num_queries, count
):
    user = UserFactory()
    for _ in range(count):
        agree(user)
        actions.withdraw(user_id=user.pk, purpose=Purpose.RECOMMENDATIONS, way=Way.PAGE, at=NOON)
    client.force_login(user)
    with django_assert_num_queries(3):  # session, person, consents
        assertContains(client.get(PAGE), "retiré le", count=count)
