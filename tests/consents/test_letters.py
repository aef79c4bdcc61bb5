"""P-12: withdrawing acts at once, « no mail after »."""

import pytest

from atn_platform.consents import actions
from atn_platform.consents.enums import Purpose, Way
from atn_platform.notifications import delivery, outbox
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.notifications.models import OutgoingEmail
from tests.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
NEWS = Purpose.PROMOTIONAL_MESSAGES


def news(person, key="nouveau-cours"):
    return Message(
        key=key, category=Category.PROMOTION, recipient=person, subject="Un cours", text="Texte",
        html="", reason="Vous avez accepté nos nouvelles.",
    )  # fmt: skip


def test_p12_nothing_that_advertises_is_promised_without_consent():
    person = UserFactory()
    assert not outbox.queue(news(person), at=NOON)
    actions.give(user=person, purpose=Purpose.RECOMMENDATIONS, version=1, way=Way.PAGE, at=NOON)
    assert not outbox.queue(news(person), at=NOON)
    actions.give(user=person, purpose=NEWS, version=1, way=Way.PAGE, at=NOON)
    assert outbox.queue(news(person), at=NOON)


def test_p12_a_letter_already_promised_does_not_leave_once_consent_is_withdrawn(mailoutbox):
    person = UserFactory()
    actions.give(user=person, purpose=NEWS, version=1, way=Way.PAGE, at=NOON)
    outbox.queue(news(person, "avant"), at=NOON)
    outbox.queue(news(person, "après"), at=NOON)
    first, second = OutgoingEmail.objects.order_by("pk")
    assert delivery.deliver(email_id=first.pk, now=NOON)
    actions.withdraw(user_id=person.pk, purpose=NEWS, way=Way.PAGE, at=NOON)
    assert not delivery.deliver(email_id=second.pk, now=NOON)
    second.refresh_from_db()
    assert second.last_error == delivery.WITHDRAWN
    assert len(mailoutbox) == 1
