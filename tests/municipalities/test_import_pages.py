"""The pages by which a responsable brings a list in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from atn_platform.accounts.models import User
from municipalities.actions import imports
from municipalities.enums import BatchState, Decision, LineState
from municipalities.models import ImportBatch, Mandate
from tests.factories import NOON, MandateFactory, MunicipalityFactory, ResponsibilityFactory
from tests.municipalities.lists import ELOISE, PAUL, listed, text

pytestmark = pytest.mark.django_db
WRONG = ("Ann", "Roy", "ann@", "", "")


@pytest.fixture
def place():
    return MunicipalityFactory(code="46010", name="Abercorn")


@pytest.fixture
def responsable(client, place):
    user = ResponsibilityFactory(organisation=place).user
    MandateFactory(organisation=place, user=user)
    client.force_login(user)
    return user


def at(page, *args):
    return reverse(f"municipalities:{page}", args=args)


def hand_in(client, *rows, **options):
    file = SimpleUploadedFile("gens.csv", listed(*rows, **options))
    client.post(at("hand-in", "46010"), {"file": file})
    return ImportBatch.objects.get()


def test_a_list_is_shown_then_imported_then_taken_back(
    client, responsable, django_capture_on_commit_callbacks
):
    batch = hand_in(client, ELOISE, WRONG)
    page = client.get(at("import", batch.pk))
    assertContains(page, "Ce que cette liste changerait")
    assertContains(page, "n’est pas une adresse courriel complète")
    mended = {"first_name": "Ann", "last_name": "Roy", "email": "ann@abercorn.example"}
    assertRedirects(client.post(at("import-line", batch.pk, 3), mended), at("import", batch.pk))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at("import-start", batch.pk))
    assert imports.commit(batch_id=batch.pk, at=NOON).state == BatchState.DONE
    assertContains(client.get(at("import", batch.pk)), "L’import est fait")
    assert User.objects.filter(email="ann@abercorn.example").exists()
    result = client.get(at("import-result", batch.pk)).content.decode()
    assert "2;Éloïse;L’Écuyer;eloise@abercorn.example" in result
    assertContains(
        client.get(at("import-undo", batch.pk)), "Comptes ouverts par cet import\xa0: 2"
    )


def test_a_cell_that_is_still_wrong_keeps_what_was_typed(client, responsable):
    batch = hand_in(client, WRONG)
    typed = {"first_name": "Anne", "last_name": "Roy", "email": "anne.roy@ville"}
    page = client.post(at("import-line", batch.pk, 2), typed, follow=True)
    assertContains(page, 'value="Anne"')
    assertContains(page, 'value="anne.roy@ville"')
    assertContains(page, "«\xa0anne.roy@ville\xa0» n’est pas une adresse courriel complète")


def test_undoing_is_asked_then_done_and_people_who_came_stay(client, responsable, place):
    batch = hand_in(client, ELOISE, PAUL)
    imports.start(batch_id=batch.pk, writes=False)
    batch = imports.commit(batch_id=batch.pk, at=NOON)
    said = "<li><b>2</b> inscrites</li>"
    assertContains(client.get(at("import", batch.pk)), said, html=True)
    ImportBatch.objects.update(committed_at=batch.created_at)
    User.objects.filter(email=PAUL[2]).update(last_login=NOON)
    assertContains(client.get(at("import-undo", batch.pk)), "depuis\xa0: 1")
    assertRedirects(client.post(at("import-undo", batch.pk)), at("import", batch.pk))
    assertContains(client.get(at("import", batch.pk)), "L’import est annulé")
    assertNotContains(client.get(at("import", batch.pk)), "inscrites")
    assert not User.objects.filter(email=ELOISE[2]).exists()
    assert User.objects.filter(email=PAUL[2]).exists()
    assertContains(client.get(at("import-undo", batch.pk)), "ne s’annule plus")


def test_lines_pasted_from_a_spreadsheet_are_a_list_too(client, responsable):
    client.post(at("hand-in", "46010"), {"pasted": text(ELOISE, PAUL, separator="\t")})
    batch = ImportBatch.objects.get()
    assert batch.lines.filter(state=LineState.NEW).count() == 2
    assertContains(client.get(at("hand-in", "46010")), "Liste collée")
    assertContains(client.get(at("import", batch.pk)), '<p class="kick">Liste collée</p>')


def test_the_name_of_a_file_is_shown_as_its_owner_wrote_it(client, responsable):
    batch = hand_in(client, ELOISE)
    assertContains(client.get(at("import", batch.pk)), '<p class="kick">gens.csv</p>')


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choisissez un fichier"),
        ({"pasted": "Nom\nRoy"}, "Il manque la colonne"),
        ({"pasted": 'Nom;Courriel\n"Roy;a@b.ca'}, "Ligne 2"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_pasted_stays(client, responsable, sent, words):
    page = client.post(at("hand-in", "46010"), sent)
    assertContains(page, words, status_code=422)
    assertContains(page, f"{sent.get('pasted', '').splitlines()[:1]}"[2:-2], status_code=422)
    assert ImportBatch.objects.count() == 0


def test_an_unsure_column_is_asked(client, responsable):
    batch = hand_in(client, ("Roy", "ann@abercorn.example"), header=("Nom", "Couriel"))
    page = client.get(at("import", batch.pk))
    # What it may be is proposed; a press says yes.
    assertContains(page, '<option value="1" selected>Couriel</option>', html=True)
    columns = at("import-columns", batch.pk)
    assertContains(client.post(columns, {"last_name": "0"}), "adresses courriel", status_code=422)
    twice = client.post(columns, {"last_name": "0", "email": "0"})
    assertContains(twice, "choisie deux fois", status_code=422)
    assertRedirects(client.post(columns, {"last_name": "0", "email": "1"}), at("import", batch.pk))
    assertContains(client.get(at("import", batch.pk)), "Ce que cette liste changerait")


def test_a_doubtful_line_is_decided(client, responsable):
    MandateFactory(user__email=ELOISE[2])
    batch = hand_in(client, ELOISE)
    page = client.get(at("import", batch.pk))
    assertContains(page, "Ne rien faire")
    assertContains(page, f'value="{Decision.ASK}"')
    # The address is somebody's: it cannot open another account.
    assertNotContains(page, f'value="{Decision.CREATE}"')
    assertNotContains(page, "Importer</button>")
    odd = {"ligne-x": "?", "ligne-" + "9" * 15: "ask", "ligne-" + "9" * 30: "ask"}
    client.post(at("import-decisions", batch.pk), {"ligne-2": Decision.ASK, **odd})
    assert batch.lines.get().decision == Decision.ASK
    assertContains(client.get(at("import", batch.pk)), "Importer</button>")


def test_a_line_past_the_thousandth_is_decided_and_mended_too(client, responsable):
    MandateFactory(user__email=ELOISE[2])
    content = "\n" * 1_200 + text(ELOISE, WRONG)
    client.post(at("hand-in", "46010"), {"pasted": content})
    batch = ImportBatch.objects.get()
    assertContains(client.get(at("import", batch.pk) + "?voir=doubtful"), 'name="ligne-1202"')
    assertContains(client.get(at("import", batch.pk) + "?voir=wrong"), "/lignes/1203/")


def test_a_line_is_left_out_and_a_list_thrown_away(client, responsable):
    batch = hand_in(client, ELOISE, WRONG)
    client.post(at("import-line", batch.pk, 3), {"drop": "1"})
    assert batch.lines.count() == 1
    assertRedirects(client.post(at("import-discard", batch.pk)), at("hand-in", "46010"))
    assert ImportBatch.objects.count() == 0
    assert client.get(at("import", batch.pk)).status_code == 404


def test_a_done_list_is_no_longer_thrown_away(client, responsable):
    batch = hand_in(client, ELOISE)
    imports.start(batch_id=batch.pk, writes=False)
    assertContains(client.get(at("import", batch.pk)), "L’import est en cours")
    client.post(at("import-discard", batch.pk))
    assertContains(client.get(at("import", batch.pk)), "déjà fait")


def test_people_whom_the_list_does_not_name_are_told(client, responsable, place):
    MandateFactory(organisation=place, user__last_name="Absente")
    batch = hand_in(client, ELOISE)
    assertContains(client.get(at("import", batch.pk)), "Absente")


def test_the_model_list_can_be_read_by_us(client, responsable):
    content = client.get(at("model-list")).content
    assert content.startswith(b"\xef\xbb\xbf")
    batch = imports.receive(
        organisation=MunicipalityFactory(), name="m", content=content, by=None, at=NOON
    )
    assert set(batch.lines.values_list("state", flat=True)) == {LineState.NEW}


@pytest.mark.parametrize("page", ["import", "import-columns", "import-undo", "import-result"])
def test_s10_a_list_of_others_is_nowhere(client, page):
    batch = imports.receive(
        organisation=MunicipalityFactory(), name="x", content=listed(ELOISE), by=None, at=NOON
    )
    client.force_login(ResponsibilityFactory().user)
    assert client.get(at(page, batch.pk)).status_code == 404


@pytest.mark.parametrize(
    "page", ["import-start", "import-discard", "import-decisions", "import-undo"]
)
def test_s10_a_list_of_others_is_not_touched(client, page):
    batch = imports.receive(
        organisation=MunicipalityFactory(), name="x", content=listed(ELOISE), by=None, at=NOON
    )
    client.force_login(ResponsibilityFactory().user)
    assert client.post(at(page, batch.pk)).status_code == 404
    batch.refresh_from_db()
    assert batch.state == BatchState.READY
    assert Mandate.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_list_costs_the_same_queries_whatever_its_length(
    client, responsable, django_assert_num_queries, count
):
    rows = [(f"A{n}", "Roy", f"a{n}@abercorn.example", "", "") for n in range(count)]
    batch = hand_in(client, *rows)
    # Session, person, roles; the list, its counts, whether one is decided, page; absent people.
    with django_assert_num_queries(8):
        client.get(at("import", batch.pk))
