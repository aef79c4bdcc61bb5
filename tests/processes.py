"""What the programs that tests start must know of the tests."""

import os


def measured() -> dict[str, str]:
    """The variables by which a child program's lines count in the coverage; none without --cov."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
