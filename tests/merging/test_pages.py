"""B-80, the pages: who may ask, what is seen before the yes, and what a stranger learns."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.merging import actions
from atn_platform.merging.actions import MergeRefused
from atn_platform.merging.models import Merge
from atn_platform.notifications.models import OutgoingEmail
from tests.factories import MandateFactory, ResponsibilityFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/compte/reunir/"


def code_sent() -> str:
    letter = OutgoingEmail.objects.get(key__startswith="merge-code:")
    found = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", letter.text, re.MULTILINE)
    assert found
    return found[0]


def test_b80_the_person_proves_the_other_address_sees_both_sides_and_says_yes(
    client, twins, follow
):
    kept, absorbed = twins
    follow(kept, completed="a")
    follow(absorbed, completed="ab")
    client.force_login(kept)
    assertContains(client.get("/compte/"), 'href="/compte/reunir/"')
    answer = client.post(PAGE, {"email": " LUC@maison.example "})
    page = answer.headers["Location"]
    letter = OutgoingEmail.objects.get(key__startswith="merge-code:")
    assert letter.to_address == "luc@maison.example"
    wrong = client.post(page, {"code": "AAAA-AAAA"})
    assertContains(wrong, "pas le code de la lettre", status_code=422)
    answer = client.post(page, {"code": code_sent().lower()})
    sides = client.get(answer.headers["Location"])
    for words in ("luc@travail.example", "luc@maison.example", "1 sur 3", "2 sur 3"):
        assertContains(sides, words)
    done = client.post(answer.headers["Location"], follow=True)
    assertContains(done, "Les deux comptes n’en font plus qu’un.")
    assertContains(done, "Séparer les deux comptes")
    assertContains(client.get(PAGE), "Revoir ou séparer")
    merge = Merge.objects.get()
    parted = client.post(reverse("merging:part", args=[merge.uuid]), follow=True)
    assertContains(parted, "de nouveau séparés")
    to = set(OutgoingEmail.objects.filter(key__startswith="merged:").values_list("to_address"))
    assert to == {("luc@travail.example",), ("luc@maison.example",)}


@pytest.mark.parametrize("who", ["nobody", "other name", "responsable", "role", "oneself"])
def test_addresses_that_no_code_leaves_for_are_answered_like_the_others(client, twins, who):
    """B-82: a successor who holds the address, under another name, takes nothing of the account."""
    kept, absorbed = twins
    address = absorbed.email
    if who == "nobody":
        address = "personne@maison.example"
    elif who == "other name":
        type(absorbed).objects.filter(pk=absorbed.pk).update(first_name="Anne")
    elif who == "responsable":
        ResponsibilityFactory(user=absorbed, second_factor=False)
    elif who == "role":
        absorbed.role_grants.create(role=Role.COACH, granted_at=timezone.now())
    elif who == "oneself":
        address = kept.email
    client.force_login(kept)
    answer = client.post(PAGE, {"email": address}, follow=True)
    assertContains(answer, "Si cette adresse ouvre un compte à votre nom")
    assertContains(client.post(answer.request["PATH_INFO"], {"code": "AAAA-AAAA"}),
                   "pas le code de la lettre", status_code=422)  # fmt: skip
    assert not OutgoingEmail.objects.exists()
    assert not Merge.objects.exists()


def test_five_tries_then_the_right_code_is_good_for_nothing(client, twins):
    client.force_login(twins[0])
    page = client.post(PAGE, {"email": twins[1].email}).headers["Location"]
    for _ in range(5):
        client.post(page, {"code": "AAAA-AAAA"})
    assert client.post(page, {"code": code_sent()}).status_code == 422
    assert Merge.objects.get().proven_at is None


def test_five_codes_a_day(client, twins):
    client.force_login(twins[0])
    for _ in range(5):
        client.post(PAGE, {"email": twins[1].email})
    answer = client.post(PAGE, {"email": twins[1].email})
    assertContains(answer, "Revenez demain", status_code=422)
    assert Merge.objects.count() == 5


def test_nothing_is_united_without_the_proof_or_an_hour_after_it(twins):
    kept, absorbed = twins
    now, today = timezone.now(), timezone.localdate()
    merge = Merge.objects.create(
        kept=kept, absorbed=absorbed, asked_by=kept, asked_at=now, code_hash="x"
    )
    with pytest.raises(MergeRefused):
        actions.unite(merge_id=merge.pk, by=kept, on=today, at=now)
    Merge.objects.update(proven_at=now)
    with pytest.raises(MergeRefused):
        actions.unite(merge_id=merge.pk, by=kept, on=today, at=now + timedelta(hours=1))


def test_the_page_of_two_accounts_is_nobody_else_s(client, twins):
    merge = Merge.objects.create(
        kept=twins[0], absorbed=twins[1], asked_by=twins[0], asked_at=timezone.now(),
        proven_at=timezone.now(),
    )  # fmt: skip
    for user in (MandateFactory().user, twins[1]):
        client.force_login(user)
        for name in ("merge", "part"):
            assert client.post(reverse(f"merging:{name}", args=[merge.uuid])).status_code == 404
    client.force_login(twins[0])
    assert client.get(reverse("merging:merge", args=[uuid4()])).status_code == 404


def test_an_administrator_decides_says_why_and_sees_both_before_the_yes(client, twins):
    kept, absorbed = twins
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    add = reverse("admin:merging_merge_add")
    typed = {"kept_account": kept.email, "absorbed_account": "absente@maison.example"}
    refused = client.post(add, typed)
    assertContains(refused, "Aucun compte ne s’ouvre avec cela.")
    typed |= {"absorbed_account": absorbed.email, "reason": "Deux pièces d’identité vues."}
    answer = client.post(add, typed)
    page = client.get(answer.headers["Location"])
    assertContains(page, "luc@maison.example")
    assert absorbed.is_active
    client.post(answer.headers["Location"])
    absorbed.refresh_from_db()
    assert not absorbed.is_active
    assertContains(client.get(reverse("admin:merging_merge_changelist")), "Deux pièces")


def test_the_empty_address_is_told_at_its_field(client, twins):
    client.force_login(twins[0])
    answer = client.post(PAGE, {"email": ""})
    assertContains(answer, "Écrivez l’adresse de l’autre compte.", status_code=422)
    assertNotContains(answer, "Revoir ou séparer", status_code=422)
