"""Steps of a parcours that are parts of courses, and the order that a group is given."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid5
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.notifications.models import OutgoingEmail
from atn_platform.portal.queries import home
from courses.models import PathStep
from enrollments import actions
from enrollments.actions import NewEvent, groups
from enrollments.actions.groups import Wish
from enrollments.enums import Verb
from enrollments.models import LessonState
from enrollments.projections import PartStanding, part_standing
from enrollments.queries.paths import path_lines
from municipalities.models import Mandate
from tests.factories import (
    NOON,
    EnrollmentFactory,
    MandateFactory,
    PathFactory,
    ResponsibilityFactory,
    VersionFactory,
    course_document,
    lesson_document,
)

FIRST = 'S’ouvre après l’étape 1, <span lang="fr-CA">«'
TITLES = {"m1": "Ce que nous détenons", "m2": "Demander", "m3": "Avant d’acheter"}


def in_modules(**modules: list[str]):
    """A course in force whose modules hold these lessons of eight minutes."""
    version = VersionFactory()
    document = course_document(version.course, [])
    document["modules"] = [
        {
            "uuid": str(uuid5(version.course.uuid, key)),
            "key": key,
            "title": TITLES[key],
            "lessons": [lesson_document(each) for each in lessons],
        }
        for key, lessons in modules.items()
    ]
    return VersionFactory(course=version.course, number=2, document=document).course


@pytest.fixture
def whole(db):
    return VersionFactory(minutes=60).course


@pytest.fixture
def modular(db):
    return in_modules(m1=["a", "b"], m2=["c"], m3=["d"])


@pytest.fixture
def person(db):
    return MandateFactory()


def path_of(*steps, order="advised"):
    """A parcours of (course, modules, lessons)."""
    path = PathFactory(order=order)
    for rank, (course, modules, lessons) in enumerate(steps, start=1):
        path.steps.create(course=course, position=rank, modules=modules, lessons=lessons)
    return path


def followed(path, person):
    actions.enroll_in_path(learner=person.user, path=path, at=NOON)
    return line_of(path, person)


def line_of(path, person):
    return path_lines([path], person.user)[0]


def joined(course, person):
    return actions.enroll(learner=person.user, course=course, mandate=person, at=NOON)


def finish(enrollment, key, at=NOON):
    station = lesson_document(key)["uuid"]
    event = NewEvent(
        uuid=uuid5(enrollment.uuid, key), verb=Verb.COMPLETED, lesson=UUID(station), happened_at=at
    )
    actions.record(enrollment_id=enrollment.pk, event=event, at=at)


def test_a_step_is_a_part_of_a_course_and_its_facts_alone_make_it_done(person, modular, whole):
    path = path_of((modular, ["m1"], ["d"]), (whole, [], []))
    line = followed(path, person)
    step = line.stops[0].courses[0]
    assert step.part.titles == [TITLES["m1"], "Leçon d"]
    assert (step.part.done, step.part.total, line.stops[0].minutes) == (0, 3, 24)
    enrollment = joined(modular, person)
    finish(enrollment, "a")
    finish(enrollment, "c")  # of no part that is asked for
    step = line_of(path, person).stops[0].courses[0]
    assert (step.part.done, step.part.current["key"], step.is_done) == (1, "b", False)
    finish(enrollment, "b")
    finish(enrollment, "d", at=NOON + timedelta(days=1))
    line = line_of(path, person)
    assert line.stops[0].courses[0].done_on == (NOON + timedelta(days=1)).date()
    assert (line.done, line.current.number) == (1, 2)
    enrollment.refresh_from_db()
    assert enrollment.completed_at is not None  # c was done too: the whole is the ledger's affair


def test_what_is_done_stays_done_when_the_rest_of_the_course_is_set_aside(person, modular):
    path = path_of((modular, ["m2"], []))
    followed(path, person)
    enrollment = joined(modular, person)
    finish(enrollment, "c")
    actions.withdraw(enrollment_id=enrollment.pk, at=NOON)
    assert line_of(path, person).done == 1


def test_a_course_finished_whole_has_done_its_parts(person, modular):
    path = path_of((modular, ["m2"], []))
    EnrollmentFactory(version=modular.current_version, mandate=person, completed=True)
    assert followed(path, person).done == 1


def test_a_part_that_a_version_no_longer_has_is_to_come_and_counts_for_nothing(person, modular):
    line = followed(path_of((modular, ["parti"], [])), person)
    assert (line.total, line.stops[0].courses[0].version) == (0, None)


def test_parts_are_chosen_among_and_have_equivalents(person, modular, whole):
    other = in_modules(m1=["x"], m2=["y"])
    path = path_of((modular, ["m2"], []), (whole, [], []))
    path.steps.update(choice_group="choix")
    path.steps.filter(position=1).update(equivalents=[f"{other.code}/m2"])
    line = followed(path, person)
    assert (len(line.stops), line.minutes) == (1, 8)  # of the shortest
    finish(joined(other, person), "y")
    line = line_of(path, person)
    assert line.stops[0].courses[0].credit.endswith(f"({TITLES['m2']})")
    assert (line.done, line.current) == (1, None)


def test_a_compulsory_order_opens_parts_of_one_course_one_after_another(
    client, person, modular, whole
):
    """The course is joined for its first part; its later part waits for what stands between."""
    path = path_of((modular, ["m1"], []), (whole, [], []), (modular, ["m3"], []), order="required")
    followed(path, person)
    enrollment = joined(modular, person)
    with pytest.raises(actions.EnrollmentRefused, match=r"l’étape 1\."):
        joined(whole, person)
    client.force_login(person.user)
    code = modular.code.lower()
    page = client.get(reverse("enrollments:path", args=[path.code]))
    assertContains(page, FIRST, count=2)
    assertNotContains(page, reverse("enrollments:course", args=[whole.code.lower()]))
    course = reverse("enrollments:course", args=[code])
    assertContains(client.get(course), FIRST, count=1)
    locked, free = (reverse("enrollments:lesson", args=[code, key]) for key in ("d", "c"))
    assertNotContains(client.get(course), locked)
    said = client.get(locked, follow=True)
    assert said.redirect_chain[-1][0] == course
    assertContains(said, "cette leçon s’ouvre après l’étape 1.")
    client.post(reverse("enrollments:complete", args=[code, "d"]))
    assert not LessonState.objects.filter(lesson=lesson_document("d")["uuid"]).exists()
    assert client.get(free).status_code == 200  # of no step: nothing holds it
    for key in ("a", "b"):
        finish(enrollment, key)
    assertContains(
        client.get(course), f'S’ouvre après l’étape 2, <span lang="fr-CA">«\xa0{whole.title}'
    )
    EnrollmentFactory(version=whole.current_version, mandate=person, completed=True)
    assert client.get(locked).status_code == 200


def test_what_waits_for_its_turn_is_not_carried_away(client, person, modular, whole):
    path = path_of((modular, ["m1"], []), (whole, [], []), (modular, ["m3"], []), order="required")
    followed(path, person)
    enrollment = joined(modular, person)
    client.force_login(person.user)
    code = modular.code.lower()
    contents, take = (
        reverse(f"enrollments:{name}", args=[code]) for name in ("offline-contents", "take")
    )
    copy = reverse("enrollments:offline-lesson", args=[code, "d"])
    assert [each["cle"] for each in client.get(contents).json()["lecons"]] == ["a", "b", "c"]
    assertContains(client.get(take), "quand leur tour est venu")
    assertNotContains(client.get(take), 'value="d"')
    assert client.get(copy).status_code == 404
    finish(enrollment, "d")  # of a copy made before: what was done is never lost, and opens it
    assert [each["cle"] for each in client.get(contents).json()["lecons"]] == ["a", "b", "c", "d"]
    assertNotContains(client.get(take), "quand leur tour est venu")
    assert client.get(copy).status_code == 200


def chapters(client, course):
    """Names of the files of the lessons in the EPUB, and the words of its first page."""
    book = client.get(reverse("enrollments:epub", args=[course.code.lower()])).content
    with ZipFile(BytesIO(book)) as opened:
        lessons = [name for name in opened.namelist() if "lecon-" in name]
        return lessons, opened.read("OEBPS/couverture.xhtml").decode()


def test_what_waits_for_its_turn_is_on_no_paper_and_the_paper_says_so(
    client, person, modular, whole
):
    path = path_of((modular, ["m1"], []), (whole, [], []), (modular, ["m3"], []), order="required")
    followed(path, person)
    enrollment = joined(modular, person)
    client.force_login(person.user)
    lessons, front = chapters(client, modular)
    assert lessons == [f"OEBPS/lecon-{number}.xhtml" for number in (1, 2, 3)]
    assert "1 étape n’est pas encore dans cette copie" in front
    pdf = client.get(reverse("enrollments:booklet", args=[modular.code.lower()])).content
    printed = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    assert "1 étape n’est pas encore" in " ".join(printed.split())
    # The course that waits at its door has no copy yet.
    door = reverse("enrollments:epub", args=[whole.code.lower()])
    assertContains(client.get(door, follow=True), "ce cours s’ouvre après l’étape 1")
    finish(enrollment, "d")
    lessons, front = chapters(client, modular)
    assert len(lessons) == 4
    assert "dans cette copie" not in front
    # Whom no parcours binds has the whole of both.
    client.force_login(MandateFactory().user)
    assert len(chapters(client, modular)[0]) == 4
    assert client.get(door).status_code == 200


def test_an_order_costs_one_query_where_it_holds_a_lesson_opened_before_and_none_elsewhere(
    client, person, modular, whole
):
    other = in_modules(m1=["x"])
    client.force_login(person.user)
    pages = []
    for course, key in ((modular, "a"), (other, "x")):
        joined(course, person)
        pages.append(reverse("enrollments:lesson", args=[course.code.lower(), key]))

    def asked():
        found = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        return found

    free = asked()
    followed(path_of((whole, [], []), (modular, ["m1"], []), order="required"), person)
    assert asked() == [free[0] + 1, free[1]]


def test_the_home_page_leads_through_the_parts_and_then_on(person, modular, whole):
    path = path_of((modular, ["m2"], []), (whole, [], []))
    followed(path, person)
    first = home(person.user, now=NOON).step
    assert (first.kind, first.minutes) == ("path", 8)
    assert first.title == f"{modular.current_version.front['title']} ({TITLES['m2']})"
    enrollment = joined(modular, person)
    finish(enrollment, "a")
    shown = home(person.user, now=NOON)
    assert (shown.step.title, shown.thread is not None) == ("Leçon c", True)  # not the « b » next
    finish(enrollment, "c")
    step = home(person.user, now=NOON).step
    assert (step.kind, step.title) == ("path", whole.current_version.front["title"])
    EnrollmentFactory(version=whole.current_version, mandate=person, completed=True)
    assert home(person.user, now=NOON).step.kind == "resume"  # the rest of the course, now


@pytest.mark.parametrize("count", [1, 3])
def test_parts_cost_two_queries_however_many(client, person, django_assert_num_queries, count):
    for _ in range(count):
        path = path_of(*((in_modules(m1=["a"], m2=["c"]), ["m1"], []) for _ in range(count)))
        followed(path, person)
    client.force_login(person.user)
    url = reverse("enrollments:paths")
    client.get(url)  # documents never change: the second reader finds them in memory
    with django_assert_num_queries(9):
        client.get(url)


def test_a_parcours_followed_keeps_its_parts(person, modular):
    path = path_of((modular, ["m1"], []))
    followed(path, person)
    PathStep.objects.update(modules=["m2"])
    assert line_of(path, person).stops[0].courses[0].part.titles == [TITLES["m1"]]
    actions.renew_path(learner=person.user, path=path, at=NOON)
    assert line_of(path, person).stops[0].courses[0].part.titles == [TITLES["m2"]]


@pytest.fixture
def ginette(db, client):
    responsibility = ResponsibilityFactory()
    client.force_login(responsibility.user)
    return responsibility


def group_of(ginette, person, path):
    wish = Wish(person, path)
    return groups.choose(
        organisation=ginette.organisation, wishes=[wish], by=ginette.user, at=timezone.now()
    )


def test_a_responsable_may_want_the_order_followed_and_it_binds_those_who_begin(
    client, ginette, whole
):
    """Whoever followed the parcours before goes on as before; leaving it is open to everyone."""
    path = path_of((whole, [], []), (VersionFactory().course, [], []))
    new, old = (MandateFactory(organisation=ginette.organisation) for _ in range(2))
    followed(path, old)
    group = groups.choose(
        organisation=ginette.organisation,
        wishes=[Wish(new, path), Wish(old, path)],
        by=ginette.user,
        at=timezone.now(),
    )
    page = client.get(reverse("enrollments:group", args=[group.pk]))
    assertContains(page, "Suivre les étapes dans l’ordre")
    done = client.post(
        reverse("enrollments:group-enroll", args=[group.pk]), {"in_order": "on"}, follow=True
    )
    assertContains(done, "Ces personnes suivent les étapes dans l’ordre")
    assert [line_of(path, each).is_ordered for each in (new, old)] == [True, False]
    assert "s’ouvre quand la précédente est franchie" in OutgoingEmail.objects.get().text
    client.force_login(new.user)
    page = client.get(reverse("enrollments:path", args=[path.code]))
    assertContains(page, "Votre organisation a choisi de suivre les étapes dans l’ordre")
    assertContains(page, "S’ouvre après l’étape 1")
    actions.renew_path(learner=new.user, path=path, at=NOON)
    assert line_of(path, new).is_ordered


def test_leaving_a_parcours_and_coming_back_never_frees_from_the_order_of_a_group(
    ginette, person, whole
):
    """As long as the group stands and the person is in post; a newcomer alone is free."""
    path = path_of((whole, [], []), (VersionFactory().course, [], []))
    member, gone = (MandateFactory(organisation=ginette.organisation) for _ in range(2))
    group = groups.choose(
        organisation=ginette.organisation,
        wishes=[Wish(member, path), Wish(gone, path)],
        by=ginette.user,
        at=NOON,
    )
    groups.enroll_group(
        group_id=group.pk, advised_on=None, by=ginette.user, at=NOON, in_order=True
    )
    Mandate.objects.filter(pk=gone.pk).update(ends_on=NOON.date() - timedelta(days=1))
    for _ in range(2):
        for each in (member, gone):
            actions.leave_path(learner=each.user, path=path, at=NOON)
            followed(path, each)
        assert [line_of(path, each).is_ordered for each in (member, gone)] == [True, False]
    assert not followed(path, person).is_ordered
    groups.undo_group(group_id=group.pk, by=ginette.user, at=NOON)
    assert not line_of(path, member).is_ordered


def test_a_group_never_weakens_what_the_author_wants(client, ginette, person, whole):
    path = path_of((whole, [], []), (VersionFactory().course, [], []), order="required")
    someone = MandateFactory(organisation=ginette.organisation)
    group = group_of(ginette, someone, path)
    page = client.get(reverse("enrollments:group", args=[group.pk]))
    assertContains(page, "ses auteurs l’ont voulu ainsi")
    assertNotContains(page, 'name="in_order"')
    client.post(reverse("enrollments:group-enroll", args=[group.pk]), {"in_order": ""})
    assert line_of(path, someone).is_ordered


MOMENTS = st.integers(0, 300).map(lambda days: NOON - timedelta(days=days))


@given(st.lists(st.tuples(st.booleans(), st.none() | MOMENTS), min_size=1, max_size=8))
def test_a_part_is_done_when_the_last_of_what_it_requires_is(drawn):
    """Against a plain reading of the rule; where nothing is required, everything is."""
    part = [
        lesson_document(f"l{rank}") | {"required": required}
        for rank, (required, __) in enumerate(drawn)
    ]
    moments = {UUID(each["uuid"]): when for each, (__, when) in zip(part, drawn, strict=True)}
    wanted = [(e, w) for e, (r, w) in zip(part, drawn, strict=True) if r] or [
        (e, w) for e, (__, w) in zip(part, drawn, strict=True)
    ]
    dates = [when for __, when in wanted if when]
    left = [UUID(each["uuid"]) for each, when in wanted if when is None]
    assert part_standing(part, moments) == PartStanding(
        done=len(dates),
        total=len(wanted),
        completed_at=None if left else max(dates),
        current=left[0] if left else None,
    )
