"""Whether the log of viewings is what was written."""

from atn_platform.audit.models import Viewing

# Rows whose own words, or whose link to the row before, are not those of the day of writing.
# What retention took away leaves the oldest row without the one that it names.
BROKEN = """
    SELECT id FROM (
        SELECT v.id, v.previous, v.fingerprint, audit_viewing_print(v.*) AS said,
               lag(v.fingerprint) OVER (ORDER BY v.id) AS before
        FROM audit_viewing v
    ) AS chain
    WHERE fingerprint <> said OR (before IS NOT NULL AND previous <> before)
    ORDER BY id
"""


def broken_viewings() -> list[int]:
    """Keys of the rows where the chain does not hold; none when nobody touched the log."""
    return [row.pk for row in Viewing.objects.raw(BROKEN)]
