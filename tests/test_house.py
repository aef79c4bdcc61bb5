"""House rules that no linter knows. When one fails, fix the code or change the rule here."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from tests import typography

ROOT = Path(settings.BASE_DIR)
HOUSE = ("atn_platform", "municipalities", "courses", "enrollments", "certificates")
BUDGETS = {"*.py": 400, "templates": 150, "tests": 600}
# Pages of ours that anyone may open without signing in; libraries' pages are not ours to list.
PUBLIC: set[str] = {
    "accounts:card",
    "accounts:device",
    "admin-sign-in",
    "ask-code",
    "certificates:verify",
    "certificates:verify-form",
    "courses:catalogue",
    "enrollments:course",
    "enrollments:path",
    "enrollments:paths",
    "municipalities:claim",
    "municipalities:claim-answer",
    "municipalities:claim-search",
    "municipalities:invitation",
    "municipalities:join",
    "portal:accessibility",
    "portal:call-back",
    "portal:help",
    "portal:home",
    "portal:language",
    "portal:light-mode",
    "portal:text-size",
    "portal:privacy",
    "demo:attachment",
    "demo:mailbox",
    "demo:message",
    "demo:message-html",
    "health-live",
    "portal:policy-report",
    "health-ready",
    "notifications:accept",
    "notifications:stop",
    "notifications:why",
}
LIBRARIES = ("admin:", "account_", "mfa_", "socialaccount_", "openid_connect_")


def house_files(pattern: str):
    for name in HOUSE:
        yield from (
            path for path in (ROOT / name).rglob(pattern) if "migrations" not in path.parts
        )


def layers() -> list[str]:
    """The app layers of .importlinter, lowest first."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    lines = config["importlinter:contract:apps"]["layers"].split("\n")
    return [name.strip() for line in lines for name in line.split("|") if name.strip()][::-1]


def url_names(resolver: URLResolver, namespace: str = ""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{entry.namespace}:" if entry.namespace else ""
            yield from url_names(entry, namespace + space)
        elif isinstance(entry, URLPattern):
            yield namespace + (entry.name or ""), entry.callback


def test_installed_apps_follow_the_layers():
    installed = [app for app in settings.INSTALLED_APPS if app.split(".")[0] in HOUSE]
    assert installed == [layer for layer in layers() if layer != "atn_platform.urls"]


@pytest.mark.parametrize(
    ("paths", "budget"),
    [
        (list(house_files("*.py")), BUDGETS["*.py"]),
        (list((ROOT / "templates").rglob("*.html")), BUDGETS["templates"]),
        (list((ROOT / "tests").rglob("*.py")), BUDGETS["tests"]),
    ],
)
def test_files_stay_short(paths, budget):
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    assert {name: size for name, size in sizes.items() if size > budget} == {}


def test_only_listed_pages_are_public():
    public = {
        name
        for name, view in url_names(get_resolver())
        if not getattr(view, "login_required", True) and not name.startswith(LIBRARIES)
    }
    assert public == PUBLIC


def test_scheduled_tasks_exist():
    current_app.loader.import_default_modules()
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert names <= set(current_app.tasks)


def test_names_shown_to_people_start_in_lower_case():
    wrong = [
        str(field)
        for model in apps.get_models()
        if model.__module__.split(".")[0] in HOUSE
        for field in model._meta.get_fields()
        if not field.auto_created
        and str(getattr(field, "verbose_name", ""))[:1].isupper()
        and str(field.verbose_name) not in {"ID", "MRC"}
    ]
    assert wrong == []


def test_every_template_is_used():
    sources = [path.read_text() for path in house_files("*.py")]
    pages = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix != ".md"]
    sources += [path.read_text() for path in pages]
    names = [str(path.relative_to(ROOT / "templates")) for path in pages]
    # Found by the libraries themselves, under names they chose.
    theirs = ("account/", "django/", "allauth/", "mfa/", "admin/", "4", "500.html", "emails/b")
    # A message is asked for by its bare name: compose(template="invitation").
    bare = {name: re.sub(r"^emails/(.+)\.(txt|html)$", r"\1", name) for name in names}
    unused = [
        name
        for name in names
        if not name.startswith(theirs)
        and not any(f'"{name}"' in source for source in sources)
        and not any(f'"{bare[name]}"' in source for source in sources)
    ]
    assert unused == []


def test_includes_are_closed():
    """`{% include … only %}`: a component sees what it is given and nothing else."""
    opened = [
        f"{path.relative_to(ROOT)}: {tag}"
        for path in (ROOT / "templates").rglob("*.html")
        for tag in re.findall(r"{% include .*? %}", path.read_text())
        if not tag.endswith(" only %}") and '"mfa/' not in tag  # allauth's own pieces
    ]
    assert opened == []


def test_numbers_that_machines_read_are_not_grouped_by_thousands():
    """A key of 1 234 in a form, or a picture 1 200 pixels wide, would be read as nothing."""
    raw = re.compile(r'=["\'][^"\'\s]*\{\{ [\w.]*\b(?:pk|id|\w+_id|width|height) \}\}')
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in (ROOT / "templates").rglob("*.html")
        for match in raw.finditer(path.read_text())
        if not re.search(r"attrs\.|auto_id", match.group())  # names of fields, not numbers
    }
    assert not found


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True)


def test_sentences_have_their_no_break_spaces():
    wrong = [
        str(path)
        for path in typography.files()
        if typography.mended_file(path) != path.read_text()
    ]
    assert wrong == [], "make fmt puts the no-break spaces of French in these files"


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("Deux choses : l’une", "Deux choses\xa0: l’une"),
        ("{{ name }} :", "{{ name }}\xa0:"),
        ("« Mes gens »", "«\xa0Mes gens\xa0»"),
        ("{{ score }} %.", "{{ score }}\xa0%."),
        ("::: quiz bilan", "::: quiz bilan"),
        ("{% if a %}{{ b }} %}", "{% if a %}{{ b }} %}"),
    ],
)
def test_no_break_spaces_are_put_where_french_wants_them(typed, right):
    assert typography.mended(typed) == typography.mended(right) == right
