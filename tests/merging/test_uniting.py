"""B-80: two accounts of one person become one, without loss, and part again within thirty days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from pytest_django.asserts import assertContains, assertNotContains

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry
from atn_platform.core.merging import Link
from atn_platform.interop.models import PackagePlace
from atn_platform.merging import actions
from atn_platform.merging.actions import MergeRefused
from atn_platform.merging.models import Merge
from atn_platform.privacy.inventory import links
from atn_platform.reports.enums import Audience
from atn_platform.reports.figures import participation as figures
from atn_platform.reports.periods import parse
from certificates import actions as certificates
from certificates.models import Certificate
from enrollments.actions import ledger, merging, moving, papers
from enrollments.actions.ledger import NewEvent, record
from enrollments.enums import Status, Verb
from enrollments.models import Enrollment, LearningEvent, LessonState
from enrollments.queries.moving import moved_by, returning
from municipalities.enums import Public
from municipalities.models import Mandate, MandateChange
from tests.factories import (
    EnrollmentFactory,
    MandateFactory,
    PathFactory,
    RegistrationFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)
from tests.merging.conftest import BEFORE, LESSONS, NOW, TODAY, finish, lesson, part, unite

pytestmark = pytest.mark.django_db


def test_b80_every_link_to_a_person_says_what_becomes_of_it():
    """A field that leads to a person and that no privacy.py names would be forgotten in a merge."""
    known = {
        (model, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is User and not field.many_to_many
    }
    said = [(each.model, each.field) for each in links()]
    assert sorted(map(str, said)) == sorted(map(str, set(said))), "said twice"
    assert set(said) == known


def test_the_search_for_forgotten_links_can_fail():
    assert {(Enrollment, "learner")} <= {(each.model, each.field) for each in links()}
    assert Link(Enrollment, "learner", follows=True) in links()
    assert Link(Enrollment, "counted_as", follows=False) in links()


def facts():
    """What no merge may change and every parting must give back."""
    return {
        "enrollments": list(
            Enrollment.objects.order_by("pk").values_list(
                "pk", "learner", "status", "completed_at", "stations_done", "duplicate_of"
            )
        ),
        "lessons": list(
            LessonState.objects.order_by("enrollment", "lesson").values_list(
                "enrollment", "lesson", "completed_at", "is_copy"
            )
        ),
        "events": list(LearningEvent.objects.order_by("pk").values_list("pk", "enrollment")),
        "mandates": list(
            Mandate.objects.order_by("pk").values_list("pk", "user", "ends_on", "thread")
        ),
        "people": list(
            User.objects.filter(last_name="Roy").order_by("pk").values_list("email", "is_active")
        ),
        "certificates": list(
            Certificate.objects.order_by("pk").values_list("pk", "duplicate_of", "revoked_at")
        ),
    }


def figures_of(key):
    return figures.build(parse(key), audience=Audience.ATN, today=date(2027, 1, 5))


def test_b80_two_attestations_of_one_course_one_counts_and_the_other_says_so(
    client, twins, follow
):
    kept, absorbed = twins
    later = follow(kept)
    finish(later, "a", "b", "c", at=BEFORE + timedelta(days=2))
    first = follow(absorbed, completed="abc")
    proofs = [certificates.issue(enrollment_id=each.pk, at=NOW) for each in (later, first)]
    before, reported = facts(), figures_of("2026-T3")
    merge = unite(kept, absorbed)

    later.refresh_from_db()
    first.refresh_from_db()
    assert (first.learner, first.duplicate_of) == (kept, None)
    assert (later.learner, later.duplicate_of) == (kept, first)
    second, counts = (Certificate.objects.get(pk=each.pk) for each in proofs)
    assert (second.duplicate_of, counts.duplicate_of) == (counts, None)
    page = client.get(f"/verifier/{second.code}/")
    assertContains(page, "Attestation authentique, en double")
    assertContains(page, counts.number)
    assertNotContains(page, "Attestation valide")
    assertContains(client.get(f"/verifier/{counts.code}/"), "Attestation valide")
    assert figures_of("2026-T3") == reported

    part(merge)
    assert facts() == before
    assert figures_of("2026-T3") == reported
    assertContains(client.get(f"/verifier/{second.code}/"), "Attestation valide")


def test_b80_what_each_half_did_makes_the_whole_and_the_past_stays_what_it_was(twins, follow):
    kept, absorbed = twins
    here, there = follow(kept, completed="ab"), follow(absorbed, completed="bc")
    before, reported = facts(), figures_of("2026-T3")
    merge = unite(kept, absorbed)
    here.refresh_from_db()
    assert (here.stations_done, here.status, here.completed_at) == (3, Status.COMPLETED, NOW)
    assert there.events.count() == 2, "the other ledger is as it was"
    copied = here.lesson_states.get(lesson=lesson("c"))
    assert (copied.completed_at, copied.is_copy) == (NOW, True)
    assert figures_of("2026-T3") == reported
    assert figures_of("2026-T4").pace.minutes == 0, "a copy is not worked again"
    issued = certificates.issue(enrollment_id=here.pk, at=NOW)

    part(merge)
    after = facts()
    issued.refresh_from_db()
    assert issued.revoked_at is not None
    assert {**after, "certificates": []} == {**before, "certificates": []}


def test_b80_what_is_done_after_a_merge_stays_with_its_course_when_accounts_part(twins, follow):
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed, completed="ab")
    merge = unite(kept, absorbed)
    there.refresh_from_db()
    assert there.learner == kept
    finish(there, "c", at=NOW + timedelta(days=1))
    part(merge)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.learner, here.stations_done, here.status) == (kept, 1, Status.ACTIVE)
    assert (there.learner, there.stations_done, there.status) == (absorbed, 3, Status.COMPLETED)


def test_b80_a_move_of_one_account_is_not_taken_back_from_the_other(twins, follow, version):
    """Whoever joined the newer version, and worked there, is sent to no other by a return."""
    kept, absorbed = twins
    there, by = follow(absorbed), UserFactory(role=Role.ADMINISTRATOR)
    opened = NewEvent(uuid4(), Verb.OPENED, lesson("a"), BEFORE)
    record(enrollment_id=there.pk, event=opened, at=BEFORE)
    new = lesson_document("d")
    newest = VersionFactory(course=version.course, number=2, stations=[*LESSONS, new])
    move = moving.ask_move(version=newest, by=by, at=NOW - timedelta(days=2))
    while moving.move_some(move_id=move.pk, at=NOW - timedelta(days=2)):
        pass
    here = EnrollmentFactory(
        mandate=kept.mandates.get(), version=newest, enrolled_at=BEFORE, stations_total=4
    )
    done = NewEvent(uuid4(), Verb.COMPLETED, UUID(new["uuid"]), NOW - timedelta(days=1))
    record(enrollment_id=here.pk, event=done, at=NOW - timedelta(days=1))
    assert [each.pk for each in returning(move)] == [there.pk]
    unite(kept, absorbed)
    assert here.events.filter(verb=Verb.MOVED).count() == 1, "what it kept finished is copied"
    assert not moved_by(move).exists()
    with pytest.raises(moving.MoveRefused, match="Personne ne reviendrait"):
        moving.ask_undo(move=move, by=by, at=NOW + timedelta(days=1))
    assert not ledger.undo_move(enrollment_id=here.pk, move=move, at=NOW + timedelta(days=1))
    here.refresh_from_db()
    assert (here.version, here.stations_done) == (newest, 1)


def test_b80_notes_of_both_accounts_are_kept(twins, follow):
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed)
    for enrollment, key, text in (
        (here, "a", "Un."),
        (there, "a", "Deux."),
        (there, "b", "Trois."),
    ):
        enrollment.notes.create(lesson=lesson(key), text=text, written_at=BEFORE)
    merge = unite(kept, absorbed)
    notes = here.notes.order_by("pk").values_list("lesson", "text")
    assert list(notes) == [(lesson("a"), "Un.\n\nDeux."), (lesson("b"), "Trois.")]
    part(merge)
    assert list(here.notes.values_list("text", flat=True)) == ["Un."]
    assert set(there.notes.values_list("text", flat=True)) == {"Deux.", "Trois."}


def test_b80_places_in_interactive_modules_go_where_the_course_goes_on(twins, follow):
    """That of the enrolment that goes on stays where both were in one part."""
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed)
    block = uuid4()

    def stand(enrollment, number, page):
        return PackagePlace.objects.create(
            enrollment=enrollment, lesson=lesson("b"), block=block, part=number, sha256="a" * 64,
            session=uuid4(), revision=1, state={"page": page},
        )  # fmt: skip

    own, twice, alone = stand(here, 1, 5), stand(there, 1, 9), stand(there, 2, 7)
    merge = unite(kept, absorbed)
    states = here.package_places.order_by("part").values_list("pk", "state__page")
    assert list(states) == [(own.pk, 5), (alone.pk, 7)]
    part(merge)
    assert set(there.package_places.all()) == {twice, alone}


def test_functions_follow_and_the_same_one_is_held_once(twins):
    kept, absorbed = twins
    own = kept.mandates.get()
    twice = MandateFactory(
        user=absorbed, organisation=own.organisation, public=own.public, starts_on=own.starts_on
    )
    before = facts()
    merge = unite(kept, absorbed)
    twice.refresh_from_db()
    assert (twice.user, twice.ends_on, twice.thread) == (
        kept,
        TODAY - timedelta(days=1),
        own.thread,
    )
    held = Mandate.objects.in_force(on=TODAY).filter(user=kept)
    assert [(each.organisation, each.public) for each in held.order_by("pk")] == [
        (own.organisation, Public.STAFF),
        (absorbed.absorptions.get().kept.mandates.order_by("pk")[1].organisation, Public.STAFF),
    ]
    part(merge)
    assert facts() == before
    days = MandateChange.objects.filter(mandate=twice).order_by("pk").values_list("ends_after")
    assert list(days) == [(TODAY - timedelta(days=1),), (None,)]


def test_seats_and_parcours_held_twice_are_held_once(twins, follow):
    kept, absorbed = twins
    path = PathFactory(courses=[])
    for person in twins:
        person.path_enrollments.create(path=path, started_at=BEFORE)
    here, there = follow(kept), follow(absorbed)
    seat = RegistrationFactory(enrollment=here)
    other = RegistrationFactory(enrollment=there, session=seat.session)
    elsewhere = RegistrationFactory(enrollment=there)
    merge = unite(kept, absorbed)
    assert kept.path_enrollments.live().count() == 1
    assert set(kept.registrations.held()) == {seat, elsewhere}
    elsewhere.refresh_from_db()
    assert elsewhere.enrollment == here, "its attendance counts where the course goes on"
    part(merge)
    other.refresh_from_db()
    assert (other.learner, other.cancelled_at) == (absorbed, None)
    assert [each.path_enrollments.live().count() for each in twins] == [1, 1]


def test_both_addresses_open_the_account_that_is_kept_until_they_part(client, twins, mailoutbox):
    kept, absorbed = twins
    address = absorbed.email
    client.force_login(absorbed)
    assert client.get("/compte/").status_code == 200
    merge = unite(kept, absorbed)
    assert client.get("/compte/").status_code == 302, "sessions of the other are closed"
    absorbed.refresh_from_db()
    assert (absorbed.is_active, absorbed.email) == (False, None)
    opened = EmailAddress.objects.get(email=address)
    assert (opened.user, opened.verified, opened.primary) == (kept, True, False)
    part(merge)
    absorbed.refresh_from_db()
    assert (absorbed.is_active, absorbed.email) == (True, address)
    assert not EmailAddress.objects.filter(user=kept, email=address).exists()


def test_it_is_written_down_and_done_once(twins):
    kept, absorbed = twins
    by = UserFactory()
    merge = unite(kept, absorbed, by=by)
    again = actions.unite(merge_id=merge.pk, by=by, on=TODAY, at=NOW + timedelta(hours=2))
    assert again.made_at == NOW
    verbs = Entry.objects.filter(actor=by).order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if "merge" in verb or "united" in verb] == [
        "merge.decided",
        "account.united",
    ]


def test_thirty_days_and_not_one_more(twins):
    merge = unite(*twins)
    with pytest.raises(MergeRefused, match="30 jours"):
        part(merge, at=NOW + timedelta(days=30))
    part(merge, at=NOW + timedelta(days=30, seconds=-1))
    assert Merge.objects.get().undone_at is not None


@pytest.mark.parametrize("bad", ["role", "closed", "hold", "itself"])
def test_accounts_that_may_not_be_united(twins, bad):
    kept, absorbed = twins
    if bad == "role":
        absorbed.role_grants.create(role=Role.COACH, granted_at=NOW)
    elif bad == "closed":
        absorbed.is_active = False
        absorbed.save()
    elif bad == "hold":
        absorbed.legal_holds.create(placed_by=kept, placed_at=NOW, reason="enquête")
    with pytest.raises(MergeRefused):
        unite(kept, kept if bad == "itself" else absorbed)
    assert not Merge.objects.exists()


def test_a_responsibility_follows_and_asks_for_the_second_factor(twins):
    kept, absorbed = twins
    answering = ResponsibilityFactory(
        user=absorbed, organisation=absorbed.mandates.get().organisation
    )
    unite(kept, absorbed)
    answering.refresh_from_db()
    assert answering.user == kept
    assert User.objects.get(pk=kept.pk).owes_second_factor


def lesson_during_the_merge(kept, absorbed, enrollment):
    """A lesson sent while the merge holds the enrolments, and the merge commits before it."""
    locked, waits = Event(), Event()
    copy = merging._copy

    def slow(*args, **kwargs):
        locked.set()
        waits.wait(2)  # the lesson now waits for the row
        return copy(*args, **kwargs)

    merging._copy = slow

    def act():
        try:
            locked.wait(10)
            event = NewEvent(uuid4(), Verb.COMPLETED, lesson("c"), NOW)
            record(enrollment_id=enrollment.pk, event=event, at=NOW)
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(act)
            unite(kept, absorbed)
            done.result(20)
    finally:
        merging._copy = copy


@pytest.mark.django_db(transaction=True)
def test_b80_a_lesson_done_during_the_merge_is_where_the_course_goes_on(twins, follow):
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed)
    lesson_during_the_merge(kept, absorbed, there)
    here.refresh_from_db()
    assert here.stations_done == 2


@pytest.mark.django_db(transaction=True)
def test_without_following_it_the_lesson_would_be_lost(twins, follow, monkeypatch):
    """A negative control: the row that was asked for, wherever the course goes on."""

    def the_row_asked_for(pk):
        found = Enrollment.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        return found, found.mandate.ends_on

    monkeypatch.setattr(ledger, "locked", the_row_asked_for)
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed)
    lesson_during_the_merge(kept, absorbed, there)
    here.refresh_from_db()
    assert here.stations_done == 1


def on_paper(enrollment, key, *, at):
    filled = papers.Filled(uuid4(), enrollment.version, BEFORE.date(), [lesson(key)], {})
    return papers.enter_sheet(enrollment_id=enrollment.pk, sheet=filled, by=UserFactory(), at=at)


def test_a_sheet_of_either_account_is_undone_where_the_course_goes_on(twins, follow):
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed)
    sheet = on_paper(there, "b", at=BEFORE)
    unite(kept, absorbed)
    here.refresh_from_db()
    assert here.stations_done == 2
    undone = papers.undo_sheet(sheet_id=sheet.pk, by=kept, at=NOW + timedelta(hours=1))
    here.refresh_from_db()
    assert (here.stations_done, undone.undone_by) == (1, kept)


def test_a_sheet_that_the_merge_did_not_need_is_not_said_to_be_undone(twins, follow):
    kept, absorbed = twins
    follow(kept, completed="ab")
    sheet = on_paper(follow(absorbed), "b", at=BEFORE)
    unite(kept, absorbed)
    with pytest.raises(papers.SheetRefused, match="réunis"):
        papers.undo_sheet(sheet_id=sheet.pk, by=kept, at=NOW + timedelta(hours=1))
    sheet.refresh_from_db()
    assert sheet.undone_at is None


def test_a_sheet_entered_as_accounts_are_joined_is_of_the_course_that_goes_on(twins, follow):
    kept, absorbed = twins
    here, there = follow(kept, completed="a"), follow(absorbed)
    unite(kept, absorbed)
    assert on_paper(there, "b", at=NOW + timedelta(hours=1)).enrollment == here
