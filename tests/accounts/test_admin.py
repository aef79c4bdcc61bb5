"""People and roles in the administration: found, corrected, closed; and all of it in the journal."""

import pytest
from django.contrib.admin import site
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts import actions
from atn_platform.accounts.enums import Role
from atn_platform.accounts.http import SEEN
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from municipalities.models import Mandate, Responsibility
from tests.factories import (
    NOON,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PEOPLE = "admin:accounts_user_changelist"
ROLES = "admin:accounts_rolegrant_changelist"


@pytest.fixture
def admin(client):
    someone = UserFactory(role=Role.ADMINISTRATOR, first_name="Ada", last_name="Min")
    client.force_login(someone)
    return someone


def ticked(client, page: str, action: str, *rows, **more):
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(reverse(page), data, follow=True)


def verbs():
    return list(Entry.objects.order_by("pk").values_list("verb", flat=True))


def test_the_administration_offers_no_table_of_a_library(client, admin):
    """Whoever wrote in allauth's could tie their identity to the account of another."""
    modules = {type(each).__module__ for each in site._registry.values()}
    assert not {each for each in modules if each.startswith(("allauth", "django"))}
    assertContains(
        client.get(reverse("admin:app_list", args=["accounts"])), "<h1>Comptes</h1>", html=True
    )


@pytest.mark.parametrize("typed", ["lemieux", "Éloïse", "eloise lemieux", "eloi@", "matane"])
def test_a_person_is_found_by_name_address_or_organisation(client, admin, typed):
    place = MunicipalityFactory(name="Matane")
    eloise = UserFactory(first_name="Éloïse", last_name="Lemieux", email="eloi@matane.quebec")
    MandateFactory(user=eloise, organisation=place)
    MandateFactory()
    page = client.get(reverse(PEOPLE), {"q": typed})
    assert list(page.context["cl"].result_list) == [eloise]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_people_takes_the_same_queries_whatever_their_number(
    client, admin, count, django_assert_num_queries
):
    for _ in range(count):
        MandateFactory(user__role=Role.COACH)
    # session, person, count, rows, their three prefetches, and a line of who was seen
    with django_assert_num_queries(8):
        assertContains(client.get(reverse(PEOPLE)), "accompagnatrice ou accompagnateur", count + 1)


def test_no_screen_shows_a_password_or_the_secret_of_a_second_factor(client, admin):
    page = client.get(reverse("admin:accounts_user_change", args=[admin.pk]))
    assertNotContains(page, "argon2")
    assertNotContains(page, "password")
    for address in ("/admin/mfa/authenticator/", "/admin/account/emailaddress/", "/admin/auth/"):
        assert client.get(address).status_code == 404


def test_an_account_is_created_and_corrected_and_the_journal_names_what_changed(client, admin):
    typed = {"first_name": "Léa", "last_name": "Roy", "email": "Lea.Roy@Ville.quebec"}
    client.post(reverse("admin:accounts_user_add"), typed)
    lea = User.objects.get(email="lea.roy@ville.quebec")
    client.post(
        reverse("admin:accounts_user_change", args=[lea.pk]), {**typed, "last_name": "Roy-Caron"}
    )
    lea.refresh_from_db()
    assert (lea.last_name, lea.sort_key) == ("Roy-Caron", "roy caron lea")
    rows = Entry.objects.order_by("pk").values_list("verb", "actor", "details")
    assert list(rows) == [
        ("account.created", admin.pk, {"fields": []}),
        (
            "account.corrected",
            admin.pk,
            {"fields": ["last_name"], "before": {"last_name": "Roy"}},
        ),
    ]


def test_whoever_corrects_their_own_address_stays_there(client, admin):
    """S-49: their other sessions end, and the page says that it is done."""
    there = Client()
    there.force_login(admin)
    session = client.session
    session[SEEN] -= 600  # the next request notes its hour
    session.save()
    typed = {"first_name": "Léa", "last_name": "Roy", "email": "lea.roy@ville.quebec"}
    page = reverse("admin:accounts_user_change", args=[admin.pk])
    assertContains(client.post(page, typed, follow=True), "modifié avec succès")
    assert there.get("/admin/").status_code == 302


def test_a_page_left_open_takes_back_nothing_that_changed_since(client, admin):
    """Corrected: what ATN typed. The rest is as its person, or another, left it meanwhile."""
    someone = UserFactory(first_name="Zoe", last_name="Roy", email="avant@ville.quebec")
    page = reverse("admin:accounts_user_change", args=[someone.pk])
    shown = client.get(page)
    assertContains(shown, 'name="initial-email" value="avant@ville.quebec"')
    sent = {}
    for field in shown.context["adminform"].form:
        sent |= {field.html_name: field.value(), field.html_initial_name: field.value()}
    User.objects.filter(pk=someone.pk).update(email="apres@ville.quebec", last_name="Cyr")
    there = Client()
    there.force_login(someone)
    client.post(page, sent | {"first_name": "Zoé"})
    someone.refresh_from_db()
    assert (str(someone), someone.email) == ("Zoé Cyr", "apres@ville.quebec")
    assert someone.sort_key == "cyr zoe"
    assert there.get("/mes-cours/").status_code == 200


def test_an_address_belongs_to_one_person(client, admin):
    taken = UserFactory()
    typed = {"first_name": "A", "last_name": "B", "email": taken.email.upper()}
    assertContains(
        client.post(reverse("admin:accounts_user_add"), typed), "celle d’une autre personne"
    )
    with pytest.raises(actions.AccountRefused):
        actions.create_account(by=admin, at=NOON, **typed)
    with pytest.raises(actions.AccountRefused):
        actions.correct_account(user=UserFactory(), said=typed, by=admin, at=NOON)


def test_closing_an_account_asks_first_then_throws_its_person_out(client, admin):
    someone, visitor = UserFactory(), client.__class__()
    visitor.force_login(someone)
    assert visitor.get("/mes-cours/").status_code == 200
    assertContains(ticked(client, PEOPLE, "close", someone), "dès maintenant")
    assert User.objects.get(pk=someone.pk).is_active
    assertContains(ticked(client, PEOPLE, "close", someone, confirmed=1), "est désactivé")
    assert visitor.get("/mes-cours/").status_code == 302
    assertContains(ticked(client, PEOPLE, "reopen", someone, confirmed=1), "est réactivé")
    assert visitor.get("/mes-cours/").status_code == 302  # to sign in again: nothing woke up
    assert verbs() == ["account.closed", "account.opened"]


def test_nobody_closes_their_own_account_nor_the_last_administrator_s(client, admin):
    assertContains(ticked(client, PEOPLE, "close", admin, confirmed=1), "son propre compte")
    asleep = UserFactory(role=Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(actions.RoleRefused):
        actions.close_account(user=admin, by=asleep, at=NOON)
    assert verbs() == []


def test_a_lost_second_factor_is_forgotten_and_asked_for_again(client, admin):
    coordinator, visitor = UserFactory(role=Role.UMQ_COORDINATOR), client.__class__()
    visitor.force_login(coordinator)
    assert visitor.get("/mes-cours/").status_code == 200
    page = ticked(client, PEOPLE, "forget_second_factor", coordinator, confirmed=1, reason=" ")
    assertContains(page, "Écrivez pourquoi")
    assert visitor.get("/mes-cours/").status_code == 200
    why = "Vue en visioconférence, carte d’employée"
    ticked(client, PEOPLE, "forget_second_factor", coordinator, confirmed=1, reason=why)
    # Whoever holds the lost telephone is out; the owner comes back, and sets up another.
    assert "/login/" in visitor.get("/mes-cours/").headers["Location"]
    visitor.force_login(coordinator)
    assert visitor.get("/mes-cours/").headers["Location"] == reverse("mfa_index")
    line = Entry.objects.get()
    assert (line.verb, line.actor) == ("account.second-factor-forgotten", admin)
    assert line.details["reason"] == why
    letter = OutgoingEmail.objects.get(recipient=coordinator)
    assert "L’Académie a retiré votre second facteur" in letter.text
    again = actions.forget_second_factor(user=coordinator, by=admin, reason=why, at=NOON)
    assert again is False


def test_a_role_is_given_by_address_and_ended_from_the_list(client, admin):
    someone = UserFactory()
    client.post(
        reverse("admin:accounts_rolegrant_add"),
        {"person": someone.email.upper(), "role": Role.INSTRUCTOR.value},
    )
    grant = someone.role_grants.get()
    assert (grant.role, grant.granted_by) == (Role.INSTRUCTOR, admin)
    assertContains(client.get(reverse("admin:accounts_rolegrant_change", args=[grant.pk])), "Min")
    assertContains(ticked(client, ROLES, "end", grant, confirmed=1), "Le rôle est terminé")
    assert User.objects.get(pk=someone.pk).roles == frozenset()
    assert verbs() == ["role.granted", "role.ended"]


def test_a_role_needs_a_known_person_and_one_administrator_stays(client, admin):
    page = client.post(
        reverse("admin:accounts_rolegrant_add"), {"person": "x@y.quebec", "role": "coach"}
    )
    assertContains(page, "Aucun compte actif n’a cette adresse")
    mine = admin.role_grants.get()
    assertContains(ticked(client, ROLES, "end", mine, confirmed=1), "Une personne au moins")
    mine.refresh_from_db()
    assert mine.ended_at is None


@pytest.mark.parametrize(("page", "expected"), [(PEOPLE, "Personnes"), (ROLES, "Rôles accordés")])
def test_a_list_is_filtered_and_named_in_french(client, admin, page, expected):
    for query in ({}, {"etat": "actifs"}, {"role": "coach"}, {"etat": "termines"}):
        assert client.get(reverse(page), query).status_code == 200
    assertContains(client.get(reverse(page)), f"<h1>{expected}</h1>", html=True)


def test_a_responsable_is_named_by_address_and_code_and_ended(client, admin):
    place, someone = MunicipalityFactory(), UserFactory()
    add = reverse("admin:municipalities_responsibility_add")
    client.post(add, {"person": someone.email, "place": place.code})
    client.post(add, {"person": someone.email, "place": place.name})
    named = Responsibility.objects.get()
    assert (named.user, named.organisation, named.granted_by) == (someone, place, admin)
    shown = reverse("admin:municipalities_responsibility_change", args=[named.pk])
    assertContains(client.get(shown), place.name)
    assertContains(client.post(add, {"person": someone.email, "place": "99999"}), "Aucune org")
    changelist = "admin:municipalities_responsibility_changelist"
    assertContains(ticked(client, changelist, "end", named), "Les invitations déjà envoyées")
    ticked(client, changelist, "end", named, confirmed=1)
    named.refresh_from_db()
    assert named.ends_on is not None
    assert verbs() == ["responsibility.granted", "responsibility.ended"]


def test_mandates_are_read_and_ended_by_atn(client, admin):
    mandate, other = MandateFactory(), MandateFactory()
    changelist = "admin:municipalities_mandate_changelist"
    page = client.get(reverse(changelist), {"q": mandate.organisation.code})
    assert list(page.context["cl"].result_list) == [mandate]
    ticked(client, changelist, "end", mandate, confirmed=1)
    assert list(Mandate.objects.filter(ends_on=None)) == [other]
    assert client.get(reverse("admin:municipalities_mandate_add")).status_code == 403
    assert verbs() == ["mandate.ended"]


def test_a_learner_reaches_none_of_it(client):
    client.force_login(ResponsibilityFactory().user)
    for page in (PEOPLE, ROLES, "admin:municipalities_mandate_changelist"):
        assert client.get(reverse(page), follow=True).status_code == 403


def test_the_first_administrator_made_at_the_command_line_has_the_role(client):
    call_command(
        "createsuperuser",
        email="ada@atn.example",
        first_name="Ada",
        last_name="Min",
        interactive=False,
        verbosity=0,
    )
    ada = User.objects.get()
    assert (str(ada), ada.has_role(Role.ADMINISTRATOR), ada.owes_second_factor) == (
        "Ada Min",
        True,
        True,
    )
