"""« Ce qu’on voit de moi »: what the page says is what the screens show, value by value.

Each fact about one person is a word found nowhere else. The screens of a role are opened as
that role, and so is the page as the person; both must hold the same words.
"""

import html
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.consents import actions as consents
from atn_platform.consents.enums import Purpose, Way
from atn_platform.interop.models import Cmi5Session, PackagePlace
from atn_platform.portal.models import CallBack
from atn_platform.privacy.seen import administration
from atn_platform.rights import actions as rights
from atn_platform.rights.enums import Part
from certificates import actions as certificate_actions
from courses import paper
from enrollments import actions as enrollment_actions
from enrollments.actions import groups
from enrollments.models import (
    BlockState,
    Enrollment,
    LearningEvent,
    LessonNote,
    PaperSheet,
    PositioningResult,
    Recognition,
    Slot,
)
from municipalities.actions import claims, duties, invitations
from municipalities.enums import Duty, Public
from municipalities.models import ImportBatch, Mandate, Responsibility
from municipalities.queries.claims import UMQ_NAMED
from tests.factories import (
    LONG_AGO,
    NOON,
    CourseFactory,
    EnrollmentFactory,
    MandateFactory,
    MeetingFactory,
    MunicipalityFactory,
    RegistrationFactory,
    ResponsibilityFactory,
    UserFactory,
    VersionFactory,
    agreeing,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
DAY = timedelta(days=1)
PAGE = "/compte/vie-privee/ce-qu-on-voit/"
# Long enough, and of one case: a random token of a form is neither.
WORD = re.compile(r"[Zz]z[a-z]{3,}?zz|ZZ[A-Z]{3,}?ZZ")
# What no screen of anybody else may show.
OWN = {"zzreponsezz", "zzreflexionzz", "zzgestezz", "zzfeuillezz", "zzmodulezz", "zzplacezz",
       "zzniveauzz", "zzailleurszz", "zznotezz"}  # fmt: skip
# Courses that these pages offer to whoever is chosen: they tell nothing of anybody.
OFFERED = {"zzfinizz", "zzterminezz", "zzgroupezz", "zzensemblezz", "zzencourszz"}
OFFER_PAGES = ("/inscrire/", "/attribuer/")


@dataclass
class Town:
    """One person, whose every fact is such a word, and one of each role around them."""

    mandate: Mandate
    people: dict[str, User | None]
    screens: dict[str, list[str]] = field(default_factory=dict)

    @property
    def person(self) -> User:
        return self.mandate.user


@pytest.fixture(params=[Public.STAFF, Public.ELECTED])
def town(request) -> Town:
    place = MunicipalityFactory(code="90001")
    person = UserFactory(
        first_name="zzprenomzz", last_name="zznomzz", email="zzcourrielzz@exemple.quebec"
    )
    mandate = MandateFactory(
        user=person, organisation=place, public=request.param, function="zzfonctionzz"
    )
    people = {
        "anonymous": None,
        "colleague": MandateFactory(organisation=place).user,
        "councillor": MandateFactory(organisation=place, public=Public.ELECTED).user,
        "responsible": ResponsibilityFactory(organisation=place).user,
        "neighbour": ResponsibilityFactory().user,
        "instructor": UserFactory(role=Role.INSTRUCTOR),
        "coach": UserFactory(role=Role.COACH),
        "coordinator": UserFactory(role=Role.UMQ_COORDINATOR),
        "administrator": UserFactory(role=Role.ADMINISTRATOR),
    }
    found = Town(mandate, people)
    learns(found)
    acts(found)
    found.screens = screens(found)
    return found


def learns(town: Town) -> None:
    """A finished course with its proof, one not begun, a meeting, a group, and answers."""
    done = VersionFactory(course=CourseFactory(code="ZZFINIZZ", title="zzterminezz"))
    finished = EnrollmentFactory(mandate=town.mandate, version=done, completed=True)
    town.certificate = certificate_actions.issue(enrollment_id=finished.pk, at=LONG_AGO)
    certificate_actions.produce_file(certificate_id=town.certificate.pk, at=LONG_AGO)
    PaperSheet.objects.create(
        uuid=uuid4(), enrollment=finished, version=done, filled_on=NOON.date(), answers=3,
        lessons=1, entered_by=town.people["responsible"], entered_at=NOON,
    )  # fmt: skip
    meeting = MeetingFactory(
        title="zzrencontrezz",
        course__title="zzencourszz",
        instructor=town.people["instructor"],
        starts_at=timezone.now() + 9 * DAY,
    )
    followed = EnrollmentFactory(mandate=town.mandate, version=meeting.course.current_version)
    town.sheet = f"{followed.uuid}/{paper.code_of(followed.version)}"
    keeps(town, followed)
    seat = RegistrationFactory(session=meeting, enrollment=followed)
    type(seat).objects.filter(pk=seat.pk).update(accessibility_needs="zzbesoinzz")
    town.meeting = meeting
    answered = LearningEvent.objects.create(
        uuid=uuid4(), enrollment=followed, verb="answered", lesson=meeting.lesson.uuid, result={"said": "zzreponsezz"},
        happened_at=NOON, received_at=NOON,
    )  # fmt: skip
    BlockState.objects.create(
        enrollment=followed, best_score=87, lesson=meeting.lesson.uuid, block=meeting.uuid,
        data={"text": "zzreflexionzz"},
    )  # fmt: skip
    town.thread = enrollment_actions.ask(
        enrollment_id=followed.pk, lesson=meeting.lesson.uuid, text="zzquestionzz",
        uuid=uuid4(), at=timezone.now(),
    )  # fmt: skip
    town.review = enrollment_actions.ask_review(
        learner=town.person, event=answered.uuid, wanted="zzetonnezz", at=timezone.now()
    )
    group = VersionFactory(course=CourseFactory(code="ZZGROUPEZZ", title="zzensemblezz"))
    town.group = groups.choose(
        organisation=town.mandate.organisation,
        wishes=[
            groups.Wish(town.mandate, group.course),
            groups.Wish(town.people["colleague"].mandates.get(), VersionFactory().course),
        ],
        by=town.people["responsible"],
        at=timezone.now(),
    )


def keeps(town: Town, followed: Enrollment) -> None:
    """What one keeps for oneself: a commitment, a sheet, a module, a start, notes; and calls."""
    place = {"enrollment": followed, "lesson": uuid4(), "block": uuid4()}
    BlockState.objects.create(**place, data={"options": ["zzgestezz"], "text": "", "done": False})
    for said in ("zzgestezz", "zzfeuillezz"):
        LearningEvent.objects.create(
            **place, uuid=uuid4(), verb="answered", result={"said": said}, happened_at=NOON,
            received_at=NOON,
        )  # fmt: skip
    launch = Cmi5Session.objects.create(
        enrollment=followed, block=place["block"], part=0, opened_at=NOON
    )
    launch.statements.create(
        uuid=uuid4(), body={"result": {"response": "zzmodulezz"}}, stored_at=NOON
    )
    PackagePlace.objects.create(
        **place, part=0, session=uuid4(), revision=1, state={"at": "zzplacezz"}
    )
    LessonNote.objects.create(
        enrollment=followed, lesson=place["lesson"], text="zznotezz", written_at=NOON
    )
    PositioningResult.objects.create(
        learner=town.person, public=town.mandate.public, levels={"zzniveauzz": 2}, taken_at=NOON
    )
    Recognition.objects.create(
        learner=town.person, course=CourseFactory(), title="zzailleurszz", organiser="zzailleurszz",
        done_on=NOON.date(), declared_at=NOON,
    )  # fmt: skip
    for number, role in enumerate(("instructor", "coach", "administrator"), start=1):
        for day, about in ((number, "zzrendezvouszz"), (-number, "zzpassezz")):
            start = timezone.now() + day * DAY
            slot = Slot.objects.create(
                coach=town.people[role], starts_at=start, ends_at=start + DAY / 48, how="Teams"
            )
            slot.appointments.create(
                person=town.person, organisation=town.mandate.organisation, about=about,
                booked_at=NOON,
            )  # fmt: skip


def acts(town: Town) -> None:
    """A list in which they are, an invitation, a call to be had, a correction asked for."""
    place, person, boss = town.mandate.organisation, town.person, town.people["responsible"]
    town.batch = ImportBatch.objects.create(
        organisation=place, by=boss, name="zzlistezz.csv",
        header=["Nom", "Fonction"], header_line=1, places={"last_name": 0, "function": 1},
        received_at=timezone.now(),
    )  # fmt: skip
    town.batch.lines.create(
        number=2, cells=["zznomzz", "zzautrefonctionzz"], state="changed", user=person
    )
    elsewhere = town.people["neighbour"].responsibilities.get().organisation
    guest = invitations.Guest(email=person.email, function="zzinviteezz")
    invitations.invite(
        organisation=elsewhere, guests=[guest], by=town.people["neighbour"], at=timezone.now()
    )
    claimant = claims.Claimant("zzprenomzz", "zznomzz", person.email, "zzpretendzz", "zzmotzz")
    town.claim = claims.ask_people(
        organisation=MunicipalityFactory(code="90003"), claimant=claimant, at=UMQ_NAMED
    )
    CallBack.objects.create(
        uuid=uuid4(),
        person=person,
        name="zznomzz",
        phone="zztelephonezz",
        moment="morning",
        asked_at=NOON,
    )
    rights.ask_rectification(
        user=person, part=Part.OTHER, mandate=None, wanted="zzcorrectionzz",
        on=NOON.date(), at=NOON,
    )  # fmt: skip
    if town.mandate.public == Public.ELECTED:
        said = duties.Declared(town.mandate.starts_on, "zzformateurzz", "", 450, None)
        duties.declare(
            mandate_id=town.mandate.pk, duty=Duty.ETHICS, said=said, by=person, at=timezone.now()
        )


def screens(town: Town) -> dict[str, list[str]]:
    """The addresses that each role may open and that could show somebody."""
    home = f"/mes-gens/{town.mandate.organisation.handle}/"
    there = f"/mes-gens/{town.people['neighbour'].responsibilities.get().organisation.handle}/"
    pages = ["", "mandats/", "mandats/?etat=termines", "conseil/", "conseil/formations/",
             "cartes/?qui=tous", "responsables/", "relancer/", "papier/", "inscrire/", "attribuer/",
             "preuves/", "importer/", "conseil/election/", "affiche/", "connexion/",
             "avancement.xlsx", "avancement.csv", "personnes.csv",
             f"preuves/{LONG_AGO.year}.xlsx", f"preuves/{LONG_AGO.year}.zip"]  # fmt: skip
    mandate, batch, group = town.mandate.pk, town.batch.pk, town.group.pk
    single = [f"/mes-gens/mandats/{mandate}/{page}" for page in ("", "autre/", "depart/")]
    lists = [f"/mes-gens/listes/{batch}/{page}"
             for page in ("?voir=changed", "?voir=known", "resultat.csv", "annuler/")]  # fmt: skip
    mine = [home + page for page in pages] + single + lists
    mine += [f"/mes-gens/groupes/{group}/", f"{home}papier/{town.sheet}/"]
    desk = ["/accompagnement/", "/accompagnement/plages/", "/rendez-vous/",
            f"/accompagnement/municipalites/{town.mandate.organisation.handle}/",
            f"/questions/{town.thread.uuid}/",
            f"/accompagnement/revisions/{town.review.event.uuid}/"]  # fmt: skip
    sheet = f"/rencontres/{town.meeting.uuid}/presences/"
    public = [f"/verifier/{town.certificate.code}/", "/verifier/"]
    # What is offered to everybody tells nothing of whoever takes it.
    shared = ["/", "/mes-gens/", "/ma-municipalite/", "/mes-gestes/", "/rendez-vous/",
              "/mes-competences/", home, *mine, sheet,
              "/rapports/participation/"]  # fmt: skip
    return {
        "anonymous": public,
        "colleague": shared,
        "councillor": shared,
        "coach": [*shared, *desk],
        "coordinator": [
            *shared,
            "/rapports/participation.csv",
            "/demandes-de-responsabilite/",
            f"/demandes-de-responsabilite/{town.claim.pk}/",
        ],
        "responsible": mine,
        "neighbour": [there + page for page in pages] + single + lists,
        "instructor": [*shared, *desk, sheet],
        "administrator": [
            *mine,
            sheet,
            *desk,
            *lists_and_records(town),
            "/mes-gens/90003/responsables/",
        ],
    }


def lists_and_records(town: Town) -> list[str]:
    lists = ["accounts_user", "enrollments_enrollment", "enrollments_learningevent",
             "notifications_outgoingemail", "portal_callback", "municipalities_mandate",
             "municipalities_responsibility", "municipalities_claim", "certificates_certificate",
             "courses_coursesession", "rights_rightsrequest", "audit_viewing",
             "accounts_rolegrant", "retention_legalhold"]  # fmt: skip
    rows = {
        "accounts_user": town.person.pk,
        "municipalities_mandate": town.mandate.pk,
        "certificates_certificate": town.certificate.pk,
        "enrollments_enrollment": town.certificate.enrollment_id,
        "portal_callback": CallBack.objects.get().pk,
        "rights_rightsrequest": town.person.rights_requests.get().pk,
    }
    return [reverse(f"admin:{name}_changelist") for name in lists] + [
        reverse(f"admin:{name}_change", args=[pk]) for name, pk in rows.items()
    ]


def words(answer) -> set[str]:
    """The words of one person in an answer, whatever its kind."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return {word.lower() for word in WORD.findall(_text(content))}


def _text(content: bytes) -> str:
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        return " ".join(_text(archive.read(name)) for name in archive.namelist())
    if content.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return html.unescape(content.decode("utf-8", "replace"))


def shown_to(town: Town, role: str, *, may_be_shut: bool = False) -> set[str]:
    client = Client(raise_request_exception=False)
    if town.people[role]:
        client.force_login(town.people[role])
    found, opened = set(), 0
    for address in town.screens[role]:
        answer = client.get(address)
        assert answer.status_code < 500, address
        opened += answer.status_code == 200
        found |= words(answer) - _offered(address)
    assert opened or may_be_shut, role
    return found


def _offered(address: str) -> set[str]:
    """The home page announces the meetings of courses that anybody may join."""
    if address == "/":
        return {"zzencourszz"}
    return OFFERED if address.endswith(OFFER_PAGES) else set()


def reader(town: Town) -> Client:
    client = Client()
    client.force_login(town.person)
    return client


def said_of(town: Town, *keys: str) -> set[str]:
    """The words of the page in the sections of these onlookers."""
    text = reader(town).get(PAGE).content.decode()
    sections = dict(re.findall(r'data-onlooker="([\w-]+)">(.*?)</section>', text, re.DOTALL))
    return {word.lower() for key in keys for word in WORD.findall(sections.get(key, ""))}


def pages_of(town: Town, role: str) -> list[str]:
    """Whose sections tell what that role sees."""
    if role == "administrator":
        return ["people-90001", "people-90003", "giver", "atn", "coach"]
    if role in {"responsible", "neighbour"}:
        place = town.people[role].responsibilities.get().organisation
        return [f"people-{place.handle}"]
    return {
        "instructor": ["giver", "coach"],
        "coach": ["coach"],
        "anonymous": ["anyone"],
        "coordinator": ["colleagues", "counts"],
    }.get(role, ["colleagues"])


ROLES = ["anonymous", "colleague", "councillor", "coach", "coordinator", "responsible",
         "neighbour", "instructor", "administrator"]  # fmt: skip


def differences(town: Town, roles=ROLES) -> dict[str, tuple[set[str], set[str]]]:
    """By role: what is shown and not said, what is said and not shown."""
    found = {}
    for role in roles:
        shown, said = shown_to(town, role), said_of(town, *pages_of(town, role))
        assert not shown & OWN, role
        if shown != said:
            found[role] = (shown - said, said - shown)
    return found


def test_the_page_says_what_the_screens_of_each_role_show_and_nothing_else(town):
    """P-30 too: no answer and no reflection is shown to anybody."""
    assert differences(town) == {}
    # A negative control: a page that tells less than the screens show is caught.
    assert "zznomzz" in shown_to(town, "responsible") - said_of(town, "giver-of-nothing")
    if town.mandate.public == Public.ELECTED:
        before = said_of(town, "people-90001")
        assert not before & {"zzterminezz", "zzfinizz"}
        agreeing(town.person)
        assert said_of(town, "people-90001") - before >= {"zzterminezz", "zzfinizz"}
        assert differences(town) == {}
        withdraw = {"purpose": Purpose.FACTS_TO_ORGANISATION, "way": Way.PAGE}
        consents.withdraw(user_id=town.person.pk, at=timezone.now(), **withdraw)
        assert said_of(town, "people-90001") == before
        assert differences(town) == {}


def test_a_role_that_ends_and_a_mandate_that_ends_change_the_page_as_they_change_the_screens(town):
    Mandate.objects.filter(pk=town.mandate.pk).update(ends_on=timezone.localdate() - DAY)
    type(town.meeting).objects.filter(pk=town.meeting.pk).update(status="cancelled")
    assert differences(town, ["responsible"]) == {}
    # The page of the sheet still says which meeting it was.
    assert shown_to(town, "instructor") == said_of(town, "coach") | {"zzrencontrezz"}
    assert said_of(town, "giver") == set()
    Responsibility.objects.filter(user=town.people["responsible"]).delete()
    assert shown_to(town, "responsible", may_be_shut=True) == set()
    page = reader(town).get(PAGE)
    assert "Personne d’autre que vous n’en répond" in html.unescape(page.content.decode())


def test_the_page_asks_no_more_of_the_database_for_more_rows_than_it_tells(client):
    user = UserFactory()
    mandate = MandateFactory(user=user)
    client.force_login(user)

    def queries() -> int:
        for _ in range(administration.TOLD):
            meeting = MeetingFactory()
            enrollment = EnrollmentFactory(mandate=mandate, version=meeting.course.current_version)
            RegistrationFactory(session=meeting, enrollment=enrollment)
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        return len(seen)

    assert queries() == queries()
