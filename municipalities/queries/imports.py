"""What each line of a list would do to the people of an organisation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from atn_platform.accounts.models import Card, User
from atn_platform.core import french
from atn_platform.notifications.models import OutgoingEmail
from municipalities.enums import LineState, Public
from municipalities.models import ImportBatch, ImportLine, Mandate, Organisation
from municipalities.staff import columns, people
from municipalities.staff.addresses import domains, suggested
from municipalities.staff.files import Line
from municipalities.staff.people import Entry, Flaw

Named = dict[str, list[Mandate]]


@dataclass(slots=True)
class Row:
    """A line compared with who is here; `renames` when the names of the account may follow."""

    entry: Entry
    state: LineState
    notes: list[str] = field(default_factory=list)
    user: User | None = None
    mandate: Mandate | None = None
    first: "Row | None" = None  # an earlier line about the same new person
    renames: bool = False

    @property
    def flaws(self) -> list[Flaw]:
        return self.entry.flaws if self.state == LineState.WRONG else []

    @property
    def public(self) -> str:
        return self.entry.public or Public.STAFF


class _World:
    """Who is known, read in three queries whatever the number of lines."""

    def __init__(self, organisation: Organisation, entries: Sequence[Entry], on: date) -> None:
        addresses = {each.email for each in entries if each.email}
        self.accounts = {user.email: user for user in User.objects.filter(email__in=addresses)}
        mandates = Mandate.objects.from_day(on).filter(organisation=organisation)
        self.by_user: dict[int, list[Mandate]] = {}
        self.by_name: Named = {}
        for mandate in mandates.select_related("user").order_by("pk"):
            self.by_user.setdefault(mandate.user_id, []).append(mandate)
            self.by_name.setdefault(mandate.user.sort_key, []).append(mandate)
        pending = organisation.invitations.pending().filter(email__in=addresses)
        self.invited = set(pending.values_list("email", flat=True))
        here = self.by_user.keys()
        elsewhere = Mandate.objects.filter(user__in=here).exclude(organisation=organisation)
        self.shared = set(elsewhere.values_list("user", flat=True))
        here_too = [held[0].user.email for held in self.by_user.values()]
        self.domains = domains([*here_too, organisation.official_email])


def ways_to_name(organisation: Organisation) -> frozenset[str]:
    """What a column « Municipalité » may say of this organisation."""
    names = (organisation.name, organisation.official_name)
    return frozenset({*map(french.search_key, names), (organisation.code or "").upper()} - {""})


def compare(organisation: Organisation, entries: Sequence[Entry], *, on: date) -> list[Row]:
    """What each line would do on that day, in the order of the list; nothing is written."""
    world = _World(organisation, entries, on)
    rows: list[Row] = []
    seen: dict[str, Row] = {}
    publics: set[tuple[str, str]] = set()
    for entry in entries:
        row = _twin(entry, seen, publics) or _compared(entry, world)
        if row.state != LineState.WRONG:
            seen.setdefault(_key(entry), row)
            publics.add((_key(entry), entry.public or _usual(row)))
        rows.append(row)
    return rows


def remembered(organisation: Organisation, header: Sequence[str]) -> dict[str, int] | None:
    """The columns chosen the last time a list had this very header."""
    last = ImportBatch.objects.filter(
        organisation=organisation, header=list(header), committed_at__isnull=False
    )
    found = last.order_by("-committed_at").values_list("places", flat=True).first()
    return found or None


def _key(entry: Entry) -> str:
    return entry.email or f"name:{entry.name_key}"


def _usual(row: Row) -> str:
    """The public that a line means when it says none."""
    return row.mandate.public if row.mandate else Public.STAFF


def _twin(entry: Entry, seen: dict[str, Row], publics: set[tuple[str, str]]) -> Row | None:
    """The row of a line about someone already in the list; None when it adds to them."""
    first = seen.get(_key(entry))
    if first is None or entry.flaws:
        return None
    line = first.entry.number
    if entry.name_key.strip() and entry.name_key != first.entry.name_key:
        message = _(
            "cette adresse est déjà à la ligne %d, pour une autre personne : "
            "laissez la case vide si elle n’en a pas à elle"
        )
        entry.flaws.append(Flaw("Courriel", message % line))
        return Row(entry, LineState.WRONG)
    first.notes.append(_("Aussi à la ligne %d.") % entry.number)
    note = _("Même personne qu’à la ligne %d.") % line
    adds = (_key(entry), entry.public or _usual(first)) not in publics
    if first.state == LineState.NEW and adds:
        return Row(entry, LineState.NEW, [note], first=first)
    if first.user and adds:
        return None
    state = LineState.DOUBTFUL if first.state == LineState.DOUBTFUL else LineState.KNOWN
    return Row(entry, state, [note], user=first.user, first=first)


def _compared(entry: Entry, world: _World) -> Row:
    if entry.flaws:
        return Row(entry, LineState.WRONG)
    user = world.accounts.get(entry.email)
    if user is None:
        return _of_name(entry, world)
    if user.pk in world.by_user:
        return _of_here(entry, user, world)
    note = _("Cette adresse sert déjà ailleurs : rien ne change sans l’accord de la personne.")
    return Row(entry, LineState.DOUBTFUL, [note])


def _of_name(entry: Entry, world: _World) -> Row:
    """Someone whose address has no account, or who has none: perhaps one of ours by the name."""
    if entry.email in world.invited:
        return Row(entry, LineState.KNOWN, [_("Une invitation l’attend.")])
    namesakes = {each.user for each in world.by_name.get(entry.name_key, [])}
    if not namesakes:
        meant = suggested(entry.email, world.domains) if entry.email else ""
        note = _("« %(typed)s » : vouliez-vous dire %(meant)s?")
        notes = [note % {"typed": entry.email, "meant": meant}] if meant else []
        return Row(entry, LineState.NEW, notes)
    if not entry.email and len(namesakes) == 1:
        return _of_here(entry, namesakes.pop(), world)
    note = _("Une personne de ce nom est déjà dans vos gens, à une autre adresse.")
    return Row(entry, LineState.DOUBTFUL, [note])


def _of_here(entry: Entry, user: User, world: _World) -> Row:
    """Someone of ours: a new function or public, a name to mend, or nothing."""
    mandates = world.by_user[user.pk]
    same = [each for each in mandates if entry.public in ("", each.public)]
    if not same:
        return Row(entry, LineState.CHANGED, [_("Un rôle de plus.")], user=user)
    mandate, notes, renames = same[0], [], False
    if entry.function and entry.function != mandate.function:
        notes.append(_("Fonction : %s.") % entry.function)
    # Whoever has signed in, or works elsewhere too, says their name themselves.
    is_ours = user.last_login is None and user.pk not in world.shared
    if is_ours and (entry.first_name, entry.last_name) != (user.first_name, user.last_name):
        renames = True
        notes.append(_("Nom : %s.") % f"{entry.first_name} {entry.last_name}".strip())
    state = LineState.CHANGED if notes else LineState.KNOWN
    if not renames and entry.name_key != user.sort_key:
        notes.append(_("Le nom diffère; celui que la personne a choisi reste."))
    return Row(entry, state, notes, user=user, mandate=mandate, renames=renames)


def visible_batches(organisations: QuerySet[Organisation]) -> QuerySet[ImportBatch]:
    """Lists handed in for these organisations, the latest first."""
    batches = ImportBatch.objects.filter(organisation__in=organisations)
    return batches.select_related("organisation", "by").order_by("-received_at", "-pk")


def counts(batch: ImportBatch) -> dict[str, int]:
    """Lines of a list by what they do; every state is there, and `rows`."""
    found = dict(
        batch.lines.order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
        .values_list("state", "count")
    )
    return {state.value: found.get(state, 0) for state in LineState} | {
        "rows": sum(found.values())
    }


def said(batch: ImportBatch, line: ImportLine) -> Entry:
    """The person that a kept line names, its columns read as the list says."""
    found = columns.placed(Line(batch.header_line, tuple(batch.header)), batch.places)
    return people.understand(Line(line.number, tuple(line.cells)), found, frozenset())


def kept_if_undone(batch: ImportBatch) -> int:
    """How many people whom the import made would stay: someone has built on them since."""
    lines = list(batch.lines.exclude(done={}).select_related("user", "mandate"))
    kept = kept_lines(batch, lines)
    return len({line.user_id for line in lines if line.pk in kept})


def kept_lines(batch: ImportBatch, lines: Sequence[ImportLine]) -> set[int]:
    """Keys of lines whose account or mandate must stay when the import is taken back.

    The person has signed in; or any table of any app refers to what the line made; or the
    mandate no longer says what the line wrote. All the lines of such a person stay.
    """
    made = [line for line in lines if {"user", "mandate"} & line.done.keys() and line.user]
    mandates = [line.mandate_id for line in made if line.mandate_id and "mandate" in line.done]
    users = [line.user_id for line in made if line.user_id and "user" in line.done]
    held_mandates = _held(Mandate, mandates)
    held_users = _held(User, users, aside=mandates)
    stay = set(held_users)
    for line in made:
        edited = line.mandate and line.mandate.function != said(batch, line).function
        signed_in = line.user and line.user.last_login is not None
        if line.mandate_id in held_mandates or signed_in or ("mandate" in line.done and edited):
            stay.add(line.user_id or 0)
    return {line.pk for line in made if line.user_id in stay}


def _held(
    model: type[Mandate] | type[User], keys: Sequence[int], aside: Sequence[int] = ()
) -> set[int]:
    """Those of these rows to which another row refers.

    Letters, cards that nobody used and lines of lists do not count.
    """
    held: set[int] = set()
    for relation in model._meta.related_objects:
        other = relation.related_model
        if other in (Card, ImportLine, OutgoingEmail):
            continue
        name = relation.field.name
        # Every model has one, under that name, whatever its own manager hides.
        rows = other._base_manager.filter(**{f"{name}__in": keys})  # noqa: SLF001
        if other is Mandate:
            rows = rows.exclude(pk__in=aside)
        held.update(rows.values_list(name, flat=True))
    return held


def absent_from(batch: ImportBatch, *, on: date) -> QuerySet[Mandate]:
    """Mandates of people here whom no line names. Nothing is done to them."""
    named = batch.lines.filter(user__isnull=False).values("user")
    here = Mandate.objects.from_day(on).filter(organisation=batch.organisation_id)
    return here.exclude(user__in=named).select_related("user").order_by("user__sort_key", "pk")
