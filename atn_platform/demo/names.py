"""Names heard in Québec, for people who do not exist."""


def _names(text: str) -> list[str]:
    """Names of a text, a bar or a line end between two."""
    return [name for line in text.strip().splitlines() for name in line.split("|")]


FEMININE = _names("""
Amélie|Andrée|Anouk|Ariane|Audrey|Brigitte|Camille|Carole|Caroline|Catherine|Chantal|Claudette
Danielle|Diane|Éloïse|Émilie|Fatou|France|Ghislaine|Ginette|Hélène|Isabelle|Jacinthe|Jocelyne
Josée|Julie|Karine|Leïla|Line|Lise|Lucie|Manon|Marie-Claude|Marie-Ève|Marie-Josée|Marielle
Maryse|Mélanie|Micheline|Minh-Thu|Nadia|Nathalie|Noémie|Océane|Pascale|Raphaëlle|Sabrina
Solange|Sonia|Sophie|Suzanne|Sylvie|Valérie|Véronique|Yolande|Zoé
""")
MASCULINE = _names("""
Alain|Alexandre|Antoine|Benoît|Bertrand|Charles-Étienne|Claude|Daniel|Denis|Émile|Éric|Étienne
Félix|Fernand|François|Gaétan|Gérald|Ghislain|Gilles|Guy|Hugo|Jacques|Jean-François|Jean-Guy
Jean-Pierre|Jérôme|Jonathan|Kevin|Léo|Luc|Marcel|Mario|Martin|Mathieu|Michel|Mohamed|Nicolas
Normand|Olivier|Pascal|Patrice|Philippe|Pierre-Luc|Rachid|Raymond|Réjean|Richard|Samir
Sébastien|Serge|Simon|Stéphane|Télesphore|Thierry|Tuan|Vincent|Yannick|Yvon|Zacharie
""")
SURNAMES = _names("""
Tremblay|Gagnon|Roy|Côté|Bouchard|Gauthier|Morin|Lavoie|Fortin|Gagné|Ouellet|Pelletier|Bélanger
Lévesque|Bergeron|Leblanc|Paquette|Girard|Simard|Boucher|Caron|Beaulieu|Cloutier|Dubé|Poirier
Fournier|Lapointe|Leclerc|Lefebvre|Poulin|Thibault|St-Pierre|Nadeau|Martin|Landry|Martel|Bédard
Grenier|Lessard|Bernier|Richard|Michaud|Hébert|Desjardins|Couture|Turcotte|Lachance|Parent
Blais|Gosselin|Savard|Proulx|Beaudoin|Demers|Perreault|Boudreau|Lemieux|Cyr|Perron|Dufour|Dion
Mercier|Bolduc|Bérubé|Boisvert|Langlois|Ménard|Therrien|Plante|Bilodeau|Blanchette|Dubois
Champagne|Paradis|Fortier|Arsenault|Dupuis|Gaudreault|Hamel|Houle|Villeneuve|Rousseau|Gravel
Thériault|Lemay|Robert|Allard|Deschênes|Giroux|Guay|Leduc|Boivin|Charbonneau|Lambert|Raymond
Vachon|Gilbert|Audet|Jean|Larouche|Legault|Trudel|Fontaine|Picard|Labelle|Lacroix|Jacques
Moreau|Carrier|Bernard|Desrosiers|Goulet|Renaud|Dionne|Lapierre|Vaillancourt|Fillion|Lalonde
D’Amours|D’Astous|L’Écuyer|L’Heureux|De La Durantaye|De Blois|Saint-Onge|St-Gelais|St-Laurent
O’Brien|Mc Nicoll|Benali|Nguyen|Tran|Diallo|Jean-Baptiste|Haddad|Rodríguez|Kowalczyk|Petrov
""")
# Northern, Cree and Naskapi villages, by designation: feminine names come first.
NORTHERN_FIRST = {
    "09": _names("Aputik|Elisapee|Lucy|Mary|Siasi|Sarah|Jobie|Markusie|Putulik|Tommy|Willie|Noah"),
    "07": _names("Emma|Janie|Louisa|Paula|Minnie|Ruth|Abel|Kenneth|Matthew|Reggie|Sam|Thomas"),
    "08": _names("Annie|Marie|Sandy|Shannon|Theresa|Noat|George|Jimmy|Philip|Curtis|Tom|Joseph"),
}
NORTHERN_LAST = {
    "09": _names("Annahatak|Tukkiapik|Angutinguak|Nappaaluk|Kaukai|Saviadjuk|Aragutak|Qumaluk"),
    "07": _names("Mianscum|Neeposh|Matoush|Blacksmith|Bosum|Wapachee|Shecapio|Longchap"),
    "08": _names("Nabinicaboo|Uniam|Chescappio|Pien|Sandy|Guanish|Shecanapish|Tooma"),
}
