"""What a town hall prints: in French, whoever prints it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.http import urlencode
from django.utils.translation import override

from atn_platform.accounts.actions import PrintedCard
from atn_platform.accounts.models import User
from atn_platform.core import codes, wording
from atn_platform.core.drawings import qr_code
from atn_platform.core.pdf import write
from atn_platform.notifications.emails import absolute
from municipalities.models import DeclaredTraining, Organisation, Poster
from municipalities.queries.duties import CouncilRow

CARDS_A_PAGE = 6
# A longer name takes more than the two lines that a card keeps for it.
LONG_NAME = 50
PAPER = "papier.css"


@override(wording.FRENCH)
def poster(shown: Poster) -> bytes:
    """A letter-size page for the wall: what it is, a square to photograph, and the code."""
    address = absolute("municipalities:join", shown.code)
    facts = {
        "organisation": shown.organisation,
        "code": shown.code,
        "address": address.partition("://")[2],
    }
    html = render_to_string("municipalities/joining/poster.html", facts)
    return write(
        html, identifier=shown.code, sheet="affiche.css", drawings={"code": qr_code(address)}
    )


@override(wording.FRENCH)
def cards(
    made: Sequence[PrintedCard],
    organisation: Organisation,
    *,
    printing: UUID,
    by: User,
    phone: str,
) -> bytes:
    """Letter pages of six cards, to cut along the lines and give by hand."""
    address = absolute("accounts:card")
    facts = [
        {
            "person": str(each.card.user),
            "is_long": len(str(each.card.user)) > LONG_NAME,
            "handle": each.card.user.handle,
            "code": codes.spelled(each.code),
            "expires_at": each.card.expires_at,
        }
        for each in made
    ]
    codes_drawn = {
        handle: qr_code(f"{address}?{urlencode({'identifiant': handle})}")
        for handle in (str(each.card.user.handle) for each in made)
    }
    context = {
        "organisation": organisation,
        "pages": [
            facts[rank : rank + CARDS_A_PAGE] for rank in range(0, len(facts), CARDS_A_PAGE)
        ],
        "address": address.partition("://")[2],
        "contact": str(by),
        "phone": phone,
    }
    html = render_to_string("municipalities/cards/sheet.html", context)
    return write(html, identifier=printing.hex, sheet="cartes.css", drawings=codes_drawn)


@override(wording.FRENCH)
def declaration(training: DeclaredTraining) -> bytes:
    """« Déclaration de participation à une formation », for the clerk, to sign."""
    html = render_to_string("municipalities/duties/declaration_pdf.html", {"training": training})
    return write(html, identifier=f"declaration-{training.pk}", sheet=PAPER)


@override(wording.FRENCH)
def training_list(organisation: Organisation, rows: list[CouncilRow], *, on: date) -> bytes:
    """The public list of the trainings of a council, as the law asks of the municipality."""
    facts = {"organisation": organisation, "rows": rows, "on": on}
    html = render_to_string("municipalities/duties/list_pdf.html", facts)
    return write(html, identifier=f"formations-{organisation.handle}-{on:%Y%m%d}", sheet=PAPER)
