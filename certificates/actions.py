"""Every way in which a certificate comes to be, and to an end."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.audit.recording import record
from atn_platform.core.exceptions import ActionError
from atn_platform.core.merging import Change, written
from atn_platform.notifications import outbox
from certificates import pdf
from certificates.emails import certificate_ready, certificate_revoked
from certificates.enums import RevocationReason
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import new_code, number
from certificates.queries import facts_of
from certificates.signals import certificate_reissued
from enrollments.enums import Status
from enrollments.models import Enrollment
from municipalities.models import Organisation


class CertificateRefused(ActionError):
    """No certificate may be issued, revoked or replaced here."""


ERROR_LENGTH = 300


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
    return _write(enrollment, at=at)


@transaction.atomic
def reissue(*, certificate_id: int, by: User, note: str = "", at: datetime) -> Certificate:
    """Issue a corrected certificate, with the facts of today, in the place of this one.

    The old one is revoked as replaced, unless it was revoked before. Safe to repeat: a
    certificate has one successor, which a second call returns.
    """
    old = _locked(certificate_id)
    if old.successor is not None:
        return old.successor
    if old.is_nameless:
        raise CertificateRefused(_("Cette personne a été effacée : rien ne peut être réémis."))
    new = _write(old.enrollment, at=at, supersedes=old)
    if old.revoked_at is None:
        _end(old, RevocationReason.REPLACED, at=at)
    record(
        at=at, actor=by, verb="certificate.reissued", target=old.number, by=new.number, note=note
    )
    certificate_reissued.send(sender=Certificate, certificate_id=new.pk)
    return new


def produce_file(*, certificate_id: int, at: datetime) -> bool:
    """Render the PDF once and promise the e-mail; False when it is done, or being done.

    What prevents it is kept on the certificate, for people to see, and raised again.
    """
    try:
        return _produce(certificate_id, at=at)
    except Exception as error:
        _note_failure(certificate_id, error)
        raise


@transaction.atomic
def revoke(
    *, certificate_id: int, reason: RevocationReason, by: User, note: str = "", at: datetime
) -> Certificate:
    """Withdraw a certificate's validity and tell its owner; its facts and file stay.

    Safe to repeat: the first revocation stands.
    """
    certificate = _locked(certificate_id)
    if certificate.revoked_at is None:
        _end(certificate, reason, at=at)
        record(
            at=at, actor=by, verb="certificate.revoked", target=certificate.number,
            reason=reason, note=note,
        )  # fmt: skip
        outbox.queue(certificate_revoked(certificate), at=at)
    return certificate


@transaction.atomic
def mark_duplicates(*, learner: User) -> list[Change]:
    """Of a course that one person finished under two accounts, one attestation counts.

    The other stays genuine: its page says that it is a second one.
    """
    valid = Certificate.objects.select_for_update(no_key=True, of=("self",)).filter(
        revoked_at=None, duplicate_of=None
    )
    seconds = valid.filter(
        enrollment__learner=learner, enrollment__duplicate_of__isnull=False
    ).select_related("enrollment")
    changes = []
    for each in seconds.order_by("pk"):
        counts = valid.filter(enrollment=each.enrollment.duplicate_of_id).first()
        if counts is not None:
            changes.append(written(each, duplicate_of=counts.pk))
    return changes


@transaction.atomic
def withdraw_unearned(*, enrollment_ids: Iterable[int], by: User, at: datetime) -> None:
    """Accounts that were united part again: what was finished together only is not finished."""
    issued = Certificate.objects.filter(enrollment__in=list(enrollment_ids), revoked_at=None)
    for each in issued.exclude(enrollment__status=Status.COMPLETED).order_by("pk"):
        revoke(certificate_id=each.pk, reason=RevocationReason.ERROR, by=by, at=at)


@transaction.atomic
def _produce(certificate_id: int, *, at: datetime) -> bool:
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


def _note_failure(certificate_id: int, error: Exception) -> None:
    words = f"{type(error).__name__} : {error}"[:ERROR_LENGTH]
    Certificate.objects.filter(pk=certificate_id).update(
        failures=F("failures") + 1, last_error=words
    )


def _locked(certificate_id: int) -> Certificate:
    rows = Certificate.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("enrollment__learner", "superseded_by").get(pk=certificate_id)


def _write(
    enrollment: Enrollment, *, at: datetime, supersedes: Certificate | None = None
) -> Certificate:
    facts = facts_of(enrollment)
    if supersedes is not None:
        facts["replaces"] = supersedes.number
    year = at.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    return Certificate.objects.create(
        enrollment=enrollment,
        number=number(year, _next_rank(year)),
        code=new_code(),
        facts=facts,
        issued_at=at,
        supersedes=supersedes,
    )


def _end(certificate: Certificate, reason: RevocationReason, *, at: datetime) -> None:
    certificate.revoked_at = at
    certificate.revocation_reason = reason
    certificate.save(update_fields=["revoked_at", "revocation_reason", "updated_at"])


def _next_rank(year: int) -> int:
    YearCounter.objects.get_or_create(year=year)
    counter = YearCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def log_export(*, organisation: Organisation, file: str, by: User, at: datetime) -> None:
    """Write down that somebody took proofs about people away."""
    record(at=at, actor=by, verb="proofs.exported", target=organisation.handle, file=file)
