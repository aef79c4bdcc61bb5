"""The services of others that this platform calls, with their place (A-2.1, art. 70.1).

`OUTSIDE_SERVICES` lists them, separated by semicolons, each as

    host | what for | place | reference of the assessment

Production refuses a host in its settings that the list does not name (guard.py). People read
the list on the page of personal data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PARTS = 4
# Variables that hold a host or an address; a test compares them with what settings read.
NAMES = ("DATABASE_URL", "EMAIL_HOST", "REDIS_URL")


@dataclass(frozen=True, slots=True)
class Service:
    host: str
    purpose: str
    place: str
    assessment: str


def read(text: str) -> list[Service]:
    """The services of a list. Raises ImproperlyConfigured, naming the entry that is not whole."""
    found = []
    for entry in filter(None, (each.strip() for each in text.split(";"))):
        parts = [part.strip() for part in entry.split("|")]
        if len(parts) != PARTS or not all(parts):
            raise ImproperlyConfigured(
                f"OUTSIDE_SERVICES : « {entry} » doit dire l'hôte, l'usage, le lieu et "
                "l'évaluation, séparés par « | »."
            )
        found.append(Service(parts[0].lower(), *parts[1:]))
    return found


def hosts_in(variables: Mapping[str, str], issuers: Iterable[str]) -> dict[str, str]:
    """Outside hosts that settings name, each with the variable that names it."""
    said = [(name, variables.get(name, "")) for name in NAMES]
    said += [("OPENID_ISSUERS", address) for address in issuers]
    own = urlsplit(variables.get("SITE_URL", "")).hostname
    hosts = [(urlsplit(each).hostname if "://" in each else each, name) for name, each in said]
    return {
        host.lower(): name for host, name in hosts if host and host != own and is_outside(host)
    }


def is_outside(host: str) -> bool:
    """Neither this machine, nor an address or a bare name of its own network."""
    try:
        return not (ip_address(host).is_private or ip_address(host).is_loopback)
    except ValueError:
        return "." in host.rstrip(".")
