"""Fictional people: seeded names, publics and functions, the same on every machine."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from atn_platform.core import french
from municipalities.enums import Public
from municipalities.models import Organisation

_FIRST_NAMES = """
Camille Réjean Ginette Samir Chantal Luc Maude Étienne Catherine Nadia Philippe Lucy Anouk
Benoît Sylvie Jean-Guy Mélanie Fatou Nguyen-An Putulik Marie-Ève Gaétan Josée Éloïse Yvon
Hélène Mathieu Océane Zoé Rachid Line Normand Solange Alexis Minh Aputik Raphaëlle Denis
Carole Stéphane Amélie Jacinthe Bertrand Ariane Télesphore
"""
_LAST_NAMES = """
Tremblay|Gagnon|Roy|Côté|Bouchard|Gauthier|Morin|Lavoie|Fortin|Gagné|Ouellet|Pelletier
Bélanger|Lévesque|Bergeron|Leblanc|Paquette|Girard|Simard|Boucher|Caron|Beaulieu|Cloutier
Dubé|Poirier|Fournier|Lapointe|Leclerc|Lefebvre|Poulin|St-Pierre|D’Amours|Saint-Onge
Benali|Nguyen|Diallo|Annahatak|Mianscum|Kistabish|L’Écuyer|O’Brien|De La Durantaye
Tremblay-Roy|Cyr|Arsenault
"""
FIRST_NAMES = _FIRST_NAMES.split()
LAST_NAMES = _LAST_NAMES.strip().replace("\n", "|").split("|")
FUNCTIONS = {
    Public.ELECTED: ("conseillère", "conseiller"),
    Public.MANAGER: (
        "directrice du service de l’urbanisme",
        "chef du service des travaux publics",
    ),
    Public.STAFF: (
        "adjointe administrative",
        "préposé à la taxation",
        "inspectrice en bâtiment",
        "journalier aux travaux publics",
        "responsable de la bibliothèque",
        "technicienne en loisirs",
    ),
}
# One of each to a municipality: who presides over the council, and who directs.
FIRST_FUNCTIONS = {
    Public.ELECTED: ("mairesse", "maire"),
    Public.MANAGER: ("directrice générale", "directeur général"),
}
# People a municipality of each stratum shows in the demonstration: staff beside its council.
STAFF_BY_STRATUM = (0, 3, 4, 6, 8, 10, 12, 14, 16, 20)
WITHOUT_ADDRESS = 0.06


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of an organisation; `email` is empty for one in sixteen, never for who directs."""

    first_name: str
    last_name: str
    email: str
    public: str
    function: str

    @property
    def directs(self) -> bool:
        return self.function in FIRST_FUNCTIONS[Public.MANAGER]


def people_of(place: Organisation) -> Iterator[Person]:
    """The people of a municipality; the same for the same code."""
    chance = random.Random(f"people/{place.code}")
    stratum = place.stratum or 1
    managers = 1 + stratum // 4
    publics = [Public.MANAGER] * managers
    publics += [Public.STAFF] * (STAFF_BY_STRATUM[stratum] - managers)
    publics += [Public.ELECTED] * min(place.seats_filled, 5)
    named: set[Public] = set()
    domain = f"{french.slugify(place.name)}-{place.code}.example"
    for rank, public in enumerate(publics):
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        functions = FUNCTIONS[public]
        if public in FIRST_FUNCTIONS and public not in named:
            named.add(public)
            functions = FIRST_FUNCTIONS[public]
        function = chance.choice(functions)
        always = function in FIRST_FUNCTIONS[Public.MANAGER]
        local = f"{french.slugify(first)}.{french.slugify(last)}{rank}"
        address = f"{local}@{domain}"
        yield Person(
            first_name=first,
            last_name=last,
            email=address if always or chance.random() >= WITHOUT_ADDRESS else "",
            public=public,
            function=function,
        )
