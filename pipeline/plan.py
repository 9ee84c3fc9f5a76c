"""The plan: what a request comes to, date by date, before anything is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from pipeline.assessment import Assessor
from pipeline.calendar import Calendar, Kind
from pipeline.state import TO_COMPUTE, Item, State
from processors.errors import UsageError
from processors.registry import Processor, Registry

LONGEST_RANGE = 10 * 366


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked: tables over a range of dates."""

    tables: tuple[str, ...]
    start: date
    end: date
    force: bool = False
    prepare: bool = True
    """Whether what the asked tables need is done first."""

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(
            self.start + timedelta(days=offset)
            for offset in range((self.end - self.start).days + 1)
        )

    def as_json(self) -> dict[str, object]:
        return {
            "tables": list(self.tables),
            "start": str(self.start),
            "end": str(self.end),
            "force": self.force,
        }


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


def resolve_tables(names: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """Table names, with or without the dataset, in dependency order; a stranger is refused."""
    known = {one.contract.name: one.table for one in registry}
    known.update({one.table: one.table for one in registry})
    wanted = set()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"no computed table is called {name!r}{hint}", name=name)
        wanted.add(known[name])
    return tuple(one.table for one in registry if one.table in wanted)


def make_request(
    registry: Registry,
    *,
    tables: Iterable[str] = (),
    start: date,
    end: date,
    force: bool = False,
    prepare: bool = True,
) -> Request:
    """A request that can be planned: no tables means all of them."""
    if end < start:
        raise UsageError(f"the range ends on {end}, before it starts on {start}")
    if (end - start).days >= LONGEST_RANGE:
        raise UsageError(f"{start} to {end} is more than ten years; ask for less at a time")
    named = resolve_tables(tables, registry) or tuple(one.table for one in registry)
    return Request(tables=named, start=start, end=end, force=force, prepare=prepare)


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


def make_plan(request: Request, assessor: Assessor, *, placeholders: bool = False) -> Plan:
    """Assess every needed partition; what will be computed makes its readers wait."""
    registry, calendar = assessor.registry, assessor.calendar
    asked = {(table, day) for table in request.tables for day in request.days}
    pending: dict[str, list[date]] = {}
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
    return replace(item, state=State.STALE_CODE, reason="asked for by force")
