"""« Mes données »: P-02, P-29 and S-09."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from atn_platform.audit.models import Entry
from atn_platform.notifications.models import OutgoingEmail
from atn_platform.privacy import actions, tasks
from atn_platform.privacy.inventory import HOLDERS, tables
from atn_platform.privacy.models import EXPORT_LIFE, DataExport
from certificates import actions as certificate_actions
from enrollments.models import BlockState
from tests.factories import LONG_AGO, NOON, EnrollmentFactory, UserFactory
from tests.privacy.seed import EMPTY, plant

pytestmark = pytest.mark.django_db
MARK = re.compile(r"zz-[a-z]+-\d{4}", re.IGNORECASE)


def made_for(user, at=NOON):
    asked = actions.ask(user=user, at=at)
    assert actions.build(export_id=asked.pk, at=at)
    asked.refresh_from_db()
    return asked


def opened(made) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(bytes(made.content)))


def marks_in(book, *endings) -> set[str]:
    names = [name for name in book.namelist() if name.endswith(endings)]
    return {found.lower() for name in names for found in MARK.findall(book.read(name).decode())}


@pytest.fixture
def book():
    """The file of a person of whom every table speaks, who also acted on every row of another."""
    garden = plant("p")
    plant("q", actor=garden.person)
    DataExport.objects.all().delete()
    return garden, opened(made_for(garden.person))


def declared() -> set[tuple[str, str]]:
    """(table, field) of all that is said to be personal, but for bytes, which leave as files."""
    return {
        (table.model._meta.label, name)
        for table in tables()
        for about in table.about
        for name in about.names
        if name != "content"
    }


def test_p02_every_field_marked_personal_is_in_the_file(book):
    __, archive = book
    document = json.loads(archive.read("mes-donnees.json"))
    told = {
        (each["table"], name)
        for each in document["tables"]
        for row in each["rows"]
        for name, value in row.items()
        if value is not None
    }
    # The request itself is among them, but says when it was ready only in the next one.
    owed = {("privacy.DataExport", "ready_at"), ("privacy.DataExport", "expires_at")}
    assert declared() - told == EMPTY | owed


@pytest.mark.parametrize("endings", [(".json",), (".html",), (".csv",)])
def test_p02_each_kind_of_file_holds_every_word_of_the_person(book, endings):
    garden, archive = book
    printed = marks_in(archive, ".pdf")
    assert len(garden.marks) >= 40
    assert garden.marks - printed - marks_in(archive, *endings) == set()


def test_p02_no_word_of_anybody_else_and_no_secret_is_in_the_file(book):
    garden, archive = book
    shown = marks_in(archive, ".json", ".html", ".csv", ".pdf")
    assert {each for each in shown if not each.startswith("zz-p-")} == set()
    assert shown & garden.secrets == set()
    assert len(garden.secrets) >= 5


def test_the_search_for_words_of_others_can_fail(book):
    """Negative control: the other person's own file, read as if by the first."""
    other = plant("r")
    DataExport.objects.all().delete()
    shown = marks_in(opened(made_for(other.person)), ".json")
    assert {each for each in shown if each.startswith("zz-r-")}


def test_p29_what_a_person_wrote_in_a_reflection_is_in_their_file():
    enrollment = EnrollmentFactory()
    BlockState.objects.create(
        enrollment=enrollment, lesson=enrollment.uuid, block=enrollment.uuid,
        data={"text": "J’ai cliqué sur un lien douteux."},
    )  # fmt: skip
    archive = opened(made_for(enrollment.learner))
    assert "lien douteux" in archive.read("mes-donnees.json").decode()
    assert "lien douteux" in archive.read("mes-donnees.html").decode()


def test_p02_attestations_leave_with_the_file_as_they_were_issued():
    done = EnrollmentFactory(completed=True)
    certificate = certificate_actions.issue(enrollment_id=done.pk, at=LONG_AGO)
    certificate_actions.produce_file(certificate_id=certificate.pk, at=LONG_AGO)
    archive = opened(made_for(done.learner))
    certificate.refresh_from_db()
    name = f"attestations/{certificate.number}.pdf"
    assert archive.read(name) == bytes(certificate.file.content)


def test_p02_a_person_asks_sees_it_ready_takes_it_and_is_written_to(
    client, django_capture_on_commit_callbacks
):
    user = UserFactory(first_name="Chantal")
    client.force_login(user)
    page = reverse("privacy:index")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("privacy:ask"), follow=True)
    made = DataExport.objects.get(user=user)
    assertRedirects(answer, page)
    actions.build(export_id=made.pk, at=NOON)
    made.refresh_from_db()
    assertContains(client.get(page), reverse("privacy:download", args=[made.uuid]))
    answer = client.get(reverse("privacy:download", args=[made.uuid]))
    assert answer.headers["Content-Type"] == "application/zip"
    assert (
        "Chantal" in zipfile.ZipFile(io.BytesIO(answer.content)).read("mes-donnees.html").decode()
    )
    letter = OutgoingEmail.objects.get(recipient=user)
    assert "prêt" in letter.subject
    verbs = Entry.objects.filter(actor=user).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["data.asked", "data.ready", "data.downloaded"]


def test_the_page_says_how_far_it_is(client):
    user = UserFactory()
    actions.ask(user=user, at=NOON)
    DataExport.objects.update(progress=3)
    client.force_login(user)
    page = client.get(reverse("privacy:index"))
    assertContains(page, f'<progress value="3" max="{len(HOLDERS)}"')
    assertContains(page, "data-watch")


def test_asking_twice_is_one_file_and_a_second_one_waits_an_hour(client):
    user = UserFactory()
    first = actions.ask(user=user, at=NOON)
    assert actions.ask(user=user, at=NOON) == first
    assert actions.build(export_id=first.pk, at=NOON)
    assert not actions.build(export_id=first.pk, at=NOON)
    with pytest.raises(actions.ExportRefused):
        actions.ask(user=user, at=NOON + timedelta(minutes=59))
    assert actions.ask(user=user, at=NOON + timedelta(minutes=61)) != first
    assert OutgoingEmail.objects.filter(recipient=user).count() == 1


def test_a_file_that_a_killed_worker_left_is_made_by_another():
    asked = actions.ask(user=UserFactory(), at=NOON)
    DataExport.objects.update(claimed_at=NOON, progress=4)
    soon, later = NOON + timedelta(seconds=30), NOON + timedelta(minutes=3)
    assert not actions.build(export_id=asked.pk, at=soon)
    assert actions.build(export_id=asked.pk, at=later)


@pytest.mark.parametrize("who", ["another", "administrator", "stranger"])
def test_s09_nobody_else_opens_the_file_whatever_their_role(who):
    made = made_for(UserFactory())
    client = Client()
    if who != "stranger":
        role = "administrator" if who == "administrator" else None
        client.force_login(UserFactory(role=role))
    answer = client.get(reverse("privacy:download", args=[made.uuid]))
    assert answer.status_code == (302 if who == "stranger" else 404)
    assert "application/zip" not in answer.headers["Content-Type"]
    assert not Entry.objects.filter(verb="data.downloaded").exists()


def test_s09_a_closed_account_loses_its_file_too():
    user = UserFactory()
    made = made_for(user)
    client = Client()
    client.force_login(user)
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(reverse("privacy:download", args=[made.uuid])).status_code == 302


def test_a_file_is_offered_seven_days_then_let_go(client, settings):
    user = UserFactory()
    made = made_for(user, at=LONG_AGO)
    assert (made.expires_at - made.ready_at).days == 7
    client.force_login(user)
    answer = client.get(reverse("privacy:download", args=[made.uuid]), follow=True)
    assertContains(answer, "n’est plus offert")
    assert actions.let_go(at=LONG_AGO + EXPORT_LIFE - timedelta(seconds=1)) == 0
    tasks.settle_exports()
    made.refresh_from_db()
    assert made.content is None
