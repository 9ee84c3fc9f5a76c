"""Explaining a date: what each table of it stands on, what is missing first, and the repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.run import Pipeline
from pipeline.state import Item, State
from processors.registry import Registry

LOAD = "tipoff import DIR"


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One table of the date and what it reads."""

    table: str
    item: Item | None
    rows: int | None
    summary: str
    children: Sequence[Branch] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """The date as a tree, with the first thing that is missing and the command that repairs it."""

    day: date
    expectation: str
    branches: Sequence[Branch]
    first_missing: str | None
    repair: str | None


def explain(pipeline: Pipeline, day: date, tables: Sequence[str]) -> Explanation:
    """Assess every table that the asked ones stand on, as it is now."""
    with pipeline.looking():
        return _explain(pipeline, day, tables)


def _explain(pipeline: Pipeline, day: date, tables: Sequence[str]) -> Explanation:
    items = {
        processor.table: pipeline.assessor.assess(processor, day, pending={})
        for processor in pipeline.registry.upstream(tables)
    }
    first = next((item for item in items.values() if _wants(item)), None)
    expectation = pipeline.assessor.calendar.expect(day, bootstrap=False)
    return Explanation(
        day=day,
        expectation=expectation.reason,
        branches=[_branch(pipeline, items, table, day) for table in tables],
        first_missing=_first_missing(first) if first else None,
        repair=_repair(pipeline, first, day) if first else None,
    )


def _wants(item: Item) -> bool:
    return item.state not in (State.FRESH, State.NO_GAMES, State.BOOTSTRAP)


def _branch(pipeline: Pipeline, items: dict[str, Item], table: str, day: date) -> Branch:
    item = items[table]
    stored = pipeline.assessor.content.stored(pipeline.registry.contracts[table])
    children = []
    for state in item.inputs:
        mark = "" if state.present else "missing: " if state.required else "optional, missing: "
        child = items.get(state.table)
        children.append(
            Branch(
                table=state.table,
                item=child,
                rows=None,
                summary=f"{mark}{state}",
            )
        )
    return Branch(
        table=table,
        item=item,
        rows=stored[day].rows if day in stored else 0,
        summary=f"{item.state}: {item.reason}",
        children=children,
    )


def _first_missing(item: Item) -> str:
    missing = [state for state in item.inputs if state.required and not state.present]
    if missing:
        return f"{missing[0].table}: {missing[0]}"
    return f"{item.table} of {item.day}: {item.reason}"


def _repair(pipeline: Pipeline, item: Item, day: date) -> str:
    return f"load it: {LOAD}" if lacks_raw(pipeline.registry, item) else run_over(day, day)


def lacks_raw(registry: Registry, item: Item) -> bool:
    """Whether something is missing that nobody here can compute."""
    missing = [one.table for one in item.inputs if one.required and not one.present]
    return any(not registry.contracts[table].is_computed for table in missing)


def run_over(first: date, last: date) -> str:
    """The command that does what can be done."""
    return f"tipoff run --start {first} --end {last}"
