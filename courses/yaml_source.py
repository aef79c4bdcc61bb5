"""YAML and front matter with line numbers: what authors write, and where they went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: `file` is relative to the course's folder, `line` starts at 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return _("%(file)s, ligne %(line)d : %(message)s") % {
            "file": self.file,
            "line": self.line,
            "message": self.message,
        }


@dataclass(slots=True)
class Source:
    """A piece of YAML from one file; `first_line` is where the piece starts in it."""

    file: str
    first_line: int = 1
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def load(self, text: str) -> Any:
        """Value of the text, or None when it cannot be read (a problem then says why)."""
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            return None if node is None else self._value(loader, node, ())
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line if error.problem_mark else 0
            self.problems.append(
                Problem(self.file, self.first_line + line, _("cette ligne ne se lit pas (YAML)."))
            )
            return None
        finally:
            loader.dispose()

    def complain(self, path: Path, message: str) -> None:
        """Note a problem at the closest line known for `path`."""
        while path and path not in self.lines:
            path = path[:-1]
        self.problems.append(Problem(self.file, self.lines.get(path, self.first_line), message))

    def _value(self, loader: yaml.SafeLoader, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, self.first_line + node.start_mark.line)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(loader, node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(loader, each, (*path, i)) for i, each in enumerate(node.value)]
        value = loader.construct_object(node)
        return value.strip() if isinstance(value, str) else value

    def _mapping(self, loader: yaml.SafeLoader, node: yaml.MappingNode, path: Path) -> Any:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(loader.construct_object(key_node))
            here = (*path, key)
            self.lines[here] = self.first_line + key_node.start_mark.line
            if key in found:
                self.complain(here, _("« %s » est écrit deux fois.") % key)
            found[key] = self._value(loader, value_node, here)
        return found


class _Dumper(yaml.SafeDumper):
    """Canonical form: document order, accents as they are, literal blocks, lists not indented."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- yaml's signature
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if "\n" in value:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value + "\n", style="|")
    return dumper.represent_scalar("tag:yaml.org,2002:str", value)


_Dumper.add_representer(str, _text)


def dump(value: Any) -> str:
    """Canonical YAML of a value."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100_000)


# Order of the fields inside lists; a database of JSON does not keep the author's.
NESTED_KEYS = (
    "key", "title", "text", "correct", "feedback", "to", "choices", "ending", "left", "right",
    "wrong",
)  # fmt: skip


def ordered(value: Any, keys: Sequence[str] = NESTED_KEYS) -> Any:
    """The same value with its keys in canonical order, at every depth; unknown keys come last."""
    if isinstance(value, list):
        return [ordered(each) for each in value]
    if isinstance(value, dict):
        known = [key for key in keys if key in value]
        rest = sorted(key for key in value if key not in known)
        return {key: ordered(value[key]) for key in (*known, *rest)}
    return value
