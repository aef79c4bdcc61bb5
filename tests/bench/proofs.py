"""Certificates of those who finished: facts of their own course, and one real PDF for all."""

import hashlib
import random
from collections.abc import Container
from datetime import datetime
from typing import Any

from django.db import connection

from certificates import pdf
from certificates.models import Certificate, YearCounter
from certificates.numbers import DRAWN, SYMBOLS, check_symbol, number
from certificates.queries import facts_of
from enrollments.enums import Status
from enrollments.models import Enrollment
from tests.bench.rows import copy

WITH_FACTS = ("learner", "version__course", "mandate__organisation")


def issue(*, owed: int, now: datetime) -> None:
    """A certificate for each completion; the last `owed` of them wait for their file."""
    draw = random.Random(3)
    completed = Enrollment.objects.filter(status=Status.COMPLETED).order_by("pk")
    rows = [
        (rank, now, now, each.pk, number(now.year, rank), _code(draw), facts_of(each),
         each.completed_at, "", 0, "")
        for rank, each in enumerate(
            completed.select_related(*WITH_FACTS).defer("version__document"), 1
        )
    ]  # fmt: skip
    copy(
        Certificate,
        ["id", "created_at", "updated_at", "enrollment_id", "number", "code", "facts",
         "issued_at", "revocation_reason", "failures", "last_error"],
        rows,
    )  # fmt: skip
    YearCounter.objects.create(year=now.year, last=len(rows))
    content = pdf.render(Certificate.objects.get(pk=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO certificates_certificatefile (certificate_id, content, sha256, rendered_at)"
            " SELECT id, %s, %s, %s FROM certificates_certificate WHERE id <= %s",
            [content, hashlib.sha256(content).hexdigest(), now, len(rows) - owed],
        )


def held_by(people: Container[int]) -> list[dict[str, Any]]:
    """Certificates with a file, of these people: who, number and code."""
    rows = Certificate.objects.filter(file__isnull=False).order_by("pk")
    found = rows.values_list("enrollment__learner", "number", "code")
    return [
        {"person": person, "number": number_, "code": code}
        for person, number_, code in found
        if person in people
    ]


def _code(draw: random.Random) -> str:
    drawn = "".join(draw.choice(SYMBOLS) for _ in range(DRAWN))
    signs = drawn + check_symbol(drawn)
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))
