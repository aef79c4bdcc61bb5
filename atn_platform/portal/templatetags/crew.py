"""The people of one's municipality, as dots."""

from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

MOST_DOTS = 40


@register.simple_tag
@lru_cache(maxsize=512)
def crew(people: int, started: int) -> SafeString:
    """One dot a person, at most forty; filled when a course is begun."""
    dots = (("on" if rank < started else "",) for rank in range(min(people, MOST_DOTS)))
    return format_html_join("", '<i class="{}"></i>', dots)
