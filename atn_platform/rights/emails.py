"""Letters about a person's requests. Nothing is sent from here."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from atn_platform.notifications.emails import absolute, compose, written_for
from atn_platform.notifications.enums import Category
from atn_platform.notifications.messages import Message
from atn_platform.rights.models import RightsRequest

if TYPE_CHECKING:
    from atn_platform.accounts.models import User


@written_for(lambda _request, person: person)
def received(request: RightsRequest, person: "User") -> Message:
    return _letter(request, person, "rights_received", _("Votre demande est reçue"))


@written_for(lambda _request, person: person)
def extended(request: RightsRequest, person: "User") -> Message:
    return _letter(request, person, "rights_extended", _("Votre demande prendra plus de temps"))


@written_for(lambda _request, person: person)
def answered(request: RightsRequest, person: "User") -> Message:
    return _letter(request, person, "rights_answered", _("Réponse à votre demande"))


@written_for(lambda _request, person: person)
def not_erased(request: RightsRequest, person: "User") -> Message:
    return _letter(request, person, "rights_not_erased", _("Rien n’a été effacé"))


def _letter(request: RightsRequest, person: "User", template: str, subject: str) -> Message:
    return compose(
        key=f"{template}:{request.pk}",
        category=Category.ACCOUNT,
        recipient=person,
        template=template,
        context={
            "first_name": person.first_name,
            "request": request,
            "kind": request.get_kind_display(),
            "url": absolute("rights:mine"),
        },
        subject=subject,
        reason=_("Vous avez demandé quelque chose sur vos renseignements personnels."),
    )
