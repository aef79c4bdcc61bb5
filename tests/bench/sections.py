"""Sections of docs/benchmarks.md that commands of their own write."""

from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks.md"


def put_section(mark: str, text: str) -> None:
    """Write the section that begins with `mark`, in its place, or at the end."""
    before, found, rest = PAGE.read_text().partition(mark)
    __, after, following = rest.partition("\n## ")
    kept = f"\n## {following}" if found and after else "\n"
    PAGE.write_text(f"{before.rstrip()}\n\n{text.rstrip()}\n{kept}".rstrip() + "\n")
