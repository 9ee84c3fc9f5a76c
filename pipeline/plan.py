"""The plan: what a request comes to, date by date, before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby

from pipeline.assessment import Assessor
from pipeline.calendar import Calendar, Kind
from pipeline.state import TO_COMPUTE, Item, State
from processors.errors import UsageError
from processors.names import resolve_tables
from processors.registry import Processor, Registry

LONGEST_RANGE = 10 * 366
FORCED = "asked for by force"
"""The reason of what stands and is computed again."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked: tables on dates."""

    tables: tuple[str, ...]
    days: tuple[date, ...]
    """Ascending and distinct; there may be gaps."""
    force: bool = False
    prepare: bool = True
    """Whether what the asked tables need is done first."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the asker says of it, such as a correlation id: it is kept with the run."""

    def as_json(self) -> dict[str, object]:
        """As the ledger keeps it: days in a row as one `first/last`."""
        said: dict[str, object] = {
            "tables": list(self.tables),
            "days": [
                str(first) if first == last else f"{first}/{last}"
                for first, last in _in_a_row(self.days)
            ],
            "force": self.force,
            "prepare": self.prepare,
        }
        return said | {"about": dict(self.about)} if self.about else said


def _in_a_row(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """First and last of each run of neighbouring days."""
    neighbours = groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0])
    for _, group in neighbours:
        row = [day for _, day in group]
        yield row[0], row[-1]


@dataclass(frozen=True)
class Plan:
    """A value: it can be printed, counted, priced, and then run."""

    items: Sequence[Item]

    def counts(self) -> Mapping[str, Counter[State]]:
        found: dict[str, Counter[State]] = {}
        for item in self.items:
            found.setdefault(item.table, Counter())[item.state] += 1
        return found

    @property
    def to_compute(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.state in TO_COMPUTE)

    @property
    def blocked(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.state is State.BLOCKED)


def make_request(
    registry: Registry,
    *,
    tables: Iterable[str] = (),
    start: date | None = None,
    end: date | None = None,
    days: Iterable[date] | None = None,
    force: bool = False,
    prepare: bool = True,
    about: Mapping[str, str] | None = None,
) -> Request:
    """A request that can be planned: dates or a range; no tables means all of them."""
    return Request(
        tables=resolve_tables(tables, registry) or tuple(one.table for one in registry),
        days=_asked_days(start, end, days),
        force=force,
        prepare=prepare,
        about=dict(about or {}),
    )


def _asked_days(
    start: date | None, end: date | None, days: Iterable[date] | None
) -> tuple[date, ...]:
    if days is not None:
        if start is not None or end is not None:
            raise UsageError("ask for dates or for a range from start to end, not for both")
        asked = tuple(sorted(set(days)))
        if not asked:
            raise UsageError("no date is asked for")
        start, end = asked[0], asked[-1]
    elif start is None or end is None:
        raise UsageError("ask for dates, or for a range with its start and its end")
    if end < start:
        raise UsageError(f"the range ends on {end}, before it starts on {start}")
    if (end - start).days >= LONGEST_RANGE:
        raise UsageError(f"{start} to {end} is more than ten years; ask for less at a time")
    if days is not None:
        return asked
    return tuple(start + timedelta(days=number) for number in range((end - start).days + 1))


def needed_dates(
    request: Request, registry: Registry, calendar: Calendar, *, placeholders: bool = False
) -> dict[str, list[date]]:
    """Dates by table, in dependency order: those asked, and those that they stand on; with
    placeholders, also what these stand on in the bootstrap days."""
    wanted: dict[str, set[date]] = {table: set(request.days) for table in request.tables}
    if not request.prepare:
        return {one.table: sorted(wanted[one.table]) for one in registry if one.table in wanted}
    for processor in reversed(registry.upstream(request.tables)):
        for day, read in _computed(
            processor, wanted.get(processor.table, set()), calendar, placeholders=placeholders
        ):
            for feed in (one for one in processor.contract.inputs if one.table in read):
                if feed.table in registry.processors and feed.window is not None:
                    first, last = feed.window.first(day, calendar), feed.window.last(day)
                    wanted.setdefault(feed.table, set()).update(
                        calendar.dates_with_games(first, last)
                    )
    return {one.table: sorted(wanted[one.table]) for one in registry if wanted.get(one.table)}


def _computed(
    processor: Processor, days: Iterable[date], calendar: Calendar, *, placeholders: bool
) -> Iterator[tuple[date, Collection[str]]]:
    """The dates for which a statement runs, each with the tables that this one reads."""
    held = processor.placeholders if placeholders else None
    for day in days:
        expectation = calendar.expect(day, bootstrap=processor.contract.bootstrap)
        if expectation.kind is Kind.PROCESS:
            yield day, processor.statement.reads
        elif held and expectation.wants_placeholders:
            yield day, held.reads


def make_plan(
    request: Request,
    assessor: Assessor,
    *,
    placeholders: bool = False,
    before: Iterable[Item] = (),
) -> Plan:
    """Assess every needed partition; what will be computed makes its readers wait, also where it
    is one of the earlier dates that are known already."""
    registry, calendar = assessor.registry, assessor.calendar
    asked = {(table, day) for table in request.tables for day in request.days}
    pending: dict[str, list[date]] = {}
    for item in before:
        if item.state in TO_COMPUTE:
            pending.setdefault(item.table, []).append(item.day)
    items: list[Item] = []
    needed = needed_dates(request, registry, calendar, placeholders=placeholders)
    for table, days in needed.items():
        processor = registry.processors[table]
        for day in days:
            is_asked = (table, day) in asked
            item = assessor.assess(processor, day, pending=pending, asked=is_asked)
            if request.force and is_asked and item.state is State.FRESH:
                item = forced(item)
            items.append(item)
            if item.state in TO_COMPUTE:
                pending.setdefault(table, []).append(day)
    return Plan(items)


def forced(item: Item) -> Item:
    return replace(item, state=State.STALE_CODE, reason=FORCED)
