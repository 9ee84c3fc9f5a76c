"""What follows from a table that has landed: through the contracts' inputs, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from pipeline.calendar import Calendar
from processors.contract import Layer
from processors.errors import UsageError
from processors.registry import Processor, Registry


@dataclass(frozen=True)
class Slate:
    """One date, with the tables to be computed for it, in dependency order."""

    day: date
    tables: tuple[str, ...]


def landed_table(name: str, registry: Registry) -> str:
    """As contracts call it: with or without its dataset, also with a project before it."""
    known = {
        spelling: table
        for table, contract in registry.contracts.items()
        if contract.layer is not Layer.OPS
        for spelling in (table, contract.name)
    }
    said = name.strip("`").replace(":", ".")
    parts = said.split(".")
    found = known.get(".".join(parts[1:]) if len(parts) == 3 else said)
    if found is None:
        near = get_close_matches(said, known, n=1, cutoff=0.6)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"no contract knows the table {name!r}{hint}")
    return found


def dependents(
    table: str, day: date, registry: Registry, calendar: Calendar, *, today: date
) -> tuple[Slate, ...]:
    """Of that date all that reads the table, directly or not, then of the next date with games if
    it isn't after today. All later dates are for `/reconcile`. What is predicted is asked for by
    name: an evening that isn't over would leave its grades blocked at each push."""
    landed = {(table, day)}
    slates = []
    for on in _dates(day, calendar, today):
        following = []
        for processor in registry:
            if processor.contract.layer is Layer.PREDICTIONS:
                continue
            if _reads(processor, on, landed, calendar):
                landed.add((processor.table, on))
                following.append(processor.table)
        if following:
            slates.append(Slate(on, tuple(following)))
    return tuple(slates)


def _dates(day: date, calendar: Calendar, today: date) -> Iterator[date]:
    yield day
    following = calendar.next_game_date(day)
    if following is not None and following <= today:
        yield following


def _reads(
    processor: Processor, on: date, landed: set[tuple[str, date]], calendar: Calendar
) -> bool:
    """Whether a window of its inputs, seen from that date, holds something that landed."""
    return any(
        feed.table == table
        and (feed.window is None or feed.window.first(on, calendar) <= day <= feed.window.last(on))
        for feed in processor.contract.inputs
        for table, day in landed
    )
