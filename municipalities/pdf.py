"""What a town hall prints."""

from django.template.loader import render_to_string

from atn_platform.core.pdf import drawing, qr_code, static, write
from atn_platform.notifications.emails import absolute
from municipalities.models import Poster


def poster(shown: Poster) -> bytes:
    """A letter-size page for the wall: what it is, a square to photograph, and the code."""
    address = absolute("municipalities:join", shown.code)
    facts = {
        "organisation": shown.organisation,
        "code": shown.code,
        "address": address.partition("://")[2],
        "qr_code": drawing(qr_code(address)),
        "mark": drawing((static() / "marque.svg").read_bytes()),
    }
    html = render_to_string("municipalities/joining/poster.html", facts)
    return write(html, identifier=shown.code, sheet="affiche.css")
