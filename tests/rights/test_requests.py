"""Requests of people and their legal clock: P-05, P-06, P-32, and Philippe's inbox."""

import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.actions import open_account
from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.privacy import actions as privacy
from atn_platform.privacy.inventory import tables
from atn_platform.privacy.models import DataExport
from atn_platform.retention.actions import hold, lift
from atn_platform.rights import actions, tasks
from atn_platform.rights.enums import Kind, Part, State
from atn_platform.rights.models import RightsRequest
from certificates.queries import facts_of
from tests.factories import NOON, EnrollmentFactory, MandateFactory, UserFactory

pytestmark = pytest.mark.django_db
MINE, RECTIFY = reverse("rights:mine"), reverse("rights:rectification")
ERASE, INBOX = reverse("rights:erasure"), reverse("admin:rights_rightsrequest_changelist")
WRITE_DOWN = reverse("admin:rights_write_down")


@pytest.fixture
def atn(client):
    person = UserFactory(role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


def page_of(asked):
    return reverse("admin:rights_rightsrequest_change", args=[asked.pk])


def answer(client, asked, name, **typed):
    return client.post(reverse("admin:rights_answer", args=[asked.pk, name]), typed)


def erasure_of(user):
    return actions.ask_erasure(user=user, on=NOON.date(), at=NOON)


def test_p05_a_function_is_corrected_once_atn_says_yes(client):
    mandate = MandateFactory(function="greffière")
    client.force_login(mandate.user)
    typed = {"part": "function", "mandate": mandate.pk, "wanted": "directrice générale"}
    assertRedirects(client.post(RECTIFY, typed), MINE)
    asked = RightsRequest.objects.get()
    assert (asked.kind, asked.state) == (Kind.RECTIFICATION, State.WAITING)
    mandate.refresh_from_db()
    assert mandate.function == "greffière"
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    answer(client, asked, "accepter")
    mandate.refresh_from_db()
    assert mandate.function == "directrice générale"
    assert Entry.objects.get(verb="mandate.corrected").details == {
        "before": {"function": "greffière"}
    }
    # The next attestation follows.
    enrollment = EnrollmentFactory(mandate=mandate, completed=True)
    assert facts_of(enrollment)["function"] == "directrice générale"


def test_p05_a_refusal_says_why_to_the_person(client, atn):
    person = UserFactory()
    asked = actions.ask_rectification(
        user=person, part=Part.ORGANISATION, mandate=None, wanted="Saint-Exemple",
        on=NOON.date(), at=NOON,
    )  # fmt: skip
    page = answer(client, asked, "refuser", reason=" ")
    assertContains(page, "Écrivez pourquoi", status_code=422)
    answer(client, asked, "refuser", reason="Le répertoire dit autre chose.")
    asked.refresh_from_db()
    assert asked.state == State.REFUSED
    assert (
        "Le répertoire dit autre chose."
        in OutgoingEmail.objects.get(key=f"rights_answered:{asked.pk}").text
    )
    client.force_login(person)
    assertContains(client.get(MINE), "Le répertoire dit autre chose.")
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.update(reason="")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"part": "function", "wanted": "maire"}, "Choisissez l’organisation"),
        ({"part": "other", "wanted": ""}, "Écrivez ce qu’il faudrait lire."),
        ({"part": "tout", "wanted": "x"}, "tout"),
        ({"part": "other", "wanted": "x" * 2001}, "2000"),
        ({"part": "function", "wanted": "x" * 121}, "au plus 120 caractères"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(client, typed, words):
    client.force_login(UserFactory())
    page = client.post(RECTIFY, typed)
    assertContains(page, words, status_code=422)
    assertContains(page, typed["wanted"], status_code=422)


def test_a_function_of_someone_else_cannot_be_corrected(client):
    client.force_login(UserFactory())
    typed = {"part": "function", "mandate": MandateFactory().pk, "wanted": "maire"}
    assert client.post(RECTIFY, typed).status_code == 422
    assert not RightsRequest.objects.exists()


def test_p06_the_person_is_told_what_goes_what_stays_and_why(client):
    mandate = MandateFactory()
    EnrollmentFactory(mandate=mandate, completed=True)
    client.force_login(mandate.user)
    page = client.get(ERASE)
    for words in ("Ce qui sera effacé", "Ce qui restera, sans le nom, et pourquoi", "7 jours",
                  "les statistiques déjà publiées ne changent pas"):  # fmt: skip
        assertContains(page, words)
    assertContains(client.post(ERASE, {}), "Cochez cette case", status_code=422)
    assertRedirects(client.post(ERASE, {"understood": "on"}), MINE)
    client.post(ERASE, {"understood": "on"})
    asked = RightsRequest.objects.get()
    assert asked.due_on - asked.asked_at.date() >= timedelta(days=19)


def test_p06_once_asked_an_erasure_is_shown_and_no_more_offered(client):
    user = UserFactory()
    client.force_login(user)
    assertContains(client.get(MINE), f'href="{ERASE}"')
    client.post(ERASE, {"understood": "on"})
    asked = RightsRequest.objects.get()
    here = f"{MINE}#demande-{asked.pk}"
    page = client.get(MINE)
    assertNotContains(page, f'href="{ERASE}"')
    assertContains(page, f'href="#demande-{asked.pk}"')
    assertContains(page, "Rien n’est effacé pour l’instant")
    assertRedirects(client.get(ERASE), here, fetch_redirect_response=False)
    again = client.post(ERASE, {"understood": "on"})
    assertRedirects(again, here, fetch_redirect_response=False)
    assertContains(client.get(MINE), "Vous avez déjà demandé l’effacement")
    client.post(reverse("rights:cancel", args=[asked.pk]))
    assertContains(client.get(MINE), f'href="{ERASE}"')
    assertContains(client.get(ERASE), "Demander l’effacement")


def test_p06_what_goes_and_what_stays_is_said_in_words_of_people():
    """No name that a table has for those who write it."""
    titles = {table.title for table in tables() if table.about}
    assert "leçons ouvertes et terminées" in titles
    words = {"états", "écritures du journal", "lignes importées", "consultations", "cartes"}
    assert {title for title in titles if title in words or title.split()[0] == "états"} == set()


def test_p06_the_person_takes_it_back_in_one_click(client):
    user = UserFactory()
    asked = erasure_of(user)
    client.force_login(user)
    cancel = reverse("rights:cancel", args=[asked.pk])
    assertContains(client.get(MINE), cancel)
    assertContains(client.post(cancel, follow=True), "Rien n’a changé.")
    assert client.post(cancel).status_code == 404
    client.force_login(UserFactory())
    assert client.post(reverse("rights:cancel", args=[erasure_of(user).pk])).status_code == 404


def test_the_clock_of_the_law_runs_twenty_days_and_ten_more_once(client, atn):
    asked = actions.ask_rectification(
        user=UserFactory(), part=Part.OTHER, mandate=None, wanted="x", on=NOON.date(), at=NOON
    )
    assert asked.due_on == date(2026, 12, 13)
    assertContains(answer(client, asked, "prolonger"), "Écrivez pourquoi", status_code=422)
    answer(client, asked, "prolonger", reason="Archives à consulter.")
    asked.refresh_from_db()
    assert asked.due_on == date(2026, 12, 23)
    letter = OutgoingEmail.objects.get(key=f"rights_extended:{asked.pk}")
    assert "Archives à consulter." in letter.text
    again = answer(client, asked, "prolonger", reason="Encore.")
    assertContains(again, "une fois", status_code=422)
    assert not asked.is_late(date(2026, 12, 23))
    assert asked.is_late(date(2026, 12, 24))


def test_the_inbox_shows_what_is_late_first(client, atn):
    user = UserFactory(last_name="En retard")
    actions.ask_erasure(user=user, on=date(2026, 1, 5), at=NOON)
    actions.ask_erasure(user=UserFactory(), on=date(2099, 1, 5), at=NOON)
    page = client.get(INBOX)
    assertContains(page, "25\xa0janvier\xa02026\xa0: en retard")
    assertContains(page, "jours restants")
    text = page.content.decode()
    assert text.index("en retard") < text.index("jours restants")
    late = RightsRequest.objects.get(user=user)
    assertContains(client.get(page_of(late)), "Le délai de la loi est passé")
    assertNotContains(client.get(INBOX, {"etat": "closes"}), "en retard")


def test_philippe_answers_an_erasure_with_proof(client, atn):
    """Persona 11: « … répondre à une demande d’accès ou de suppression …, avec preuve. »"""
    person = UserFactory(last_name="Partie")
    asked = erasure_of(person)
    page = client.get(page_of(asked))
    assertContains(page, "Ce qui sera effacé")
    assertContains(page, "pas avant le lundi 30")
    assertRedirects(answer(client, asked, "accepter"), page_of(asked))
    actions.erase_due(on=NOON.date(), at=NOON + timedelta(days=99))
    page = client.get(page_of(asked))
    assertContains(page, "Effacée le")
    assertContains(page, "Courriels sortants")
    assertNotContains(page, "Partie")
    verbs = Entry.objects.filter(target=str(asked.pk)).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "rights.asked", "rights.granted", "rights.erased",
    ]  # fmt: skip
    assertContains(
        answer(client, asked, "refuser", reason="non"), "rien ne change plus", status_code=422
    )


def test_p32_a_request_of_an_heir_is_written_down_and_its_proof_let_go(client, atn):
    person = UserFactory()
    typed = {"kind": "erasure", "user": person.email, "on_behalf": "sa fille, liquidatrice",
             "identity_proof": "appel, puis acte vu en visioconférence"}  # fmt: skip
    for gap, words in [("identity_proof", "comment l’identité"), ("user", "Un effacement vise")]:
        assertContains(client.post(WRITE_DOWN, {**typed, gap: ""}), words, status_code=422)
    unknown = client.post(WRITE_DOWN, {**typed, "user": "personne@nulle.part"})
    assertContains(unknown, "Aucun compte actif", status_code=422)
    client.post(WRITE_DOWN, typed)
    asked = RightsRequest.objects.get()
    assertContains(client.get(page_of(asked)), "acte vu en visioconférence")
    answer(client, asked, "accepter")
    asked.refresh_from_db()
    assert (asked.identity_proof, asked.on_behalf) == ("", "sa fille, liquidatrice")
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.update(identity_proof="permis")


def test_p32_an_erasure_asked_twice_for_one_account_is_told_and_not_written_twice(client, atn):
    person = UserFactory()
    asked = erasure_of(person)
    typed = {"kind": "erasure", "user": person.email, "identity_proof": "acte vu"}
    again = client.post(WRITE_DOWN, typed)
    assertContains(again, f"voyez la demande n° {asked.pk}", status_code=422)
    assertContains(again, "acte vu", status_code=422)
    assert RightsRequest.objects.get() == asked
    actions.refuse(request_id=asked.pk, reason="Une plainte est en cours.", by=atn, at=NOON)
    client.post(WRITE_DOWN, typed)
    assert RightsRequest.objects.count() == 2


def test_the_three_answers_to_an_erasure_do_not_look_alike(client, atn):
    page = client.get(page_of(erasure_of(UserFactory()))).text
    looks = dict(re.findall(r'<input class="(\w+)" type="submit"[^>]* value="([^"]+)"', page))
    assert looks["danger"] == "Accepter et fermer le compte"
    assert set(looks) == {"danger", "alt", "quiet"}


def test_p14_a_legal_hold_placed_after_the_answer_makes_the_erasure_wait(atn):
    person = UserFactory()
    asked = erasure_of(person)
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    held = hold(user=person, reason="Plainte", by=atn, at=NOON)
    later = NOON + timedelta(days=30)
    assert actions.erase_due(on=later.date(), at=later) == 0
    person.refresh_from_db()
    assert person.erased_at is None
    lift(hold_id=held.pk, by=atn, at=later)
    assert actions.erase_due(on=later.date(), at=later) == 1


def test_an_account_that_atn_opened_again_is_not_erased(client, atn):
    """The erasure was accepted, then somebody opened the account from the list of people."""
    person = UserFactory()
    asked = erasure_of(person)
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    open_account(user=person, by=atn, at=NOON)
    assert actions.erase_due(on=NOON.date(), at=NOON + timedelta(days=30)) == 0
    asked.refresh_from_db()
    person.refresh_from_db()
    assert (asked.state, person.erased_at) == (State.CANCELLED, None)
    letter = OutgoingEmail.objects.get(key=f"rights_not_erased:{asked.pk}")
    assert letter.to_address == person.email
    assert "demandez-le de nouveau" in letter.text
    assert actions.ask_erasure(user=person, on=NOON.date(), at=NOON) != asked


def test_an_erasure_wished_again_after_the_account_was_opened_is_a_new_request(atn):
    """The old one would be dropped on its day, and the wish with it."""
    person = UserFactory()
    first = erasure_of(person)
    actions.grant(request_id=first.pk, reason="", by=atn, at=NOON)
    # Nothing was opened: it is still the one in hand.
    assert erasure_of(person) == first
    open_account(user=User.objects.get(pk=person.pk), by=atn, at=NOON)
    again = erasure_of(person)
    first.refresh_from_db()
    assert (first.state, again.state) == (State.CANCELLED, State.WAITING)
    assert OutgoingEmail.objects.filter(key=f"rights_received:{again.pk}").exists()
    actions.grant(request_id=again.pk, reason="", by=atn, at=NOON)
    assert actions.erase_due(on=NOON.date(), at=NOON + timedelta(days=30)) == 1
    again.refresh_from_db()
    assert again.state == State.ERASED


def test_an_account_erased_while_its_opening_waited_stays_closed(atn):
    person = UserFactory()
    asked = erasure_of(person)
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    read_before = User.objects.get(pk=person.pk)
    actions.erase_due(on=NOON.date(), at=NOON + timedelta(days=30))
    assert not open_account(user=read_before, by=atn, at=NOON)
    assert not read_before.is_active


def test_p32_someone_without_an_account_may_ask_for_access(client, atn):
    typed = {"kind": "access", "on_behalf": "son avocat", "identity_proof": "procuration vue"}
    client.post(WRITE_DOWN, typed)
    asked = RightsRequest.objects.get()
    answer(client, asked, "accepter", reason="Rien n’est gardé à ce nom.")
    asked.refresh_from_db()
    assert asked.state == State.GRANTED
    assert not OutgoingEmail.objects.exists()


def test_p32_saying_yes_to_an_access_has_the_file_made_for_its_person_alone(client, atn):
    """Persona 11: the answer is the data, not a promise; twice within the hour is one file."""
    person = UserFactory()
    for on_behalf, files in (("son avocat", 0), ("", 1), ("", 1)):
        typed = {"kind": "access", "user": person.email, "on_behalf": on_behalf,
                 "identity_proof": "carte vue"}  # fmt: skip
        client.post(WRITE_DOWN, typed)
        asked = RightsRequest.objects.latest("pk")
        answer(client, asked, "accepter")
        asked.refresh_from_db()
        assert (asked.state, asked.decided_by) == (State.GRANTED, atn)
        assert DataExport.objects.filter(user=person).count() == files
    assert privacy.build(export_id=DataExport.objects.get().pk, at=timezone.now())


def test_atn_cancels_an_erasure_to_come_and_the_account_opens_again(client, atn):
    person = UserFactory()
    asked = erasure_of(person)
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    client.post(reverse("admin:rights_cancel", args=[asked.pk]))
    person.refresh_from_db()
    assert person.is_active
    page = client.post(reverse("admin:rights_cancel", args=[asked.pk]), follow=True)
    assertContains(page, "rien ne change plus")


def test_the_sweep_carries_out_what_is_due(atn):
    asked = erasure_of(UserFactory())
    actions.grant(request_id=asked.pk, reason="", by=atn, at=NOON)
    RightsRequest.objects.update(erase_at=NOON - timedelta(days=30))
    tasks.erase_due.delay()
    asked.refresh_from_db()
    assert asked.state == State.ERASED


@pytest.mark.parametrize("role", [Role.COACH, Role.UMQ_COORDINATOR])
def test_the_inbox_is_for_atn_alone(client, role):
    asked = erasure_of(UserFactory())
    for staff in (False, True):
        client.force_login(UserFactory(role=role, is_staff=staff))
        for page in (INBOX, WRITE_DOWN, page_of(asked)):
            assert client.get(page).status_code in {302, 403}
        answer(client, asked, "accepter")
    asked.refresh_from_db()
    assert asked.state == State.WAITING


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_whatever_their_length(
    client, atn, django_assert_num_queries, count
):
    for _ in range(count):
        actions.ask_rectification(
            user=atn, part=Part.OTHER, mandate=None, wanted="x", on=NOON.date(), at=NOON
        )
    client.get(INBOX)
    with django_assert_num_queries(4):
        assertContains(client.get(INBOX), "Demande n°", count=count)
    with django_assert_num_queries(3):
        assertContains(client.get(MINE), "Annuler cette demande", count=count)
