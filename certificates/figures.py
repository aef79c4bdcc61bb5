"""The statement of proofs of the « loi du 1 % »: its columns, and a line for each certificate.

RLRQ, c. D-8.3, r. 3, art. 4: who, what, when, how long, given by whom. Fees and wages are the
employer's own figures: their columns are left to fill in.
"""

from datetime import date

from django.utils.translation import gettext as _

from atn_platform.core import french
from atn_platform.core.spreadsheets import Cell
from certificates.models import Certificate
from municipalities.models import Organisation

MINUTES = 60
GOALS_LENGTH = 300
HOURS = 5  # the place of the hours in a line


def title(organisation: Organisation, year: int) -> str:
    words = _("Preuves de formation, loi du 1 %% – %(organisation)s, %(year)s")
    return french.typography(words % {"organisation": organisation.official_name, "year": year})


def headings() -> list[str]:
    return [
        _("Nom"),
        _("Fonction"),
        _("Activité"),
        _("Objet"),
        _("Date"),
        _("Heures"),
        _("Mode"),
        _("Frais ($), selon vos factures"),
        _("Délivrée par"),
        _("Attestation no"),
        _("Salaire pour ces heures ($)"),
    ]


def line(certificate: Certificate) -> list[Cell]:
    """What the certificate says, as it was frozen."""
    facts = certificate.facts
    goals = "; ".join(facts["objectives"])
    return [
        facts["name"],
        facts["function"] or facts["public"],
        f"{facts['course_code']} – {facts['course_title']}",
        goals if len(goals) <= GOALS_LENGTH else goals[: GOALS_LENGTH - 1].rstrip() + "…",
        date.fromisoformat(facts["completed_on"]),
        round(facts["minutes"] / MINUTES, 2),
        facts["mode"],
        None,
        facts["issuer"],
        certificate.number,
        None,
    ]
