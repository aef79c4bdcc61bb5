"""The one table of what is kept how long (domain of the archivist), and what is past its time.

docs/retention.md says the same; a test holds the two together. Periods are proposals until the
archivist of the university approves them.
"""

from datetime import datetime

from atn_platform.retention.queries import organisations, people, training
from atn_platform.retention.queries.rule import Rule

RULES = (*training.RULES, *people.RULES, *organisations.RULES)


def past_due(at: datetime) -> dict[str, int]:
    """How many rows of each rule are past their time; nothing is changed."""
    counted = {rule.key: rule.due(at).count() for rule in RULES}
    return {key: count for key, count in counted.items() if count}


def rows_of(run_counts: dict[str, int]) -> list[tuple[Rule, int]]:
    """Counts beside their rules, in the order of the table."""
    return [(rule, run_counts[rule.key]) for rule in RULES if rule.key in run_counts]
