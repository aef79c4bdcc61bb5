"""Words with which the glossary starts; authors add, change and remove them on screen."""

from django.db import migrations

PLAIN = {
    "phishing": "hameçonnage",
    "ransomware": "rançongiciel",
    "malware": "logiciel malveillant",
    "spam": "pourriel",
    "cloud": "infonuagique",
    "login": "nom d’utilisateur, ou ouvrir une session",
    "firewall": "pare-feu",
    "patch": "correctif",
    "backup": "sauvegarde",
    "hacker": "pirate informatique",
    "webinaire": "classe virtuelle",
    "implémenter": "mettre en place",
    "prioriser": "faire passer en premier",
    "optimiser": "améliorer",
    "livrable": "ce qui est remis",
    "holistique": "d’ensemble",
    "synergie": "travail commun",
    "data": "données",
    "open data": "données ouvertes",
    "chatbot": "robot conversationnel",
    "prompt": "consigne",
    "feedback": "rétroaction",
    "meeting": "rencontre",
    "deadline": "échéance",
}
KNOWN = ("ATN", "UMQ", "FQM", "MRC", "PDF", "USB", "SMS", "FAQ", "UEC", "TVQ", "TPS", "CYB")


def add(apps, schema_editor):
    terms = apps.get_model("courses", "GlossaryTerm")
    for term, plain in {**PLAIN, **dict.fromkeys(KNOWN, "")}.items():
        terms.objects.get_or_create(term=term, defaults={"plain": plain})


class Migration(migrations.Migration):
    dependencies = [("courses", "0015_measure_pictures")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
