"""The six domains as a picture; its words and numbers stand beside it, in a list."""

import math
from collections.abc import Callable, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from courses.enums import Level
from enrollments.queries.skills import DomainRow

register = template.Library()

SIZE, CENTRE, RADIUS, LETTER = 280, 140, 108, 127
TOP = max(Level.values)


@register.simple_tag
def radar(domains: Sequence[DomainRow]) -> SafeString:
    """One axis a domain, from the centre (nothing said) to level 4. Its size never changes, so
    that its letters stay readable.
    """
    count = len(domains)
    grid = format_html_join(
        "",
        '<polygon points="{}"/>',
        ((_points([level] * count),) for level in Level.values),
    )
    letters = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        (
            (*_at(LETTER, rank, count, lift=5), each.domain.letter)
            for rank, each in enumerate(domains)
        ),
    )
    return format_html(
        '<svg class="radar" width="{0}" height="{0}" viewBox="0 0 {0} {0}" role="img"'
        ' aria-label="{1}"><g class="grid">{2}</g>'
        '<polygon class="expected" points="{3}"/><polygon class="said" points="{4}"/>'
        '<polygon class="shown" points="{5}"/><g class="letters">{6}</g></svg>',
        SIZE,
        _("Vos domaines de compétences, de A à F; les nombres sont dans la liste."),
        grid,
        _drawn(domains, lambda each: each.expected),
        _drawn(domains, lambda each: each.declared),
        _drawn(domains, lambda each: each.attested),
        letters,
    )


def _drawn(domains: Sequence[DomainRow], level: Callable[[DomainRow], float]) -> str:
    return _points([level(each) for each in domains])


def _points(levels: Sequence[float]) -> str:
    count = len(levels)
    places = (_at(RADIUS * level / TOP, rank, count) for rank, level in enumerate(levels))
    return " ".join(f"{x},{y}" for x, y in places)


def _at(distance: float, rank: int, count: int, *, lift: int = 0) -> tuple[str, str]:
    angle = 2 * math.pi * rank / count - math.pi / 2
    x, y = CENTRE + distance * math.cos(angle), CENTRE + distance * math.sin(angle) + lift
    return f"{x:.1f}", f"{y:.1f}"
