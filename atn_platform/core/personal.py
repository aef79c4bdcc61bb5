"""The words in which each app says what it holds on people; see any `privacy.py`.

Act A-2.1, articles 63.5 and 65: for each field that speaks of a person, what it is, why and how
long we hold it, who sees it. A test walks every model and refuses a field that nobody declared.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
# A path of relations to the person ("enrollment__learner"), or what finds the person's rows.
Finder = str | Callable[[Any], Q]


class Kind(models.TextChoices):
    """What a field says of a person."""

    IDENTITY = "identity", _("identité")
    CONTACT = "contact", _("coordonnées")
    FUNCTION = "function", _("fonction et organisation")
    TRAINING = "training", _("formation suivie")
    RESULT = "result", _("réponses et résultats")
    NEED = "need", _("besoin d’adaptation")
    CHOICE = "choice", _("choix et consentements")
    MESSAGE = "message", _("messages reçus")
    ACT = "act", _("gestes posés")
    # Never handed out, even to the person: it would open the account.
    SECRET = "secret", _("secret de connexion")


class Reader(models.TextChoices):
    """Whose screens show a field; each is held by the walk of tests/access."""

    SELF = "self", _("la personne")
    RESPONSIBLE = "responsible", _("les responsables de son organisation")
    GIVER = "giver", _("qui anime la rencontre")
    TRAINER = "trainer", _("qui répond aux questions et aux demandes de révision")
    LEARNERS = "learners", _("les personnes qui peuvent s’inscrire")
    COORDINATOR = "coordinator", _("la coordination à l’UMQ")
    ATN = "atn", _("l’administration d’ATN")
    BEARER = "bearer", _("qui détient le code de l’attestation")


class Retention(Enum):
    """How long, in months after the last use of the row; proposals for the archivist."""

    ACCOUNT = 36, _("36 mois après la dernière activité du compte")
    TRAINING = 84, _("7 ans après la fin de la formation")
    # Who answers for what was followed is read from these rows, as long as they are proven.
    FOLLOWED = (
        84,
        _("7 ans après la fin de la formation; avec une attestation, aussi longtemps qu’elle"),
    )
    ANSWERS = 24, _("24 mois après la fin de la formation, puis seul le résultat reste")
    PROOF = None, _("sans fin : une attestation se vérifie des années plus tard")
    COACHING = 24, _("24 mois après le rendez-vous ou la note")
    DECLARED = 84, _("7 ans après la déclaration")
    SLOTS = 84, _("7 ans après le moment offert")
    MESSAGES = 13, _("13 mois après l’envoi")
    TRACES = 12, _("12 mois")
    CONSENTS = 60, _("la vie du compte, puis 5 ans")
    RIGHTS = 60, _("5 ans après la réponse")
    REGISTER = None, _("5 ans au moins après la prise de connaissance de l’incident")
    REQUESTS = 24, _("24 mois après la réponse")
    DRAFTS = 24, _("24 mois après l’enregistrement, et trente par élément au plus")
    IMPORTS = 24, _("24 mois après l’importation")
    DUTIES = 84, _("7 ans après la fin du mandat, ou après le retrait")
    LISTS = 1, _("30 jours après l’importation, le temps de pouvoir l’annuler")
    SESSION = 1, _("jusqu’à la déconnexion, 30 jours au plus")

    def __init__(self, months: int | None, label: Words) -> None:
        self.months = months
        self.label = label


@dataclass(frozen=True, slots=True)
class About:
    """Some fields of a table, and the one person of whom they speak.

    The same row may speak of two people (whoever holds a seat, whoever took the attendance):
    then it has two of these, and neither person's export shows the other.
    """

    of: Finder
    fields: str
    kind: Kind
    purpose: Words
    keep: Retention
    seen: tuple[Reader, ...] = (Reader.SELF, Reader.ATN)

    @property
    def names(self) -> list[str]:
        return self.fields.split()


@dataclass(frozen=True, slots=True)
class Table:
    """One model: the fields that speak of somebody, then those that speak of nobody."""

    model: type[models.Model]
    about: tuple[About, ...] = ()
    # Names separated by spaces; "*" for a table that speaks of nobody at all.
    plain: str = ""
    # What an erasure leaves of the person's rows, and why; nothing said: they are deleted.
    stays: Words = ""
    # What to call it, where a library's own name says little, or says it in English.
    named: Words = ""

    @property
    def title(self) -> str:
        return str(self.named or self.model._meta.verbose_name_plural)


def nobody(*tables: type[models.Model]) -> list[Table]:
    """Tables that speak of nobody: places, courses, counters."""
    return [Table(model, plain="*") for model in tables]


@dataclass(frozen=True, slots=True)
class Section:
    """What one table says of one person. Cells are JSON values, in the order of `columns`."""

    name: str
    title: str
    purposes: list[str]
    kept: list[str]
    columns: list[tuple[str, str]]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """What an app holds on a person: `export(user)` of its privacy.py."""

    sections: list[Section]
    files: Sequence[File] = ()


def export(tables: Iterable[Table], user: models.Model) -> Export:
    """The person's rows of these tables, through the declared fields and no other."""
    return Export([section for table in tables for section in _sections(table, user)])


def erase(tables: Iterable[Table], user: models.Model) -> Counter[str]:
    """Delete the person's rows of these tables, unless they stay; how many, by table.

    What somebody did (who invited whom) goes with the row of the other person, not before: it
    leads to an account that has no name any more.
    """
    gone: Counter[str] = Counter()
    for table in tables:
        if table.stays:
            continue
        for about in table.about:
            if about.kind != Kind.ACT:
                found = [row.pk for row in rows_of(table, about.of, user)]
                rows = table.model._base_manager.filter(pk__in=found)  # noqa: SLF001 -- as below
                gone[table.title] += rows.delete()[0] and len(found)
    return +gone


def blank(table: Table, user: models.Model, *kinds: Kind) -> int:
    """Empty the fields of these kinds in the person's rows; how many rows."""
    emptied = 0
    for about in table.about:
        if about.kind in kinds:
            values = blanks(table.model, about.names)
            emptied = max(emptied, rows_of(table, about.of, user).order_by().update(**values))
    return emptied


def blanks(model: type[models.Model], names: Iterable[str]) -> dict[str, str | None]:
    """What these fields hold once they are emptied."""
    fields = [model._meta.get_field(name) for name in names]
    return {field.name: None if field.null else "" for field in fields}


def rows_of(table: Table, of: Finder, user: models.Model) -> models.QuerySet[Any]:
    """The rows of a table that speak of this person, in the order in which they were written."""
    condition = Q(**{of: user.pk}) if isinstance(of, str) else of(user)
    # Every model has this manager, whatever its own one hides.
    rows = table.model._base_manager.filter(condition)  # noqa: SLF001
    return rows.order_by("pk").distinct()


def _sections(table: Table, user: models.Model) -> Iterator[Section]:
    finders: dict[Finder, list[About]] = {}
    for about in table.about:
        finders.setdefault(about.of, []).append(about)
    for of, abouts in finders.items():
        secret = {name for each in abouts if each.kind == Kind.SECRET for name in each.names}
        fields = [table.model._meta.get_field(name) for each in abouts for name in each.names]
        # Bytes are no cell: they leave as files.
        fields = [field for field in fields if not isinstance(field, models.BinaryField)]
        links = [field.name for field in fields if isinstance(field, models.ForeignKey)]
        rows = rows_of(table, of, user)
        yield Section(
            name=table.model._meta.label,
            title=table.title,
            purposes=_once(each.purpose for each in abouts),
            kept=_once(each.keep.label for each in abouts),
            columns=[(field.name, str(getattr(field, "verbose_name", ""))) for field in fields],
            rows=[
                [_cell(row, field, hidden=field.name in secret) for field in fields]
                for row in (rows.select_related(*links) if links else rows)
            ],
        )


def _once(words: Iterable[Words]) -> list[str]:
    return list(dict.fromkeys(map(str, words)))


def _cell(row: models.Model, field: Any, *, hidden: bool) -> Any:
    """A JSON value: links and choices by their name, moments in ISO 8601."""
    value = getattr(row, field.name)
    if value is None or value == "":
        return None
    if hidden:
        return str(_("(gardé secret)"))
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(field, models.JSONField | models.BooleanField | models.IntegerField):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
