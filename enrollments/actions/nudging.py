"""Reminding those who have not begun, when a responsable asks."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications import outbox
from enrollments.emails import teams as letters
from enrollments.queries import nudges as queries
from enrollments.queries.nudges import NUDGES_A_DAY, Candidate
from enrollments.queries.reminders import reminded_lately
from municipalities.models import Organisation


class NudgeRefused(ActionError):
    """No more messages today."""


@transaction.atomic
def nudge(
    *, organisation: Organisation, mandates: Collection[int], by: User, at: datetime
) -> list[Candidate]:
    """Promise one reminder to each of these people who has not begun; who is written to.

    Whoever was reminded less than a week ago, by a responsable or by the rules, is left in peace.
    The lock on the organisation makes a second click see the first. Raises NudgeRefused past the
    day's limit, and then promises nothing.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    wanted = [
        each
        for each in queries.candidates(organisation, at=at)
        if each.can_be_reminded and each.mandate.pk in mandates
    ]
    if len(queries.promised_today(organisation, at=at)) + len(wanted) > NUDGES_A_DAY:
        raise NudgeRefused(
            _("Une organisation envoie %(most)s rappels par jour au plus. Reprenez demain.")
            % {"most": NUDGES_A_DAY}
        )
    # The rules' own runs lock people too, then look again: no two reminders come together.
    people = [each.mandate.user_id for each in wanted]
    list(User.objects.filter(pk__in=people).order_by("pk").select_for_update(no_key=True))
    lately = set(reminded_lately(people, at).values_list("recipient", flat=True))
    told = [
        each
        for each in wanted
        if each.mandate.user_id not in lately
        and outbox.queue(letters.nudge(each, organisation, by=by, at=at), at=at)
    ]
    if told:
        people_told = [each.mandate.user_id for each in told]
        record(
            at=at, actor=by, verb="people.reminded", target=organisation.handle, people=people_told
        )
    return told


@transaction.atomic
def take_back(*, organisation: Organisation, by: User, at: datetime) -> int:
    """Take back today's reminders that have not left yet; how many."""
    taken = outbox.withdraw([each.key for each in queries.promised_today(organisation, at=at)])
    if taken:
        record(
            at=at,
            actor=by,
            verb="people.reminders_taken_back",
            target=organisation.handle,
            count=taken,
        )
    return taken
