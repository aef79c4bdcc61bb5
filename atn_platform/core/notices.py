"""What is said where personal data is asked for (A-2.1, art. 65), and since when.

A row written by a form carries its moment: the version that its person read is the last one
before it. To change the words of a notice, add a version; earlier ones stay, and a test holds
their words.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from atn_platform.core.personal import Words


@dataclass(frozen=True, slots=True)
class Notice:
    """Why, whether one must, who reads it, and how long it is kept."""

    since: date
    purpose: Words
    mandatory: Words
    readers: Words
    kept: Words


FIRST = date(2026, 11, 30)
ATN = _("l’administration d’ATN")
TEAM = _("les responsables de la formation de l’organisation, et l’administration d’ATN")
ACCOUNT = _("36 mois après la dernière activité du compte")
ANSWERED = _("24 mois après la réponse")
TRAINING = _("7 ans après la fin de la formation")

# By form, each version after the one before it.
NOTICES: dict[str, tuple[Notice, ...]] = {
    "sign-in": (
        Notice(
            FIRST,
            _("vous reconnaître et vous écrire"),
            _("une adresse suffit; sans adresse, une carte remise par votre organisation"),
            TEAM,
            ACCOUNT,
        ),
    ),
    "name": (
        Notice(
            FIRST,
            _("écrire votre nom sur vos attestations et dans la liste de votre organisation"),
            _("le nom est nécessaire pour une attestation"),
            TEAM,
            ACCOUNT,
        ),
    ),
    "call-back": (
        Notice(
            FIRST,
            _("vous rappeler"),
            _("un nom et un numéro, pour être rappelée ou rappelé; rien d’autre"),
            ATN,
            ANSWERED,
        ),
    ),
    "invitation": (
        Notice(
            FIRST,
            _("ouvrir votre compte et savoir à quel titre vous suivez une formation"),
            _("le nom et le rôle; la fonction aide votre organisation"),
            TEAM,
            TRAINING,
        ),
    ),
    "joining": (
        Notice(
            FIRST,
            _("transmettre votre demande à la personne responsable de la formation"),
            _("le nom et le rôle; le courriel est facultatif"),
            TEAM,
            ANSWERED,
        ),
    ),
    "claim": (
        Notice(
            FIRST,
            _("vérifier que vous parlez pour l’organisation, et vous répondre"),
            _("le nom et le courriel; le reste aide à décider"),
            TEAM,
            ANSWERED,
        ),
        Notice(
            date(2026, 12, 1),
            _("vérifier que vous parlez pour l’organisation, et vous répondre"),
            _("le nom et le courriel; le reste aide à décider"),
            _(
                "les responsables de la formation de l’organisation; où il n’y en a pas, "
                "l’administration d’ATN et la coordination à l’UMQ"
            ),
            ANSWERED,
        ),
    ),
    "others": (
        Notice(
            FIRST,
            _("inscrire des personnes de votre organisation, qui en sont avisées"),
            _("le nom ou le courriel; n’écrivez que ce que le formulaire demande"),
            TEAM,
            _("30 jours pour une liste, 24 mois pour une invitation, 7 ans pour un mandat"),
        ),
    ),
    "paper": (
        Notice(
            date(2026, 12, 1),
            _("inscrire ce que la personne a répondu sur papier, à sa demande écrite"),
            _("la date et les réponses de la feuille; la personne, avisée, peut l’annuler"),
            _("la personne seulement; l’organisation sait qu’une feuille est inscrite, sans plus"),
            _("24 mois après la fin de la formation pour les réponses, 7 ans pour le reste"),
        ),
    ),
    "review": (
        Notice(
            FIRST,
            _("faire revoir votre résultat par une personne, et vous répondre"),
            _("ce qui vous étonne; vos réponses à ce questionnaire seront lues avec"),
            _("les personnes d’ATN qui forment et accompagnent; jamais votre organisation"),
            _("24 mois après la fin de la formation"),
        ),
    ),
    "seat": (
        Notice(
            FIRST,
            _("garder votre place et préparer la rencontre pour que vous y preniez part"),
            _("vos besoins sont facultatifs"),
            _("qui anime la rencontre, et l’administration d’ATN"),
            _("24 mois après la fin de la formation pour vos besoins, 7 ans pour la présence"),
        ),
    ),
    "duty": (
        Notice(
            FIRST,
            _("tenir la liste des formations que la loi demande au conseil"),
            _("la date, l’organisme et la durée; la preuve est facultative et reste à vous"),
            _("les responsables de votre municipalité, et le public si elle ouvre sa liste"),
            TRAINING,
        ),
    ),
    "elsewhere": (
        Notice(
            FIRST,
            _("compter dans votre parcours ce que vous avez suivi ailleurs"),
            _("rien ne vous y oblige; le nom, l’organisme et la date disent de quoi il s’agit"),
            _("vous seulement"),
            TRAINING,
        ),
        Notice(
            date(2026, 12, 1),
            _("compter dans votre parcours ce que vous avez suivi ailleurs"),
            _("rien ne vous y oblige; le nom, l’organisme et la date disent de quoi il s’agit"),
            _("vous seulement"),
            _("7 ans après la déclaration"),
        ),
    ),
    "skills": (
        Notice(
            FIRST,
            _("vous montrer, à vous, où vous en êtes"),
            _("rien ne vous y oblige"),
            _("vous seulement"),
            ACCOUNT,
        ),
    ),
    "positioning": (
        Notice(
            FIRST,
            _("vous proposer trois unités par où commencer, et rien d’autre"),
            _("rien ne vous y oblige; les propositions demandent une réponse à chaque situation"),
            _("vous seulement; aucune décision n’en dépend"),
            ACCOUNT,
        ),
    ),
    "appointment": (
        Notice(
            FIRST,
            _("tenir le rendez-vous, et vous l’écrire"),
            _("le moment; dire de quoi vous voulez parler est facultatif"),
            _("la personne qui vous accompagne, et l’administration d’ATN"),
            _("24 mois après la fin de la formation"),
        ),
        Notice(
            date(2026, 12, 1),
            _("tenir le rendez-vous, et vous l’écrire"),
            _("le moment; dire de quoi vous voulez parler est facultatif"),
            _("la personne qui vous accompagne, et l’administration d’ATN"),
            _("24 mois après le rendez-vous"),
        ),
    ),
    "rights": (
        Notice(
            FIRST,
            _("répondre à votre demande dans les délais de la loi"),
            _("ce qu’il faut corriger; sans cela, nous ne pouvons pas répondre"),
            ATN,
            _("5 ans après la réponse"),
        ),
    ),
}


def notice_on(key: str, day: date) -> Notice:
    """What was said beside that form on that day; the first version before there was one."""
    versions = NOTICES[key]
    return next((each for each in reversed(versions) if each.since <= day), versions[0])
