"""Loads the product with what the production image holds: `python -m tests.core.shipped`.

The tests have every group of dependencies at hand, the image those of the product alone. Here each
package outside that list is as if it were absent; whatever then cannot be imported stops us.
"""

import importlib
import pkgutil
import sys
import tomllib
from importlib.abc import MetaPathFinder
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
APPS = ("atn_platform", "certificates", "courses", "enrollments", "municipalities")
# The demonstration has its own group of dependencies, and no place in the image's commands.
NOT_SHIPPED = ("atn_platform.demo", "atn_platform.settings")
BY_COMMAND = ("granian", "celery.apps.worker", "celery.apps.beat", "weasyprint", "whitenoise")


def declared() -> set[str]:
    """Names of the distributions that the product's own dependencies bring, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [Requirement(each) for each in project["dependencies"]]
    found: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            name = canonicalize_name(one.name)
            if (name, extra) in found:
                continue
            found.add((name, extra))
            for text in requires(name) or []:
                needed = Requirement(text)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return {name for name, __ in found}


class Absent(MetaPathFinder):
    """Refuses the modules that only undeclared distributions bring."""

    def __init__(self) -> None:
        names = declared()
        self.modules = {
            module
            for module, owners in packages_distributions().items()
            if not any(canonicalize_name(owner) in names for owner in owners)
        }

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in self.modules:
            raise ModuleNotFoundError(f"No module named {name!r} in the image", name=name)


def load() -> int:
    """Import all that ships, and reach for the broker. How many modules of ours were read."""
    absent = Absent()
    # What this file itself needed is forgotten, so that others must ask for it.
    for module in [each for each in sys.modules if each.partition(".")[0] in absent.modules]:
        del sys.modules[module]
    sys.meta_path.insert(0, absent)

    import django  # noqa: PLC0415 -- after the finder

    django.setup()
    from atn_platform.celery import app  # noqa: PLC0415

    app.loader.import_default_modules()
    assert app.connection_for_write().transport.driver_type == "redis"
    for name in BY_COMMAND:
        importlib.import_module(name)
    ours = [
        each.name
        for package in APPS
        for each in pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
        if not each.name.startswith(NOT_SHIPPED)
    ]
    for name in ours:
        importlib.import_module(name)
    return len(ours)


if __name__ == "__main__":
    sys.stdout.write(f"{load()}\n")
