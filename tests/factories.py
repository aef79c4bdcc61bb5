"""Objects for tests: each factory gives a valid row with the least that its model wants."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid4, uuid5

import factory
from allauth.mfa.totp.internal.auth import TOTP

from atn_platform.accounts.enums import SECOND_FACTOR_ROLES, Role
from atn_platform.accounts.models import RoleGrant, User
from atn_platform.consents import actions as consents
from atn_platform.consents.enums import WORDINGS, Purpose, Way
from courses.enums import LessonKind, Mode, SessionMode, Topic
from courses.models import (
    Course,
    CourseSession,
    CourseVersion,
    Lesson,
    Module,
    Path,
    course_uuid,
)
from enrollments.enums import Seat, Status
from enrollments.models import Enrollment, Registration
from municipalities.enums import Designation, Kind, Public
from municipalities.models import Mandate, Organisation, Region, Responsibility

LONG_AGO = datetime(2026, 1, 5, 14, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"personne{n}@exemple.quebec")
    first_name = "Camille"
    last_name = factory.Sequence(lambda n: f"Tremblay {n}")

    @factory.post_generation
    def role(self, create, extracted, *, second_factor=True, **kwargs):
        """UserFactory(role=Role.COACH) grants that role, and the second factor it may owe.

        UserFactory(role=…, role__second_factor=False) is someone who has not set it up.
        """
        if extracted:
            RoleGrant.objects.create(user=self, role=extracted, granted_at=LONG_AGO)
            if second_factor and extracted in SECOND_FACTOR_ROLES:
                TOTP.activate(self, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
            if extracted == Role.ADMINISTRATOR:
                self.is_staff = self.is_superuser = True
                self.save(update_fields=["is_staff", "is_superuser"])


class RegionFactory(factory.django.DjangoModelFactory[Region]):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "01"
    name = "Bas-Saint-Laurent"
    sort_key = "bas saint laurent"


class MunicipalityFactory(factory.django.DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    kind = Kind.MUNICIPALITY
    code = factory.Sequence(lambda n: f"{n:05d}")
    name = factory.Sequence(lambda n: f"Saint-Exemple-{n}")
    official_name = factory.LazyAttribute(lambda o: f"Municipalité de {o.name}")
    designation = Designation.MUNICIPALITY
    region = factory.SubFactory(RegionFactory)
    population = 620
    seats_filled = 7


class MandateFactory(factory.django.DjangoModelFactory[Mandate]):
    class Meta:
        model = Mandate

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(MunicipalityFactory)
    public = Public.STAFF
    function = "adjointe administrative"
    starts_on = date(2025, 11, 2)


class ResponsibilityFactory(factory.django.DjangoModelFactory[Responsibility]):
    """ResponsibilityFactory(second_factor=False) is someone who has not set it up."""

    class Meta:
        model = Responsibility
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(MunicipalityFactory)
    starts_on = date(2025, 11, 2)

    @factory.post_generation
    def second_factor(self, create, extracted, **kwargs):
        if extracted is not False and not self.user.authenticator_set.exists():
            TOTP.activate(self.user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")


def agreeing(user: User) -> User:
    """The same person, who lets their organisation see their training; elected people may not."""
    purpose = Purpose.FACTS_TO_ORGANISATION
    version = WORDINGS[purpose].version
    consents.give(user=user, purpose=purpose, version=version, way=Way.PAGE, at=LONG_AGO)
    return user


class CourseFactory(factory.django.DjangoModelFactory[Course]):
    """A draft; CourseFactory(lessons=3) gives it one module of three lessons with a text."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"CYB-{n:03d}")
    uuid = factory.LazyAttribute(lambda o: course_uuid(o.code))
    title = factory.Sequence(lambda n: f"Cybersécurité {n}")
    summary = "Reconnaître un message frauduleux."
    objectives = "Reconnaître cinq signes d'un message frauduleux"
    topic = Topic.CYBERSECURITY
    mode = Mode.SELF_PACED
    publics = factory.LazyFunction(lambda: [Public.ELECTED, Public.MANAGER, Public.STAFF])

    @factory.post_generation
    def lessons(self, create, extracted, **kwargs):
        module = ModuleFactory(course=self)
        for rank in range(1, (extracted or 1) + 1):
            LessonFactory(module=module, position=rank, key=f"lecon-{rank}", title=f"Leçon {rank}")


class ModuleFactory(factory.django.DjangoModelFactory[Module]):
    class Meta:
        model = Module

    course = factory.SubFactory(CourseFactory)
    uuid = factory.LazyFunction(uuid4)
    key = factory.Sequence(lambda n: f"module-{n}")
    # Clear of the place 1 that a course gives its first lesson.
    position = factory.Sequence(lambda n: 2 + n % 30000)
    title = "Le message qui presse"


class LessonFactory(factory.django.DjangoModelFactory[Lesson]):
    class Meta:
        model = Lesson
        skip_postgeneration_save = True

    module = factory.SubFactory(ModuleFactory)
    uuid = factory.LazyFunction(uuid4)
    key = factory.Sequence(lambda n: f"lecon-{n}")
    # Clear of the place 1 that a course gives its first lesson.
    position = factory.Sequence(lambda n: 2 + n % 30000)
    kind = LessonKind.LESSON
    title = "Les cinq signes"
    objective = "Nommer cinq signes"
    minutes = 8

    @factory.post_generation
    def text(self, create, extracted, **kwargs):
        if self.kind == LessonKind.LESSON:
            self.blocks.create(
                uuid=uuid4(), key="texte", position=1, kind="text",
                data={"markdown": extracted or "Un courriel qui presse."},
            )  # fmt: skip


def choice_question(key: str = "canal") -> dict:
    """A single-choice question whose right answer is "b"."""
    return {
        "uuid": str(uuid5(NAMESPACE_URL, key)),
        "key": key,
        "kind": "single",
        "prompt_html": "<p>Que faites-vous d’abord?</p>",
        "choices": [
            {"key": "a", "text": "Je réponds.", "correct": False, "feedback": "C’est lui écrire."},
            {"key": "b", "text": "J’appelle.", "correct": True, "feedback": "Autre canal."},
        ],
        "feedback": {"right": "", "wrong": ""},
    }


def lesson_document(
    key: str, *, kind: str = LessonKind.LESSON, questions: list | None = None
) -> dict:
    """A station with one text, and a quiz when questions are given; UUIDs follow from the key."""
    blocks = [
        {
            "uuid": str(uuid5(NAMESPACE_URL, f"{key}/texte-1")),
            "key": "texte-1",
            "kind": "text",
            "html": f"<p>Texte de {key}.</p>",
        }
    ]
    if questions:
        blocks.append(
            {
                "uuid": str(uuid5(NAMESPACE_URL, f"{key}/quiz")),
                "key": "quiz",
                "kind": "quiz",
                "title": "Vérifiez vos réflexes",
                "draw": None,
                "questions": questions,
            }
        )
    return {
        "uuid": str(uuid5(NAMESPACE_URL, key)),
        "key": key,
        "kind": kind,
        "title": f"Leçon {key}",
        "objective": "",
        "minutes": 8,
        "required": True,
        "bytes": 1200,
        "blocks": blocks,
    }


def course_document(course: Course, stations: list[dict]) -> dict:
    """A published document of one module holding these stations."""
    return {
        "format": 1,
        "code": course.code,
        "title": course.title,
        "summary": course.summary,
        "objectives": course.objectives.splitlines(),
        "topic": course.topic,
        "mode": course.mode,
        "publics": list(course.publics),
        "competencies": list(course.competencies),
        "pass_mark": course.pass_mark,
        "minutes": sum(station["minutes"] for station in stations),
        "uec": None,
        "modules": [
            {
                "uuid": str(uuid5(NAMESPACE_URL, "m1")),
                "key": "m1",
                "title": "Premier module",
                "lessons": stations,
            }
        ],
    }


class VersionFactory(factory.django.DjangoModelFactory[CourseVersion]):
    """A published version, in force. VersionFactory(stations=[…]) takes lesson documents."""

    class Meta:
        model = CourseVersion
        skip_postgeneration_save = True

    class Params:
        stations = None

    course = factory.SubFactory(CourseFactory)
    number = 1
    # Booklets are kept by it: two courses of the tests must not share one.
    content_hash = factory.LazyAttribute(
        lambda o: sha256(json.dumps(o.document, sort_keys=True).encode()).hexdigest()
    )
    minutes = 16
    published_at = LONG_AGO
    document = factory.LazyAttribute(
        lambda o: course_document(
            o.course, o.stations or [lesson_document("a"), lesson_document("b")]
        )
    )

    @factory.post_generation
    def in_force(self, create, extracted, **kwargs):
        Course.objects.filter(pk=self.course.pk).update(current_version=self)
        self.course.current_version = self


class PathFactory(factory.django.DjangoModelFactory[Path]):
    """PathFactory(courses=[a, b]) puts them in that order; a tuple is a choice among its courses."""

    class Meta:
        model = Path
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"parcours-{n}")
    title = factory.Sequence(lambda n: f"Parcours {n}")
    summary = "Décider, protéger, répondre."
    publics = factory.LazyFunction(lambda: [Public.ELECTED])

    @factory.post_generation
    def courses(self, create, extracted, **kwargs):
        rank = 0
        for place, each in enumerate(extracted or [], start=1):
            several = isinstance(each, tuple)
            for course in each if several else (each,):
                rank += 1
                group = f"choix-{place}" if several else ""
                self.steps.create(course=course, position=rank, choice_group=group)


class EnrollmentFactory(factory.django.DjangoModelFactory[Enrollment]):
    class Meta:
        model = Enrollment

    class Params:
        completed = factory.Trait(status=Status.COMPLETED, completed_at=LONG_AGO)

    mandate = factory.SubFactory(MandateFactory)
    learner = factory.SelfAttribute("mandate.user")
    version = factory.SubFactory(VersionFactory)
    course = factory.SelfAttribute("version.course")
    enrolled_at = LONG_AGO
    stations_total = 2


class SessionFactory(factory.django.DjangoModelFactory[CourseSession]):
    class Meta:
        model = CourseSession

    course = factory.SubFactory(CourseFactory)
    lesson = factory.LazyAttribute(
        lambda o: LessonFactory(module=o.course.modules.get(), kind=LessonKind.MEETING)
    )
    title = "Atelier : les deux premières heures"
    mode = SessionMode.IN_PERSON
    starts_at = datetime(2027, 2, 9, 14, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=3))
    place = "Salle du conseil"
    address = "40, avenue de la Gare, Mont-Joli"
    seats_on_site = 14


class MeetingFactory(SessionFactory):
    """A session whose course is published, with one lesson and this meeting as its stations."""

    @factory.lazy_attribute
    def lesson(self):
        """A station of the draft with the identity that it has in the published document."""
        key = f"{self.course.code}-atelier".lower()
        meeting = lesson_document(key, kind=LessonKind.MEETING)
        if self.course.current_version_id is None:
            VersionFactory(course=self.course, stations=[lesson_document("a"), meeting])
        return LessonFactory(
            module=self.course.modules.get(),
            kind=LessonKind.MEETING,
            uuid=meeting["uuid"],
            key=key,
            position=90,
        )


class RegistrationFactory(factory.django.DjangoModelFactory[Registration]):
    class Meta:
        model = Registration

    session = factory.SubFactory(SessionFactory)
    enrollment = factory.LazyAttribute(
        lambda o: EnrollmentFactory(version=VersionFactory(course=o.session.course))
    )
    learner = factory.SelfAttribute("enrollment.learner")
    seat = Seat.ON_SITE
    registered_at = LONG_AGO
