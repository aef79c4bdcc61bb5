"""Bringing the list of municipalities up to a reading of the official registry."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from atn_platform.core import french
from atn_platform.core.exceptions import ActionError
from municipalities.enums import Change, Kind
from municipalities.models import Organisation, Region, RegistryImport, TerritorialEvent
from municipalities.registry import MrcFacts, MunicipalityFacts, Snapshot

# More than this share of codes gone in one reading is a broken file, not a wave of mergers.
VANISHED_LIMIT = 0.03
# No census division is numbered 00: those codes are fictional and the registry rules none.
FICTIONAL = "00"
LOCK = 0x41544E  # any number that only this import uses


class RegistryRefused(ActionError):
    """The file can be read but must not be applied."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a reading changes in one organisation; `fields` maps a name to (before, after)."""

    organisation: Organisation
    fields: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Comparison:
    """The list as it stands, sorted by what the reading does to it."""

    created: list[Organisation] = field(default_factory=list)
    returned: list[Difference] = field(default_factory=list)
    changed: list[Difference] = field(default_factory=list)
    unchanged: list[Organisation] = field(default_factory=list)
    vanished: list[Organisation] = field(default_factory=list)

    @property
    def appeared(self) -> list[Organisation]:
        """New codes, and codes that were inactive and are back in the file."""
        return self.created + [difference.organisation for difference in self.returned]

    def with_new(self, name: str) -> list[Difference]:
        """Changes that touch this field."""
        return [difference for difference in self.changed if name in difference.fields]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reading did, or would do."""

    snapshot: Snapshot
    mrcs: Comparison
    municipalities: Comparison


@transaction.atomic
def import_registry(
    *,
    snapshot: Snapshot,
    sha256: str,
    on: date,
    at: datetime,
    dry_run: bool = False,
    force: bool = False,
) -> Outcome:
    """Make organisations follow the reading of that day; report only, when `dry_run`.

    Nothing is deleted: a code that vanished becomes inactive and waits for its successor to be
    named. Safe to repeat: a second reading of the same file writes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    mrcs = _compare(
        existing=Organisation.objects.filter(kind=Kind.MRC, code__isnull=False),
        wanted={facts.code: _mrc_fields(facts) for facts in snapshot.mrcs},
        kind=Kind.MRC,
    )
    codes = Organisation.objects.filter(kind=Kind.MRC).values_list("pk", "code")
    places = _compare(
        existing=Organisation.objects.municipalities(),
        wanted={facts.code: _fields(facts) for facts in snapshot.municipalities},
        kind=Kind.MUNICIPALITY,
        mrc_codes={pk: str(code) for pk, code in codes},
    )
    if not force:
        _refuse_massive_loss(places)
    if not dry_run:
        _apply(Outcome(snapshot, mrcs, places), on=on, at=at)
        _remember(places, snapshot, sha256=sha256, on=on, at=at)
    return Outcome(snapshot, mrcs, places)


def _mrc_fields(facts: MrcFacts) -> dict[str, Any]:
    return {
        "name": facts.name,
        "official_name": facts.official_name,
        "region_id": facts.region,
        "inactive_on": None,
    }


def _fields(facts: MunicipalityFacts) -> dict[str, Any]:
    """Values by field; `mrc` is a code, for its row may not exist yet."""
    fields = {name: value for name, value in asdict(facts).items() if value is not None}
    del fields["code"]
    fields.pop("next_election", None)
    return fields | {"region_id": fields.pop("region"), "inactive_on": None}


def _compare(
    *,
    existing: Iterable[Organisation],
    wanted: dict[str, dict[str, Any]],
    kind: Kind,
    mrc_codes: dict[int, str] | None = None,
) -> Comparison:
    comparison = Comparison()
    known = {str(organisation.code): organisation for organisation in existing}
    for code, fields in wanted.items():
        if code not in known:
            comparison.created.append(Organisation(kind=kind, code=code, **_own(fields)))
            continue
        difference = _difference(known[code], fields, mrc_codes or {})
        if not difference.fields:
            comparison.unchanged.append(difference.organisation)
        elif "inactive_on" in difference.fields:
            comparison.returned.append(difference)
        else:
            comparison.changed.append(difference)
    comparison.vanished = [
        organisation
        for code, organisation in sorted(known.items())
        if code not in wanted
        and organisation.inactive_on is None
        and not code.startswith(FICTIONAL)
    ]
    return comparison


def _own(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "mrc"}


def _difference(
    organisation: Organisation, wanted: dict[str, Any], mrc_codes: dict[int, str]
) -> Difference:
    fields = {}
    for name, after in wanted.items():
        if name == "mrc":
            before = mrc_codes.get(organisation.mrc_id or 0, "")
        else:
            before = getattr(organisation, name)
        if before != after:
            fields[name] = (before, after)
    return Difference(organisation, fields)


def _refuse_massive_loss(places: Comparison) -> None:
    lost = len(places.vanished)
    before = lost + len(places.changed) + len(places.unchanged)
    if lost > VANISHED_LIMIT * before:
        share = french.number(100 * lost / before, 1)
        raise RegistryRefused(
            f"{lost} municipalités sur {before} ({share}{french.NBSP}%) manquent au fichier, plus "
            f"que les 3{french.NBSP}% attendus. Vérifiez le fichier, puis confirmez "
            "(--force) s’il est bon."
        )


def _apply(outcome: Outcome, *, on: date, at: datetime) -> None:
    for code, name in outcome.snapshot.regions.items():
        Region.objects.get_or_create(
            code=code, defaults={"name": name, "sort_key": french.sort_key(name)}
        )
    # Read before writing: the first list of all is a beginning, not a thousand appearances.
    places = outcome.municipalities
    is_first = not (places.changed or places.unchanged or places.vanished or places.returned)
    _write(outcome.mrcs, mrcs={}, wanted={}, on=on, at=at)
    mrcs = {str(mrc.code): mrc for mrc in Organisation.objects.filter(kind=Kind.MRC)}
    wanted = {facts.code: facts.mrc for facts in outcome.snapshot.municipalities}
    _write(places, mrcs=mrcs, wanted=wanted, on=on, at=at)
    _write_elections(
        places,
        {facts.code: facts.next_election for facts in outcome.snapshot.municipalities},
        at=at,
    )
    events = [] if is_first else _events(places, on=on)
    # One event a change and a day: a reading forced back and forth keeps the first account.
    TerritorialEvent.objects.bulk_create(events, ignore_conflicts=True)


def _write(
    comparison: Comparison,
    *,
    mrcs: dict[str, Organisation],
    wanted: dict[str, str],
    on: date,
    at: datetime,
) -> None:
    rewritten = []
    for difference in comparison.changed + comparison.returned:
        for name, (_before, after) in difference.fields.items():
            if name != "mrc":
                setattr(difference.organisation, name, after)
        rewritten.append(difference.organisation)
    for organisation in [*comparison.created, *rewritten]:
        organisation.mrc = mrcs.get(wanted.get(str(organisation.code), ""))
        organisation.set_derived()
        organisation.updated_at = at
    for organisation in comparison.vanished:
        organisation.inactive_on = on
        organisation.updated_at = at
    for difference in comparison.returned:
        difference.organisation.successor = None
    Organisation.objects.bulk_create(comparison.created, batch_size=500)
    # One upsert instead of a bulk_update, whose CASE of 17 columns takes seconds to build.
    Organisation.objects.bulk_create(
        rewritten,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=WRITTEN,
    )
    Organisation.objects.bulk_update(comparison.vanished, ["inactive_on", "updated_at"])


def _write_elections(places: Comparison, days: dict[str, date | None], *, at: datetime) -> None:
    """Follow the days of the next elections; they are no change to tell anyone."""
    known = [difference.organisation for difference in places.changed + places.returned]
    moved = []
    for place in [*places.created, *known, *places.unchanged]:
        day = days.get(str(place.code))
        if day is not None and day != place.next_election_on:
            place.next_election_on, place.updated_at = day, at
            moved.append(place)
    Organisation.objects.bulk_update(moved, ["next_election_on", "updated_at"], batch_size=500)


WRITTEN = (
    "name", "official_name", "designation", "sort_key", "search_key", "region", "mrc",
    "population", "stratum", "seats_filled", "seats_vacant", "time_zone", "official_email",
    "website", "inactive_on", "successor", "updated_at",
)  # fmt: skip


def _events(places: Comparison, *, on: date) -> list[TerritorialEvent]:
    events = [
        TerritorialEvent(organisation=place, change=Change.APPEARED, on=on, after=_facts(place))
        for place in places.appeared
    ]
    events += [
        TerritorialEvent(organisation=place, change=Change.VANISHED, on=on, before=_facts(place))
        for place in places.vanished
    ]
    for difference in places.changed:
        for change, names in KEPT_CHANGES.items():
            kept = {name: difference.fields[name] for name in names if name in difference.fields}
            if kept:
                events.append(
                    TerritorialEvent(
                        organisation=difference.organisation,
                        change=change,
                        on=on,
                        before={name: before for name, (before, _) in kept.items()},
                        after={name: after for name, (_, after) in kept.items()},
                    )
                )
    events += [
        TerritorialEvent(
            organisation=difference.organisation,
            change=Change.MEASURED,
            on=on,
            before=_figures(difference, 0),
            after=_figures(difference, 1),
        )
        for difference in places.changed + places.returned
        if not difference.fields.keys().isdisjoint(FIGURES)
    ]
    return events


KEPT_CHANGES = {
    Change.RENAMED: ("name",),
    Change.DESIGNATION: ("designation",),
    Change.MOVED: ("region_id", "mrc"),
}


# What reports of the past go on counting with.
FIGURES = ("population", "seats_filled")


def _figures(difference: Difference, side: int) -> dict[str, Any]:
    """All the figures before (0) or after (1), changed or not."""
    return {
        name: difference.fields[name][side]
        if name in difference.fields
        else getattr(difference.organisation, name)
        for name in FIGURES
    }


def _facts(place: Organisation) -> dict[str, Any]:
    return {
        "name": place.name,
        "official_name": place.official_name,
        "region_id": place.region_id,
        "population": place.population,
    }


def _remember(
    places: Comparison, snapshot: Snapshot, *, sha256: str, on: date, at: datetime
) -> None:
    last = RegistryImport.objects.order_by("-pk").first()
    if last is None or (last.sha256, last.reference_date) != (sha256, on):
        RegistryImport.objects.create(
            reference_date=on, sha256=sha256, imported_at=at, counts=counts(places, snapshot)
        )


def counts(places: Comparison, snapshot: Snapshot) -> dict[str, int]:
    """The figures of a reading, as the command prints them and the journal keeps them."""
    facts = snapshot.municipalities
    return {
        "in_scope": len(facts),
        "mrcs": len(snapshot.mrcs),
        "regions": len(snapshot.regions),
        "created": len(places.appeared),
        "changed": len(places.changed),
        "unchanged": len(places.unchanged),
        "vanished": len(places.vanished),
        "renamed": len(places.with_new("name")),
        "population_changed": len(places.with_new("population")),
        "seats_filled": sum(place.seats_filled or 0 for place in facts),
        "seats_vacant": sum(place.seats_vacant or 0 for place in facts),
        "out_of_scope": sum(snapshot.ignored.values()),
    }
