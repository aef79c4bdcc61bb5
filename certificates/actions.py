"""Every way in which a certificate comes to be, and to an end."""

import hashlib
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.notifications import outbox
from certificates import pdf
from certificates.emails import certificate_ready
from certificates.enums import RevocationReason
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import number
from certificates.queries import facts_of
from enrollments.enums import Status
from enrollments.models import Enrollment


class CertificateRefused(ActionError):
    """No certificate may be issued or revoked here."""


@transaction.atomic
def issue(*, enrollment_id: int, at: datetime) -> Certificate:
    """Issue the one certificate of a completed enrolment, or return it.

    Whoever comes second waits for the enrolment's row and finds the first one's work.
    """
    enrollment = Enrollment.objects.select_for_update(no_key=True).get(pk=enrollment_id)
    existing = Certificate.objects.filter(enrollment=enrollment, supersedes__isnull=True).first()
    if existing is not None:
        return existing
    if enrollment.status != Status.COMPLETED:
        raise CertificateRefused(_("Ce cours n’est pas terminé."))
    year = at.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    return Certificate.objects.create(
        enrollment=enrollment,
        number=number(year, _next_rank(year)),
        code=secrets.token_urlsafe(16),
        facts=facts_of(enrollment),
        issued_at=at,
    )


@transaction.atomic
def produce_file(*, certificate_id: int, at: datetime) -> bool:
    """Render the PDF once and promise the e-mail; False when it is done, or being done."""
    certificate = (
        Certificate.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("enrollment__learner")
        .filter(pk=certificate_id)
        .first()
    )
    if certificate is None or CertificateFile.objects.filter(pk=certificate_id).exists():
        return False
    content = pdf.render(certificate)
    CertificateFile.objects.create(
        certificate=certificate,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        rendered_at=at,
    )
    outbox.queue(certificate_ready(certificate), at=at)
    return True


@transaction.atomic
def revoke(
    *, certificate_id: int, reason: RevocationReason, by: User, at: datetime
) -> Certificate:
    """Withdraw a certificate's validity; its facts and file stay. Safe to repeat."""
    certificate = Certificate.objects.select_for_update(no_key=True).get(pk=certificate_id)
    if certificate.revoked_at is None:
        certificate.revoked_at = at
        certificate.revocation_reason = reason
        certificate.save(update_fields=["revoked_at", "revocation_reason", "updated_at"])
        record(
            at=at, actor=by, verb="certificate.revoked", target=certificate.number, reason=reason
        )
    return certificate


def _next_rank(year: int) -> int:
    YearCounter.objects.get_or_create(year=year)
    counter = YearCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last
