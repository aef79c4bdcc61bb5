"""Letters of invitation of the past year: most were accepted, some let lapse."""

import random
from datetime import datetime, timedelta
from hashlib import sha256

from enrollments.models import Enrollment
from municipalities.models import Invitation, Mandate, Responsibility
from municipalities.models.invitations import INVITATION_LIFE

# Of those who came to learn, who had been written to; and for each of them, who never answered.
INVITED, SILENT = 0.7, 0.35


def write_invitations(chance: random.Random) -> int:
    """One for most people who enrolled where somebody invites, days before; how many."""
    inviting = dict(Responsibility.objects.order_by("pk").values_list("organisation", "user"))
    rows: list[Invitation] = []
    for mandate, enrolled_at in _first_enrolments().items():
        by = inviting.get(mandate.organisation_id)
        if by in (None, mandate.user_id) or not mandate.user.email or chance.random() >= INVITED:
            continue
        sent = enrolled_at - timedelta(days=chance.randrange(2, 20))
        came = sent + (enrolled_at - sent) * chance.random()
        rows.append(_letter(mandate, mandate.user.email, by, sent, accepted_at=came))
        if chance.random() < SILENT:
            host = mandate.user.email.partition("@")[2]
            rows.append(_letter(mandate, f"poste{len(rows)}@{host}", by, sent))
    return len(Invitation.objects.bulk_create(rows, batch_size=500))


def _first_enrolments() -> dict[Mandate, datetime]:
    rows = Enrollment.objects.select_related("mandate__user").order_by("-enrolled_at", "pk")
    firsts = {row.learner_id: (row.mandate, row.enrolled_at) for row in rows}
    return dict(firsts[learner] for learner in sorted(firsts))


def _letter(
    mandate: Mandate,
    email: str,
    by: int,
    sent: datetime,
    *,
    accepted_at: datetime | None = None,
) -> Invitation:
    expires = sent + INVITATION_LIFE
    return Invitation(
        organisation_id=mandate.organisation_id,
        email=email,
        public=mandate.public,
        token_hash=sha256(f"demo/{mandate.pk}/{email}".encode()).hexdigest(),
        invited_by_id=by,
        invited_at=sent,
        expires_at=expires,
        accepted_at=accepted_at,
        accepted_by_id=mandate.user_id if accepted_at else None,
        # A responsable tidies up once the link has lapsed.
        cancelled_at=None if accepted_at else expires + timedelta(days=1),
    )
