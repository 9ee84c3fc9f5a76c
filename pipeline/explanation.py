"""Explaining a date: what each table of it stands on, what is missing first, and the repair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.assessment import Assessor
from pipeline.calendar import Calendar, Kind
from pipeline.clock import today
from pipeline.outcome import InputState
from pipeline.run import Pipeline
from pipeline.state import Item, State
from pipeline.told import LatestOutcome, latest_outcomes
from pipeline.word import word_of
from processors.contract import Input
from processors.registry import Registry

LOAD = "tipoff import DIR"


@dataclass(frozen=True, kw_only=True)
class Read:
    """A table as one that another reads: which dates of it, and how much of them is there."""

    state: InputState
    window: str
    """As the contract has it; empty for a table without dates."""
    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One table of the date and what it reads."""

    table: str
    item: Item | None
    rows: int | None
    summary: str
    word: str | None = None
    """What it is shown as."""
    read: Read | None = None
    """Where it stands under a table that reads it."""
    latest: LatestOutcome | None = None
    """What the ledger said last of the table's date; under another table it isn't repeated."""
    children: Sequence[Branch] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Around:
    """Where the date stands in the calendar."""

    season: str | None
    season_day: int | None
    games: int
    games_over: int
    bootstrap: str | None
    """Why the precompute tables leave the date out, where they do."""
    is_coming: bool
    """After today, with no game over: what is missing is not late."""
    previous: date | None
    next: date | None
    """The nearest dates with games."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The date as a tree, with the first thing that is missing and the command that repairs it."""

    day: date
    expectation: str
    around: Around
    branches: Sequence[Branch]
    first_missing: str | None
    repair: str | None


def explain(pipeline: Pipeline, day: date, tables: Sequence[str]) -> Explanation:
    """Assess every table that the asked ones stand on, as it is now."""
    latest = latest_outcomes(pipeline.warehouse, day)
    with pipeline.looking() as known:
        return _explain(known, day, tables, latest)


def _explain(
    known: Assessor, day: date, tables: Sequence[str], latest: Mapping[str, LatestOutcome]
) -> Explanation:
    items = {
        processor.table: known.assess(processor, day, pending={})
        for processor in known.registry.upstream(tables)
    }
    first = next((item for item in items.values() if _wants(item)), None)
    expectation = known.calendar.expect(day, bootstrap=False)
    around = _around(known.calendar, day)
    words = {
        table: word_of(
            item,
            is_coming=around.is_coming,
            last=latest[table].status if table in latest else None,
        )
        for table, item in items.items()
    }
    return Explanation(
        day=day,
        expectation=expectation.reason,
        around=around,
        branches=[_branch(known, items, words, table, day, latest.get(table)) for table in tables],
        first_missing=_first_missing(first) if first else None,
        repair=_repair(known.registry, first, day) if first else None,
    )


def _wants(item: Item) -> bool:
    return item.state not in (State.FRESH, State.NO_GAMES, State.BOOTSTRAP)


def _around(calendar: Calendar, day: date) -> Around:
    expectation = calendar.expect(day, bootstrap=True)
    season, final = calendar.season_of(day), calendar.final_on(day)
    is_within = season is not None and expectation.season_day is not None
    return Around(
        season=season.label if season and is_within else None,
        season_day=expectation.season_day,
        games=expectation.games,
        games_over=final,
        bootstrap=expectation.reason if expectation.kind is Kind.BOOTSTRAP else None,
        is_coming=day > today() and not final,
        previous=calendar.previous_game_date(day),
        next=calendar.next_game_date(day),
    )


def _branch(
    known: Assessor,
    items: Mapping[str, Item],
    words: Mapping[str, str],
    table: str,
    day: date,
    latest: LatestOutcome | None,
) -> Branch:
    item, contract = items[table], known.registry.contracts[table]
    stored = known.content.stored(contract)
    feeds = {feed.table: feed for feed in contract.inputs}
    children = []
    for state in item.inputs:
        mark = "" if state.present else "missing: " if state.required else "optional, missing: "
        children.append(
            Branch(
                table=state.table,
                item=items.get(state.table),
                rows=None,
                summary=f"{mark}{state}",
                word=words.get(state.table),
                read=_read(known.calendar, feeds[state.table], state, day),
            )
        )
    return Branch(
        table=table,
        item=item,
        rows=stored[day].rows if day in stored else 0,
        summary=f"{item.state}: {item.reason}",
        word=words[table],
        latest=latest,
        children=children,
    )


def _read(calendar: Calendar, feed: Input, state: InputState, day: date) -> Read:
    window = feed.window
    return Read(
        state=state,
        window=str(window) if window else "",
        first=window.first(day, calendar) if window else None,
        last=window.last(day) if window else None,
    )


def _first_missing(item: Item) -> str:
    missing = [state for state in item.inputs if state.required and not state.present]
    if missing:
        return f"{missing[0].table}: {missing[0]}"
    return f"{item.table} of {item.day}: {item.reason}"


def _repair(registry: Registry, item: Item, day: date) -> str:
    return f"load it: {LOAD}" if lacks_raw(registry, item) else run_over(day, day)


def lacks_raw(registry: Registry, item: Item) -> bool:
    """Whether something is missing that nobody here can compute."""
    missing = [one.table for one in item.inputs if one.required and not one.present]
    return any(not registry.contracts[table].is_computed for table in missing)


def run_over(first: date, last: date) -> str:
    """The command that does what can be done."""
    return f"tipoff run --start {first} --end {last}"
