"""Who stays when an import is taken back: whoever used it, and whatever others built on it."""

from collections.abc import Sequence

from django.db.models import QuerySet, prefetch_related_objects

from atn_platform.accounts.models import Card, User
from atn_platform.notifications.models import OutgoingEmail
from municipalities.models import ImportBatch, ImportLine, Mandate
from municipalities.queries import imports as lists
from municipalities.staff.people import Entry


def kept_if_undone(batch: ImportBatch) -> set[int]:
    """Keys of people whom the import made or seated, and who stay when it is taken back.

    The person has signed in; or any table of any app refers to what a line made; or the mandate
    or the name no longer says what the line wrote. All the lines of such a person stay.
    """
    stay: set[int] = set()
    for part in lists.parts(batch):
        made = [line for line in part if {"user", "mandate"} & line.done.keys() and line.user_id]
        stay |= _staying(batch, made)
    return stay


def _staying(batch: ImportBatch, made: Sequence[ImportLine]) -> set[int]:
    prefetch_related_objects(made, "user", "mandate")
    mandates = [line.mandate_id for line in made if line.mandate_id and "mandate" in line.done]
    users = [line.user_id for line in made if line.user_id and "user" in line.done]
    held_mandates = _held(Mandate, mandates)
    ours = batch.lines.filter(done__has_key="mandate", mandate__isnull=False)
    stay = _held(User, users, aside=ours.values("mandate"))
    for line in made:
        edited = _is_edited(line, lists.said(batch, line))
        signed_in = line.user and line.user.last_login is not None
        if line.mandate_id in held_mandates or signed_in or edited:
            stay.add(line.user_id or 0)
    return stay


def _is_edited(line: ImportLine, said: Entry) -> bool:
    """Whether somebody wrote anew what this line had written."""
    mandate, user = line.mandate, line.user
    if "mandate" in line.done and mandate and mandate.function != said.function:
        return True
    names = (said.first_name, said.last_name)
    return "user" in line.done and user is not None and (user.first_name, user.last_name) != names


def _held(
    model: type[Mandate] | type[User], keys: Sequence[int], aside: QuerySet | tuple[()] = ()
) -> set[int]:
    """Those of these rows to which another row refers.

    Letters, cards that nobody used and lines of lists do not count.
    """
    held: set[int] = set()
    for relation in model._meta.related_objects:
        other = relation.related_model
        if other in (Card, ImportLine, OutgoingEmail):
            continue
        name = relation.field.name
        # Every model has one, under that name, whatever its own manager hides.
        rows = other._base_manager.filter(**{f"{name}__in": keys})  # noqa: SLF001
        if other is Mandate:
            rows = rows.exclude(pk__in=aside)
        held.update(rows.values_list(name, flat=True))
    return held
