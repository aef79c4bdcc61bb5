from django.db import models
from django.utils.translation import gettext_lazy as _


class Capacity(models.TextChoices):
    """By what right somebody opens the record of another."""

    RESPONSIBLE = "responsible", _("responsable de la formation")
    GIVER = "giver", _("animation de la rencontre")
    COACH = "coach", _("accompagnement")
    ADMINISTRATOR = "administrator", _("administration d’ATN")
    COORDINATOR = "coordinator", _("coordination à l’UMQ")


class Screen(models.TextChoices):
    """What was opened, in the words of whom it is about."""

    TEAM = "team", _("la liste « Mes gens »")
    TEAM_FILE = "team_file", _("un fichier tiré de « Mes gens »")
    GROUP = "group", _("une inscription de groupe")
    NUDGE = "nudge", _("la page des relances")
    PAPERS = "papers", _("la saisie des feuilles de réponses")
    PROOFS = "proofs", _("la liste des attestations")
    PROOFS_FILE = "proofs_file", _("le fichier des preuves de l’année")
    MANDATES = "mandates", _("la liste des mandats")
    MANDATE = "mandate", _("votre mandat")
    COUNCIL = "council", _("la page du conseil")
    DUTIES = "duties", _("la liste des formations que la loi demande au conseil")
    CARDS = "cards", _("la page des cartes d’accès")
    RESPONSABLES = "responsables", _("la liste des responsables")
    IMPORT = "import", _("une liste importée")
    IMPORT_RESULT = "import_result", _("le fichier de résultat d’une liste importée")
    ATTENDANCE = "attendance", _("la feuille de présence")
    QUESTIONS = "questions", _("les questions à la formatrice")
    APPOINTMENTS = "appointments", _("les rendez-vous d’accompagnement")
    CLAIMS = "claims", _("les demandes de responsabilité")
    ADMIN_LIST = "admin_list", _("une liste de l’administration")
    ADMIN_RECORD = "admin_record", _("votre fiche dans l’administration")
