"""Writing in the register; nothing of it is ever changed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.incidents.models import Incident, IncidentEntry


class EntryRefused(ActionError):
    """Somebody wrote meanwhile."""


@transaction.atomic
def register(*, elements: dict[str, Any], by: User, at: datetime) -> Incident:
    """Open an incident with what is known of it."""
    incident = Incident.objects.create(opened_at=at)
    _write(incident, position=1, elements=elements, by=by, at=at)
    return incident


@transaction.atomic
def write(
    *, incident_id: int, after: int, elements: dict[str, Any], by: User, at: datetime
) -> IncidentEntry:
    """Add what is known now. `after` is the entry that was read, so that none is passed over."""
    incident = Incident.objects.select_for_update(no_key=True).get(pk=incident_id)
    if incident.latest.position != after:
        raise EntryRefused(
            _("Une autre personne a écrit entre-temps. Relisez l’incident, puis recommencez.")
        )
    return _write(incident, position=after + 1, elements=elements, by=by, at=at)


def _write(
    incident: Incident, *, position: int, elements: dict[str, Any], by: User, at: datetime
) -> IncidentEntry:
    entry = IncidentEntry.objects.create(
        incident=incident, position=position, written_at=at, written_by=by, **elements
    )
    record(at=at, actor=by, verb="incident.written", target=str(incident.pk), entry=position)
    return entry


def log_export(*, by: User, at: datetime) -> None:
    record(at=at, actor=by, verb="incident.exported", target="register")
