"""Both accounts, as whoever is about to unite them must see them."""

from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator

from atn_platform.accounts.enums import Role
from atn_platform.accounts.models import User
from atn_platform.core import french
from certificates.models import Certificate
from enrollments.models import Enrollment
from municipalities.models import Mandate, Responsibility


@dataclass(frozen=True, slots=True)
class Side:
    """One account. `address`: what opens it."""

    user: User
    address: str
    mandates: list[Mandate]
    enrollments: list[Enrollment]
    certificates: list[Certificate]


def side(user: User, *, on: date) -> Side:
    mandates = Mandate.objects.from_day(on).filter(user=user).select_related("organisation")
    certificates = Certificate.objects.visible_to(user).filter(revoked_at=None)
    return Side(
        user=user,
        address=user.email or user.handle or "",
        mandates=list(mandates.order_by("starts_on", "pk")),
        enrollments=list(
            Enrollment.objects.visible_to(user).live().with_facts().order_by("enrolled_at", "pk")
        ),
        certificates=list(certificates.order_by("issued_at", "pk")),
    )


def followed_twice(one: Side, other: Side) -> list[Enrollment]:
    """Courses of `one` that the other account follows too."""
    theirs = {each.course_id for each in other.enrollments}
    return [each for each in one.enrollments if each.course_id in theirs]


def may_be_one(kept: User, other: User, *, on: date) -> bool:
    """Whether a code in the other's mail is proof enough, without ATN.

    Not for another name: an address passes to a successor, and boxes are read by several. Not for
    an account that sees the records of others, which a letter box alone does not open either.
    """
    return (
        kept.pk != other.pk
        and other.is_active
        and bool(other.email)
        and french.sort_key(kept.get_full_name()) == french.sort_key(other.get_full_name())
        and not other.needs_second_factor
        and not Authenticator.objects.filter(user=other).exists()
        and not Responsibility.objects.from_day(on).filter(user=other).exists()
        and not other.has_role(*Role)
    )
