"""Filters and tags of every template (loaded as builtins, see settings)."""

import re
from datetime import date, datetime, time
from email.utils import parseaddr
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django import template
from django.conf import settings
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template import Context, Node, defaulttags
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from atn_platform.core import french, markdown, wording
from atn_platform.core.addresses import address
from atn_platform.core.notices import NOTICES

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=128)  # a page draws twenty or more, and the address is long to make
def icon(name: str) -> SafeString:
    """Draw an icon of static/icones.svg; it is decorative, so words must stand beside it."""
    return format_html(
        '<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>', static("icones.svg"), name
    )


@register.filter
def typo(text: object) -> str:
    """Authored plain text with Québec's no-break spaces."""
    return french.typography(str(text))


@register.filter
def plain(html: str) -> str:
    """Words of an authored HTML text, where tags have no place."""
    return " ".join(markdown.sentences(html))


SCROLLING = '<div class="scrollx" role="group" tabindex="0" aria-label="Tableau"><table>'


@register.filter
def lesson_html(html: str) -> SafeString:
    """Authored HTML, cleaned when it was published; its tables scroll, and the page does not."""
    scrolling = html.replace("<table>", SCROLLING).replace("</table>", "</table></div>")
    return SafeString(scrolling)


@register.filter
def long_day(value: date | datetime) -> str:
    """« 1er décembre 2026 », in the current zone."""
    return wording.day(_local(value))


@register.filter
def full_day(value: date | datetime) -> str:
    """« mardi 1er décembre 2026 », in the current zone."""
    return wording.day(_local(value), weekday=True)


@register.filter
def short_month(value: date) -> str:
    """« déc. », of a date already in the zone that matters."""
    return wording.short_month(value)


@register.filter
def hour(value: datetime | time) -> str:
    """« 13 h 30 », in the current zone."""
    return wording.hour(timezone.localtime(value) if isinstance(value, datetime) else value)


@register.filter
def duration(minutes: int) -> str:
    """« 1 h 45 » from a number of minutes."""
    return wording.duration(int(minutes))


@register.filter
def seconds(length: int) -> str:
    """« 2 min 5 s » from a number of seconds."""
    return wording.seconds(int(length))


@register.filter
def weight(size: int) -> str:
    """« 1,1 Mo » from a number of bytes."""
    return wording.weight(int(size))


@register.filter
def number(value: float) -> str:
    """« 1 913 561 »."""
    return wording.number(value)


@register.filter
def percent(share: float) -> str:
    """« 64 % » from a share of 0 to 1."""
    return wording.percent(share)


@register.filter
def of(name: object) -> str:
    """« d’Amos », « des Cèdres »: see wording.of."""
    return wording.of(name)


def _local(value: date | datetime) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) else value


class Address(Node):
    """`{% url "name" … %}` of a page of ours: found once a process for each set of values."""

    def __init__(self, name: str, args: list[FilterExpression]) -> None:
        self.name = name
        self.args = args

    def render(self, context: Context) -> str:
        found = address(self.name, *(each.resolve(context) for each in self.args))
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Django's own for the administration, whose addresses depend on the page that asks."""
    node = defaulttags.url(parser, token)
    name = node.view_name.var
    plain = not (node.view_name.filters or node.kwargs or node.asvar)
    if not plain or not isinstance(name, str) or name.startswith("admin:"):
        return node
    return Address(name, node.args)


@lru_cache(maxsize=64)
def _link(there: str, label: str, *, here: bool) -> SafeString:
    if here:
        return format_html('<a href="{}" aria-current="page">{}</a>', there, label)
    return format_html('<a href="{}">{}</a>', there, label)


@register.simple_tag
def nav_link(name: str, label: str, request: HttpRequest, apart: str = "") -> SafeString:
    """A link of the main navigation; the one that leads here is marked as the current page.

    `apart` is the start of addresses under this link that another link stands for.
    """
    there = address(name)
    here = request.path == there or (there != "/" and request.path.startswith(there))
    if apart and request.path.startswith(apart):
        here = False
    return _link(there, label, here=here)


@register.simple_tag
def language_tag() -> str:
    """« fr-CA » or « en-CA », of the page that is being written."""
    return wording.language_tag()


@register.simple_tag
def in_english() -> bool:
    return wording.in_english()


@register.simple_tag
def colon() -> str:
    """The sign between two values, with the no-break space that French puts before it."""
    return ":" if wording.in_english() else "\u00a0:"


@register.simple_tag
def kept(template_name: str, **values: object) -> SafeString:
    """`{% kept "x.html" name=value … %}`: drawn once a process for each language and values.

    The template sees these values and nothing else, so that what is kept holds nothing of the
    person who asked first. Numbers, truths, short strings, and frozen rows of these; never a
    secret or a name.
    Indentation goes: no `<pre>` inside.
    """
    return draw_once(template_name, english=wording.in_english(), **values)


@lru_cache(maxsize=2048, typed=True)  # by type too: "<b>" is not a string marked safe
def draw_once(
    template_name: str,
    *,
    english: bool,  # noqa: ARG001 -- a part of the key
    **values: object,
) -> SafeString:
    """What `kept` draws, for tags that draw many: `english` is the language of who reads."""
    return _drawn(template_name, values)


def _drawn(template_name: str, values: dict[str, Any]) -> SafeString:
    return SafeString(re.sub(r"\s*\n\s*", "\n", render_to_string(template_name, values)))


# Stand in the frame of pages, which is kept, for what is each reader's: no text holds a null.
TOKEN, NAME, INITIALS, NEXT = (SafeString(f"\0{sign}") for sign in "tnia")
# What the top of a page looks at.
ROLES = (
    "is_authenticated", "owes_second_factor", "is_responsible", "accompanies", "reads_reports",
    "is_staff",
)  # fmt: skip


@register.simple_tag
def page_top(user: Any, request: HttpRequest, csrf_token: str) -> SafeString:
    """Kept for each address and each set of roles; the name is written in it afterwards."""
    roles = tuple(bool(getattr(user, name, False)) for name in ROLES)
    own = {TOKEN: csrf_token, NAME: user, INITIALS: getattr(user, "initials", "")}
    return _with(own, _top(request.path, roles, english=wording.in_english()))


@lru_cache(maxsize=512)
def _top(
    path: str,
    roles: tuple[bool, ...],
    *,
    english: bool,  # noqa: ARG001 -- a part of the key
) -> SafeString:
    user = {**dict(zip(ROLES, roles, strict=True)), "initials": INITIALS}
    values = {"user": user, "name": NAME, "request": SimpleNamespace(path=path)}
    return _drawn("components/header.html", values | {"csrf_token": TOKEN})


@register.simple_tag
def page_end(user: Any, request: HttpRequest, csrf_token: str, light_mode: bool) -> SafeString:
    """Likewise, once for all pages."""
    owes = getattr(user, "owes_second_factor", False)
    around = kept(
        "components/footer.html",
        signed_in=bool(user.is_authenticated and not owes),
        light_mode=bool(light_mode),
        csrf_token=TOKEN,
        next=NEXT,
    )
    return _with({TOKEN: csrf_token, NEXT: request.get_full_path()}, around)


def _with(own: dict[SafeString, Any], words: SafeString) -> SafeString:
    for sign, value in own.items():
        words = SafeString(words.replace(sign, conditional_escape(str(value))))
    return words


@register.simple_tag
def notice(key: str) -> SafeString:
    """What becomes of the data that a form takes, in the words of today."""
    contact = parseaddr(settings.REPLY_TO_EMAIL)[1]
    return kept("components/notice.html", notice=NOTICES[key][-1], contact=contact)


@register.simple_tag
def attributes(values: dict[str, Any]) -> SafeString:
    """Those of a field, as HTML writes them."""
    return flatatt({name: value for name, value in values.items() if value is not False})
