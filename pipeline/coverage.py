"""Coverage: of each table and season, how much stands, against how much can stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby

from pipeline.audit.verdict import Word, counted
from pipeline.explanation import LOAD, lacks_raw, run_over
from pipeline.run import Pipeline
from pipeline.standing import Standing, read_standing
from pipeline.state import Item, State
from processors.registry import Registry
from warehouse.interface import NOTHING


class By(StrEnum):
    """What one line speaks of."""

    SEASON = "season"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Dates in a row that do not stand, for one reason."""

    table: str
    first: date
    last: date
    dates: int
    state: State
    reason: str
    fill: str
    """The command that fills it."""


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """One table in one season, or in one month of it."""

    table: str
    season: str
    month: str | None = None
    achievable: int
    """Dates that can stand: neither bootstrap nor still to come."""
    standing: int
    bootstrap: int
    coming: int = 0
    """Dates after today with no game over."""
    games: int = 0
    """On the achievable dates."""
    games_standing: int = 0
    rows: int
    states: Mapping[State, int]
    gaps: Sequence[Gap] = field(default=())
    blind: Mapping[Word, int] = field(default_factory=dict)
    """Dates by what the latest audit of blindness said of the rows that stand there now."""
    unaudited: Sequence[date] = ()
    """Standing dates with rows of which no audit of blindness has spoken."""
    other_code: Sequence[date] = ()
    """Dates that other code wrote than the code that runs, the blocked ones too."""
    unproven: Sequence[date] = ()
    """Stored dates that no ledger knows."""

    @property
    def share(self) -> float | None:
        return self.standing / self.achievable if self.achievable else None


def read_coverage(pipeline: Pipeline, tables: Sequence[str], by: By = By.SEASON) -> list[Coverage]:
    """Every season that the schedule knows, whole; within it table by table."""
    registry = pipeline.registry
    found = read_standing(pipeline, tables)
    if by is By.SEASON:
        return [coverage_of(one, registry) for one in found]
    return [coverage_of(part, registry, month) for one in found for month, part in one.months()]


def fills(found: Iterable[Coverage]) -> list[str]:
    """The commands that fill every gap: what has to be loaded comes first."""
    gaps = [gap for one in found for gap in one.gaps]
    runs = [gap for gap in gaps if gap.fill != LOAD]
    said = [LOAD] if len(runs) < len(gaps) else []
    if runs:
        first, last = min(gap.first for gap in runs), max(gap.last for gap in runs)
        said.append(run_over(first, last))
    return said


def coverage_of(found: Standing, registry: Registry, month: str | None = None) -> Coverage:
    """How much of it stands, against how much can."""
    season, items = found.season, found.items
    states = Counter(item.state for item in items)
    coming = {item.day for item in items if found.is_coming(item)}
    processed = [item for item in items if item.state is not State.BOOTSTRAP]
    can = [item for item in processed if item.day not in coming]
    fresh = [item for item in can if item.state is State.FRESH]
    return Coverage(
        table=found.table,
        season=season.label,
        month=month,
        achievable=len(can),
        standing=len(fresh),
        bootstrap=states[State.BOOTSTRAP],
        coming=len(coming),
        games=sum(season.games[item.day] for item in can),
        games_standing=sum(season.games[item.day] for item in fresh),
        rows=sum(found.stored.get(item.day, NOTHING).rows for item in processed),
        states=dict(states),
        gaps=list(_gaps(registry, can)),
        blind=counted(found.blind, (item.day for item in items)),
        unaudited=[
            item.day for item in fresh if item.day in found.stored and item.day not in found.blind
        ],
        other_code=found.other_code,
        unproven=found.unproven,
    )


def _gaps(registry: Registry, items: Iterable[Item]) -> Iterator[Gap]:
    """Neighbouring dates of one state and one remedy make one gap."""
    for (state, is_raw), group in groupby(
        items, key=lambda item: (item.state, lacks_raw(registry, item))
    ):
        if state is State.FRESH:
            continue
        dates = list(group)
        first, last = dates[0].day, dates[-1].day
        yield Gap(
            table=dates[0].table,
            first=first,
            last=last,
            dates=len(dates),
            state=state,
            reason=dates[0].reason,
            fill=LOAD if is_raw else run_over(first, last),
        )
