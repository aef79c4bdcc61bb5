"""Tokens that a thief makes, providers that lie, and identities that outlive who answers for them."""

import base64
import hashlib
import hmac
import json
import time
from importlib import import_module
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from atn_platform.accounts.enums import Role
from atn_platform.audit.models import Entry
from atn_platform.core import fetching
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import sign_in as actions
from municipalities.actions.territory import Merger, name_successor
from municipalities.enums import ProviderKind
from municipalities.models import IdentityProvider, MailDomain
from municipalities.queries import sign_in
from municipalities.queries.sign_in import by_handle, identity, offered_for
from tests.accounts.liar import CLIENT, fresh_key, running_liar
from tests.factories import MunicipalityFactory, ResponsibilityFactory, UserFactory
from tests.municipalities.test_identity_providers import (
    OTHER_TENANT,
    TENANT,
    inside,
    offered,
    own,
)

# allauth prints variables it may not have
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


@pytest.fixture
def liar(settings):
    with running_liar() as running:
        settings.OPENID_ISSUERS = {"microsoft": running.address, "google": running.address}
        yield running


@pytest.fixture
def town():
    return offered(ProviderKind.MICROSOFT, tenant=TENANT)


@pytest.fixture
def elodie():
    return UserFactory(email="elodie@ville.quebec")


def come_back(client, row, liar, **claims):
    """Out to the provider and back, with the token that it then gives."""
    told = {"tid": TENANT, "email": "elodie@ville.quebec", "xms_edov": True}
    liar.claims = {**told, **claims}
    out = client.get(reverse("openid_connect_login", args=[row.handle]))
    asked = parse_qs(urlsplit(out.headers["Location"]).query)
    liar.claims.setdefault("nonce", asked["nonce"][0])
    back = reverse("openid_connect_callback", args=[row.handle])
    return client.get(back, {"code": "x", "state": asked["state"][0]})


def test_an_honest_token_opens_the_account_also_after_the_keys_were_changed(
    client, liar, town, elodie
):
    come_back(client, town, liar)
    assert inside(client) == str(elodie.pk)
    liar.rotate(fresh_key(), "deux")
    again = Client()
    come_back(again, town, liar)
    assert inside(again) == str(elodie.pk)


def by_the_public_half(liar, said) -> str:
    """Signed by what everybody may read, taken for a secret."""
    public = liar.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    blank = jwt.encode(said, "x" * 32, algorithm="HS256", headers={"kid": liar.kid})
    head, body, _signature = blank.split(".")
    made = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def by_an_unnamed_key(liar, said) -> str:
    """Two keys are published, and the token names neither."""
    liar.keys["keys"].append(liar.keys["keys"][0] | {"kid": "autre"})
    return jwt.encode(said, fresh_key(), algorithm="RS256")


# What the provider gives in the place of a token that one of its keys signed.
FORGED = {
    "none": lambda liar, said: jwt.encode(said, None, "none", headers={"kid": liar.kid}),
    "public-half": by_the_public_half,
    "another-key": lambda liar, said: jwt.encode(said, fresh_key(), "RS256", {"kid": liar.kid}),
    "unknown-key": lambda liar, said: jwt.encode(said, liar.key, "RS256", {"kid": "inconnue"}),
    "unnamed": by_an_unnamed_key,
    "words": lambda liar, said: "pas un jeton",
    "dots": lambda liar, said: "a.b.c",
    "nothing": lambda liar, said: "",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_token_that_no_key_of_the_provider_signed_opens_nothing(client, liar, town, elodie, how):
    now = int(time.time())
    told = {"iss": liar.address, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300}
    liar.token = lambda: FORGED[how](liar, told | liar.claims)
    answer = come_back(client, town, liar)
    assert answer.status_code < 500 or answer.status_code == 502
    assert inside(client) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "une-autre"}, {"aud": [CLIENT, "une-autre"]}, {"azp": "une-autre"},
        {"iss": "https://ailleurs.example"}, {"sub": None}, {"exp": None}, {"iat": None},
        {"exp": 1_600_000_000}, {"iat": 4_000_000_000}, {"nbf": 4_000_000_000},
        {"email": ["elodie@ville.quebec"]}, {"email": {"a": 1}}, {"tid": [TENANT]},
        {"email": "elodie\0@ville.quebec"}, {"sub": "s\0"}, {"sub": "s" * 192},
        {"nonce": None}, {"nonce": ""}, {"nonce": 5}, {"nonce": "0" * 64},
    ],
)  # fmt: skip
def test_a_token_meant_for_another_or_for_another_time_opens_nothing(
    client, liar, town, elodie, claims
):
    answer = come_back(client, town, liar, **claims)
    assert answer.status_code < 500
    assert inside(client) is None
    assert not SocialAccount.objects.exists()


def test_a_token_of_one_way_out_opens_nothing_on_another(client, liar, town, elodie):
    """OpenID Connect Core 3.1.3.7: put in the place of the right one, it is as good but for that."""
    thief = Client()
    come_back(thief, town, liar)
    assert inside(thief)
    come_back(client, town, liar, nonce=liar.claims["nonce"])
    assert inside(client) is None


def talking(said, part, pause, times):
    """It ends, so that a test that fails ends too; `said` grows with each part."""
    for _n in range(times):
        said.append(part)
        yield part
        time.sleep(pause)


@pytest.mark.parametrize("step", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize("talk", [(b" " * 2**16, 0, 2**10), (b" ", 0.05, 200)])
def test_f05_an_answer_without_an_end_is_not_waited_for(
    client, liar, town, step, talk, monkeypatch
):
    """Too long in bytes; then a space a moment, never silent and never done."""
    part, pause, times = talk
    if pause:
        monkeypatch.setattr(fetching, "LONGEST", 0.2)
    said: list[bytes] = []
    liar.raw[step] = talking(said, part, pause, times)
    try:
        answer = come_back(client, town, liar)
    except KeyError:  # there was no way out at all
        answer = client.get(reverse("openid_connect_login", args=[town.handle]))
    assertContains(answer, reverse("account_request_login_code"), status_code=answer.status_code)
    assert 0 < len(said) < times


def test_a_provider_sends_us_to_no_other_address(client, liar, town, elodie):
    liar.moved["/jwks"] = f"{liar.address}/elsewhere"
    liar.raw["/jwks"], liar.raw["/elsewhere"] = b"", json.dumps(liar.keys).encode()
    come_back(client, town, liar)
    assert inside(client) is None
    liar.moved.clear()
    del liar.raw["/jwks"]
    come_back(client, town, liar)
    assert inside(client) == str(elodie.pk)


def test_clocks_may_differ_by_half_a_minute(client, liar, town, elodie):
    now = int(time.time())
    come_back(client, town, liar, iat=now + 30, exp=now - 30)
    assert inside(client) == str(elodie.pk)


@pytest.mark.parametrize("step", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize(
    "body",
    [
        b"<html>en panne</html>", b"[]", b"{}", b"null", b"", b"5", b'["access_token"]',
        b'{"access_token": 1, "expires_in": "bient\xc3\xb4t", "id_token": "x"}',
    ],
)  # fmt: skip
def test_f05_a_provider_that_answers_nonsense_leads_back_to_the_code(
    client, liar, town, elodie, step, body
):
    liar.raw[step] = body
    try:
        answer = come_back(client, town, liar)
    except KeyError:  # there was no way out at all
        answer = client.get(reverse("openid_connect_login", args=[town.handle]))
    assert answer.status_code in {200, 401, 403, 502}
    assertContains(answer, reverse("account_request_login_code"), status_code=answer.status_code)
    assert inside(client) is None


def test_a_mistake_of_ours_is_not_taken_for_one_of_the_provider(
    client, liar, town, elodie, monkeypatch
):
    def mistaken(**_kwargs):
        raise KeyError

    monkeypatch.setattr(actions, "link_identity", mistaken)
    with pytest.raises(KeyError):
        come_back(client, town, liar)


def test_an_identity_that_was_linked_to_another_meanwhile_is_refused_in_words(
    client, liar, town, elodie, monkeypatch
):
    """Two came back at once by it: the other was faster, once the library had looked."""

    def late(provider, claims):
        row = {"provider": town.handle, "uid": claims["sub"]}
        SocialAccount.objects.get_or_create(**row, defaults={"user": UserFactory()})
        return identity(provider, claims)

    monkeypatch.setattr(sign_in, "identity", late)
    answer = come_back(client, town, liar)
    assertContains(answer, "déjà relié à une autre personne", status_code=403)
    assert inside(client) is None


def test_f05_a_provider_that_is_down_leads_back_to_the_code(client, settings, town):
    settings.OPENID_ISSUERS = {"microsoft": "http://127.0.0.1:9", "google": ""}
    answer = client.get(reverse("openid_connect_login", args=[town.handle]))
    assertContains(answer, "Connectez-vous par un code", status_code=502)


def test_a_discovery_that_names_another_issuer_is_not_believed(client, liar, town, elodie):
    liar.config["issuer"] = "https://ailleurs.example"
    come_back(client, town, liar, iss="https://ailleurs.example")
    assert inside(client) is None


def test_a_tenant_does_not_say_itself_that_it_checked_an_address(client, liar, town, elodie):
    """Whoever runs a tenant adds « email_verified » to its tokens; Microsoft alone says xms_edov."""
    come_back(client, town, liar, xms_edov=None, email_verified=True)
    assert inside(client) is None


def test_another_subject_with_a_checked_address_that_was_linked_asks_for_a_code(
    client, liar, town, elodie
):
    """The address went to a newcomer over there: theirs is not the account of the one before."""
    come_back(client, town, liar)
    newcomer = Client()
    come_back(newcomer, town, liar, sub="s-2")
    assert inside(newcomer) is None
    assert SocialAccount.objects.get().uid == "s-1"


@pytest.mark.parametrize("asked", ["process=connect", "process=redirect", "auth_params=state%3Dx"])
def test_an_address_that_a_stranger_sends_ties_no_identity_to_the_account_that_is_open(
    client, liar, town, elodie, asked
):
    """S-13: the identity open over there, perhaps the stranger's, is not the victim's here."""
    victim = UserFactory()
    client.force_login(victim)
    out = client.get(f"{reverse('openid_connect_login', args=[town.handle])}?{asked}")
    told = parse_qs(urlsplit(out.headers["Location"]).query)
    state = told["state"]
    liar.claims = {
        "tid": TENANT, "email": elodie.email, "xms_edov": True, "nonce": told["nonce"][0]
    }  # fmt: skip
    assert state != ["x"]
    back = reverse("openid_connect_callback", args=[town.handle])
    client.get(back, {"code": "x", "state": state[0]})
    assert not victim.socialaccount_set.exists()


def test_s49_an_identity_that_is_linked_is_told_to_its_person_and_written_down(
    client, liar, town, elodie
):
    come_back(client, town, liar)
    come_back(Client(), town, liar)
    letter = OutgoingEmail.objects.get(recipient=elodie)
    assert "ouvre maintenant votre compte" in letter.text
    assert Entry.objects.filter(verb="account.identity-linked").count() == 1


def test_s44_an_identity_never_replaces_the_second_factor_set_up_or_owed(client, liar, town):
    """S-44: whoever owes one, named a minute ago, is led to its set-up after Microsoft too."""
    ResponsibilityFactory(user__email="elodie@ville.quebec", second_factor=False)
    come_back(client, town, liar)
    assert client.get("/mes-gens/").headers["Location"] == reverse("mfa_index")
    guarded = UserFactory(email="ann@ville.quebec", role=Role.UMQ_COORDINATOR)
    other = Client()
    answer = come_back(other, town, liar, email=guarded.email, sub="s-9")
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert inside(other) is None


# Who answers for domains and services


def merged(gone, successor):
    gone.inactive_on = timezone.localdate()
    gone.save(update_fields=["inactive_on"])
    merger = Merger(organisation_id=gone.pk, successor_id=successor.pk, on=gone.inactive_on)
    by = UserFactory(role=Role.ADMINISTRATOR)
    name_successor(merger=merger, by=by, at=timezone.now())


def test_s11_a_place_that_left_the_registry_opens_nothing_until_its_successor_is_named(town):
    gone = town.organisation
    gone.inactive_on = timezone.localdate()
    gone.save(update_fields=["inactive_on"])
    assert by_handle(town.handle) is None
    assert offered_for("elodie@ville.quebec") == []


def test_domains_and_services_of_a_merged_municipality_are_its_successor_s(
    client, liar, town, elodie
):
    """Its responsables manage them, and identities that were linked go on."""
    come_back(client, town, liar)
    MailDomain.objects.create(
        organisation=town.organisation, domain="jamais.quebec", sent_to="admin@jamais.quebec",
        code_expires_at=timezone.now(),
    )  # fmt: skip
    successor = ResponsibilityFactory().organisation
    own(successor, "neuve.quebec")
    merged(town.organisation, successor)
    town.refresh_from_db()
    assert town.organisation == successor
    proved = set(successor.mail_domains.values_list("domain", flat=True))
    assert proved == {"ville.quebec", "neuve.quebec"}
    assert not MailDomain.objects.filter(domain="jamais.quebec").exists()
    assert offered_for(elodie.email) == [town]
    again = Client()
    come_back(again, town, liar)
    assert inside(again) == str(elodie.pk)


def test_of_two_services_of_a_kind_the_successor_s_stays(client, liar, town, elodie):
    come_back(client, town, liar)
    assert client.get("/mes-cours/").status_code == 200
    kept = offered(ProviderKind.MICROSOFT, tenant=OTHER_TENANT, domain="neuve.quebec")
    merged(town.organisation, kept.organisation)
    assert list(IdentityProvider.objects.all()) == [kept]
    assert not SocialAccount.objects.exists()
    assert client.get("/mes-cours/").status_code == 302
    assert offered_for(elodie.email) == [kept]


@pytest.mark.parametrize("has_own", [False, True])
def test_places_merged_before_lead_what_they_kept_to_the_one_that_goes_on(town, elodie, has_own):
    """Of all mergers that followed, and once: the migration may run again."""
    SocialAccount.objects.create(user=elodie, provider=town.handle, uid="s-1")
    kept = town
    if has_own:
        kept = offered(ProviderKind.MICROSOFT, tenant=OTHER_TENANT, domain="neuve.quebec")
    last = kept.organisation if has_own else MunicipalityFactory()
    between = MunicipalityFactory()
    for gone, successor in ((town.organisation, between), (between, last)):
        gone.successor, gone.inactive_on = successor, timezone.localdate()
        gone.save(update_fields=["successor", "inactive_on"])
    for place in (between, last):
        MailDomain.objects.create(
            organisation=place, domain="ville.quebec", sent_to="admin@ville.quebec",
            code_expires_at=timezone.now(),
        )  # fmt: skip
    assert town not in offered_for(elodie.email)
    for _n in range(2):
        import_module("municipalities.migrations.0011_lead_sign_in_to_successors").move(apps, None)
        assert offered_for(elodie.email) == [kept]
        assert by_handle(kept.handle).organisation == last
        assert MailDomain.objects.filter(domain="ville.quebec").count() == 1
        assert IdentityProvider.objects.count() == 1
        assert SocialAccount.objects.exists() is not has_own


def test_a_domain_that_the_successor_had_asked_for_too_is_proved_once(town):
    successor = MunicipalityFactory()
    MailDomain.objects.create(
        organisation=successor, domain="ville.quebec", sent_to="admin@ville.quebec",
        code_expires_at=timezone.now(),
    )  # fmt: skip
    merged(town.organisation, successor)
    (row,) = MailDomain.objects.all()
    assert (row.organisation, bool(row.verified_at)) == (successor, True)


def test_a_domain_proved_by_one_is_neither_asked_nor_proved_by_another(town):
    """Asked by both before either proved it: the second code comes too late."""
    other, by, now = MunicipalityFactory(), UserFactory(), timezone.now()
    late = MailDomain.objects.create(
        organisation=other, domain="ville.quebec", sent_to="admin@ville.quebec",
        code_hash=actions._hash("BBBBBBBB"), code_expires_at=now + timezone.timedelta(hours=1),
    )  # fmt: skip
    with pytest.raises(actions.SignInRefused):
        actions.prove_domain(row=late, code="BBBB-BBBB", by=by, at=now)
    with pytest.raises(actions.SignInRefused):
        actions.ask_domain(organisation=other, domain=" VILLE.quebec ", box="admin", by=by, at=now)


def test_another_tenant_ends_the_sessions_of_those_whom_the_first_had_let_in(
    client, liar, town, elodie
):
    come_back(client, town, liar)
    key = actions.Key(
        kind=ProviderKind.MICROSOFT, tenant=OTHER_TENANT, client_id="atn", secret="", offered=True
    )
    actions.set_provider(
        organisation=town.organisation, key=key, by=UserFactory(), at=timezone.now()
    )
    assert client.get("/mes-cours/").status_code == 302
