"""What the coach of the demonstration finds: municipalities, moments offered, questions.

Written as rows, since the actions would send letters to people who do not exist.
"""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from atn_platform.accounts.models import User
from atn_platform.demo.accounts import DOMAIN
from courses.documents import stations
from courses.queries import document
from enrollments.models import (
    Accompaniment,
    Appointment,
    Enrollment,
    HelpPost,
    HelpThread,
    Slot,
)
from municipalities.models import Organisation

ENTRUSTED = 60
COURSE = "CYB-101"
# Tuesdays, at 13:30 in Québec, until the congress of the spring.
FIRST_SLOT = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
SLOTS, TAKEN = 14, 1
ASKED_AT = datetime(2026, 11, 19, 17, 20, tzinfo=UTC)
ANSWER = (
    "Oui. Un numéro que vous aviez déjà, ou celui du site de la municipalité, mais jamais celui "
    "du message."
)


def write_accompaniment(coach: User, home: Organisation, *, since: datetime) -> None:
    """Sixty municipalities, those of the first regions, home among them."""
    towns = Organisation.objects.active().municipalities().order_by("region", "sort_key")
    Accompaniment.objects.bulk_create(
        Accompaniment(organisation=each, coach=coach, since=since) for each in towns[:ENTRUSTED]
    )
    slots = Slot.objects.bulk_create(
        Slot(
            uuid=_key(f"plage/{week}"),
            coach=coach,
            starts_at=FIRST_SLOT + timedelta(weeks=week),
            ends_at=FIRST_SLOT + timedelta(weeks=week, minutes=30),
            how="418 555-0123",
        )
        for week in range(SLOTS)
    )
    chief = home.mandates.filter(function="directrice générale").select_related("user").get()
    Appointment.objects.create(
        uuid=_key("rendez-vous"), slot=slots[TAKEN], person=chief.user, organisation=home,
        about="Par où commencer avec le conseil", booked_at=ASKED_AT,
    )  # fmt: skip


def write_questions(coach: User, home: Organisation) -> None:
    """One that waits, and one answered and shared, in two lessons of the same course."""
    rows = Enrollment.objects.filter(mandate__organisation=home, course__code=COURSE)
    # By address: others in town may bear the same first names.
    addresses = (f"{local}@{DOMAIN}" for local in ("chantal.girard", "rejean.tremblay"))
    chantal, rejean = (rows.get(learner__email=each) for each in addresses)
    _ask(
        chantal, rank=0, text="Si le message vient vraiment de la mairesse, je réponds quand même?"
    )
    answered = _ask(rejean, rank=1, text="Est-ce que je peux rappeler au numéro du courriel?")
    at = ASKED_AT + timedelta(hours=20)
    HelpPost.objects.create(
        uuid=_key("reponse"), thread=answered, author=coach, text=ANSWER, posted_at=at
    )
    answered.answered_at = answered.shared_at = at
    answered.shared_question = "À quel numéro rappeler?"
    answered.shared_answer = ANSWER
    answered.save(
        update_fields=[
            "answered_at",
            "shared_at",
            "shared_question",
            "shared_answer",
            "updated_at",
        ]
    )


def _ask(enrollment: Enrollment, *, rank: int, text: str) -> HelpThread:
    lesson = list(stations(document(enrollment.version_id)))[rank]
    thread = HelpThread.objects.create(
        uuid=_key(f"question/{rank}"), enrollment=enrollment, version_id=enrollment.version_id,
        lesson=UUID(lesson["uuid"]), asked_at=ASKED_AT,
    )  # fmt: skip
    HelpPost.objects.create(
        uuid=thread.uuid, thread=thread, author=enrollment.learner, text=text, posted_at=ASKED_AT
    )
    return thread


def _key(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo/{name}")
