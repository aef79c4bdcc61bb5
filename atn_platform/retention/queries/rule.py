"""What a rule of retention is: which rows, for how long, and whose they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from atn_platform.accounts.models import User
from atn_platform.core.personal import Words
from atn_platform.retention.queries.holds import under_hold

MONTH = timedelta(days=30.44)
YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data. `past(limit)` is what ended before that moment.

    `of` names the people that a row speaks of: paths of relations, spared under a legal hold.
    The rows go, unless only the fields that `empties` names do.
    """

    key: str
    title: Words
    keep: timedelta
    period: Words
    past: Callable[[datetime], QuerySet[Any]]
    of: tuple[str, ...]
    empties: tuple[str, ...] = ()

    def due(self, at: datetime) -> QuerySet[Any]:
        """Rows past their time at that moment, but for those of people under a legal hold."""
        held = under_hold()
        rows = self.past(at - self.keep)
        for path in self.of:
            rows = rows.exclude(_of(path, held))
        return rows.order_by("pk")


def _of(path: str, held: QuerySet[User]) -> Q:
    """Rows of people under a hold; an address or a list of keys stands for a person too."""
    if path.endswith("email"):
        # A NULL in the list would make the database spare everybody.
        return Q(**{f"{path}__in": held.filter(email__isnull=False).values("email")})
    if path == "object_id":
        people = ContentType.objects.get_for_model(User)
        return Q(content_type=people, object_id__in=held.values(key=Cast("pk", TextField())))
    if path == "people":
        return Q(people__overlap=list(held.values_list("pk", flat=True)))
    return Q(**{f"{path}__isnull": False, f"{path}__in": held.values("pk")})
