"""Coverage: of each table and season, how much stands, against how much can stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from pipeline.audit.verdict import AuditKind, Word, counted, standing
from pipeline.calendar import Season
from pipeline.plan import Plan, Request, make_plan
from pipeline.run import Pipeline
from pipeline.state import Item, State


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Dates in a row that do not stand, for one reason."""

    table: str
    first: date
    last: date
    dates: int
    state: State
    reason: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """One table in one season."""

    table: str
    season: str
    achievable: int
    standing: int
    bootstrap: int
    rows: int
    states: Mapping[State, int]
    gaps: Sequence[Gap] = field(default=())
    blind: Mapping[Word, int] = field(default_factory=dict)
    """Dates by what the latest audit of blindness said of the rows that stand there now."""

    @property
    def share(self) -> float | None:
        return self.standing / self.achievable if self.achievable else None


def read_coverage(pipeline: Pipeline, tables: Sequence[str]) -> list[Coverage]:
    """Every season that the schedule knows, whole."""
    stored = {
        table: pipeline.assessor.content.stored(pipeline.registry.contracts[table])
        for table in tables
    }
    words = standing(pipeline.warehouse, AuditKind.BLINDNESS, stored)
    found = []
    for season in pipeline.assessor.calendar.seasons:
        request = Request(tables=tuple(tables), start=season.start, end=season.last, prepare=False)
        plan = make_plan(request, pipeline.assessor)
        found += [_of(pipeline, table, season, plan, words.get(table, {})) for table in tables]
    return found


def _of(
    pipeline: Pipeline, table: str, season: Season, plan: Plan, words: Mapping[date, Word]
) -> Coverage:
    items = [item for item in plan.items if item.table == table and item.day in season.games]
    states = Counter(item.state for item in items)
    stored = pipeline.assessor.content.stored(pipeline.registry.contracts[table])
    return Coverage(
        table=table,
        season=season.label,
        achievable=len(items) - states[State.BOOTSTRAP],
        standing=states[State.FRESH],
        bootstrap=states[State.BOOTSTRAP],
        rows=sum(
            stored[item.day].rows
            for item in items
            if item.day in stored and item.state is not State.BOOTSTRAP
        ),
        states=dict(states),
        gaps=list(_gaps(items)),
        blind=counted(words, season.games),
    )


def _gaps(items: Iterable[Item]) -> Iterator[Gap]:
    """Neighbouring dates of one state make one gap."""
    for state, group in groupby(items, key=lambda item: item.state):
        if state in (State.FRESH, State.BOOTSTRAP):
            continue
        dates = list(group)
        yield Gap(
            table=dates[0].table,
            first=dates[0].day,
            last=dates[-1].day,
            dates=len(dates),
            state=state,
            reason=dates[0].reason,
        )
