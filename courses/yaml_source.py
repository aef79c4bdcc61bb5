"""YAML and front matter with line numbers: what authors write, and where they went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext as _

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: `file` is relative to the course's folder, `line` starts at 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return _("%(file)s, ligne %(line)d : %(message)s") % {
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
                self.complain(here, _("« %s » est écrit deux fois.") % key)
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
    "key", "kind", "weight", "title", "text", "area", "correct", "worth", "feedback", "to",
    "choices", "ending", "left", "right", "partly", "wrong",
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


_TYPE_NAMES = {str: "un texte", int: "un nombre", float: "un nombre", bool: "true ou false",
               list: "une liste", dict: "des champs", date: "une date (2027-06-30)"}  # fmt: skip


def check_fields(
    source: Source,
    value: dict[str, Any],
    path: Path,
    types: Mapping[str, type],
    *,
    required: tuple[str, ...],
) -> None:
    """Complain of fields that are unknown, of the wrong type, or required and absent."""
    for key in required:
        if value.get(key) in (None, ""):
            source.complain(path, _("« %s » manque.") % key)
    for key, each in value.items():
        if key not in types:
            known = ", ".join(types)
            source.complain(
                (*path, key),
                _("champ inconnu « %(key)s »; attendu : %(known)s.")
                % {"key": key, "known": known},
            )
        elif not _is_a(types[key], each):
            source.complain(
                (*path, key),
                _("« %(key)s » doit être %(type)s.")
                % {"key": key, "type": _TYPE_NAMES[types[key]]},
            )


def _is_a(shape: type, value: Any) -> bool:
    """An integer is a number too; True and False are none."""
    return type(value) is shape or (shape is float and type(value) is int)


def check_each(source: Source, value: Any, path: Path, shape: type | Mapping[str, type]) -> None:
    """Complain of what a list holds that is not of `shape`: a type, or the fields of each element.

    Something else than a list is not its affair.
    """
    for rank, each in enumerate(value if isinstance(value, list) else ()):
        here = (*path, rank)
        if isinstance(shape, Mapping) and isinstance(each, dict):
            check_fields(source, each, here, shape, required=())
        elif isinstance(shape, Mapping):
            source.complain(here, _("attendu : les champs %s.") % ", ".join(shape))
        elif type(each) is not shape:
            source.complain(
                here,
                _("« %(value)s » doit être %(type)s.")
                % {"value": each, "type": _TYPE_NAMES[shape]},
            )


def check_choice(source: Source, value: Any, path: Path, choices: list[str]) -> None:
    """Complain of a value that is not among the choices; absence is not its affair."""
    if value is not None and value not in choices:
        source.complain(
            path,
            _("« %(value)s » est inconnu; attendu : %(choices)s.")
            % {"value": value, "choices": ", ".join(choices)},
        )


def check_key(source: Source, value: Any, path: Path, seen: set[str]) -> bool:
    """Whether the key is a slug nobody used yet (then it joins `seen`); complain if not."""
    try:
        validate_slug(str(value))
    except ValidationError:
        source.complain(
            path, _("la clé « %s » n’a que lettres sans accent, chiffres et tirets.") % value
        )
        return False
    if value in seen:
        source.complain(path, _("la clé « %s » sert déjà.") % value)
        return False
    seen.add(str(value))
    return True
