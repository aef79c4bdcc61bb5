"""Bringing lists of people in, and taking them back."""

import json
import threading
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from atn_platform.accounts.models import User
from atn_platform.notifications.models import OutgoingEmail
from municipalities.actions import import_undo, imports
from municipalities.enums import BatchState, Decision, LineState, Public
from municipalities.models import ImportBatch, Invitation, Mandate
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    ResponsibilityFactory,
)
from tests.municipalities.lists import ELOISE, PAUL, listed

pytestmark = pytest.mark.django_db

LAST_YEAR = NOON.date() - timedelta(days=365)
NAMELESS = ("Sans", "Courriel", "", "", "")


@pytest.fixture
def place():
    return MunicipalityFactory(code="46010", name="Abercorn")


@pytest.fixture
def responsable(place):
    return ResponsibilityFactory(organisation=place).user


def received(place, *rows, by=None, **options) -> ImportBatch:
    return imports.receive(
        organisation=place, name="gens.csv", content=listed(*rows, **options), by=by, at=NOON
    )


def done(batch, *, writes=False, at=NOON) -> ImportBatch:
    assert imports.start(batch_id=batch.pk, writes=writes)
    return imports.commit(batch_id=batch.pk, at=at)


def states(batch) -> Counter:
    return Counter(batch.lines.values_list("state", flat=True))


def import_people(path, *options) -> dict:
    out = StringIO()
    call_command(
        "import_people", str(path), "--organisation", "46010", "--json", *options, stdout=out
    )
    return json.loads(out.getvalue())


@pytest.fixture
def people_file(tmp_path):
    def write(*rows, **options):
        path = tmp_path / "gens.csv"
        path.write_bytes(listed(*rows, **options))
        return path

    return write


def test_a_list_gives_accounts_and_mandates_and_writes_to_nobody(place, people_file):
    answer = import_people(people_file(ELOISE, PAUL))
    assert {name: answer[name] for name in ("rows", "new", "changed", "known", "doubtful")} == {
        "rows": 2, "new": 2, "changed": 0, "known": 0, "doubtful": 0,
    }  # fmt: skip
    eloise = User.objects.get(email="eloise@abercorn.example")
    assert (eloise.first_name, eloise.last_name) == ("Éloïse", "L’Écuyer")
    assert not eloise.has_usable_password()
    [mandate] = eloise.mandates.all()
    assert (mandate.organisation, mandate.public, mandate.function) == (
        place, Public.MANAGER, "greffière",
    )  # fmt: skip
    assert OutgoingEmail.objects.count() == 0


def test_a_dry_run_says_the_same_and_changes_nothing(place, people_file):
    path = people_file(ELOISE, ("", "", "x", "", ""))
    shown = import_people(path, "--dry-run")
    assert User.objects.count() == Mandate.objects.count() == ImportBatch.objects.count() == 0
    applied = import_people(path)
    assert {**shown, "dry_run": False, "batch": applied["batch"]} == applied
    assert {(each["row"], each["column"]) for each in applied["errors"]} == {
        (3, "Nom"), (3, "Courriel"),
    }  # fmt: skip


def test_b29_the_same_list_twice_changes_nothing(place, people_file):
    path = people_file(ELOISE, PAUL, ("Sans", "Courriel", "", "", ""))
    import_people(path)
    before = list(Mandate.objects.order_by("pk").values())
    again = import_people(path)
    assert (again["new"], again["changed"], again["known"]) == (0, 0, 3)
    assert list(Mandate.objects.order_by("pk").values()) == before
    assert OutgoingEmail.objects.count() == 0


def test_b08_one_person_on_two_lines_that_differ_by_case_is_one(place, people_file):
    other = ("Éloïse", "L’Écuyer", " ELOISE@Abercorn.example ", "greffière", "gestionnaire")
    answer = import_people(people_file(ELOISE, other))
    assert (answer["new"], answer["known"]) == (1, 1)
    notes = list(ImportBatch.objects.get().lines.order_by("number").values_list("note", flat=True))
    assert notes == ["Aussi à la ligne 3.", "Même personne qu’à la ligne 2."]


def test_b10_s14_an_account_elsewhere_is_left_as_it_is_and_asked_only_when_told(
    place, responsable
):
    theirs = MandateFactory(user__email="eloise@abercorn.example", user__first_name="E.")
    batch = received(place, ELOISE, by=responsable)
    [line] = batch.lines.all()
    assert line.state == LineState.DOUBTFUL
    done(batch)
    assert list(Mandate.objects.filter(user=theirs.user)) == [theirs]
    assert Invitation.objects.count() == 0

    asked = received(place, ELOISE, by=responsable)
    imports.decide(batch_id=asked.pk, decisions={2: Decision.ASK})
    done(asked)
    assert Invitation.objects.get().email == "eloise@abercorn.example"
    theirs.user.refresh_from_db()
    assert theirs.user.first_name == "E."
    assert theirs.user.mandates.count() == 1


def test_b11_one_person_on_two_lines_as_staff_and_elected_has_one_account_and_two_roles(
    place, people_file
):
    elected = (*PAUL[:3], "conseiller", "élu")
    import_people(people_file(PAUL, elected))
    [paul] = User.objects.filter(email="paul@abercorn.example")
    assert set(paul.mandates.values_list("public", flat=True)) == {Public.STAFF, Public.ELECTED}
    again = import_people(people_file(PAUL, elected, elected))
    assert (again["new"], again["changed"], again["known"]) == (0, 0, 3)


def test_a_shared_address_is_not_two_accounts(place, people_file):
    answer = import_people(people_file(PAUL, ("Ann", "Roy", PAUL[2], "", "")))
    assert answer["new"] == 1
    assert answer["errors"][0]["row"] == 3
    assert "déjà à la ligne 2" in answer["errors"][0]["message"]


def test_a_new_function_and_a_name_nobody_uses_yet_are_changes(place, people_file):
    import_people(people_file(ELOISE, PAUL))
    User.objects.filter(email=PAUL[2]).update(last_login=NOON)
    answer = import_people(
        people_file(
            ("Éloïse", "Lécuyer-Roy", ELOISE[2], "directrice", "gestionnaire"),
            ("Paulo", "St-Onge", PAUL[2], "voirie", "personnel"),
        )
    )
    assert (answer["changed"], answer["known"]) == (1, 1)
    mandate = Mandate.objects.get(user__email=ELOISE[2])
    assert (mandate.function, mandate.user.last_name) == ("directrice", "Lécuyer-Roy")
    assert User.objects.get(email=PAUL[2]).first_name == "Paul"


def test_a_namesake_at_another_address_waits_for_a_decision(place):
    MandateFactory(organisation=place, user__first_name="Paul", user__last_name="St-Onge")
    batch = received(place, PAUL)
    assert states(batch) == {LineState.DOUBTFUL: 1}
    imports.decide(batch_id=batch.pk, decisions={2: Decision.CREATE})
    done(batch)
    assert User.objects.filter(last_name="St-Onge").count() == 2


def test_b10_nobody_gets_an_account_by_the_address_of_somebody_elsewhere(place, responsable):
    """Neither by the page, which does not offer it, nor by a row written before."""
    theirs = MandateFactory(user__email=PAUL[2])
    batch = received(place, PAUL, NAMELESS, by=responsable)
    imports.decide(batch_id=batch.pk, decisions={2: Decision.CREATE})
    line = batch.lines.get(number=2)
    assert (line.state, line.decision) == (LineState.DOUBTFUL, "")
    batch.lines.filter(number=2).update(decision=Decision.CREATE)
    assert done(batch).state == BatchState.DONE
    assert not Mandate.objects.filter(organisation=place, user=theirs.user).exists()
    assert not User.objects.filter(last_name=PAUL[1]).exists()
    assert states(batch) == {LineState.DOUBTFUL: 1, LineState.NEW: 1}


def test_whoever_comes_back_without_an_address_is_not_made_twice(place, responsable):
    """Lifeguards of last summer: their account is there, with what they learned."""
    MandateFactory(organisation=place, user__email=None, user__first_name="Sans",
                   user__last_name="Courriel", starts_on=LAST_YEAR, ends_on=LAST_YEAR)  # fmt: skip
    batch = received(place, NAMELESS, PAUL, by=responsable)
    assert states(done(batch)) == {LineState.DOUBTFUL: 1, LineState.NEW: 1}
    assert "mandats terminés" in batch.lines.get(number=2).note
    assert User.objects.filter(last_name="Courriel").count() == 1


def test_nobody_is_asked_by_letter_without_an_address(place, responsable):
    for _ in range(2):
        MandateFactory(organisation=place, user__first_name="Sans", user__last_name="Courriel")
    batch = received(place, NAMELESS, by=responsable)
    imports.decide(batch_id=batch.pk, decisions={2: Decision.ASK})
    assert batch.lines.get().decision == ""
    imports.decide(batch_id=batch.pk, decisions={2: Decision.CREATE})
    assert batch.lines.get().decision == Decision.CREATE


def test_b30_people_whom_the_list_does_not_name_stay(place, people_file):
    import_people(people_file(ELOISE, PAUL))
    import_people(people_file(ELOISE))
    assert Mandate.objects.filter(ends_on__isnull=True).count() == 2


def test_a_line_is_mended_on_the_page(place):
    batch = received(place, ("Ann", "Roy", "ann@", "", ""))
    assert states(batch) == {LineState.WRONG: 1}
    imports.mend_line(batch_id=batch.pk, number=2, said={"email": "ann@abercorn.example"}, at=NOON)
    assert states(batch) == {LineState.NEW: 1}
    done(batch)
    assert User.objects.get(email="ann@abercorn.example").last_name == "Roy"


def test_columns_are_asked_once_and_remembered(place):
    rows, header = (("Roy", "ann@abercorn.example"),), ("Nom", "Couriel")
    batch = received(place, *rows, header=header)
    assert batch.questions
    assert not imports.start(batch_id=batch.pk, writes=False)
    imports.choose_columns(batch_id=batch.pk, places={"last_name": 0, "email": 1}, at=NOON)
    done(batch)
    again = received(place, *rows, header=header)
    assert again.questions == []
    assert states(again) == {LineState.KNOWN: 1}


def test_whoever_is_welcomed_gets_one_letter(place, responsable):
    done(received(place, ELOISE, ("Sans", "Courriel", "", "", ""), by=responsable), writes=True)
    letter = OutgoingEmail.objects.get()
    assert letter.recipient.email == ELOISE[2]
    assert "Abercorn" in letter.subject
    assert ELOISE[2] in letter.text


def test_b33_an_import_is_taken_back_but_for_people_who_used_it(place, responsable):
    rows = [(f"Ann{n}", "Roy", f"ann{n}@abercorn.example", "", "") for n in range(4)]
    batch = done(received(place, *rows, by=responsable))
    opened, learning = User.objects.filter(last_name="Roy").order_by("pk")[:2]
    User.objects.filter(pk=opened.pk).update(last_login=NOON)
    EnrollmentFactory(mandate=learning.mandates.get())
    import_undo.undo(batch_id=batch.pk, by=responsable, at=NOON + timedelta(days=29))
    assert set(User.objects.filter(last_name="Roy")) == {opened, learning}
    assert opened.mandates.count() == learning.mandates.count() == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE


def test_taking_back_restores_words_but_not_those_written_since(place, responsable):
    done(received(place, ELOISE, PAUL, by=responsable))
    renamed = [
        ("Éloïse", "Lécuyer", ELOISE[2], "directrice", ""), (*PAUL[:3], "parcs", ""),
    ]  # fmt: skip
    batch = done(received(place, *renamed, by=responsable))
    Mandate.objects.filter(user__email=PAUL[2]).update(function="aréna")
    import_undo.undo(batch_id=batch.pk, by=responsable, at=NOON)
    functions = dict(Mandate.objects.values_list("user__email", "function"))
    assert functions == {ELOISE[2]: "greffière", PAUL[2]: "aréna"}
    assert User.objects.get(email=ELOISE[2]).last_name == "L’Écuyer"


def test_an_import_is_taken_back_for_thirty_days_and_once(place, responsable):
    batch = done(received(place, ELOISE, by=responsable))
    with pytest.raises(imports.ImportRefused, match="trente jours"):
        import_undo.undo(batch_id=batch.pk, by=responsable, at=NOON + timedelta(days=30))
    for _twice in range(2):
        import_undo.undo(batch_id=batch.pk, by=responsable, at=NOON)
    assert Mandate.objects.filter(organisation=place).count() == 0


def test_a_done_import_is_no_longer_mended(place):
    batch = done(received(place, ELOISE))
    assert not imports.start(batch_id=batch.pk, writes=False)
    for act in (
        lambda: imports.mend_line(batch_id=batch.pk, number=2, said={}, at=NOON),
        lambda: imports.decide(batch_id=batch.pk, decisions={}),
        lambda: imports.discard(batch_id=batch.pk),
    ):
        with pytest.raises(imports.ImportRefused):
            act()


def test_nothing_is_kept_of_an_import_that_breaks_off(place, monkeypatch):
    batch = received(place, ELOISE, PAUL)
    imports.start(batch_id=batch.pk, writes=False)
    with monkeypatch.context() as patched:
        patched.setattr(imports, "_change", lambda work: 1 / 0)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            imports.commit(batch_id=batch.pk, at=NOON)
    assert Mandate.objects.count() == 0
    imports.commit(batch_id=batch.pk, at=NOON)
    assert Mandate.objects.count() == 2


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_the_same_queries_whatever_its_length(
    place, django_assert_num_queries, count
):
    rows = [(f"A{n}", "Roy", f"a{n}@abercorn.example", "", "") for n in range(count)]
    content = listed(*rows)
    # Columns of the last time; the newest mandate, domains of the town; accounts by their first
    # and their other addresses, mandates, invitations, and who left.
    with django_assert_num_queries(8):
        list(imports.compare_file(organisation=place, content=content, at=NOON)[1])


@pytest.mark.parametrize(
    ("code", "content", "words"),
    [("99999", b"", "Aucune organisation"), ("46010", b"", "vide"), ("46010", None, "Impossible")],
)
def test_the_command_says_what_is_wrong(place, tmp_path, code, content, words):
    path = tmp_path / "gens.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        call_command("import_people", str(path), "--organisation", code)


def test_the_command_speaks_french_too(place, people_file):
    out = StringIO()
    path = people_file(ELOISE, ("Ann", "Roy", "ann@", "", ""))
    call_command("import_people", str(path), "--organisation", "46010", stdout=out)
    assert "Nouvelles personnes qui sont inscrites : 1." in out.getvalue()
    assert "Ligne 3, Courriel : «\xa0ann@\xa0»" in out.getvalue()


def at_once(batches):
    def run(batch):
        try:
            imports.start(batch_id=batch.pk, writes=False)
            imports.commit(batch_id=batch.pk, at=NOON)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@pytest.mark.django_db(transaction=True)
def test_b31_two_imports_of_one_list_at_once_make_nobody_twice():
    place = MunicipalityFactory(code="46010", name="Abercorn")
    at_once([received(place, ELOISE, NAMELESS) for _ in range(4)])
    assert User.objects.count() == Mandate.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_b31_without_the_lock_on_the_organisation_someone_comes_twice(monkeypatch):
    place = MunicipalityFactory(code="46010", name="Abercorn")
    batches = [received(place, NAMELESS) for _ in range(2)]
    both, opening = threading.Barrier(2, timeout=10), imports._open_accounts
    lock = imports.Organisation.objects
    monkeypatch.setattr(lock, "select_for_update", lambda **kw: lock.all())
    monkeypatch.setattr(
        imports, "_open_accounts", lambda work, **facts: (both.wait(), opening(work, **facts))
    )
    at_once(batches)
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_address_that_another_town_takes_meanwhile_is_left_to_it(monkeypatch):
    places = [MunicipalityFactory(code=code) for code in ("46010", "46017")]
    both, opening = threading.Barrier(2, timeout=10), imports._open_accounts
    met = []

    def together(work, **facts):
        if len(met) < len(places):
            met.append(work)
            both.wait()
        opening(work, **facts)

    monkeypatch.setattr(imports, "_open_accounts", together)
    batches = [received(place, ELOISE, PAUL) for place in places]
    at_once(batches)
    assert User.objects.count() == Mandate.objects.count() == 2
    assert sorted(tuple(states(batch)) for batch in batches) == [
        (LineState.DOUBTFUL,), (LineState.NEW,),
    ]  # fmt: skip
