"""Django's `i18n` tags, which the settings put in its place: a sentence that stands in a template
is looked up once a process and a language, and not each time that it is drawn.
"""

from functools import lru_cache

from django.template import Context, Library, Node
from django.template.base import Parser, Token, Variable
from django.templatetags import i18n
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


@lru_cache(maxsize=4096)  # more than all the templates hold
def _sentence(words: str, language: str | None) -> SafeString:
    # Catalogues double the percent signs of templates.
    return SafeString(gettext(words.replace("%", "%%")).replace("%%", "%"))


class Sentence(Node):
    """`{% translate "…" %}` of a constant."""

    def __init__(self, words: str) -> None:
        self.words = words

    def render(self, context: Context) -> SafeString:
        return _sentence(self.words, get_language())


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's own when it is asked for more than to say a sentence."""
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    words = said.var.literal if isinstance(said.var, Variable) else None
    plain = not (node.noop or node.asvar or node.message_context or said.filters)
    return Sentence(words) if plain and isinstance(words, str) else node
