"""Sentences of the page on a municipality's readiness: rules, from what its reader sees anyway."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from atn_platform.core import wording
from enrollments.queries.readiness import Group, Readiness


def of(state: Readiness) -> dict[str, Any]:
    """All that the page and its printed summary say, by name."""
    return {
        "verdict": verdict(state),
        "council": count(state.council),
        "team": count(state.team),
        "steps": next_steps(state),
    }


def verdict(state: Readiness) -> str:
    """Where the municipality stands, in one sentence."""
    place = state.organisation.name
    if state.is_ready:
        return _("%s : la mairie est cyberprête") % place
    if not state.council.enlisted and not state.team.enlisted:
        return _("%s : personne n’est encore inscrit") % place
    if state.council.is_half:
        return _("%s : le conseil y est, l’équipe municipale en chemin") % place
    if state.team.is_half:
        return _("%s : l’équipe municipale avance, le conseil peut la rejoindre") % place
    return _("%s : la préparation est en chemin") % place


def count(group: Group) -> str:
    """« 5 sur 7 », or why there is no number."""
    if group.done is not None:
        facts = {"done": wording.number(group.done), "whole": wording.number(group.whole)}
        return _("%(done)s sur %(whole)s") % facts
    if not group.whole:
        return _("personne d’inscrit")
    if group.is_guarded:
        return _("masqué")
    if group.is_half:
        return _("au moins la moitié")
    return _("moins de 5 sur %s") % wording.number(group.whole)


def next_steps(state: Readiness) -> list[str]:
    """What would help next, two or three acts, the nearest first."""
    steps = []
    vacant = state.council.missing
    if vacant:
        words = ngettext(
            "Inviter le conseil : %(count)s siège n’a pas encore de compte. La direction générale "
            "l’invite en une page.",
            "Inviter le conseil : %(count)s sièges n’ont pas encore de compte. La direction "
            "générale les invite en une page.",
            vacant,
        )
        steps.append(words % {"count": wording.number(vacant)})
    if not state.team.enlisted:
        steps.append(_("Inscrire l’équipe : la direction générale colle sa liste de noms."))
    elif not state.has_chief:
        steps.append(_("Inscrire la direction générale : le critère compte sur elle."))
    if state.is_ready:
        steps += [
            _("Afficher à la mairie la fiche-réflexe que donne la dernière leçon."),
            _("Suivre en conseil « Les bonnes questions à poser » (ELU-100), une heure."),
        ]
        return steps
    if not state.council.is_half:
        steps.append(
            _("Proposer le cours à la prochaine séance : chaque membre du conseil le suit à son "
              "rythme, par leçons de 5 à 10 minutes.")
        )  # fmt: skip
    if state.team.enlisted and not state.team.is_half:
        steps.append(
            _("Demander à la direction générale où en est l’équipe : elle inscrit un groupe et "
              "relance qui n’a pas commencé.")
        )  # fmt: skip
    return steps[:3]
