"""B-12: long lists are read part by part, and say and do what a short one would."""

import pytest

from municipalities.actions import import_undo, imports
from municipalities.enums import Decision, LineState
from municipalities.models import ImportLine, Mandate
from municipalities.queries import imports as queries
from municipalities.queries.import_undo import kept_if_undone
from tests.factories import NOON, MandateFactory, ResponsibilityFactory
from tests.municipalities.lists import listed

pytestmark = pytest.mark.django_db

ROWS = [
    ("Ann", "Roy", "ann@abercorn.example", "commis", "personnel"),
    ("Luc", "Roy", "", "voirie", ""),
    ("Ève", "Côté", "eve@abercorn.example", "", ""),
    ("Luc", "Roy", "luc@abercorn.example", "greffe", ""),  # perhaps another Luc
    ("Ann", "Roy", "ANN@abercorn.example", "mairesse", "élue"),  # one person, two publics
    ("Jo", "Bas", "eve@abercorn.example", "", ""),  # the address of Ève
    ("Ann", "Roy", "ann@abercorn.example", "commis", "personnel"),
    ("Ida", "Ici", "ida@abercorn.example", "commis", ""),
    ("Ida", "Ici", "ida@abercorn.example", "", "gestionnaire"),
]


@pytest.fixture
def duty():
    return ResponsibilityFactory(organisation__code="46010", user__email="dg@abercorn.example")


def bring_in(duty, *rows):
    batch = imports.receive(
        organisation=duty.organisation, name="g.csv", content=listed(*rows), by=duty.user, at=NOON
    )
    imports.decide(
        batch_id=batch.pk,
        decisions=dict.fromkeys(batch.lines.values_list("number", flat=True), Decision.CREATE),
    )
    imports.start(batch_id=batch.pk, writes=True)
    return imports.commit(batch_id=batch.pk, at=NOON)


def told(batch):
    lines = batch.lines.order_by("number")
    return [(line.number, line.state, line.note, sorted(line.done)) for line in lines]


def seats(duty):
    here = Mandate.objects.filter(organisation=duty.organisation).exclude(user=duty.user)
    facts = here.values_list("user__email", "public", "function")
    return list(facts.order_by("user__sort_key", "user__email", "public"))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_b12_the_size_of_the_parts_changes_nothing(duty, monkeypatch, size):
    for module in (queries, imports):
        monkeypatch.setattr(module, "PART", size)
    MandateFactory(organisation=duty.organisation, user__email="ida@abercorn.example",
                   user__first_name="Ida", user__last_name="Ici")  # fmt: skip
    batch = bring_in(duty, *ROWS)
    assert [(state, done) for _number, state, _note, done in told(batch)] == [
        (LineState.NEW, ["mandate", "user"]),
        (LineState.NEW, ["mandate", "user"]),
        (LineState.NEW, ["mandate", "user"]),
        (LineState.NEW, ["mandate", "user"]),
        (LineState.NEW, ["mandate"]),
        (LineState.WRONG, []),
        (LineState.KNOWN, []),
        (LineState.CHANGED, ["function"]),
        (LineState.CHANGED, ["mandate"]),
    ]
    first = batch.lines.get(number=2)
    assert first.note.splitlines() == ["Aussi à la ligne 6.", "Aussi à la ligne 8."]
    assert batch.lines.get(number=6).user == first.user
    assert len(seats(duty)) == 7
    import_undo.undo(batch_id=batch.pk, by=duty.user, at=NOON)
    assert seats(duty) == [("ida@abercorn.example", "staff", "adjointe administrative")]


@pytest.mark.parametrize("size", [1, 100])
def test_b33_all_the_lines_of_whoever_has_come_in_stay_wherever_they_stand(
    duty, monkeypatch, size
):
    for module in (queries, imports):
        monkeypatch.setattr(module, "PART", size)
    batch = bring_in(duty, *ROWS[:5])
    ann = ImportLine.objects.get(batch=batch, number=2).user
    ann.last_login = NOON
    ann.save()
    assert kept_if_undone(batch) == {ann.pk}
    import_undo.undo(batch_id=batch.pk, by=duty.user, at=NOON)
    assert [each[:2] for each in seats(duty)] == [
        ("ann@abercorn.example", "elected"),
        ("ann@abercorn.example", "staff"),
    ]


def states(batch):
    return [(line.state, line.note) for line in batch.lines.order_by("number")]


def test_b11_a_second_function_for_one_public_is_told_and_changes_nothing(duty):
    """Two mandates of one public in one place never overlap."""
    rows = [
        ("Ann", "Roy", "ann@abercorn.example", function, "") for function in ("greffe", "aréna")
    ]
    lost = "Sa fonction «\u00a0aréna\u00a0» n’est pas gardée"
    for _again in range(2):
        (_first, _note), (state, note) = states(bring_in(duty, *rows))
        assert (state, lost in note) == (LineState.KNOWN, True)
        assert seats(duty) == [("ann@abercorn.example", "staff", "greffe")]


def test_namesakes_without_an_address_who_do_not_do_the_same_are_asked_about(duty):
    """A father and his son are two; a list handed in again recognises both."""
    rows = [("Luc", "Roy", "", "voirie", ""), ("Luc", "Roy", "", "aréna", "")]
    batch = imports.receive(
        organisation=duty.organisation, name="g.csv", content=listed(*rows), by=duty.user, at=NOON
    )
    assert "est-ce quelqu’un d’autre?" in batch.lines.get(number=3).note
    bring_in(duty, *rows)
    assert [function for *_who, function in seats(duty)] == ["voirie", "aréna"]
    again = bring_in(duty, *rows)
    assert len(seats(duty)) == 2
    assert not again.lines.exclude(done={}).exists()


def test_b17_names_without_latin_letters_are_as_many_people(duty):
    rows = [("ᐊᓂ", "ᐃᓄᒃ", "", "", ""), ("雷", "李", "", "", "")]
    bring_in(duty, *rows)
    assert len(seats(duty)) == 2
    assert {state for state, _note in states(bring_in(duty, *rows))} == {LineState.KNOWN}
