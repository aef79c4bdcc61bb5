"""What the page « Mes consentements » shows."""

from dataclasses import dataclass

from atn_platform.accounts.models import User
from atn_platform.consents.enums import WORDINGS, Purpose, Wording
from atn_platform.consents.models import Consent


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose: its words, the agreement in force if any, and all that came before."""

    purpose: Purpose
    wording: Wording
    present: Consent | None
    past: list[Consent]

    @property
    def is_outdated(self) -> bool:
        """The person agreed to words that have changed since: they are asked again."""
        return self.present is None and any(each.withdrawn_at is None for each in self.past)


def choices_of(user: User) -> list[Choice]:
    """Every purpose, agreed to or not; one query."""
    rows = list(user.consents.order_by("-given_at", "-pk"))
    return [_choice(purpose, rows) for purpose in Purpose]


def _choice(purpose: Purpose, rows: list[Consent]) -> Choice:
    wording = WORDINGS[purpose]
    given = [row for row in rows if row.purpose == purpose]
    present = next(
        (row for row in given if row.withdrawn_at is None and row.version == wording.version), None
    )
    return Choice(purpose, wording, present, [row for row in given if row is not present])
