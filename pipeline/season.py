"""One season as a calendar shows it: each date of each table, and what was last said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from pipeline.audit.verdict import Word
from pipeline.calendar import Season
from pipeline.clock import today
from pipeline.outcome import Status
from pipeline.run import Pipeline
from pipeline.since import BEGINNING
from pipeline.standing import Standing, read_standing
from pipeline.state import Item
from pipeline.word import word_of
from processors.errors import UsageError
from warehouse.interface import NOTHING, Warehouse

LAST_SAID = """
SELECT table_name, partition_date, status, reason, row_count, run_id, recorded_at
FROM `nba_ops.partitions`
WHERE recorded_at >= @since
  AND partition_date >= @first_day AND partition_date <= @last_day
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, run_id DESC) = 1
"""


@dataclass(frozen=True, kw_only=True)
class LastSaid:
    """What the run that spoke of a date last said of it."""

    status: Status
    reason: str
    rows: int | None
    run_id: str
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One table on one date."""

    item: Item
    is_coming: bool
    rows: int
    """Stored there now."""
    blind: Word | None
    last: LastSaid | None

    @property
    def word(self) -> str:
        """What it is shown as."""
        last = self.last.status if self.last else None
        return word_of(self.item, is_coming=self.is_coming, last=last)

    @property
    def can_be_mended(self) -> bool:
        return self.item.is_undone and not self.is_coming


@dataclass(frozen=True, kw_only=True)
class Row:
    """One table over the season's dates."""

    standing: Standing
    cells: Sequence[Cell]


@dataclass(frozen=True, kw_only=True)
class SeasonSeen:
    """A season whole, with its neighbours by name."""

    today: date
    seasons: Sequence[Season]
    """Those that have begun first, the newest of them leading."""
    season: Season | None
    """None where the schedule knows of none."""
    rows: Sequence[Row] = field(default=())

    @cached_property
    def undone(self) -> Mapping[str, int]:
        """Dates of tables that can be mended, by the season's months."""
        days = self.season.dates if self.season else ()
        found = dict.fromkeys((month_of(day) for day in days), 0)
        for row in self.rows:
            for cell in row.cells:
                found[month_of(cell.item.day)] += cell.can_be_mended
        return found

    def month(self, asked: str | None) -> str | None:
        """That one; else the first in which something is to be mended, for what follows may be
        stale for that alone; else the latest with a game up to today."""
        months = list(self.undone)
        if asked is not None and asked not in self.undone:
            known = ", ".join(months) or "no month"
            raise UsageError(f"month {asked}: this season has {known}", month=asked)
        if asked is not None or not months:
            return asked
        mendable = [month for month in months if self.undone[month]]
        begun = [month for month in months if month <= month_of(self.today)]
        return (mendable[:1] or begun[-1:] or months)[0]


def month_of(day: date) -> str:
    return day.isoformat()[:7]


def see_season(pipeline: Pipeline, tables: Sequence[str], label: str | None = None) -> SeasonSeen:
    """The season of that label; without one the newest that has begun."""
    with pipeline.looking() as assessor:
        last = today()
        seasons = newest_begun_first(assessor.calendar.seasons)
        season = _chosen(seasons, label)
        if season is None:
            return SeasonSeen(today=last, seasons=seasons, season=None)
        standing = read_standing(pipeline, tables, [season])
        said = _last_said(pipeline.warehouse, season)
    return SeasonSeen(
        today=last,
        seasons=seasons,
        season=season,
        rows=[_row(one, said.get(one.table, {})) for one in standing],
    )


def newest_begun_first(seasons: Iterable[Season]) -> list[Season]:
    last = today()
    newest = sorted(seasons, key=lambda one: one.start, reverse=True)
    return sorted(newest, key=lambda one: one.start > last)


def _chosen(seasons: Sequence[Season], label: str | None) -> Season | None:
    if label is None:
        return seasons[0] if seasons else None
    by_label = {one.label: one for one in seasons}
    if label not in by_label:
        known = ", ".join(by_label) or "no season"
        raise UsageError(f"season {label}: the schedule knows {known}", season=label)
    return by_label[label]


def _last_said(warehouse: Warehouse, season: Season) -> dict[str, dict[date, LastSaid]]:
    found: dict[str, dict[date, LastSaid]] = {}
    for table, day, status, reason, rows, run_id, moment in warehouse.rows(
        LAST_SAID, since=BEGINNING, first_day=season.dates[0], last_day=season.last
    ):
        found.setdefault(table, {})[day] = LastSaid(
            status=Status(status), reason=reason, rows=rows, run_id=run_id, recorded_at=moment
        )
    return found


def _row(standing: Standing, said: Mapping[date, LastSaid]) -> Row:
    cells = [
        Cell(
            item=item,
            is_coming=standing.is_coming(item),
            rows=standing.stored.get(item.day, NOTHING).rows,
            blind=standing.blind.get(item.day),
            last=said.get(item.day),
        )
        for item in standing.items
    ]
    return Row(standing=standing, cells=cells)
