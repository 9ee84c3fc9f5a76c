"""Grouping: which dates of a table go through one statement together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.calendar import Calendar
from pipeline.placeholders import wants_placeholders
from pipeline.state import TO_COMPUTE, Item
from processors.registry import Processor, Registry

GAP = timedelta(days=10)
"""Two dates to compute that are this near go through one statement; what lies between them is
computed along, which costs less than a second statement, and is not published."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Dates of one table near each other, ascending."""

    items: Sequence[Item]
    holds_places: bool = False
    """Bootstrap dates, which get placeholders."""


def by_season(
    wanted: Mapping[str, Sequence[date]], calendar: Calendar, registry: Registry
) -> Iterator[dict[str, list[date]]]:
    """A season at a time, all tables in it."""
    seasons: dict[date, dict[str, list[date]]] = {}
    for table, days in wanted.items():
        for day in days:
            season = calendar.season_start(day) if calendar.season_of(day) else date.min
            seasons.setdefault(season, {}).setdefault(table, []).append(day)
    for season in sorted(seasons):
        found = seasons[season]
        yield {one.table: found[one.table] for one in registry if one.table in found}


def groups(processor: Processor, items: Sequence[Item], *, placeholders: bool) -> list[Group]:
    """The statements that these dates of a table take, in the order in which they are sent."""
    held = [one for one in items if placeholders and wants_placeholders(processor, one)]
    due = [one for one in items if one.state in TO_COMPUTE]
    return [
        *(Group(items=near, holds_places=True) for near in _near(held)),
        *(Group(items=near) for near in _near(due)),
    ]


def _near(items: Sequence[Item]) -> Iterator[list[Item]]:
    group: list[Item] = []
    for item in items:
        if group and item.day - group[-1].day > GAP:
            yield group
            group = []
        group.append(item)
    if group:
        yield group
