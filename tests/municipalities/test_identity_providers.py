"""Signing in with an organisation's own accounts, against an OpenID provider that really runs."""

import re

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.http import SEEN
from atn_platform.audit.models import Entry
from atn_platform.core.sealing import seal
from atn_platform.notifications.models import OutgoingEmail
from municipalities.enums import ProviderKind
from municipalities.models import IdentityProvider, MailDomain, Organisation
from municipalities.queries.sign_in import PERSONAL_TENANT
from tests.accounts.openid import running_provider, state_in
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory, UserFactory

# allauth prints variables it may not have
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"
ASK, CONFIRM = "account_request_login_code", "account_confirm_login_code"


@pytest.fixture(scope="module")
def provider():
    with running_provider() as running:
        yield running


@pytest.fixture
def microsoft(provider, settings):
    """A town whose domain is proved and whose Entra tenant is offered."""
    settings.OPENID_ISSUERS = {"microsoft": provider.address, "google": provider.address}
    return offered(ProviderKind.MICROSOFT, tenant=TENANT)


def offered(kind, *, tenant="", domain="ville.quebec"):
    town = MunicipalityFactory()
    own(town, domain)
    return IdentityProvider.objects.create(
        organisation=town, kind=kind, tenant=tenant, client_id="atn",
        sealed_secret=seal("un secret"), offered=True,
    )  # fmt: skip


def own(town, domain):
    MailDomain.objects.create(
        organisation=town, domain=domain, sent_to=f"admin@{domain}", code_expires_at=NOON,
        verified_at=NOON,
    )  # fmt: skip


def entra(provider, subject="sujet-1", **claims):
    """An account at Entra; xms_edov says that the owner of the address's domain was checked."""
    known = {"tid": TENANT, "email": "elodie@ville.quebec", "xms_edov": True}
    provider.know(subject, **known | claims)
    return subject


def come_in(client, provider, row, subject, **more):
    """From our page to the provider and back, as a browser goes."""
    out = client.get(reverse("openid_connect_login", args=[row.handle]), more)
    assert out.status_code == 302
    assert out.headers["Location"].startswith(f"{provider.address}/oauth2/authorize")
    return client.get(provider.consent(out.headers["Location"], subject))


def inside(client):
    return client.session.get("_auth_user_id")


def test_typing_an_address_of_a_proved_domain_offers_microsoft_or_a_code(client, microsoft):
    page = client.post(reverse(ASK), {"email": "qui@Ville.quebec"})
    assertContains(page, "Continuer avec Microsoft")
    assert OutgoingEmail.objects.count() == 0
    page = client.post(reverse(ASK), {"email": "qui@ville.quebec", "code": "1"})
    assert page.headers["Location"] == reverse(CONFIRM)


@pytest.mark.parametrize("why", ["withdrawn", "unproved", "elsewhere"])
def test_nothing_is_offered_that_the_organisation_has_not_decided_and_proved(
    client, microsoft, why
):
    if why == "withdrawn":
        IdentityProvider.objects.update(offered=False)
    elif why == "unproved":
        MailDomain.objects.update(verified_at=None)
    email = "qui@ailleurs.quebec" if why == "elsewhere" else "qui@ville.quebec"
    assert client.post(reverse(ASK), {"email": email}).headers["Location"] == reverse(CONFIRM)
    if why == "withdrawn":
        assert (
            client.get(reverse("openid_connect_login", args=[microsoft.handle])).status_code == 404
        )


def test_an_identity_of_the_tenant_with_a_proved_address_opens_its_account(
    client, provider, microsoft
):
    elodie = UserFactory(email="elodie@ville.quebec")
    answer = come_in(client, provider, microsoft, entra(provider), next="/mes-cours/")
    assert answer.headers["Location"] == "/mes-cours/"
    assert inside(client) == str(elodie.pk)
    row = SocialAccount.objects.get()
    assert (row.provider, row.uid, row.user) == (microsoft.handle, "sujet-1", elodie)
    assert row.extra_data == {"email": "elodie@ville.quebec"}


@pytest.mark.parametrize("how", ["turned-off", "deleted", "out-of-the-registry"])
def test_s11_a_service_that_opens_nothing_any_more_ends_the_sessions_it_opened(
    client, provider, microsoft, how
):
    """S-11: at the very next request; its person is told, and comes in by another door."""
    elodie = UserFactory(email="elodie@ville.quebec")
    come_in(client, provider, microsoft, entra(provider))
    by_another_door = Client()
    by_another_door.force_login(elodie)
    for browser in (client, by_another_door):
        assert browser.get("/mes-cours/").status_code == 200
    if how == "turned-off":
        IdentityProvider.objects.update(offered=False)
    elif how == "deleted":
        IdentityProvider.objects.all().delete()
    else:
        Organisation.objects.update(inactive_on=NOON.date())
    page = client.get("/mes-cours/", follow=True)
    assert page.redirect_chain == [(f"{reverse(ASK)}?next=/mes-cours/", 302)]
    assertContains(page, "n’ouvre plus la plateforme par Microsoft")
    assert inside(client) is None
    assert by_another_door.get("/mes-cours/").status_code == 200


def test_the_second_factor_is_asked_after_microsoft_too(client, provider, microsoft):
    UserFactory(email="elodie@ville.quebec", role=Role.UMQ_COORDINATOR)
    answer = come_in(client, provider, microsoft, entra(provider))
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert inside(client) is None


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"tid": OTHER_TENANT}, "n’est pas de l’organisation"),
        ({"tid": PERSONAL_TENANT, "email": "elodie@outlook.com"}, "compte Microsoft personnel"),
        ({"tid": None}, "n’est pas de l’organisation"),
        ({"email": "invitee@ailleurs.quebec"}, "n’est pas d’un domaine"),
        ({"email": "elodie@ville.quebec.evil.example"}, "n’est pas d’un domaine"),
    ],
)
def test_an_identity_that_the_organisation_does_not_answer_for_is_refused_in_french(
    client, provider, microsoft, claims, reason
):
    UserFactory(email="elodie@ville.quebec")
    answer = come_in(client, provider, microsoft, entra(provider, **claims))
    assertContains(answer, reason, status_code=403)
    assert inside(client) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "une-autre-application"},
        {"iss": "https://ailleurs.example"},
        {"exp": 1_600_000_000},
    ],
)
def test_a_token_for_another_application_of_another_issuer_or_too_old_opens_nothing(
    client, provider, microsoft, claims
):
    UserFactory(email="elodie@ville.quebec")
    come_in(client, provider, microsoft, entra(provider, **claims))
    assert inside(client) is None
    assert not SocialAccount.objects.exists()


def test_a_way_back_that_was_used_or_belongs_to_another_browser_opens_nothing(
    client, provider, microsoft
):
    UserFactory(email="elodie@ville.quebec")
    out = client.get(reverse("openid_connect_login", args=[microsoft.handle])).headers["Location"]
    back = provider.consent(out, entra(provider))
    thief = Client()
    thief.get(back)
    assert inside(thief) is None
    client.get(back)
    assert inside(client)
    client.post(reverse("account_logout"))
    client.get(back)
    assert inside(client) is None
    assert state_in(out) in back


@pytest.mark.parametrize("said", [False, None, "true"])
def test_an_address_that_the_provider_did_not_check_asks_for_a_code_once(
    client, provider, microsoft, said
):
    elodie = UserFactory(email="elodie@ville.quebec")
    subject = entra(provider, xms_edov=said)
    answer = come_in(client, provider, microsoft, subject)
    assert answer.headers["Location"].startswith(reverse(ASK))
    assert inside(client) is None
    after = reverse("municipalities:link-identity")
    client.post(reverse(ASK), {"email": elodie.email, "code": "1", "next": after})
    letter = OutgoingEmail.objects.get(recipient=elodie)
    code = re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", letter.text, re.MULTILINE)[1]
    answer = client.post(f"{reverse(CONFIRM)}?next={after}", {"code": code})
    assert answer.headers["Location"] == after
    assertContains(client.get(after), "Relier votre compte Microsoft?")
    assert not SocialAccount.objects.exists()  # reading links nothing
    assertContains(client.post(after, follow=True), "Microsoft suffira")
    (entry,) = Entry.objects.filter(verb__contains="identity")
    assert (entry.verb, entry.actor) == ("account.identity-linked", elodie)
    assert entry.details["reason"] == microsoft.handle
    again = Client()
    come_in(again, provider, microsoft, subject)
    assert inside(again) == str(elodie.pk)


def test_the_subject_stays_the_person_when_the_address_changes(client, provider, microsoft):
    elodie = UserFactory(email="elodie@ville.quebec")
    come_in(client, provider, microsoft, entra(provider))
    successor = UserFactory(email="e.roy@ville.quebec")
    again = Client()
    come_in(again, provider, microsoft, entra(provider, email=successor.email))
    assert inside(again) == str(elodie.pk)


def test_another_subject_with_the_same_address_is_not_the_person(client, provider, microsoft):
    """An address that went to a newcomer: not proved, it links nothing; it asks for a code."""
    elodie = UserFactory(email="elodie@ville.quebec")
    come_in(client, provider, microsoft, entra(provider))
    other = Client()
    come_in(other, provider, microsoft, entra(provider, "sujet-2", xms_edov=False))
    assert inside(other) is None
    assert list(SocialAccount.objects.values_list("uid", "user")) == [("sujet-1", elodie.pk)]


def test_the_same_subject_at_another_organisation_is_someone_else(client, provider, microsoft):
    come_in(client, provider, microsoft, entra(provider))
    elodie = UserFactory(email="elodie@ville.quebec")
    come_in(client, provider, microsoft, entra(provider))
    other = offered(ProviderKind.MICROSOFT, tenant=OTHER_TENANT, domain="autre.quebec")
    stranger = Client()
    subject = entra(provider, tid=OTHER_TENANT, email="x@autre.quebec", xms_edov=False)
    come_in(stranger, provider, other, subject)
    assert inside(stranger) is None
    assert elodie.socialaccount_set.count() == 1


def test_google_is_believed_for_the_domains_of_the_organisation(client, provider, microsoft):
    google = offered(ProviderKind.GOOGLE, domain="village.quebec")
    luc = UserFactory(email="luc@village.quebec")
    told = {"email": luc.email, "email_verified": True}
    provider.know("g-1", hd="village.quebec", **told)
    come_in(client, provider, google, "g-1")
    assert inside(client) == str(luc.pk)
    for hd in ("ailleurs.quebec", None):
        provider.know("g-2", hd=hd, **told)
        stranger = Client()
        assert come_in(stranger, provider, google, "g-2").status_code == 403
        assert inside(stranger) is None


def test_nobody_without_an_account_gets_one_and_a_closed_one_stays_closed(
    client, provider, microsoft
):
    come_in(client, provider, microsoft, entra(provider))
    assert inside(client) is None
    UserFactory(email="elodie@ville.quebec", is_active=False)
    come_in(client, provider, microsoft, entra(provider))
    assert inside(client) is None


def test_an_identity_linked_to_someone_is_not_taken_over(client, provider, microsoft):
    elodie, thief = UserFactory(email="elodie@ville.quebec"), UserFactory()
    subject = entra(provider, xms_edov=False)
    come_in(client, provider, microsoft, subject)
    SocialAccount.objects.create(user=elodie, provider=microsoft.handle, uid=subject)
    waiting = client.session["identity_waiting"]
    client.force_login(thief)
    session = client.session
    session["identity_waiting"] = waiting
    session.save()
    page = client.post(reverse("municipalities:link-identity"), follow=True)
    assertContains(page, "déjà relié à une autre personne")
    assert SocialAccount.objects.get().user == elodie


def test_nothing_waits_to_be_linked_after_a_quarter_of_an_hour(client):
    client.force_login(UserFactory())
    session = client.session
    session["identity_waiting"] = {
        "provider": "microsoft-1",
        "subject": "s",
        "email": "",
        "at": 1.0,
    }
    session.save()
    assert client.get(reverse("municipalities:link-identity")).status_code == 302
    assert "identity_waiting" not in client.session


@pytest.fixture
def samir(client):
    duty = ResponsibilityFactory()
    client.force_login(duty.user)
    return duty


def test_a_responsable_proves_a_domain_and_turns_on_microsoft(client, samir):
    """Persona 4: without ATN."""
    handle = samir.organisation.handle
    place = reverse("municipalities:sign-in", args=[handle])
    page = client.post(place, {"domain": "@Ville.Quebec", "box": "admin"}, follow=True)
    assertContains(page, "Le code est parti à admin@ville.quebec")
    letter = OutgoingEmail.objects.get()
    assert letter.to_address == "admin@ville.quebec"
    row = MailDomain.objects.get()
    typed = reverse("municipalities:domain", args=[row.pk])
    assertContains(client.post(typed, {"code": "AAAA-AAAA"}), "pas le bon", status_code=422)
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", letter.text, re.MULTILINE)[1]
    assertContains(client.post(typed, {"code": code.lower()}, follow=True), "est le vôtre")
    service = reverse("municipalities:provider", args=[handle, "microsoft"])
    key = {"tenant": TENANT.upper(), "client_id": "app", "secret": "très secret", "offered": "on"}
    assertContains(client.post(service, key, follow=True), "proposé à la connexion")
    provider = IdentityProvider.objects.get()
    assert (provider.tenant, provider.offered) == (TENANT, True)
    assert "secret" not in provider.sealed_secret
    page = client.get(service)
    assertContains(page, f"/compte/oidc/{provider.handle}/login/callback/")
    assertNotContains(page, "très secret")
    assertContains(Client().post(reverse(ASK), {"email": "x@ville.quebec"}), "Continuer avec")
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["organisation.domain-proved", "organisation.sign-in-set"]


def test_a_code_of_a_domain_is_guessed_five_times(client, samir):
    place = reverse("municipalities:sign-in", args=[samir.organisation.handle])
    client.post(place, {"domain": "ville.quebec", "box": "admin"})
    typed = reverse("municipalities:domain", args=[MailDomain.objects.get().pk])
    for _ in range(5):
        client.post(typed, {"code": "AAAA-AAAA"})
    assertContains(client.post(typed, {"code": "AAAA-AAAA"}), "Trop d’essais", status_code=422)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("gmail.com", "n’est à personne"),
        ("videotron.ca", "n’est à personne"),
        ("pas un domaine", "Écrivez un domaine"),
        ("prise.quebec", "Une autre organisation"),
    ],
)
def test_a_shared_or_taken_domain_is_refused(client, samir, typed, reason):
    own(MunicipalityFactory(), "prise.quebec")
    place = reverse("municipalities:sign-in", args=[samir.organisation.handle])
    page = client.post(place, {"domain": typed, "box": "admin"})
    assertContains(page, reason, status_code=422)
    assert OutgoingEmail.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"tenant": PERSONAL_TENANT}, "comptes personnels"),
        ({"tenant": "ville"}, "L’ID a la forme"),
        ({"offered": "on"}, "Prouvez d’abord"),
        ({"secret": ""}, "Collez le secret"),
    ],
)
def test_a_key_that_cannot_serve_is_refused_and_what_was_typed_stays(client, samir, typed, reason):
    service = reverse("municipalities:provider", args=[samir.organisation.handle, "microsoft"])
    key = {"tenant": TENANT, "client_id": "mon-app", "secret": "s"} | typed
    page = client.post(service, key)
    assertContains(page, reason, status_code=422)
    assertContains(page, "mon-app", status_code=422)


def test_another_tenant_forgets_the_identities_of_the_first(client, samir):
    service = reverse("municipalities:provider", args=[samir.organisation.handle, "microsoft"])
    key = {"tenant": TENANT, "client_id": "app", "secret": "s"}
    client.post(service, key)
    row = IdentityProvider.objects.get()
    SocialAccount.objects.create(user=samir.user, provider=row.handle, uid="s")
    client.post(service, key | {"secret": ""})
    assert SocialAccount.objects.count() == 1
    client.post(service, key | {"tenant": OTHER_TENANT})
    assert SocialAccount.objects.count() == 0


def rested(client) -> None:
    """Nothing was asked for ten minutes, so that the next request notes its hour."""
    session = client.session
    session[SEEN] -= 600
    session.save()


def test_whoever_moves_the_tenant_stays_there_and_reads_that_it_is_done(client, samir):
    """Their own account is linked, to try it; and Azure was read for ten minutes meanwhile."""
    service = reverse("municipalities:provider", args=[samir.organisation.handle, "microsoft"])
    key = {"tenant": TENANT, "client_id": "app", "secret": "s"}
    client.post(service, key)
    handle = IdentityProvider.objects.get().handle
    SocialAccount.objects.create(user=samir.user, provider=handle, uid="s")
    there = Client()
    there.force_login(samir.user)
    rested(client)
    page = client.post(service, key | {"tenant": OTHER_TENANT}, follow=True)
    assertContains(page, "est enregistrée")
    assert there.get("/mes-cours/").status_code == 302


def test_the_pages_of_another_organisation_do_not_exist(client, samir):
    other = ResponsibilityFactory().organisation
    row = MailDomain.objects.create(
        organisation=other, domain="a.quebec", sent_to="admin@a.quebec", code_expires_at=NOON
    )
    mine = samir.organisation.handle
    for page, args in (
        ("sign-in", [other.handle]), ("provider", [other.handle, "google"]),
        ("provider", [mine, "yahoo"]), ("domain", [row.pk]),
    ):  # fmt: skip
        assert client.get(reverse(f"municipalities:{page}", args=args)).status_code == 404


def test_a_null_character_is_refused_at_the_field(client):
    answer = client.post(reverse("ask-code"), {"email": "ann\0@exemple.quebec"})
    assert answer.status_code in {200, 422}
    assert "email" in answer.context["form"].errors
