"""Every kind of letter, with the longest names of Québec and whatever else letters trip over.

`every_letter()` gives each by a name: that of its template, and of the case where it has several.
`tests/notifications/test_every_letter.py` reads them; `make letters` takes their pictures.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.test import RequestFactory
from django.utils.translation import override

from atn_platform.accounts.enums import Language
from atn_platform.accounts.models import Card, User
from atn_platform.merging import emails as merging
from atn_platform.merging.models import Merge
from atn_platform.notifications.adapter import AccountAdapter
from atn_platform.notifications.emails import SAID_OF_ACCOUNTS, account_letter
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OutgoingEmail, RefusedAddress
from atn_platform.portal import emails as portal
from atn_platform.portal.models import CallBack
from atn_platform.privacy import emails as privacy
from atn_platform.privacy.models import DataExport
from atn_platform.retention import emails as retention
from atn_platform.retention.models import IdleAccount
from atn_platform.rights import emails as rights
from atn_platform.rights.enums import Kind
from atn_platform.rights.models import RightsRequest
from certificates import emails as certificates
from certificates.models import Certificate
from courses import emails as courses
from courses.enums import LessonKind, ReviewState
from courses.models import CourseSession, PublicationReview, ReviewRemark
from courses.queries.care import ReviewDue
from enrollments.emails import coaching, helping, papers, reminders, reviews, sessions, teams
from enrollments.enums import ReminderRule, Seat
from enrollments.models import (
    Appointment,
    GroupEnrollment,
    GroupLine,
    HelpPost,
    HelpThread,
    LearningEvent,
    PaperSheet,
    Registration,
    ScoreReview,
    Slot,
)
from enrollments.queries.nudges import Candidate
from enrollments.queries.reminders import Reminder
from municipalities import emails as people
from municipalities.enums import Duty, Public, Undone
from municipalities.models import Claim, Invitation, MailDomain, Responsibility
from municipalities.queries.duties import DutyLine
from tests.factories import (
    NOON,
    CourseFactory,
    EnrollmentFactory,
    MandateFactory,
    MunicipalityFactory,
    PathFactory,
    SessionFactory,
    UserFactory,
    VersionFactory,
    lesson_document,
)

DAY = timedelta(days=1)
FIRST = date(2026, 12, 1)  # « 1er »
TITLE = "Reconnaître l’hameçonnage : un message sur dix"
REASON = "Vous suivez ce cours depuis le 1er décembre 2026."
STEP = "Le « oui » qu’on vous presse de dire"
PATH_TITLE = "L’essentiel de la cybersécurité, pour les personnes élues"
WORDS = "Bonjour,\nMerci de m’aider : le lien <https://exemple.quebec/?a=1&b=2> ne s’ouvre pas."


class Scene:
    """People, places and a course that every letter speaks of; `language` is its readers'."""

    def __init__(self, place: str = "L’Île-du-Grand-Calumet", language: str = Language.FRENCH):
        self.language = language
        self.place = MunicipalityFactory(name=place, time_zone="America/Halifax")
        self.person = self._one("Marie-Ève", "Lachapelle-Archambault dit Saint-Onge")
        self.other = self._one("Étienne", "O’Bomsawin")
        self.nameless = self._one("", "")
        self.mandate = MandateFactory(
            user=self.person, organisation=self.place, public=Public.ELECTED
        )
        self.version = VersionFactory(course=CourseFactory(code="CYB-101", title=TITLE))
        self.enrollment = EnrollmentFactory(
            mandate=self.mandate, version=self.version, stations_done=1
        )
        self.step = {**lesson_document("a"), "title": STEP}

    def _one(self, first: str, last: str) -> User:
        return UserFactory(first_name=first, last_name=last, language=self.language)


def every_letter(scene: Scene) -> Iterator[tuple[str, Message]]:
    for write in (_accounts, _claims, _belonging, _data, _courses, _meetings, _teams, _proofs):
        yield from write(scene)


def _accounts(scene: Scene) -> Iterator[tuple[str, Message]]:
    for verb in SAID_OF_ACCOUNTS:
        found = account_letter(scene.person, verb=verb, by=scene.person, at=NOON)
        if found:
            yield f"account_notice {verb}", found
    found = account_letter(scene.person, verb="second-factor-forgotten", by=scene.other, at=NOON)
    if found:
        yield "account_notice by somebody else", found
    link = "https://exemple.quebec/compte/password/reset/key/2q-d9cf3e1b8a7f4c6d9e0b/"
    for name, context in (
        ("login_code", {"code": "KQ7-M4P"}),
        ("unknown_account", {}),
        ("way_in", {"link": link}),
        ("password_reset_key", {"password_reset_url": link}),
        ("email_confirmation", {"activate_url": link}),
        ("address_left", {}),
    ):
        yield name, _of_allauth(scene, name, context)
    merge = Merge(
        uuid=uuid4(), kept=scene.person, absorbed=scene.other, made_at=NOON, asked_by=scene.person
    )
    yield "merge_code", merging.code_to_prove(merge, "KQ7M4PTX")
    for number, each in enumerate(merging.united(merge, scene.other.email)):
        yield f"merged {number}", each
    for number, each in enumerate(merging.parted(merge)):
        yield f"parted {number}", each


def _of_allauth(scene: Scene, name: str, context: dict[str, str]) -> Message:
    """As it leaves: the adapter puts it in the outbox, from which the test takes it."""
    before = set(OutgoingEmail.objects.values_list("pk", flat=True))
    adapter = AccountAdapter(RequestFactory().get("/"))
    with override(scene.language):
        adapter.send_mail(f"account/email/{name}", scene.person.email, context)
    row = OutgoingEmail.objects.exclude(pk__in=before).get()
    fields = ("key", "category", "subject", "text", "html", "reason", "recipient", "to_address")
    message = Message(**{field: getattr(row, field) for field in fields})
    row.delete()
    return message


def _claims(scene: Scene) -> Iterator[tuple[str, Message]]:
    claim = Claim(
        pk=1, uuid=uuid4(), organisation=scene.place, first_name="Marie-Ève", asked_at=NOON,
        last_name="Lachapelle-Archambault", email="me.lachapelle-archambault@exemple.quebec",
        function="directrice générale et greffière-trésorière", sent_to="info@exemple.quebec",
        reason="Une autre personne répond déjà de la formation.",
    )  # fmt: skip
    yield "claim_code", people.claim_code(claim, code="KQ7M-4PTX")
    yield "claimant_code", people.claimant_code(claim, code="KQ7M-4PTX")
    yield "claimant_known", people.claimant_known(claim)
    yield "claim_opened", people.claim_opened(claim, scene.person)
    yield "claim_waiting", people.claim_waiting(claim, scene.other)
    yield "claim_waiting nameless", people.claim_waiting(claim, scene.nameless)
    yield "claim_granted", people.claim_granted(claim, scene.person)
    yield "claim_refused", people.claim_refused(claim)
    yield "claim_undone", people.claim_undone(claim, scene.person, Undone.CLAIMANT)
    yield "claim_undone named", people.claim_undone(claim, scene.other, Undone.NAMED)
    yield "claim_undone place", people.claim_undone(claim, claim.sent_to, Undone.PLACE)
    claim.reason = ""
    yield "claim_refused without reason", people.claim_refused(claim)
    domain = MailDomain(
        pk=1, organisation=scene.place, domain="iledugrandcalumet.example",
        sent_to="postmaster@iledugrandcalumet.example", code_expires_at=NOON + DAY,
    )  # fmt: skip
    yield "domain_code", people.domain_code(domain, code="KQ7M4PTX", by=scene.person, at=NOON)


def _belonging(scene: Scene) -> Iterator[tuple[str, Message]]:
    for case, first_name in (("", "Élisabeth-Anne"), (" nameless", "")):
        invited = Invitation(
            pk=1, organisation=scene.place, email="nouvelle@exemple.quebec",
            first_name=first_name, invited_by=scene.person, expires_at=NOON + 14 * DAY,
        )  # fmt: skip
        yield f"invitation{case}", people.invitation(invited, token="a1b2c3d4e5", at=NOON)
    yield "welcome", people.welcome(scene.person, scene.place, sender=scene.other)
    yield "welcome from the place", people.welcome(scene.nameless, scene.place, sender=None)
    yield "farewell", people.farewell(scene.person, scene.place, on=FIRST)
    yield (
        "card_printed",
        people.card_printed(scene.person, scene.place, printing=uuid4(), by=scene.other),
    )
    card = Card(pk=1, user=scene.person, expires_at=NOON + 60 * DAY)
    scene.person.handle = "marie-eve-lachapelle-archambault"
    yield "card_to_box", people.card_to_box(card, "KQ7M4PTX", scene.place, by=scene.other)
    refusal = RefusedAddress(pk=1, address="un.nom.tres.long.a.souhait@iledugrandcalumet.example")
    for reader in (scene.other, scene.nameless):
        answering = Responsibility(pk=1, user=reader, organisation=scene.place)
        yield f"address_refused {reader.first_name}", people.address_refused(refusal, answering)
    line = DutyLine(mandate=scene.mandate, duty=Duty.ETHICS, deadline=FIRST, declared=None)
    yield "duty_near", people.duty_near(line, days=7, leaves_at=NOON)


def _data(scene: Scene) -> Iterator[tuple[str, Message]]:
    idle = IdleAccount(pk=1, user=scene.person)
    yield "idle_account", retention.idle_account(idle, days=30, ends_on=FIRST)
    made = DataExport(uuid=uuid4(), user=scene.person, expires_at=NOON + 7 * DAY)
    yield "data_export", privacy.export_ready(made)
    asked = CallBack(
        pk=1, person=scene.person, name="Réjean D’Amours", phone="418 555-0143, poste 2",
        moment="morning", about="Le code n’arrive pas", page="/compte/login/code/",
    )  # fmt: skip
    yield "call_back", portal.call_back(asked)
    asked = CallBack(pk=2, name="Réjean D’Amours", phone="418 555-0143", moment="morning")
    yield "call_back bare", portal.call_back(asked)
    request = RightsRequest(
        pk=1, kind=Kind.ERASURE, user=scene.person, asked_at=NOON, due_on=FIRST,
        extension_reason="Plusieurs organisations sont à consulter.",
    )  # fmt: skip
    for reader in (scene.person, scene.nameless):
        yield f"rights_received {reader.first_name}", rights.received(request, reader)
    yield "rights_extended", rights.extended(request, scene.person)
    yield "rights_not_erased", rights.not_erased(request, scene.person)
    request.reason = "L’attestation est exigée par la loi pendant cinq ans."
    request.is_granted = False
    yield "rights_answered refused", rights.answered(request, scene.person)
    request.is_granted, request.erase_at = True, NOON + 7 * DAY
    yield "rights_answered granted", rights.answered(request, scene.person)


def _courses(scene: Scene) -> Iterator[tuple[str, Message]]:
    course = scene.version.course
    due = ReviewDue(course=course, owner=scene.person, review_on=FIRST, days=30)
    yield "course_review", courses.to_review(due)
    review = PublicationReview(
        pk=1, course=course, asked_by=scene.person, note=WORDS, decided_by=scene.other,
        content_hash="0" * 64, state=ReviewState.ASKED, asked_at=NOON,
    )  # fmt: skip
    yield "reading_asked", courses.review_asked(review, scene.other)
    review.state, review.decided_at = ReviewState.RETURNED, NOON
    review.save(force_insert=True)
    for text in (WORDS, "La date du 1er décembre manque."):
        ReviewRemark.objects.create(review=review, text=text)
    yield "reading_decided returned", courses.review_decided(review)
    review.state = ReviewState.APPROVED
    yield "reading_decided approved", courses.review_decided(review)
    for is_act in (False, True):
        thread = HelpThread(
            pk=1, uuid=uuid4(), enrollment=scene.enrollment, version=scene.version,
            block=uuid4() if is_act else None,
        )  # fmt: skip
        post = HelpPost(uuid=uuid4(), thread=thread, author=scene.other, text=WORDS)
        case = " act" if is_act else ""
        yield f"help_asked{case}", helping.asked(post, scene.other)
        yield f"help_answered{case}", helping.answered(post)
    event = LearningEvent(uuid=uuid4())
    review = ScoreReview(pk=1, enrollment=scene.enrollment, event=event, due_on=FIRST)
    yield "review_asked", reviews.asked(review, scene.other)
    review.reason = WORDS
    for score in (None, 0, 80):
        review.score_after = score
        yield f"review_answered {score}", reviews.answered(review)


def _meetings(scene: Scene) -> Iterator[tuple[str, Message]]:
    slot = Slot(
        coach=scene.other, starts_at=NOON, ends_at=NOON + timedelta(minutes=30),
        how="418 555-0143, poste 2",
    )  # fmt: skip
    appointment = Appointment(
        uuid=uuid4(), slot=slot, person=scene.person, organisation=scene.place, about=WORDS,
        updated_at=NOON,
    )  # fmt: skip
    yield "appointment booked", coaching.booked(appointment, to=scene.person)
    yield "appointment coach", coaching.booked(appointment, to=scene.other)
    yield "appointment off", coaching.called_off(appointment, to=scene.person)
    session = SessionFactory(
        course=scene.version.course, title=f"Atelier : {TITLE}", note=WORDS,
        address="1, chemin de la Montagne-aux-Deux-Lacs, L’Île-du-Grand-Calumet (Québec)",
        online_url="https://visio.exemple.quebec/j/98765432101?pwd=abcdefghijklmnop",
        phone_access="438 555-0123, conférence 987 654 321#",
        captions_note="Sous-titres en direct, en français.", cancellation_reason="Tempête.",
    )  # fmt: skip
    for seat in (Seat.ON_SITE, Seat.ONLINE):
        registration = _seat(scene, session, seat)
        yield f"session_seat {seat}", sessions.session_confirmed(registration)
        yield (
            f"session_reminder {seat}",
            _reminder(scene, ReminderRule.SESSION_TOMORROW, registration=registration),
        )
    yield "session_seat changed", sessions.session_changed(registration)
    yield "session_off", sessions.session_called_off(registration)
    yield "session_off given back", sessions.seat_given_back(registration)


def _seat(scene: Scene, session: CourseSession, seat: str) -> Registration:
    return Registration(
        uuid=uuid4(), session=session, learner=scene.person, enrollment=scene.enrollment, seat=seat,
        updated_at=NOON,
    )  # fmt: skip


def _reminder(scene: Scene, rule: ReminderRule, **facts: object) -> Message:
    due = Reminder(
        rule=rule, occurrence="1", enrollment=scene.enrollment, leaves_at=NOON,
        reason=REASON, expires_at=NOON + DAY,
        **facts,
    )  # fmt: skip
    return reminders.reminder(due, at=NOON)


def _teams(scene: Scene) -> Iterator[tuple[str, Message]]:
    meeting = {**scene.step, "kind": LessonKind.MEETING}
    untimed = {**scene.step, "minutes": 0}
    for case, rule, step in (
        ("begun", ReminderRule.DORMANT, scene.step),
        ("waiting", ReminderRule.NOT_STARTED, scene.step),
        ("meeting", ReminderRule.DORMANT, meeting),
        ("untimed", ReminderRule.DORMANT, untimed),
        ("nothing left", ReminderRule.DORMANT, None),
    ):
        yield f"course_reminder {case}", _reminder(scene, rule, step=step)
    candidate = Candidate(mandate=scene.mandate, enrollment=scene.enrollment, step=scene.step)
    yield "nudge", teams.nudge(candidate, scene.place, by=scene.other, at=NOON)
    bare = replace(candidate, step=None)
    yield "nudge without step", teams.nudge(bare, scene.place, by=scene.other, at=NOON)
    path = PathFactory(title=PATH_TITLE)
    for case, facts in (
        ("course", {"course": scene.version.course}),
        ("path", {"path": path}),
        ("path in order", {"path": path}),
    ):
        group = GroupEnrollment(
            pk=1, organisation=scene.place, by=scene.other, advised_on=FIRST, chosen_at=NOON,
            in_order=case == "path in order",
        )  # fmt: skip
        line = GroupLine(pk=1, group=group, mandate=scene.mandate, **facts)
        yield f"group_enrolled {case}", teams.enrolled(group, line, by=scene.other, at=NOON)


def _proofs(scene: Scene) -> Iterator[tuple[str, Message]]:
    for case, facts in (("", {}), (" corrected", {"replaces": "ATN-2026-00041"})):
        certificate = Certificate(
            pk=1, enrollment=scene.enrollment, number="ATN-2026-00042", code="KQ7M-4PTX-9WRD",
            facts={"course_title": TITLE, **facts}, revocation_reason="error",
        )  # fmt: skip
        yield f"certificate_ready{case}", certificates.certificate_ready(certificate)
    yield "certificate_revoked", certificates.certificate_revoked(certificate)
    sheet = PaperSheet(
        uuid=UUID(int=1), enrollment=scene.enrollment, version=scene.version,
        entered_by=scene.other, filled_on=FIRST, entered_at=NOON,
    )  # fmt: skip
    yield "sheet_entered", papers.sheet_entered(sheet)
