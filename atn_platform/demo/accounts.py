"""Who a visitor of the demonstration may sign in as."""

from dataclasses import dataclass

DOMAIN = "saint-exemple.example"
TERRITORY_EMAIL = "nadia.gagnon@mitis.example"
# The second factor of the accounts that owe one; /demo/courriels/ shows its present code.
DEMO_TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 -- fictional accounts only


# Someone without an address, whose printed code /demo/courriels/ shows too.
CARD_HANDLE = "luc.belanger@saint-exemple"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """`note`: what this person shows best, in a few words."""

    role_label: str
    email: str
    note: str


DEMO_ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("Personne apprenante", f"chantal.girard@{DOMAIN}", "un cours en marche"),
    DemoAccount("Personne élue", f"rejean.tremblay@{DOMAIN}", "le parcours des élus"),
    DemoAccount("Responsable municipale", f"ginette.ouellet@{DOMAIN}", "« Mes gens »"),
    DemoAccount("Responsable de MRC", TERRITORY_EMAIL, "seize municipalités, en nombres"),
    DemoAccount("Formatrice", f"maude.fortin@{DOMAIN}", "rencontres et présences"),
    DemoAccount("Accompagnateur", f"etienne.roy@{DOMAIN}", "un groupe à suivre"),
    DemoAccount("Administration ATN", f"philippe.nguyen@{DOMAIN}", "l’Atelier"),
    DemoAccount("Coordination UMQ", f"catherine.lavoie@{DOMAIN}", "la participation"),
)
