"""What a monitor asks: is the process alive, and is it able to serve."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from atn_platform.notifications.models import OutgoingEmail

LATE_EMAIL = timedelta(minutes=15)
LOW_DISK_BYTES = 200 * 2**20


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django passes it
    """The process answers. Touches nothing else, so that an outage below restarts no process."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 -- Django passes it
    """200 when every part is fit, else 503; says which part, and nothing about anyone."""
    now = timezone.now()
    state = {name: _state(probe, now) for name, probe in PROBES.items()}
    fit = all(value == "ok" for value in state.values())
    return JsonResponse(state, status=200 if fit else 503)


def _state(probe: Callable[[datetime], str], now: datetime) -> str:
    try:
        return probe(now)
    except (DatabaseError, OSError):
        return "unavailable"


def _database(now: datetime) -> str:  # noqa: ARG001 -- all probes are called alike
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations(now: datetime) -> str:  # noqa: ARG001
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(plan)} to apply" if plan else "ok"


def _emails(now: datetime) -> str:
    owed = OutgoingEmail.objects.filter(sent_at__isnull=True, abandoned_at__isnull=True)
    due = owed.annotate(due_at=Coalesce("not_before", "queued_at"))
    oldest = due.filter(due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    if oldest is None or now - oldest <= LATE_EMAIL:
        return "ok"
    return f"oldest waits for {int((now - oldest).total_seconds() // 60)} min"


def _disk(now: datetime) -> str:  # noqa: ARG001
    folder = next(path for path in (settings.VAR_DIR, *settings.VAR_DIR.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    return "ok" if free > LOW_DISK_BYTES else f"{free // 2**20} MiB left"


PROBES: dict[str, Callable[[datetime], str]] = {
    "database": _database,
    "migrations": _migrations,
    "emails": _emails,
    "disk": _disk,
}
