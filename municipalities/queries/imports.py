"""What each line of a list would do to the people of an organisation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from atn_platform.accounts.models import User
from atn_platform.core import french
from municipalities.enums import Decision, LineState, Public
from municipalities.models import ImportBatch, ImportLine, Mandate, Organisation
from municipalities.queries.addresses import domains_of
from municipalities.staff import columns, people
from municipalities.staff.addresses import suggested
from municipalities.staff.files import Line
from municipalities.staff.people import Entry, Flaw

Named = dict[str, list[Mandate]]
# Later lines about someone that their first line names; the list itself says the rest.
ALSO_TOLD = 3
# Lines looked at together: enough for the database, few for memory.
PART = 1_000


@dataclass(slots=True)
class Known:
    """What later lines need of the first one about a person, and no more: lists are long."""

    number: int
    name_key: str
    state: LineState
    public: str
    function: str
    user_id: int | None = None  # of an account that the import opens: known once it has


@dataclass(slots=True)
class Row:
    """A line compared with who is here; `renames` when the names of the account may follow."""

    entry: Entry
    state: LineState
    notes: list[str] = field(default_factory=list)
    user: User | None = None
    mandate: Mandate | None = None
    first: Known | None = None  # an earlier line about the same person
    known: Known | None = None  # what later lines will be told of this one
    renames: bool = False
    taken: bool = False  # its address opens the account of somebody elsewhere

    @property
    def flaws(self) -> list[Flaw]:
        return self.entry.flaws if self.state == LineState.WRONG else []

    @property
    def public(self) -> str:
        return self.entry.public or Public.STAFF

    @property
    def user_id(self) -> int | None:
        if self.user is not None:
            return self.user.pk
        return self.first.user_id if self.first else None


class _World:
    """Who is known among those whom a part of the list names, in a fixed number of queries."""

    def __init__(
        self, organisation: Organisation, entries: Sequence[Entry], on: date, newest: int
    ) -> None:
        addresses = {each.email for each in entries if each.email}
        names = {each.name_key for each in entries}
        self.accounts = User.objects.opened_by(addresses)
        mandates = Mandate.objects.from_day(on).filter(
            Q(user__in=[each.pk for each in self.accounts.values()]) | Q(user__sort_key__in=names),
            organisation=organisation,
            pk__lte=newest,
        )
        self.by_user: dict[int, list[Mandate]] = {}
        self.by_name: Named = {}
        for mandate in mandates.select_related("user").order_by("pk"):
            self.by_user.setdefault(mandate.user_id, []).append(mandate)
            self.by_name.setdefault(mandate.user.sort_key, []).append(mandate)
        gone = Mandate.objects.known().filter(
            organisation=organisation, user__sort_key__in=names, user__email__isnull=True
        )
        left = gone.exclude(user__in=list(self.by_user)).values_list("user__sort_key", flat=True)
        self.left = set(left)
        pending = organisation.invitations.pending().filter(email__in=addresses)
        self.invited = set(pending.values_list("email", flat=True))
        here = self.by_user.keys()
        elsewhere = Mandate.objects.filter(user__in=here).exclude(organisation=organisation)
        self.shared = set(elsewhere.values_list("user", flat=True))


class Comparison:
    """What each line would do on that day; nothing is written.

    Given a list part by part, in its order, so that memory does not grow with the people here
    nor with all that lines hold. Mandates that open meanwhile are not looked at: what an import
    does for its first lines must not change what it finds for the last.
    """

    def __init__(self, organisation: Organisation, *, on: date) -> None:
        self._organisation, self._on = organisation, on
        self._newest = Mandate.objects.aggregate(newest=Max("pk"))["newest"] or 0
        self._domains = domains_of(organisation, on=on)
        self._seen: dict[str, Known] = {}
        self._publics: set[tuple[str, str]] = set()
        # Later lines about the person of a line, by number.
        self.also: dict[int, list[int]] = {}

    def rows(self, entries: Sequence[Entry]) -> list[Row]:
        """The next part of the list, compared."""
        world = _World(self._organisation, entries, self._on, self._newest)
        rows = []
        for entry in entries:
            row = self._twin(entry, world) or _compared(entry, world, self._domains)
            if row.state != LineState.WRONG:
                self._remember(row)
            rows.append(row)
        return rows

    def _remember(self, row: Row) -> None:
        key, public = _key(row.entry), row.entry.public or _usual(row)
        if key not in self._seen:
            row.known = self._seen[key] = Known(
                row.entry.number, row.entry.name_key, row.state, public, row.entry.function,
                row.user_id,
            )  # fmt: skip
        self._publics.add((key, public))

    def _twin(self, entry: Entry, world: _World) -> Row | None:
        """The row of a line about someone already in the list; None when it adds to them."""
        first = self._seen.get(_key(entry))
        if first is None or entry.flaws:
            return None
        if entry.name_key.strip() and entry.name_key != first.name_key:
            message = _(
                "cette adresse est déjà à la ligne %d, pour une autre personne : "
                "laissez la case vide si elle n’en a pas à elle"
            )
            entry.flaws.append(Flaw("Courriel", message % first.number))
            return Row(entry, LineState.WRONG)
        if (_key(entry), entry.public or first.public) not in self._publics:
            return self._with_one_more(entry, first)
        is_else = bool(entry.function and first.function and entry.function != first.function)
        if is_else and not entry.email:
            return _namesake(entry, first, world)
        return self._again(entry, first, lost=entry.function if is_else else "")

    def _with_one_more(self, entry: Entry, first: Known) -> Row | None:
        """Somebody of the list, in one more public: another mandate of theirs."""
        if first.state != LineState.NEW and first.user_id:
            self._note_again(entry, first)
            return None
        row = self._again(entry, first)
        row.state = LineState.NEW if first.state == LineState.NEW else row.state
        return row

    def _again(self, entry: Entry, first: Known, *, lost: str = "") -> Row:
        """A line that adds nothing; the function that it loses is told."""
        notes = [self._note_again(entry, first)]
        if lost:
            told = _("Sa fonction « %s » n’est pas gardée : une seule pour un même public.")
            notes.append(told % lost)
        state = LineState.DOUBTFUL if first.state == LineState.DOUBTFUL else LineState.KNOWN
        return Row(entry, state, notes, first=first)

    def _note_again(self, entry: Entry, first: Known) -> str:
        later = self.also.setdefault(first.number, [])
        if len(later) < ALSO_TOLD:
            later.append(entry.number)
        return _("Même personne qu’à la ligne %d.") % first.number


def ways_to_name(organisation: Organisation) -> frozenset[str]:
    """What a column « Municipalité » may say of this organisation."""
    names = (organisation.name, organisation.official_name)
    return frozenset({*map(french.search_key, names), (organisation.code or "").upper()} - {""})


def remembered(organisation: Organisation, header: Sequence[str]) -> dict[str, int] | None:
    """The columns chosen the last time a list had this very header."""
    last = ImportBatch.objects.filter(
        organisation=organisation, header=list(header), committed_at__isnull=False
    )
    found = last.order_by("-committed_at").values_list("places", flat=True).first()
    return found or None


def _namesake(entry: Entry, first: Known, world: _World) -> Row | None:
    """Perhaps another person than that of the first line; None when who does this is here."""
    if any(each.function == entry.function for each in world.by_name.get(first.name_key, [])):
        return None
    note = _(
        "Une personne de ce nom est à la ligne %d, avec une autre fonction : "
        "est-ce quelqu’un d’autre?"
    )
    return Row(entry, LineState.DOUBTFUL, [note % first.number])


def _key(entry: Entry) -> str:
    return entry.email or f"name:{entry.name_key}"


def _usual(row: Row) -> str:
    """The public that a line means when it says none."""
    return row.mandate.public if row.mandate else Public.STAFF


def _compared(entry: Entry, world: _World, domains: frozenset[str]) -> Row:
    if entry.flaws:
        return Row(entry, LineState.WRONG)
    user = world.accounts.get(entry.email)
    if user is None:
        return _of_name(entry, world, domains)
    if user.pk in world.by_user:
        return _of_here(entry, user, world)
    note = _("Cette adresse sert déjà ailleurs : rien ne change sans l’accord de la personne.")
    return Row(entry, LineState.DOUBTFUL, [note], taken=True)


def _of_name(entry: Entry, world: _World, domains: frozenset[str]) -> Row:
    """Someone whose address has no account, or who has none: perhaps one of ours by the name."""
    if entry.email in world.invited:
        return Row(entry, LineState.KNOWN, [_("Une invitation l’attend.")])
    namesakes = {each.user for each in world.by_name.get(entry.name_key, [])}
    if not namesakes and not entry.email and entry.name_key in world.left:
        note = _(
            "Une personne de ce nom, sans courriel, a déjà été dans vos gens. Si elle revient, "
            "donnez-lui une fonction depuis ses mandats terminés."
        )
        return Row(entry, LineState.DOUBTFUL, [note])
    if not namesakes:
        meant = suggested(entry.email, domains) if entry.email else ""
        note = _("« %(typed)s » : vouliez-vous dire %(meant)s?")
        notes = [note % {"typed": entry.email, "meant": meant}] if meant else []
        if entry.delivery:
            notes = [_("%s sert à lui écrire; pour entrer, une carte.") % entry.delivery]
        return Row(entry, LineState.NEW, notes)
    if not entry.email and len(namesakes) > 1:
        # Two people without an address are told apart by what they do.
        does = world.by_name[entry.name_key]
        namesakes = {each.user for each in does if each.function == entry.function} or namesakes
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
        notes.append(_("Fonction : %s.") % entry.function)
    # Whoever has signed in, or works elsewhere too, says their name themselves.
    is_ours = user.last_login is None and user.pk not in world.shared
    if is_ours and (entry.first_name, entry.last_name) != (user.first_name, user.last_name):
        renames = True
        notes.append(_("Nom : %s.") % f"{entry.first_name} {entry.last_name}".strip())
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


def open_decisions(batch: ImportBatch, lines: Sequence[ImportLine]) -> dict[int, list[Decision]]:
    """What may be said of each doubtful line, by its number.

    Nobody is asked without an address of their own, nor gets an account by somebody's.
    """
    addresses = {line.number: said(batch, line).email for line in lines}
    taken = User.objects.opened_by(addresses.values()).keys()
    return {
        number: [
            *([Decision.ASK] if address else []),
            *([Decision.CREATE] if address not in taken else []),
        ]
        for number, address in addresses.items()
    }


def parts(batch: ImportBatch) -> Iterator[list[ImportLine]]:
    """The kept lines of a list, in its order, some at a time."""
    last = 0
    while found := list(batch.lines.filter(number__gt=last).order_by("number")[:PART]):
        yield found
        last = found[-1].number


def absent_from(batch: ImportBatch, *, on: date) -> QuerySet[Mandate]:
    """Mandates of people here whom no line names. Nothing is done to them."""
    named = batch.lines.filter(user__isnull=False).values("user")
    here = Mandate.objects.from_day(on).filter(organisation=batch.organisation_id)
    return here.exclude(user__in=named).select_related("user").order_by("user__sort_key", "pk")


def words_of(batch: ImportBatch, line: ImportLine) -> list[tuple[str, str, str]]:
    """(field, label, what the cell says) for each column that is read, in our own order."""
    return [
        (name, label, line.cells[place] if place < len(line.cells) else "")
        for name, label in columns.LABELS.items()
        if (place := batch.places.get(name)) is not None
    ]


def lines_about(user: User, organisation: Organisation) -> QuerySet[ImportLine]:
    """The lines of an organisation's lists in which this person was recognised."""
    lists = visible_batches(Organisation.objects.filter(pk=organisation.pk))
    rows = ImportLine.objects.filter(user=user, batch__in=lists)
    return rows.select_related("batch").order_by("-batch", "number")
