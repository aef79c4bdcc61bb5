"""Certificates of the past year, whose e-mails left long ago: none is promised here."""

import hashlib
from collections import Counter

from atn_platform.demo.journeys import EASTERN
from atn_platform.demo.workers import on_every_core
from atn_platform.demo.year import YEAR_STARTS
from certificates import pdf
from certificates.models import Certificate, CertificateFile, YearCounter
from certificates.numbers import new_code, number
from certificates.queries import facts_of
from enrollments.models import Enrollment


def certify(enrollments: list[Enrollment]) -> None:
    """One certificate and its file for each completed enrolment, in the order of completion."""
    ranks: Counter[int] = Counter()
    certificates = []
    for enrollment in sorted(enrollments, key=lambda each: (each.completed_at, each.pk)):
        issued = enrollment.completed_at or YEAR_STARTS
        year = issued.astimezone(EASTERN).year
        ranks[year] += 1
        certificates.append(
            Certificate(
                enrollment_id=enrollment.pk,
                number=number(year, ranks[year]),
                code=new_code(),
                facts=facts_of(enrollment),
                issued_at=issued,
            )
        )
    Certificate.objects.bulk_create(certificates)
    contents = on_every_core(pdf.render, certificates)
    CertificateFile.objects.bulk_create(
        CertificateFile(
            certificate=certificate,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            rendered_at=certificate.issued_at,
        )
        for certificate, content in zip(certificates, contents, strict=True)
    )
    YearCounter.objects.bulk_create(
        YearCounter(year=year, last=last) for year, last in ranks.items()
    )
