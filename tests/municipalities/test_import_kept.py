"""P-24: of a list, only the columns that are read are kept."""

import json

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains

from municipalities.actions import import_undo, imports
from municipalities.enums import BatchState, LineState
from municipalities.exports import import_result
from municipalities.models import ImportBatch, Mandate
from tests.factories import NOON, ResponsibilityFactory
from tests.municipalities.lists import listed

pytestmark = pytest.mark.django_db
HEADER = ("Prénom", "Nom", "NAS", "Courriel", "Date de naissance")
ELOISE = ("Éloïse", "Roy", "046 454 286", "eloise@abercorn.example", "1980-02-03")
MORE = ("Luc", "Roy", "130 692 544", "luc@abercorn.example", "1981-02-03", "418 555-0000")
SECRETS = ("046 454 286", "1980-02-03", "130 692 544", "1981-02-03", "418 555-0000")


@pytest.fixture
def boss():
    return ResponsibilityFactory()


def received(boss, *rows, header=HEADER) -> ImportBatch:
    return imports.receive(
        organisation=boss.organisation,
        name="paie.csv",
        content=listed(*rows, header=header),
        by=boss.user,
        at=NOON,
    )


def stored(batch) -> str:
    rows = [*batch.lines.values("cells", "flaws", "note", "done")]
    kept = ImportBatch.objects.filter(pk=batch.pk).values("notes", "questions", "places").get()
    return json.dumps([*rows, kept], ensure_ascii=False)


def test_p24_columns_that_nobody_reads_are_told_and_nothing_of_them_is_stored(client, boss):
    batch = received(boss, ELOISE, MORE)
    assert not [secret for secret in SECRETS if secret in stored(batch)]
    # A cell too many still keeps its line out.
    assert dict(batch.lines.values_list("number", "state")) == {
        2: LineState.NEW, 3: LineState.WRONG,
    }  # fmt: skip
    client.force_login(boss.user)
    page = client.get(reverse("municipalities:import", args=[batch.pk]))
    for column in ("NAS", "Date de naissance"):
        assertContains(page, f"Colonne laissée de côté\u00a0: {column}. Rien n’en est gardé.")


def test_p24_the_result_file_and_the_undoing_need_none_of_them(boss):
    batch = received(boss, ELOISE)
    assert imports.start(batch_id=batch.pk, writes=False)
    imports.commit(batch_id=batch.pk, at=NOON)
    batch.refresh_from_db()
    heading, line = import_result(batch).removeprefix("\ufeff").splitlines()
    assert heading == "Ligne;Prénom;Nom;Courriel;Effet;Explication"
    assert line.startswith("2;Éloïse;Roy;eloise@abercorn.example;")
    assert import_undo.undo(batch_id=batch.pk, by=boss.user, at=NOON).state == BatchState.UNDONE
    assert not Mandate.objects.filter(organisation=boss.organisation).exists()


def test_p24_while_a_column_is_in_doubt_only_those_to_choose_among_wait(client, boss):
    header = ("Nom", "Courriel", "Fonction", "Titre", "NAS")
    batch = received(
        boss, ("Roy", "roy@abercorn.example", "voirie", "contremaître", "046 454 286"),
        header=header,
    )  # fmt: skip
    assert batch.questions
    assert "contremaître" in stored(batch)
    assert "046 454 286" not in stored(batch)
    client.force_login(boss.user)
    page = reverse("municipalities:import-columns", args=[batch.pk])
    chosen = {"last_name": "0", "email": "1", "function": "2"}
    assert client.post(page, {**chosen, "first_name": "4"}).status_code == 422
    client.post(page, chosen)
    batch.refresh_from_db()
    assert "contremaître" not in stored(batch)
    assert [note for note in batch.notes if "Titre" in note]


def test_p24_a_column_that_was_not_kept_cannot_be_read_later(boss):
    batch = received(boss, ELOISE)
    places = {"last_name": 1, "email": 3, "function": 2}
    with pytest.raises(imports.ImportRefused, match="déposez la liste de nouveau"):
        imports.choose_columns(batch_id=batch.pk, places=places, at=NOON)
