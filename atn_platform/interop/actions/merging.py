"""Two accounts of one person become one: where they stood in interactive modules goes along."""

from django.db import transaction

from atn_platform.accounts.models import User
from atn_platform.core.merging import Change, written
from atn_platform.interop.models import PackagePlace


@transaction.atomic
def unite(*, kept: User, absorbed: User) -> list[Change]:
    """Lead to the enrolment that goes on each place of the other that it has none for.

    Two places in one part cannot be made one: that of the enrolment that goes on stays.
    """
    rows = PackagePlace.objects.select_related("enrollment").order_by("pk")
    seconds = rows.filter(
        enrollment__learner__in=(kept, absorbed), enrollment__duplicate_of__isnull=False
    )
    changes = []
    for each in seconds:
        goes_on = each.enrollment.duplicate_of_id
        part = {"block": each.block, "part": each.part, "sha256": each.sha256}
        if not rows.filter(enrollment=goes_on, **part).exists():
            changes.append(written(each, enrollment=goes_on))
    return changes
