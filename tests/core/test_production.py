"""The production settings, loaded as a server would: in a process of their own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from atn_platform.settings import services
from tests.processes import measured

SAFE = {
    "SECRET_KEY": "kV8mZ2qX7wR4tY9uP1sD6fG3hJ5kL0cB8nM2vQ7xW4eT9rY6uI",
    "SITE_URL": "https://formation.ville.example",
    "ALLOWED_HOSTS": "formation.ville.example",
    "DATABASE_URL": "postgresql://atn:mot%20de%20passe@db.example:5433/atn?sslmode=require",
    "REDIS_URL": "redis://redis.example:6379/0",
    "EMAIL_HOST": "smtp.example",
    "OUTSIDE_SERVICES": ";".join(
        f"{host} | essai | Québec | EFVP-2026-01"
        for host in (
            "smtp.example",
            "db.example",
            "redis.example",
            "accounts.google.com",
            "login.microsoftonline.com",
        )
    ),
}
DEPLOYMENT = Path(__file__).parents[2] / "docs" / "deployment"
BENCH = {"SITE_URL": "http://127.0.0.1:8000", "ALLOWED_HOSTS": "127.0.0.1"}


def run(code: str | list[str], **changes: str | None) -> "subprocess.CompletedProcess[str]":
    changed = {**SAFE, **changes}
    env = {name: value for name, value in changed.items() if value is not None}
    command = code if isinstance(code, list) else ["-c", code]
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=settings.BASE_DIR,
        env={
            **env,
            "DJANGO_SETTINGS_MODULE": "atn_platform.settings.production",
            "PATH": os.environ["PATH"],
            "PYTHONWARNINGS": "ignore::SyntaxWarning",
            **measured(),
        },
    )


def value(expression: str, **changes: str | None) -> object:
    code = (
        "import json; from django.conf import settings; "
        f"print(json.dumps({expression}, default=str))"
    )
    result = run(code, **changes)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_the_image_holds_all_that_the_product_loads():
    """The worker and the beat once lacked a package that only the tests' tools brought."""
    result = run(["-m", "tests.core.shipped"])
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[-1]) > 100


def test_s88_the_deployment_check_has_nothing_to_say():
    result = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"])
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"EMAIL_HOST": "smtp.ailleurs.example"}, "EMAIL_HOST mène à smtp.ailleurs.example"),
        ({"REDIS_URL": "redis://cache.ailleurs.example"}, "REDIS_URL mène à cache.ailleurs"),
        ({"OUTSIDE_SERVICES": "smtp.example | courriels | Québec"}, "doit dire l'hôte"),
        ({"OUTSIDE_SERVICES": None}, "OPENID_ISSUERS mène à accounts.google.com"),
        ({"SECRET_KEY": None}, "Il manque la variable SECRET_KEY."),
        ({"SECRET_KEY": "court"}, "SECRET_KEY est trop faible"),
        ({"SECRET_KEY": "ab" * 30}, "SECRET_KEY est trop faible"),
        ({"SECRET_KEY": SAFE["SECRET_KEY"] + "-development"}, "SECRET_KEY est trop faible"),
        ({"DEBUG": "1"}, "DEBUG doit rester absent"),
        ({"SITE_URL": "http://formation.ville.example"}, "SITE_URL doit commencer par https://"),
        (BENCH, "SITE_URL doit commencer par https://"),
        (
            {"SITE_URL": "http://ville.example", "ATN_INSECURE_LOOPBACK": "1"},
            "SITE_URL doit commencer par https://",
        ),
        ({"PACKAGES_ORIGIN": "http://contenus.example"}, "PACKAGES_ORIGIN doit commencer par"),
        ({"PACKAGES_ORIGIN": "https://c.example/m"}, "PACKAGES_ORIGIN est une origine"),
        (
            {"PACKAGES_ORIGIN": "https://formation.ville.example:444"},
            "PACKAGES_ORIGIN doit avoir un autre hôte que SITE_URL",
        ),
        ({"PACKAGES_ORIGIN": "https://moi@c.example"}, "PACKAGES_ORIGIN est une origine"),
        ({"PACKAGES_ORIGIN": "https://c.example#m"}, "PACKAGES_ORIGIN est une origine"),
        (
            {"PACKAGES_ORIGIN": "https://contenus.formation.ville.example"},
            "PACKAGES_ORIGIN ne doit pas être un sous-domaine",
        ),
        ({"PACKAGES_ORIGIN": "https://c.example"}, "c.example, doit figurer dans ALLOWED_HOSTS"),
        ({"SITE_URL": None}, "Il manque la variable SITE_URL."),
        ({"ALLOWED_HOSTS": None}, "Il manque la variable ALLOWED_HOSTS."),
        ({"ALLOWED_HOSTS": "autre.example"}, "doit figurer dans ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "sans joker"),
        ({"DATABASE_URL": None}, "Il manque la variable DATABASE_URL."),
        ({"DATABASE_URL": "mysql://db/atn"}, "DATABASE_URL doit commencer par postgresql://"),
        ({"DATABASE_URL": "postgresql://db:port/atn"}, "Le port de DATABASE_URL"),
        ({"REDIS_URL": ""}, "Il manque la variable REDIS_URL."),
        ({"EMAIL_HOST": None}, "Il manque la variable EMAIL_HOST."),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT doit être un nombre entier"),
        ({"EMAIL_USE_TLS": "vrai"}, "EMAIL_USE_TLS doit valoir 1 ou 0, et non « vrai »"),
        ({"LOG_LEVEL": "banane"}, "LOG_LEVEL doit être un de DEBUG"),
    ],
)
def test_s88_production_refuses_to_start_when_unsafe(changes, sentence):
    result = run(["manage.py", "check"], **changes)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_every_fault_is_said_at_once():
    result = run(["manage.py", "check"], SECRET_KEY=None, EMAIL_HOST=None, DEBUG="oui")
    assert [line for line in result.stderr.splitlines() if line] == [
        "Démarrage refusé :",
        "Il manque la variable EMAIL_HOST.",
        "Il manque la variable SECRET_KEY.",
        "DEBUG doit rester absent en production.",
    ]


def test_a_bench_on_the_machine_itself_goes_without_tls_when_it_says_so():
    bench = {**BENCH, "ATN_INSECURE_LOOPBACK": "1"}
    names = "settings.SECURE_SSL_REDIRECT, settings.SESSION_COOKIE_NAME"
    assert value(f"[{names}, settings.SECURE_HSTS_SECONDS]", **bench) == [False, "session", 0]


def test_cookies_belong_to_this_host_only():
    names = (
        "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    )  # fmt: skip
    expression = "[" + ", ".join(f"settings.{name}" for name in names) + "]"
    assert value(expression) == ["__Host-session", "__Host-csrf", True, True]


def test_a_statement_that_lasts_is_given_up_and_the_url_keeps_its_options():
    database = value("settings.DATABASES['default']", DATABASE_LOCK_TIMEOUT="900")
    assert database["PASSWORD"] == "mot de passe"
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "statement_timeout=30000" in database["OPTIONS"]["options"]
    assert "lock_timeout=900" in database["OPTIONS"]["options"]


def test_the_demonstration_is_absent_from_production():
    code = (
        "import django; django.setup(); from django.urls import resolve\n"
        "try: resolve('/demo/courriels/')\n"
        "except Exception as error: print(type(error).__name__)"
    )
    assert run(code).stdout.strip() == "Resolver404"


def test_logs_are_lines_of_json_without_addresses_or_tokens():
    code = (
        "import logging, django; django.setup()\n"
        "try: raise ValueError('DETAIL: Key (email)=(a)')\n"
        "except ValueError: logging.getLogger('django.request').exception("
        "'Not Found: %s for chantal.girard@ville.example\\nsecond line',"
        " '/invitation/AbCdEfGhIjKlMnOpQrStUvWx/')\n"
    )
    [line] = run(code).stdout.splitlines()
    entry = json.loads(line)
    assert entry["message"] == "Not Found: /invitation/[…]/ for […]\nsecond line"
    assert entry["level"] == "ERROR"
    assert "ValueError" in entry["exception"]
    assert "Key (email)" not in entry["exception"]


HOSTILE_LINE = '/a\r\n{"level": "FAUX"}\x1b[31m' + "x" * 100_000


def test_s80_whatever_a_stranger_sends_is_one_line_of_the_log():
    code = (
        "import logging, django; django.setup()\n"
        f"logging.getLogger('django.request').warning('Not Found: %s', {HOSTILE_LINE!r})\n"
        "logging.getLogger('x').error('jeton %s', '/mon-compte/?code=483920&jeton=AbCdEf')\n"
    )
    first, second = run(code).stdout.splitlines()
    assert "\x1b" not in first
    assert json.loads(first)["level"] == "WARNING"
    assert len(first) < 25_000
    assert "483920" not in second
    assert "AbCdEf" not in second


def test_static_files_are_named_by_their_content_and_compressed(tmp_path):
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings; from django.core.management import call_command\n"
        f"settings.STATIC_ROOT = {str(tmp_path)!r}\n"
        "call_command('collectstatic', interactive=False, verbosity=0)\n"
    )
    result = run(code)
    assert result.returncode == 0, result.stderr
    names = [path.name for path in Path(tmp_path).glob("atn.*")]
    assert any(name.endswith(".css.br") and name.count(".") == 3 for name in names), names


def test_s47_cookies_stay_on_the_host_away_from_scripts_and_from_other_sites():
    """S-47: the session, the forms and the known device."""
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DEVICE_COOKIE_NAME"
    assert value(f"[{names}]") == ["__Host-session", "__Host-csrf", "__Host-appareil"]
    flags = [
        f"settings.{cookie}_COOKIE_{flag}"
        for cookie in ("SESSION", "CSRF")
        for flag in ("SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
    ]
    assert value(f"[{', '.join(flags)}]") == [True, True, "Lax", "/", None] * 2


def test_p26_every_host_that_settings_read_is_asked_for_its_place():
    folder = Path(settings.BASE_DIR, "atn_platform", "settings")
    read = "".join((folder / name).read_text() for name in ("base.py", "production.py"))
    named = set(re.findall(r'"([A-Z_]+_(?:HOST|URL|DSN))"', read))
    # Our own address, and the folder of static files.
    assert named - {"SITE_URL", "STATIC_URL"} == set(services.NAMES)


@pytest.mark.parametrize(
    ("host", "outside"),
    [
        ("db", False), ("127.0.0.1", False), ("10.0.0.4", False), ("::1", False),
        ("smtp.ulaval.ca", True), ("52.96.1.1", True),
    ],
)  # fmt: skip
def test_p26_what_counts_as_outside(host, outside):
    assert services.is_outside(host) is outside


def test_while_the_platform_restarts_the_front_door_answers_with_a_page_that_stands_alone():
    door = (DEPLOYMENT / "Caddyfile").read_text()
    page = (DEPLOYMENT / "panne.html").read_text()
    assert "handle_errors" in door
    assert "rewrite * /panne.html" in door
    mounted = "./docs/deployment/panne.html:/etc/caddy/panne.html:ro"
    assert mounted in (DEPLOYMENT.parents[1] / "docker-compose.yml").read_text()
    assert 'lang="fr-CA"' in page
    # Nothing else answers at that moment: no sheet, no script, no image of the platform.
    assert not re.search(r"<(?:link|script|img)\b|url\(", page)
