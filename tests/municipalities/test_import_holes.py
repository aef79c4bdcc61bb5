"""Lines without a header, imports that cannot be done, and what an undoing must leave alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import RoleGrant, User
from municipalities import tasks
from municipalities.actions import import_undo, imports, invitations
from municipalities.enums import BatchState, Decision, LineState
from municipalities.exports import import_result
from municipalities.models import Mandate
from municipalities.queries import import_undo as queries
from municipalities.staff import files, free
from tests.factories import NOON, MunicipalityFactory, ResponsibilityFactory, UserFactory
from tests.municipalities.lists import ELOISE, PAUL, listed, text


def pasted(lines: str):
    sheet, __ = free.find(lines.encode())
    return [line.cells for line in sheet.lines]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Réjean Ouellet <Rejean@ville.example>", ("Réjean", "Ouellet", "Rejean@ville.example", "")),
        ("Ouellet; Réjean; info@ville.example", ("Réjean", "Ouellet", "info@ville.example", "")),
        ("Réjean; Ouellet; rouellet@a.example", ("Réjean", "Ouellet", "rouellet@a.example", "")),
        ("Réjean\tOuellet\trejean.ouellet@a.example\tvoirie",
         ("Réjean", "Ouellet", "rejean.ouellet@a.example", "voirie")),
        ("Réjean Ouellet, inspecteur, r@a.example", ("Réjean", "Ouellet", "r@a.example", "inspecteur")),
        ("Ouellet, Réjean <r@a.example>", ("Réjean", "Ouellet", "r@a.example", "")),
        ("rejean.ouellet@a.example", ("Rejean", "Ouellet", "rejean.ouellet@a.example", "")),
        ("rouellet@a.example", ("", "", "rouellet@a.example", "")),
        ("Réjean Ouellet, conseiller", ("Réjean", "Ouellet", "", "conseiller")),
    ],
)  # fmt: skip
def test_a_pasted_line_is_understood_as_people_write_it(line, expected):
    assert pasted(line) == [expected]


def test_the_one_line_of_a_mail_program_is_as_many_people():
    found = pasted("Luc Roy <luc@a.example>; Ann Roy <ann@a.example>, paul@a.example")
    assert [cells[2] for cells in found] == ["luc@a.example", "ann@a.example", "paul@a.example"]


def test_a_pasted_line_that_says_too_little_is_kept_out_with_its_number():
    sheet, __ = free.find("\nRéjean\nLuc Roy a@b.example c@d.example".encode())
    assert [(line.number, list(line.flaws)) for line in sheet.lines] == [(2, [1]), (3, [2])]


@pytest.mark.parametrize("lines", [text(ELOISE), "Liste du personnel, 2026\n" + text(ELOISE)])
def test_pasted_lines_with_a_header_are_read_by_it(lines):
    assert pasted(lines)[-1] == ELOISE


def test_pasted_nothing_is_refused():
    with pytest.raises(files.FileRefused):
        free.find(b"a\0b")


@pytest.mark.parametrize(
    ("first", "at"),
    [("Liste du personnel, octobre 2026", 3), ("sep=;", 2), ('"sep=;"', 2), ("SEP=;;;", 2)],
)
def test_b06_b15_a_title_with_a_comma_or_excel_s_own_line_does_not_hide_the_separator(first, at):
    """Excel reads « sep= » and never shows it: the numbers are those of its rows."""
    sheet = files.read_text(f"{first}\r\n{text(ELOISE, PAUL)}")
    lines = [(line.number, line.cells) for line in sheet.lines[-2:]]
    assert lines == [(at, ELOISE), (at + 1, PAUL)]


@pytest.fixture
def place(db):
    return MunicipalityFactory(code="46010", name="Abercorn")


@pytest.fixture
def louise(place):
    return ResponsibilityFactory(organisation=place).user


def received(place, by, *rows):
    return imports.receive(organisation=place, name="g.csv", content=listed(*rows), by=by, at=NOON)


def done(batch):
    imports.start(batch_id=batch.pk, writes=False)
    return imports.commit(batch_id=batch.pk, at=NOON)


def test_lines_pasted_without_a_header_become_people(place, louise):
    content = "Réjean Ouellet, inspecteur, rejean@a.example\nLuc Roy\nrouellet@a.example"
    batch = imports.receive(
        organisation=place,
        name="collée",
        content=content.encode(),
        by=louise,
        at=NOON,
        pasted=True,
    )
    found = dict(batch.lines.values_list("number", "state"))
    assert found == {1: LineState.NEW, 2: LineState.NEW, 3: LineState.WRONG}
    said = {"first_name": "Réal", "last_name": "Ouellet"}
    imports.mend_line(batch_id=batch.pk, number=3, said=said, at=NOON)
    done(batch)
    assert Mandate.objects.filter(organisation=place).count() == 3


def test_an_import_that_is_refused_waits_again_with_its_reason(place, louise, monkeypatch):
    UserFactory(email=PAUL[2])
    batch = received(place, louise, ELOISE, PAUL)
    imports.decide(batch_id=batch.pk, decisions={3: Decision.ASK})
    monkeypatch.setattr(invitations, "DAILY_LIMIT", 0)
    refused = done(batch)
    assert refused.state == BatchState.READY
    assert "Reprenez demain" in refused.notes[-1]
    assert Mandate.objects.count() == 0
    monkeypatch.setattr(invitations, "DAILY_LIMIT", 5)
    assert done(batch).state == BatchState.DONE


def test_an_import_whose_bell_was_not_heard_is_found_by_the_sweep(place, louise):
    batch = received(place, louise, ELOISE)
    imports.start(batch_id=batch.pk, writes=False)
    tasks.resume_imports()
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE


def test_b33_taking_back_leaves_whoever_others_have_built_on(place, louise):
    """A role, a second mandate, a function written since: none of it is the import's."""
    rows = [(f"Ann{n}", "Roy", f"ann{n}@a.example", "voirie", "") for n in range(4)]
    batch = done(received(place, louise, *rows))
    role, second, edited, idle = User.objects.filter(last_name="Roy").order_by("email")
    RoleGrant.objects.create(user=role, role=Role.COACH, granted_at=NOON)
    other = MunicipalityFactory()
    second.mandates.create(organisation=other, public="staff", starts_on=NOON.date())
    edited.mandates.update(function="aréna")
    assert len(queries.kept_if_undone(batch)) == 3
    import_undo.undo(batch_id=batch.pk, by=louise, at=NOON)
    assert set(User.objects.filter(last_name="Roy")) == {role, second, edited}
    assert not User.objects.filter(pk=idle.pk).exists()
    assert Mandate.objects.filter(organisation=place).count() == 3
    assert batch.lines.filter(note__contains="Gardée").count() == 3


def test_taking_back_costs_the_same_queries_whatever_its_length(place, louise):
    costs = []
    for count in (1, 30):
        rows = [(f"A{n}", "Roy", f"a{n}@{count}.example", "", "") for n in range(count)]
        batch = done(received(place, louise, *rows))
        with CaptureQueriesContext(connection) as queries_made:
            import_undo.undo(batch_id=batch.pk, by=louise, at=NOON)
        costs.append(len(queries_made))
    assert costs[0] == costs[1]


def test_the_command_reads_the_columns_that_were_chosen_on_the_page(place, louise):
    content = listed(("Roy", "ann@a.example"), header=("Nom", "Couriel"))
    with pytest.raises(imports.ImportRefused, match="Couriel"):
        imports.compare_file(organisation=place, content=content, at=NOON)
    batch = imports.receive(organisation=place, name="g.csv", content=content, by=louise, at=NOON)
    imports.choose_columns(batch_id=batch.pk, places={"last_name": 0, "email": 1}, at=NOON)
    done(batch)
    __, rows = imports.compare_file(organisation=place, content=content, at=NOON)
    assert [row.state for row in rows] == [LineState.KNOWN]


def test_why_a_line_was_left_out_is_told_after_the_import_too(place, louise):
    batch = done(received(place, louise, ELOISE, ("Ann", "Roy", "ann@", "", "")))
    assert batch.lines.get(number=3).state == LineState.WRONG
    for words in (batch.lines.get(number=3).note, import_result(batch).splitlines()[2]):
        assert "n’est pas une adresse courriel complète" in words
