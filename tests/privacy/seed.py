"""A person of whom every table says something, each declared field with a mark of their own."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models

from atn_platform.accounts.models import User
from atn_platform.audit.models import Entry, Viewing
from atn_platform.core.personal import Kind, Table
from atn_platform.incidents.enums import Element
from atn_platform.incidents.models import Incident, IncidentEntry
from atn_platform.merging.models import Merge
from atn_platform.privacy.inventory import tables
from atn_platform.privacy.models import DataExport
from atn_platform.rights.models import RightsRequest
from certificates.models import Certificate, CertificateFile
from courses.models import Course, PublicationReview, Skill, SkillDomain
from enrollments.models import Enrollment, GroupLine, ScoreReview, Slot
from municipalities.models import Claim, DeclaredTraining
from tests.factories import (
    MeetingFactory,
    MunicipalityFactory,
    PathFactory,
    UserFactory,
    VersionFactory,
)

AT = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
# What a row leaves empty because it says the contrary elsewhere.
EMPTY = {
    ("municipalities.Claim", "refused_at"),
    ("accounts.User", "erased_at"),
    ("accounts.User", "united_to"),
    ("rights.RightsRequest", "identity_proof"),
    ("certificates.Certificate", "duplicate_of"),
    ("certificates.Certificate", "supersedes"),
    ("enrollments.Enrollment", "duplicate_of"),
    ("enrollments.GroupLine", "path"),
}
NAMELESS = ("data", "circumstances", "risk_reasons", "public_notice", "measures")
numbers = count(1)


@dataclass
class Garden:
    """One person's rows. `actor` is who acted on them, where a row tells the two apart."""

    town: str
    person: User
    actor: User
    made: dict[type[models.Model], models.Model] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)

    def mark(self, *, secret: bool = False) -> str:
        """A word like ZZ-P-042; upper and lower case are the same mark."""
        found = f"zz-{self.town}-{next(numbers):04d}".lower()
        (self.secrets if secret else self.marks).add(found)
        return found


def plant(town: str, *, actor: User | None = None) -> Garden:
    """A row in each declared table, for a new person."""
    person = UserFactory()
    garden = Garden(town, person, actor or person)
    User.objects.filter(pk=person.pk).update(
        first_name=garden.mark(), last_name=garden.mark(),
        email=f"{garden.mark()}@exemple.quebec", password=garden.mark(secret=True), last_login=AT,
        handle=f"{garden.mark()}@ici", delivery_email=f"{garden.mark()}@exemple.quebec",
        address_confirmed_on=AT.date(),
    )  # fmt: skip
    person.refresh_from_db()
    meeting = MeetingFactory(instructor=person)
    Course.objects.filter(pk=meeting.course_id).update(
        owner=person, title=garden.mark(), review_on=AT.date()
    )
    version = VersionFactory(course=meeting.course, number=2, published_by=person)
    meeting.course.refresh_from_db()
    known = (person, meeting, meeting.course, version, PathFactory(), MunicipalityFactory())
    garden.made = {type(each): each for each in known}
    for table in tables():
        if table.about:
            _write(table, garden)
    return garden


def _write(table: Table, garden: Garden) -> models.Model:
    model = table.model
    if model in garden.made:
        return garden.made[model]
    if model is Session:
        session = SessionStore()
        session["_auth_user_id"] = str(garden.person.pk)
        session.save()
        garden.made[Session] = Session.objects.get(pk=session.session_key)
        return garden.made[Session]
    kinds = {name: about.kind for about in table.about for name in about.names}
    fields = [
        each for each in model._meta.concrete_fields if each.is_relation or not each.primary_key
    ]
    special = _special(model, garden)
    values = {
        each.name: special[each.name] if each.name in special
        else _related(each, garden, table) if each.is_relation
        else _value(each, garden, kinds.get(each.name))
        for each in fields
    }  # fmt: skip
    garden.made[model] = model._base_manager.create(**values)
    return garden.made[model]


def _value(each: models.Field, garden: Garden, kind: Kind | None) -> Any:
    if each.choices:
        return each.choices[-1][0]
    if isinstance(each, models.EmailField):
        return garden.person.email
    if isinstance(each, ArrayField):
        numbered = isinstance(each.base_field, models.IntegerField)
        return [garden.person.pk] if numbered else []
    if isinstance(each, models.CharField | models.TextField | models.JSONField):
        secret = kind == Kind.SECRET
        word = f"x{next(numbers)}" if kind is None else garden.mark(secret=secret)
        return {"said": word} if isinstance(each, models.JSONField) else word
    simple = {
        models.UUIDField: uuid4(),
        models.DateTimeField: AT,
        models.DateField: date(2026, 3, 4),
        models.BooleanField: True,
    }
    return next((value for kind, value in simple.items() if isinstance(each, kind)), 7)


def _related(each: models.Field, garden: Garden, table: Table) -> models.Model | None:
    related = each.related_model
    if related is User:
        finders = {about.of for about in table.about}
        acted = (
            each.name in finders
            and len(finders) > 1
            and each.name not in {"user", "learner", "person"}
        )
        return garden.actor if acted else garden.person
    if related in garden.made:
        return garden.made[related]
    wanted = next((found for found in tables() if found.model is related), None)
    return _write(wanted, garden) if wanted and (wanted.about or not each.null) else None


def _readings(garden: Garden) -> dict[str, Any]:
    """Nobody approves what they asked to have read: of one reading they asked, of one decided."""
    course = garden.made[Course]
    PublicationReview.objects.create(
        course=course, asked_by=UserFactory(), asked_at=AT, content_hash="x",
        state="approved", decided_by=garden.person, decided_at=AT,
    )  # fmt: skip
    return {"state": "approved", "asked_by": garden.person, "decided_by": UserFactory()}


def _special(model: type[models.Model], garden: Garden) -> dict[str, Any]:
    """Where the database, or the sense of the row, wants something in particular."""
    people = ContentType.objects.get_for_model(User)
    # Functions, so that only the one that is wanted makes its marks.
    wanted = {
        LogEntry: lambda: {"content_type": people, "object_id": str(garden.person.pk),
                           "action_flag": 2, "user": garden.actor},
        # What the journal says of somebody to whoever acted: ids, never words of theirs.
        Entry: lambda: {"verb": "account.corrected", "target": str(garden.person.pk),
                        "details": {"fields": ["email"]}},
        # An organisation or a session, which both people know.
        Viewing: lambda: {"place": "Abercorn"},
        Certificate: lambda: {"supersedes": None, "duplicate_of": None,
                              "facts": {"name": garden.mark(), "result": "success"}},
        CertificateFile: lambda: {"content": f"%PDF {garden.mark()}".encode()},
        Authenticator: lambda: {"type": "totp", "data": {"secret": garden.mark(secret=True)}},
        Merge: lambda: {"kept": garden.person, "absorbed": UserFactory()},
        Claim: lambda: {"refused_at": None},
        Slot: lambda: {"ends_at": AT + timedelta(minutes=30)},
        GroupLine: lambda: {"path": None},
        # The register names nobody but who wrote in it.
        IncidentEntry: lambda: {
            **dict.fromkeys(NAMELESS, ""),
            **dict.fromkeys([each.name for each in model._meta.fields if each.null]),
            "incident": Incident.objects.create(opened_at=AT),
            "unknown": [element.value for element in Element],
        },
        # Answered, so that the proof of identity is gone; counts name nobody.
        RightsRequest: lambda: {"identity_proof": "", "gone": {"attestations": 3}},
        Enrollment: lambda: {"status": "completed", "best_score": 88, "duplicate_of": None},
        DeclaredTraining: lambda: {"proof": default_storage.save(
            f"preuves/{garden.mark()}.pdf", ContentFile(b"%PDF-")
        )},
        ScoreReview: lambda: {"score": 5},
        # One letter, and a short code, that the framework does not have.
        SkillDomain: lambda: {"letter": chr(ord("G") + SkillDomain.objects.count())},
        Skill: lambda: {"code": f"Z{Skill.objects.count()}"},
        PublicationReview: lambda: _readings(garden),
        DataExport: lambda: {"content": b"PK", "ready_at": AT, "expires_at": AT},
    }  # fmt: skip
    return wanted[model]() if model in wanted else {}
