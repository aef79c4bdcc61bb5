"""What is public of a person: an attestation, to whoever holds its code; the council's list."""

from datetime import date

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import wording
from atn_platform.privacy.seen import people
from atn_platform.privacy.seen.sights import Facts, Sight, facts, shown, sight
from certificates.models import Certificate
from certificates.queries import shown_to_bearers, verifiable
from municipalities.models import Organisation


def to_bearers(user: User) -> list[Sight]:
    """Each attestation, in the words of the page that verifies it."""
    mine = verifiable().filter(enrollment__learner=user).order_by("-issued_at", "-pk")
    return shown(
        sight(
            _("la page de vérification, à qui tient l’attestation ou son code"),
            [_said(each) for each in mine],
        )
    )


def _said(certificate: Certificate) -> Facts:
    ended = certificate.revoked_at
    return shown_to_bearers(certificate) + facts(
        (_("Révoquée le"), ended and wording.day(ended)),
        (_("Raison"), certificate.get_revocation_reason_display()),
        (_("Remplacée par"), certificate.successor),
    )


def to_voters(user: User, places: list[Organisation], *, on: date) -> list[Sight]:
    """The council's trainings, which the law makes public, where the list was opened."""
    return shown(
        *(
            sight(
                _("la liste publique du conseil, %s") % place,
                people.declared(user, place, on, only_done=True),
            )
            for place in places
            if place.training_lists.filter(closed_at=None).exists()
        )
    )
