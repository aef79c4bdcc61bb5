"""What production refuses to start with. Says everything that is wrong, in one go."""

import os
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from atn_platform.settings import env, services

REQUIRED = (
    "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_HOST", "REDIS_URL", "SECRET_KEY", "SITE_URL",
)  # fmt: skip
KEY_LENGTH, KEY_VARIETY = 50, 12
KNOWN_KEYS = ("development", "insecure", "change", "secret", "exemple", "example")


def refuse_unless_safe(issuers: Iterable[str]) -> None:
    """Raise ImproperlyConfigured, one French sentence a line, unless the environment is safe."""
    faults = [f"Il manque la variable {name}." for name in REQUIRED if not os.environ.get(name)]
    faults += [*_debug(), *_key(), *_hosts(), *_site(), *_packages(), *_services(issuers)]
    if faults:
        raise ImproperlyConfigured("\n".join(["Démarrage refusé :", *faults]))


def _debug() -> list[str]:
    return ["DEBUG doit rester absent en production."] if env.flag("DEBUG") else []


def _key() -> list[str]:
    key = os.environ.get("SECRET_KEY", "")
    weak = len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY
    if key and (weak or any(word in key.lower() for word in KNOWN_KEYS)):
        return [
            f"SECRET_KEY est trop faible : au moins {KEY_LENGTH} caractères au hasard "
            "(python3 -c 'import secrets; print(secrets.token_urlsafe(64))')."
        ]
    return []


def _hosts() -> list[str]:
    hosts = env.words("ALLOWED_HOSTS")
    if any("*" in host or host.startswith(".") for host in hosts):
        return ["ALLOWED_HOSTS doit nommer chaque hôte, sans joker."]
    return []


def _site() -> list[str]:
    site = os.environ.get("SITE_URL", "")
    parts = urlsplit(site)
    if not site:
        return []
    if parts.scheme != "https" and not (parts.scheme == "http" and _bench(parts.hostname)):
        return ["SITE_URL doit commencer par https://."]
    if parts.hostname not in env.words("ALLOWED_HOSTS"):
        return [f"L'hôte de SITE_URL, {parts.hostname}, doit figurer dans ALLOWED_HOSTS."]
    return []


def _packages() -> list[str]:
    """Packages run scripts of strangers: on a host that has no session of ours."""
    origin = os.environ.get("PACKAGES_ORIGIN", "").rstrip("/")
    if not origin:
        return []
    parts, site = urlsplit(origin), urlsplit(os.environ.get("SITE_URL", ""))
    host = parts.netloc.rpartition("@")[2]
    is_bench = parts.scheme == "http" and _bench(parts.hostname)
    wrong = {
        "PACKAGES_ORIGIN est une origine, sans chemin.": origin != f"{parts.scheme}://{host}",
        "PACKAGES_ORIGIN doit commencer par https://.": parts.scheme != "https" and not is_bench,
        "PACKAGES_ORIGIN doit avoir un autre hôte que SITE_URL.": parts.hostname == site.hostname,
        "PACKAGES_ORIGIN ne doit pas être un sous-domaine de SITE_URL.": (
            f"{parts.hostname}".endswith(f".{site.hostname}") and not is_bench
        ),
        f"L'hôte de PACKAGES_ORIGIN, {parts.hostname}, doit figurer dans ALLOWED_HOSTS.": (
            parts.hostname not in env.words("ALLOWED_HOSTS")
        ),
    }
    return [fault for fault, is_so in wrong.items() if is_so]


def _services(issuers: Iterable[str]) -> list[str]:
    """Each service of others has its place and its assessment, or nothing starts."""
    listed = {each.host for each in services.read(os.environ.get("OUTSIDE_SERVICES", ""))}
    return [
        f"{name} mène à {host}, que OUTSIDE_SERVICES ne nomme pas : dites son lieu et son "
        "évaluation."
        for host, name in services.hosts_in(os.environ, issuers).items()
        if host not in listed
    ]


def _bench(host: str | None) -> bool:
    """Measures on the machine itself need no TLS, when they say so."""
    if not env.flag("ATN_INSECURE_LOOPBACK") or host is None:
        return False
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
