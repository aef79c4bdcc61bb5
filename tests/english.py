"""Every sentence that may be read in English: those of pages, letters and messages.

Found in the sources rather than in locale/en, so that one which `make messages` has not brought
there yet is not forgotten.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from django.utils.translation.template import templatize

from atn_platform.core.management.commands.english import FRENCH_ONLY

ROOT = Path(__file__).parents[1]
HOUSE = ("atn_platform", "municipalities", "courses", "enrollments", "certificates", "templates")
ONE = {"_", "gettext", "gettext_lazy"}
SEVERAL = {"ngettext", "ngettext_lazy"}


def sentences() -> Iterator[tuple[str, str]]:
    """The file and the sentence; of a plural, its singular."""
    for folder in HOUSE:
        for path in sorted((ROOT / folder).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix in {".py", ".html", ".txt"} and not _stays_french(name):
                yield from ((name, said) for said in _said(path))


def _stays_french(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in (*FRENCH_ONLY, "*/migrations/*"))


def _said(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # As xgettext reads a template: calls of gettext among letters of no meaning.
        source = _calls(templatize(source))
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        if getattr(node.func, "id", "") in ONE | SEVERAL and _is_text(node.args[0]):
            yield node.args[0].value


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _calls(blanked: str) -> str:
    """The calls alone, one a line."""
    starts = (f"{name}(" for name in sorted(ONE | SEVERAL))
    found = []
    for start in starts:
        at = -1
        while (at := blanked.find(start, at + 1)) >= 0:
            if at == 0 or not (blanked[at - 1].isalnum() or blanked[at - 1] == "_"):
                found.append(_one_call(blanked[at:]))
    return "\n".join(found)


def _one_call(text: str) -> str:
    """The shortest beginning that Python reads as a whole."""
    end = text.find(")")
    while end >= 0:
        try:
            ast.parse(text[: end + 1])
        except SyntaxError:
            end = text.find(")", end + 1)
        else:
            return text[: end + 1]
    return ""
