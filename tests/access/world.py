"""Two municipalities, one person of each role, and a mark of their own on each person.

Whatever a page shows of somebody carries that person's mark, so that a text search tells whose
records a page showed.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.privacy import actions as privacy_actions
from certificates import actions as certificate_actions
from courses import paper
from courses.documents import stations
from courses.models import Course
from courses.queries import document
from enrollments import actions as enrollment_actions
from enrollments.actions import coaching, groups, papers
from enrollments.models import Enrollment, GroupEnrollment
from municipalities.actions import claims, invitations, joining
from municipalities.actions import duties as duty_actions
from municipalities.enums import Duty, Kind, Public
from municipalities.models import Claim, ImportBatch, Mandate, Organisation
from municipalities.queries.claims import UMQ_NAMED
from tests.factories import (
    LONG_AGO,
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    MunicipalityFactory,
    PathFactory,
    RegistrationFactory,
    ResponsibilityFactory,
    UserFactory,
)

# Code of the MRC that municipality A is a part of.
TERRITORY = "900"
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class World:
    """People by role, marks by role, and what stands in the place of each argument of a route."""

    people: dict[str, User | None]
    marks: dict[str, set[str]]
    # By name of the route's argument, then exceptions by name of the route.
    arguments: dict[str, str] = field(default_factory=dict)
    exceptions: dict[str, dict[str, str]] = field(default_factory=dict)


def person(town: str, number: int, **facts) -> User:
    """Someone whose name and address carry a mark like ZZ-A-nom-017."""
    return UserFactory(
        last_name=mark(town, number),
        email=f"{mark(town, number).lower()}@exemple.quebec",
        **facts,
    )


def mark(town: str, number: int) -> str:
    return f"ZZ-{town}-nom-{number:03d}"


def build() -> World:
    """Everything, seen from municipality A; others answer for municipality B, and for A's MRC."""
    mrc = Organisation.objects.create(kind=Kind.MRC, code=TERRITORY, name="MRC d’Essai")
    here = MunicipalityFactory(code="90001", mrc=mrc)
    there = MunicipalityFactory(code="90002")
    people = cast()
    answering = ResponsibilityFactory(user=people["responsible"], organisation=here)
    ResponsibilityFactory(user=people["neighbour"], organisation=there)
    ResponsibilityFactory(user=people["territory"], organisation=mrc)
    mandates = {
        role: MandateFactory(
            user=people[role],
            organisation=there if role == "neighbour" else here,
            public=Public.ELECTED if role == "elected" else Public.STAFF,
        )
        for role in ("learner", "elected", "responsible", "neighbour", "suspended")
    }
    stranger = MandateFactory(user=person("B", 10), organisation=there)
    meeting = MeetingFactory(
        instructor=people["instructor"], starts_at=timezone.now() + timedelta(days=9)
    )
    version = meeting.course.current_version
    done = EnrollmentFactory(mandate=mandates["learner"], completed=True)
    certificate = certificate_actions.issue(enrollment_id=done.pk, at=LONG_AGO)
    certificate_actions.produce_file(certificate_id=certificate.pk, at=LONG_AGO)
    for role in ("elected", "learner"):
        enrollment = EnrollmentFactory(mandate=mandates[role], version=version)
        RegistrationFactory(session=meeting, enrollment=enrollment)
    EnrollmentFactory(mandate=stranger, version=version, first_activity_at=LONG_AGO)
    (invited,) = invitations.invite(
        organisation=here,
        guests=[invitations.Guest(email="zz-a-nom-011@exemple.quebec")],
        by=people["responsible"],
        at=timezone.now(),
    )
    batch = hand_in(here, people["responsible"])
    ask_to_join(here, people["responsible"])
    asked = privacy_actions.ask(user=people["learner"], at=timezone.now())
    privacy_actions.build(export_id=asked.pk, at=timezone.now())
    world = World(people, seen_by(), arguments={
        "handle": here.handle,
        "uuid": str(meeting.uuid),
        "code": version.course.code.lower(),
        "key": "a",
        "number": certificate.number,
        "object_id": "1",
        "extension": "csv",
        "what": "avancement",
        "noun": "module",
        "step": "monter",
    })  # fmt: skip
    rows = {
        "learner": mandates["learner"].pk,
        "answering": answering.pk,
        "invited": invited.pk,
        "batch": batch.pk,
        "group": enroll_together(mandates["learner"], version.course, people["responsible"]).pk,
    }
    world.exceptions = exceptions(rows) | duties(mandates["elected"])
    path = PathFactory(courses=[version.course])
    for name in ("path", "follow-path", "leave-path"):
        world.exceptions[f"enrollments:{name}"] = {"code": path.code}
    # The certificate of the learner, who finished on that day.
    year = {"handle": here.handle, "year": str(LONG_AGO.year), "extension": "xlsx"}
    world.exceptions |= {
        **of_help(enrollment),
        **on_paper(enrollment),
        **of_coaching(mandates["learner"], people["coach"]),
        # Of another organisation, or of none.
        "municipalities:grant-claim": {"pk": "0"},
        "municipalities:refuse-claim": {"pk": "0"},
        "municipalities:validate-claim": {"pk": str(claim_for_nobody_s_town("90003").pk)},
        "municipalities:undo-claim": {"pk": str(accepted(people["coordinator"]).pk)},
        "certificates:take-proofs": year,
        "certificates:verify": {"code": certificate.code},
        "privacy:download": {"uuid": str(asked.uuid)},
    }
    return world


def exceptions(rows: dict[str, int]) -> dict[str, dict[str, str]]:
    """The numbers of rows in addresses, by name of the route."""
    found = {"municipalities:end-responsible": {"pk": str(rows["answering"])}}
    for name in ("resend", "cancel"):
        found[f"municipalities:{name}"] = {"pk": str(rows["invited"])}
    for name in ("mandate", "another-mandate", "depart", "end-mandate", "leave"):
        found[f"municipalities:{name}"] = {"pk": str(rows["learner"])}
    for name in ("", "-columns", "-line", "-decisions", "-start", "-undo", "-discard", "-result"):
        found[f"municipalities:import{name}"] = {"pk": str(rows["batch"]), "number": "2"}
    for name in ("", "-enroll", "-undo"):
        found[f"enrollments:group{name}"] = {"pk": str(rows["group"])}
    # The first session of all would be that of whoever walks first.
    found["accounts:end-session"] = {"pk": "0"}
    for name in ("members", "export-members"):
        found[f"reports:{name}"] = {"handle": TERRITORY}
    return found


def duties(seat: Mandate) -> dict[str, dict[str, str]]:
    """A mandatory training declared by someone elected, whose town opened its list."""
    said = duty_actions.Declared(
        seat.starts_on, "Organisme", "", 450, duty_actions.Proof("a.png", PNG)
    )
    declared = duty_actions.declare(
        mandate_id=seat.pk, duty=Duty.ETHICS, said=said, by=seat.user, at=timezone.now()
    )
    duty_actions.open_list(organisation=seat.organisation, by=seat.user, at=timezone.now())
    found = {"municipalities:declare": {"pk": str(seat.pk), "duty": Duty.ETHICS.value}}
    for name in ("declaration", "proof", "withdraw-duty"):
        found[f"municipalities:{name}"] = {"pk": str(declared.pk)}
    return found


def cast() -> dict[str, User | None]:
    """One person of each role, by role; nobody for a stranger."""
    people: dict[str, User | None] = {"anonymous": None}
    people["learner"] = person("A", 1)
    people["elected"] = person("A", 2)
    people["responsible"] = person("A", 3)
    people["neighbour"] = person("B", 4)
    people["instructor"] = person("T", 5, role=Role.INSTRUCTOR)
    people["coach"] = person("T", 6, role=Role.COACH)
    people["coordinator"] = person("U", 7, role=Role.UMQ_COORDINATOR)
    people["administrator"] = person("U", 8, role=Role.ADMINISTRATOR)
    people["territory"] = person("M", 14)
    people["suspended"] = person("A", 9, is_active=False)
    return people


def hand_in(organisation: Organisation, by: User) -> ImportBatch:
    """A list that waits to be carried out, with one line of one person."""
    batch = ImportBatch.objects.create(
        organisation=organisation,
        by=by,
        name="zz-a-liste.csv",
        header=["Prénom", "Nom", "Courriel"],
        header_line=1,
        places={"first_name": 0, "last_name": 1, "email": 2},
        received_at=timezone.now(),
    )
    batch.lines.create(number=2, cells=["Luc", mark("A", 12), "luc@exemple.quebec"], state="new")
    return batch


def of_help(enrollment: Enrollment) -> dict[str, dict[str, str]]:
    """A question from the first lesson, which waits for its answer."""
    lesson = next(stations(document(enrollment.version_id)))
    asked = enrollment_actions.ask(
        enrollment_id=enrollment.pk,
        lesson=UUID(lesson["uuid"]),
        text="Et le stage?",
        uuid=uuid4(),
        at=timezone.now(),
    )
    return {f"enrollments:{name}": {"uuid": str(asked.uuid)} for name in ("help", "share-help")}


def on_paper(enrollment: Enrollment) -> dict[str, dict[str, str]]:
    """A sheet that was entered, by its own person so that it names nobody else; one to enter."""
    entered = papers.Filled(uuid4(), enrollment.version, LONG_AGO.date(), [], {})
    sheet = papers.enter_sheet(
        enrollment_id=enrollment.pk, sheet=entered, by=enrollment.learner, at=timezone.now()
    )
    code = paper.code_of(enrollment.version)
    return {
        "enrollments:paper": {"uuid": str(enrollment.uuid), "sheet": code},
        "enrollments:undo-paper": {"uuid": str(sheet.uuid)},
    }


def of_coaching(mandate: Mandate, coach: User) -> dict[str, dict[str, str]]:
    """An appointment that somebody took, and a moment that waits for somebody."""
    taken, free = (
        coaching.offer_slot(
            coach=coach, starts_at=timezone.now() + timedelta(days=days),
            ends_at=timezone.now() + timedelta(days=days, minutes=30), how="Par téléphone",
            at=timezone.now(),
        )
        for days in (3, 4)
    )  # fmt: skip
    held = coaching.book(
        slot_id=taken.pk, person=mandate.user, organisation=mandate.organisation,
        about="La sauvegarde", at=timezone.now(),
    )  # fmt: skip
    return {
        "enrollments:cancel-appointment": {"uuid": str(held.uuid)},
        "enrollments:appointment-calendar": {"uuid": str(held.uuid)},
        "enrollments:withdraw-slot": {"uuid": str(free.uuid)},
    }


def claim_for_nobody_s_town(code: str) -> Claim:
    """Somebody asks to answer for a municipality that nobody answers for."""
    name = mark("C", 15)
    claimant = claims.Claimant("Zoé", name, f"{name.lower()}@exemple.quebec")
    town = MunicipalityFactory(code=code)
    return claims.ask_people(organisation=town, claimant=claimant, at=UMQ_NAMED)


def accepted(by: User) -> Claim:
    claim = claim_for_nobody_s_town("90004")
    return claims.grant(claim_id=claim.pk, by=by, at=timezone.now())


def ask_to_join(organisation: Organisation, by: User) -> None:
    """A poster on the wall, and one person who read it and waits for a yes."""
    poster = joining.put_up(organisation=organisation, by=by, at=timezone.now())
    reader = joining.Reader("Zoé", mark("A", 13), Public.STAFF)
    joining.ask(code=poster.code, reader=reader, at=timezone.now())


def enroll_together(mandate: Mandate, course: Course, by: User) -> GroupEnrollment:
    """A group that waits to be confirmed."""
    wishes = [groups.Wish(mandate, course)]
    return groups.choose(
        organisation=mandate.organisation, wishes=wishes, by=by, at=timezone.now()
    )


def seen_by() -> dict[str, set[str]]:
    """The marks that each role may meet: one's own, one's people, those whom one teaches."""
    town = {mark("A", number) for number in (1, 2, 3, 9, 11, 12, 13)}
    everyone = town | {mark("B", 4), mark("B", 10), mark("M", 14), mark("U", 7), mark("U", 8)}
    everyone |= {mark("C", 15)}
    # Whoever gives a session is announced by name to everybody who may join it.
    shown = {mark("T", 5)}
    # Whoever offers moments, by name, to everybody who has a municipality.
    offered = shown | {mark("T", 6)}
    return {
        "anonymous": set(),
        "learner": {mark("A", 1)} | offered,
        "elected": {mark("A", 2)} | offered,
        "responsible": town | offered,
        "neighbour": {mark("B", 4), mark("B", 10)} | offered,
        "territory": {mark("M", 14)} | offered,
        # Coaches by name, whoever has a municipality.
        "instructor": {mark("T", 6), mark("A", 1), mark("A", 2)} | shown,
        # Of whoever asks a question, or has stopped.
        "coach": {mark("T", 6), mark("A", 1), mark("A", 2)} | shown,
        # Who asks to answer for a municipality where nobody can say yes.
        "coordinator": {mark("U", 7), mark("C", 15)} | shown,
        "administrator": everyone | {mark("T", 5), mark("T", 6)},
        "suspended": set(),
    }
