"""Inviting people, and every way of answering an invitation."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import invitations, mandates
from municipalities.actions.invitations import COOL_DOWN, Guest, Welcome, token_for
from municipalities.enums import Public
from municipalities.models import Invitation, Mandate, Responsibility
from tests.factories import (
    NOON,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ANSWER = {"first_name": "Réjean", "last_name": "Ouellet", "public": "staff", "function": "Voirie"}


@pytest.fixture
def louise():
    return ResponsibilityFactory(user__first_name="Louise", user__last_name="Fortin")


@pytest.fixture
def invited(louise):
    return send(louise, "rejean@ville.quebec")


def send(responsibility, email, *, at=None):
    (made,) = invitations.invite(
        organisation=responsibility.organisation,
        guests=[Guest(email=email, first_name="Réjean", public=Public.STAFF)],
        by=responsibility.user,
        at=at or timezone.now(),
    )
    return made


def link(invitation) -> str:
    return reverse("municipalities:invitation", args=[token_for(invitation)])


def sign_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_invited_person_opens_the_letter_answers_and_is_home(
    client, louise, mailoutbox, django_capture_on_commit_callbacks
):
    responsable = sign_in(louise.user)
    page = reverse("municipalities:invite", args=[louise.organisation.handle])
    with django_capture_on_commit_callbacks(execute=True):
        responsable.post(page, {"full_name": "Réjean Ouellet", "email": "Rejean@Ville.quebec"})
    (letter,) = mailoutbox
    address = re.search(r"http://[^/]+(/invitation/\S+)", letter.body)[1]
    assert letter.to == ["rejean@ville.quebec"]
    assert "Bonjour Réjean" in letter.body

    assert "Louise Fortin vous invite" in client.get(address).content.decode()
    assert client.get(address).context["form"].initial["last_name"] == "Ouellet"
    answer = client.post(address, ANSWER, follow=True)

    user = User.objects.get(email="rejean@ville.quebec")
    mandate = user.mandates.get()
    assert answer.redirect_chain == [(reverse("portal:home"), 302)]
    assert "Bienvenue" in answer.content.decode()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.get_full_name(), user.has_usable_password()) == ("Réjean Ouellet", False)
    assert (mandate.organisation, mandate.public, mandate.function) == (
        louise.organisation, Public.STAFF, "Voirie",
    )  # fmt: skip
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["invitation.sent", "invitation.accepted"]


def test_reading_the_link_changes_nothing(client, invited):
    for _ in range(3):
        client.get(link(invited))
        client.head(link(invited))
    invited.refresh_from_db()
    assert invited.accepted_at is None
    assert not User.objects.filter(email=invited.email).exists()


def test_the_table_holds_no_working_link(client, invited):
    assert invited.token_hash not in link(invited)
    assert client.get(f"/invitation/{invited.token_hash}/").status_code == 404


def test_extra_fields_grant_nothing(client, invited):
    other = MunicipalityFactory()
    client.post(
        link(invited),
        ANSWER
        | {
            "is_staff": "1",
            "is_superuser": "1",
            "role": "administrator",
            "email": "autre@ville.quebec",
            "organisation": other.pk,
            "groups": "1",
        },
    )
    user = User.objects.get(email=invited.email)
    assert (user.is_staff, user.is_superuser, user.roles) == (False, False, frozenset())
    assert [m.organisation for m in user.mandates.all()] == [invited.organisation]


def test_what_was_typed_stays_beside_the_refusal(client, invited):
    page = client.post(link(invited), ANSWER | {"last_name": "", "public": ""}).content.decode()
    assert re.search(r"<title>\s*Erreur\xa0:", page)
    assert 'href="#id_last_name"' in page
    assert 'href="#id_public_0"' in page
    assert 'id="id_public_0"' in page
    assert 'value="Réjean"' in page
    assert not User.objects.filter(email=invited.email).exists()


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"cancelled_at": NOON}, 410, "a été annulée"),
        ({"accepted_at": NOON}, 410, "a déjà servi"),
        ({"expires_at": NOON}, 410, "a expiré"),
        ({"token_hash": "0" * 64}, 404, "ne reconnaissons pas"),
    ],
)
def test_a_dead_link_says_why_and_opens_nothing(client, invited, change, status, words):
    address = link(invited)
    Invitation.objects.filter(pk=invited.pk).update(**change)
    for answer in (client.get(address), client.post(address, ANSWER)):
        assert answer.status_code == status
        assert words in answer.content.decode()
    assert not User.objects.filter(email=invited.email).exists()


def test_a_link_serves_once(client, invited):
    client.post(link(invited), ANSWER)
    assert client.get(link(invited)).headers["Location"] == "/"
    again = Client().post(link(invited), ANSWER | {"first_name": "Autre"})
    assert again.status_code == 410
    assert User.objects.filter(email=invited.email).count() == 1


def test_the_second_of_two_answers_at_once_is_refused(invited):
    welcome = Welcome(public=Public.STAFF)
    for _ in range(2):
        try:
            invitations.accept_invitation(
                invitation_id=invited.pk, welcome=welcome, signed_in=None, at=timezone.now()
            )
        except invitations.InvitationRefused as error:
            refusal = str(error)
    assert refusal == "Cette invitation a déjà servi."
    assert Mandate.objects.count() == 1


def test_an_account_elsewhere_is_linked_only_by_its_owner(client, louise):
    elsewhere = MandateFactory(user__email="rejean@ville.quebec", user__first_name="R.")
    invited = send(louise, "Rejean@ville.quebec")
    assert "Vous avez déjà un compte" in client.get(link(invited)).content.decode()
    client.post(link(invited), ANSWER)
    assert [m.organisation for m in elsewhere.user.mandates.all()] == [elsewhere.organisation]

    owner = sign_in(elsewhere.user)
    assert "first_name" not in owner.get(link(invited)).context["form"].fields
    owner.post(link(invited), ANSWER)

    elsewhere.user.refresh_from_db()
    assert elsewhere.user.first_name == "R."
    assert {m.organisation for m in elsewhere.user.mandates.all()} == {
        elsewhere.organisation, louise.organisation,
    }  # fmt: skip


def test_a_forwarded_link_is_not_for_whoever_is_signed_in(invited):
    stranger = UserFactory()
    answer = sign_in(stranger).post(link(invited), ANSWER)
    assert "adressée à quelqu’un d’autre" in answer.content.decode()
    assert not stranger.mandates.exists()
    with pytest.raises(invitations.SignInNeeded):
        invitations.accept_invitation(
            invitation_id=invited.pk,
            welcome=Welcome(public=Public.STAFF),
            signed_in=stranger,
            at=timezone.now(),
        )
    assert not User.objects.filter(email=invited.email).exists()


def test_inviting_tells_nothing_about_accounts_elsewhere(louise):
    UserFactory(email="connue@ville.quebec")
    responsable = sign_in(louise.user)
    page = reverse("municipalities:invite", args=[louise.organisation.handle])
    answers = [
        responsable.post(page, {"email": f"{name}@ville.quebec"}, follow=True)
        for name in ("connue", "inconnue")
    ]
    said = [[str(message) for message in answer.context["messages"]] for answer in answers]
    assert said == [["Invitations envoyées\xa0: 1."]] * 2
    assert OutgoingEmail.objects.count() == 2


def test_a_pasted_list_sends_one_letter_each_and_skips_who_is_here(louise):
    MandateFactory(organisation=louise.organisation, user__email="ici@ville.quebec")
    page = reverse("municipalities:invite-many", args=[louise.organisation.handle])
    people = (
        "Réjean Ouellet, inspecteur, rouellet@ville.quebec\n\n"
        "<n.pelletier@ville.quebec>\n"
        "Ici Même\tici@ville.quebec\n"
        "ROUELLET@ville.quebec"
    )
    responsable = sign_in(louise.user)
    responsable.post(page, {"people": people})
    responsable.post(page, {"people": people})
    made = Invitation.objects.order_by("email").values_list("email", "first_name", "function")
    assert list(made) == [
        ("n.pelletier@ville.quebec", "", ""),
        ("rouellet@ville.quebec", "", ""),
    ]
    assert OutgoingEmail.objects.count() == 2


def test_a_pasted_list_with_a_bad_line_sends_nothing_and_names_the_line(louise):
    page = reverse("municipalities:invite-many", args=[louise.organisation.handle])
    answer = sign_in(louise.user).post(page, {"people": "a@ville.quebec\nRéjean, rejean@"})
    text = answer.content.decode()
    assert "Ligne 2" in text
    assert "Réjean, rejean@" in text
    assert not Invitation.objects.exists()


def test_a_pasted_list_has_a_bound(louise):
    page = reverse("municipalities:invite-many", args=[louise.organisation.handle])
    lines = "\n".join(f"p{n}@ville.quebec" for n in range(201))
    assert "200" in sign_in(louise.user).post(page, {"people": lines}).content.decode()


def test_no_one_sends_letters_without_end(louise, monkeypatch):
    monkeypatch.setattr(invitations, "DAILY_LIMIT", 1)
    send(louise, "a@ville.quebec", at=NOON)
    with pytest.raises(invitations.InvitationRefused):
        send(louise, "b@ville.quebec", at=NOON)
    page = reverse("municipalities:invite", args=[louise.organisation.handle])
    Invitation.objects.update(invited_at=timezone.now())
    answer = sign_in(louise.user).post(page, {"email": "c@ville.quebec"})
    assert "Reprenez demain" in answer.content.decode()


def test_the_letter_goes_again_after_a_rest_with_the_same_link(client, louise):
    invited = send(louise, "rejean@ville.quebec", at=NOON)
    address, later = link(invited), NOON + COOL_DOWN
    with pytest.raises(invitations.InvitationRefused, match="à partir du 26"):
        invitations.resend(
            invitation_id=invited.pk, by=louise.user, at=later - timedelta(minutes=1)
        )
    invitations.resend(invitation_id=invited.pk, by=louise.user, at=later)
    texts = OutgoingEmail.objects.values_list("text", flat=True)
    assert [address in text for text in texts] == [True, True]
    invited.refresh_from_db()
    assert invited.sent_at == later


@pytest.mark.parametrize("name", ["resend", "cancel"])
def test_only_a_responsable_touches_an_invitation(invited, name):
    address = reverse(f"municipalities:{name}", args=[invited.pk])
    stranger = ResponsibilityFactory().user
    assert sign_in(stranger).post(address).status_code == 404
    assert sign_in(invited.invited_by).get(address).status_code == 405
    invited.refresh_from_db()
    assert invited.cancelled_at is None


def test_the_responsable_sends_again_or_cancels_from_the_page(invited):
    responsable = sign_in(invited.invited_by)
    again = reverse("municipalities:resend", args=[invited.pk])
    stop = reverse("municipalities:cancel", args=[invited.pk])
    assert "partie récemment" in responsable.post(again, follow=True).content.decode()
    Invitation.objects.update(expires_at=timezone.now())
    assert "repart vers" in responsable.post(again, follow=True).content.decode()
    for _ in range(2):
        assert "est annulée" in responsable.post(stop, follow=True).content.decode()
    assert Entry.objects.filter(verb="invitation.cancelled").count() == 1
    assert "a été annulée" in responsable.post(again, follow=True).content.decode()


def test_an_accepted_invitation_is_not_cancelled(client, invited):
    client.post(link(invited), ANSWER)
    address = reverse("municipalities:cancel", args=[invited.pk])
    page = sign_in(invited.invited_by).post(address, follow=True)
    assert "a déjà accepté" in page.content.decode()


def test_pending_invitations_outlive_the_responsable(client, louise, invited):
    mandates.end_responsibility(
        responsibility_id=louise.pk, on=date(2026, 1, 1), by=louise.user, at=NOON
    )
    client.post(link(invited), ANSWER)
    assert User.objects.get(email=invited.email).mandates.count() == 1


def test_a_mandate_ends_on_the_day_chosen_and_its_past_stays(louise):
    mandate = MandateFactory(organisation=louise.organisation)
    address = reverse("municipalities:end-mandate", args=[mandate.pk])
    responsable = sign_in(louise.user)
    assert mandate.user.get_full_name() in responsable.get(address).content.decode()
    refused = responsable.post(address, {"on": "2020-01-01"}).content.decode()
    assert "avant d’avoir commencé" in refused
    assert "Écrivez une date" in responsable.post(address, {"on": "hier"}).content.decode()
    responsable.post(address, {"on": "2026-11-30"})
    mandate.refresh_from_db()
    assert mandate.ends_on == date(2026, 11, 30)
    again = mandates.end_mandate(
        mandate_id=mandate.pk, on=date(2027, 1, 1), by=louise.user, at=NOON
    )
    assert again.ends_on == date(2026, 11, 30)


def test_a_mandate_elsewhere_is_out_of_reach(louise):
    mandate = MandateFactory()
    address = reverse("municipalities:end-mandate", args=[mandate.pk])
    assert sign_in(louise.user).post(address, {"on": "2026-11-30"}).status_code == 404


def test_naming_a_responsable_twice_is_naming_once():
    admin, user = UserFactory(role=Role.ADMINISTRATOR), UserFactory()
    place = MunicipalityFactory()
    for _ in range(2):
        found = mandates.name_responsible(
            user=user, organisation=place, on=date(2026, 11, 23), by=admin, at=NOON
        )
    for _ in range(2):
        mandates.end_responsibility(
            responsibility_id=found.pk, on=date(2026, 1, 1), by=admin, at=NOON
        )
    row = Responsibility.objects.get()
    assert (row.granted_by, row.ends_on) == (admin, row.starts_on)
    verbs = list(Entry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["responsibility.granted", "responsibility.ended"]
