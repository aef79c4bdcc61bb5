"""Names of people, as they are kept whichever page, list or identity provider they came by."""

import re
import unicodedata
from typing import Any

from django.db import models

# Line ends and other controls; marks that change the direction of what follows, or show nothing.
# Joiners stay: some scripts are spelt with them.
UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Mail programs make a link of a scheme, of an address, and of any two words joined by a point.
SCHEME = re.compile(r"\b\w+:/+", re.IGNORECASE)
JOINED = re.compile(r"(?<=\w)\.(?=\w)")


def plain_name(typed: str) -> str:
    """Composed letters and single spaces; nothing unseen, nothing that a letter makes a link of.

    « J.Tremblay » becomes « J. Tremblay », which is how it is written.
    """
    name = CONTROLS.sub(" ", UNSEEN.sub("", unicodedata.normalize("NFC", typed)))
    name = JOINED.sub(". ", SCHEME.sub(" ", name).replace("@", " "))
    return " ".join(name.split())


class NameField(models.CharField):
    """A part of somebody's name: letters greet people by it, so it is made plain at each write."""

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """The column is a plain one: migrations need not know who tidies what goes in."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        kept = super().get_prep_value(value)
        return plain_name(kept)[: self.max_length] if isinstance(kept, str) else kept

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The row in hand says what was kept: the letter is written from it."""
        kept = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, kept)
        return kept
