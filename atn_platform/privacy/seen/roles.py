"""Everybody who may see something of a person, whatever they see: the page, in order."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.privacy.seen import administration, coaching, meetings, people, proofs
from atn_platform.privacy.seen.sights import Onlooker
from municipalities.models import Organisation


def onlookers(user: User, *, on: date, at: datetime) -> list[Onlooker]:
    """Nearest first: colleagues, responsables, givers, ATN, those who see counts, anyone."""
    places = list(people.places(user, on=on))
    return [
        _colleagues(user, at),
        *(_responsables(user, place, on, at) for place in places),
        Onlooker(
            "giver",
            "cal",
            _("Qui anime vos rencontres"),
            [_("La feuille de présence, pour les rencontres où vous avez une place.")],
            meetings.to_givers(user),
        ),
        Onlooker(
            "coach",
            "chat",
            _("Qui vous forme et vous accompagne, à l’ATN"),
            [_("Ce que vous leur demandez; vos réponses, pour le seul essai dont vous demandez "
               "la révision.")],
            coaching.sights(user, at=at),
        ),
        Onlooker(
            "atn",
            "gear",
            _("L’administration d’ATN"),
            [
                _("Tout ce que voient les responsables et qui vous forme, et ceci."),
                _("Ni vos réponses, ni vos résultats, ni vos réflexions."),
            ],
            administration.sights(user),
        ),
        Onlooker(
            "counts",
            "chart",
            _("L’UMQ et votre MRC"),
            [_("Des nombres par territoire, jamais une ligne sur vous, et jamais un groupe de "
               "moins de cinq personnes. L’UMQ lit aussi votre demande de responsabilité, là où "
               "personne ne peut y répondre.")],
            people.to_coordinators(user, on=on, at=at),
        ),
        Onlooker(
            "anyone",
            "award",
            _("Tout le monde"),
            [_("Rien sans l’adresse ou le code de vérification que porte votre attestation.")],
            [*proofs.to_bearers(user), *proofs.to_voters(user, places, on=on)],
        ),
    ]  # fmt: skip


def _colleagues(user: User, at: datetime) -> Onlooker:
    words = [_("Aucune page ne montre une personne à ses collègues, ni au conseil.")]
    if user.is_responsible:
        words.append(_("Les lettres que vous envoyez comme responsable portent votre nom."))
    sights = meetings.to_everybody(user, at=at)
    if sights:
        words.append(_("Votre nom est annoncé avec ce que vous animez."))
    return Onlooker("colleagues", "people", _("Vos collègues"), words, sights)


def _responsables(user: User, place: Organisation, on: date, at: datetime) -> Onlooker:
    others = people.onlookers(user, place, on=on)
    if others:
        words = [_("Ce que montrent leurs pages, et les fichiers qu’on en tire.")]
    else:
        words = [_("Personne d’autre que vous n’en répond en ce moment : seule ATN voit ceci.")]
    words.append(_("Ni vos réponses, ni vos résultats, ni vos réflexions."))
    return Onlooker(
        f"people-{place.handle}",
        "eye",
        _("Les responsables de la formation, %s") % place,
        words,
        people.sights(user, place, on=on, at=at),
    )
