"""Québec's no-break spaces in what people read: templates, and the sentences given to gettext.

`make fmt` puts them where plain spaces were typed; tests/test_house.py finds what it would mend.
Without them a line may start with « : ». Source: OQLF, Vitrine linguistique 22039.
"""

import ast
import re
import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOUSE = ("atn_platform", "municipalities", "courses", "enrollments", "certificates")
NBSP = "\u00a0"
# Words of columns go into migrations too, and are seldom a sentence.
LEFT_ALONE = {"models", "models.py", "enums.py", "migrations"}
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
RULES = (
    (re.compile(r"(?<=[^\s:]) :(?=[\s<\"'{]|$)", re.MULTILINE), f"{NBSP}:"),
    (re.compile(r"« "), f"«{NBSP}"),
    (re.compile(r" »"), f"{NBSP}»"),
    (re.compile(r"(?<=\d|\}) ([%$])(?=[\s<\"'.,;)]|$)", re.MULTILINE), rf"{NBSP}\1"),
    (re.compile(r"(?<=\d) (ko|Mo|Go)\b"), rf"{NBSP}\1"),
)


def mended(text: str) -> str:
    """The same words with their no-break spaces; safe to repeat."""
    for rule, instead in RULES:
        text = rule.sub(instead, text)
    return text


def mended_file(path: Path) -> str:
    """What the file should be: whole if it is a template, in its sentences if it is Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return mended(text)
    content = text.encode()
    for start, end in sorted(_sentences(text), reverse=True):
        content = content[:start] + mended(content[start:end].decode()).encode() + content[end:]
    return content.decode()


def files() -> Iterator[Path]:
    for kind in ("*.html", "*.txt"):
        yield from sorted((ROOT / "templates").rglob(kind))
    for name in HOUSE:
        found = sorted((ROOT / name).rglob("*.py"))
        yield from (path for path in found if not LEFT_ALONE & set(path.parts))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where, in bytes, the texts given to gettext stand; a parser counts columns in bytes."""
    starts = [0, *accumulate(len(line) for line in text.encode().splitlines(keepends=True))]
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in GETTEXT:
            continue
        for each in node.args:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                end = starts[(each.end_lineno or 1) - 1] + (each.end_col_offset or 0)
                yield starts[each.lineno - 1] + each.col_offset, end


if __name__ == "__main__":
    for file in files():
        if (right := mended_file(file)) != file.read_text(encoding="utf-8"):
            file.write_text(right, encoding="utf-8")
            sys.stdout.write(f"{file.relative_to(ROOT)}\n")
