"""A file of the registry handed in by ATN: kept, looked at, then applied."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from municipalities.actions.registry import (
    VANISHED_LIMIT,
    Difference,
    Outcome,
    counts,
    import_registry,
)
from municipalities.models import Organisation, RegistryImport
from municipalities.registry import parse


class ReadingRefused(ActionError):
    """The file that was looked at is gone, or is another one."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one municipality would become: each field in words, before and after."""

    place: Organisation
    fields: list[tuple[str, Any, Any]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. `is_older`: a later reading was applied already."""

    sha256: str
    on: date
    outcome: Outcome
    is_massive: bool
    is_older: bool

    @property
    def counts(self) -> dict[str, int]:
        return counts(self.outcome.municipalities, self.outcome.snapshot)

    @property
    def is_first(self) -> bool:
        """A beginning: a list of a thousand « created » tells nothing."""
        return not (self.counts["changed"] or self.counts["unchanged"] or self.counts["vanished"])

    @property
    def renamed(self) -> list[Change]:
        return [
            _change(each, only={"name"}) for each in self.outcome.municipalities.with_new("name")
        ]

    @property
    def changed(self) -> list[Change]:
        return [_change(each) for each in self.outcome.municipalities.changed]


def keep(content: bytes) -> str:
    """Keep the file under its SHA-256, which the second step names."""
    digest = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(_path(digest)):
        default_storage.save(_path(digest), ContentFile(content))
    return digest


def preview(*, sha256: str, on: date, at: datetime) -> Preview:
    """What the file would change. Changes nothing."""
    outcome = import_registry(
        snapshot=parse(_kept(sha256)), sha256=sha256, on=on, at=at, dry_run=True, force=True
    )
    places = outcome.municipalities
    lost = len(places.vanished)
    before = lost + len(places.changed) + len(places.unchanged)
    return Preview(
        sha256=sha256,
        on=on,
        outcome=outcome,
        is_massive=lost > VANISHED_LIMIT * before,
        is_older=RegistryImport.objects.filter(reference_date__gt=on).exists(),
    )


@transaction.atomic
def apply(*, sha256: str, on: date, force: bool, by: User, at: datetime) -> Outcome:
    """Make our list follow the file that was looked at. Safe to repeat."""
    content = _kept(sha256)
    outcome = import_registry(snapshot=parse(content), sha256=sha256, on=on, at=at, force=force)
    record(
        at=at, actor=by, verb="registry.applied", target=sha256, on=on.isoformat(), forced=force,
        vanished=len(outcome.municipalities.vanished),
    )  # fmt: skip
    return outcome


def _kept(sha256: str) -> bytes:
    if not default_storage.exists(_path(sha256)):
        raise ReadingRefused(_("Ce fichier n’est plus là : choisissez-le de nouveau."))
    with default_storage.open(_path(sha256)) as stored:
        content = bytes(stored.read())
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ReadingRefused(_("Ce fichier a changé depuis l’aperçu : choisissez-le de nouveau."))
    return content


def _path(sha256: str) -> str:
    return f"repertoire/{sha256}.csv"


def _change(difference: Difference, only: set[str] | None = None) -> Change:
    fields = [
        (_label(name), before, after)
        for name, (before, after) in difference.fields.items()
        if only is None or name in only
    ]
    return Change(difference.organisation, fields)


def _label(name: str) -> str:
    field: Any = Organisation._meta.get_field(name.removesuffix("_id"))
    return str(field.verbose_name)
