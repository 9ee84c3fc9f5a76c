"""Distributions: how each feature of the store spreads over a season and its months.

Values are counted first, which tells all: a quartile is the lowest value that at least so many of
the present rows don't exceed, exact and the same on every engine. Only processed days are looked
at, as canaries and readiness do: placeholders of the bootstrap days are no rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby, pairwise

from pipeline.calendar import Calendar, Season
from pipeline.readiness import STORE
from processors.features import FEATURES, Feature
from warehouse.interface import Row, Warehouse

ENOUGH_ROWS = 100
"""A month with fewer says nothing of what is usual."""
JUMP = 0.2
"""Of the NULL share, from one month to the next."""

ASKED = "WHERE game_date >= @first_date AND game_date <= @last_date"
DAYS = f"SELECT DISTINCT game_date FROM `{STORE}` {ASKED} ORDER BY game_date"


@dataclass(frozen=True, kw_only=True)
class Spread:
    """One feature over a season, or over one month of it."""

    month: date | None
    """Its first day; None is the whole season."""
    rows: int
    present: int
    distinct: int
    most: int
    """Rows that hold the most frequent value."""
    favourite: float | None
    """The lowest of the most frequent values."""
    lowest: float | None
    lower: float | None
    """A quarter of the present rows hold no more; `upper`: three quarters."""
    median: float | None
    upper: float | None
    highest: float | None

    @property
    def nulls(self) -> int:
        return self.rows - self.present

    @property
    def null_share(self) -> float:
        return self.nulls / self.rows

    @property
    def one_value_share(self) -> float | None:
        return self.most / self.present if self.present else None


MEASURES = (
    *("rows", "present", "distinct", "most", "favourite"),
    *("lowest", "lower", "median", "upper", "highest"),
)


@dataclass(frozen=True, kw_only=True)
class Jump:
    """The NULL share of a month is another than that of the month before."""

    month: date
    before: float
    after: float


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """One feature over a season and over each of its months with rows."""

    feature: Feature
    season: Spread
    months: Sequence[Spread]

    @property
    def constant(self) -> bool:
        """Whether every present row of the season holds one value."""
        return self.season.distinct == 1

    @property
    def stuck(self) -> Sequence[date]:
        """Months in which what is measured holds one value; flags and counts may well."""
        if self.feature.whole or self.constant:
            return ()
        return tuple(one.month for one in self._telling() if one.distinct == 1 and one.month)

    @property
    def jumps(self) -> Sequence[Jump]:
        return tuple(
            Jump(month=after.month, before=before.null_share, after=after.null_share)
            for before, after in pairwise(self._telling())
            if after.month and abs(after.null_share - before.null_share) >= JUMP
        )

    def _telling(self) -> list[Spread]:
        return [one for one in self.months if one.rows >= ENOUGH_ROWS]


def seasons_held(warehouse: Warehouse, calendar: Calendar) -> list[Season]:
    """Those of whose processed days the store has rows, the oldest first."""
    spans = [(season, *processed(calendar, season)) for season in calendar.seasons]
    if not spans:
        return []
    asked = {"first_date": spans[0][1], "last_date": max(last for _, _, last in spans)}
    days = [day for (day,) in warehouse.rows(DAYS, **asked)]
    return [season for season, first, last in spans if any(first <= day <= last for day in days)]


def processed(calendar: Calendar, season: Season) -> tuple[date, date]:
    """The first and the last day of whose rows the canaries speak, too."""
    return calendar.first_processed(season) or season.last, season.last


def read_distributions(
    warehouse: Warehouse, first: date, last: date, features: Sequence[Feature] = FEATURES
) -> list[Distribution]:
    """In the catalogue's order, by one statement however many; nothing where no row is stored."""
    rows = warehouse.rows(spreads(tuple(features)), first_date=first, last_date=last)
    by_index = {one.index: one for one in features}
    found = []
    for index, told in groupby(sorted(_spreads(rows)), key=lambda one: one[0]):
        season, *months = (spread for _, _, spread in told)
        found.append(Distribution(feature=by_index[index], season=season, months=months))
    return found


def _spreads(rows: Sequence[Row]) -> Iterator[tuple[int, date, Spread]]:
    """The whole season before its months."""
    for index, month, *measured in rows:
        spread = Spread(month=month, **dict(zip(MEASURES, measured, strict=True)))
        yield index, month or date.min, spread


@cache
def spreads(features: tuple[Feature, ...]) -> str:
    """One row a feature and month, and one a feature for the season, in MEASURES' order."""
    counted = "\n  UNION ALL\n".join(
        f"  SELECT {one.index} AS number, DATE_TRUNC(game_date, MONTH) AS month,"
        f" {as_real(one)} AS value, COUNT(*) AS held FROM `{STORE}` {ASKED}"
        " GROUP BY month, value"
        for one in features
    )
    return f"""
WITH counted AS (
{counted}
),
levels AS (
  SELECT number, month, value, held FROM counted
  UNION ALL
  SELECT number, CAST(NULL AS DATE) AS month, value, SUM(held) AS held
  FROM counted
  GROUP BY number, value
),
present AS (
  SELECT number, month, value, held, IF(value IS NULL, 0, held) AS there FROM levels
),
placed AS (
  SELECT number, month, value, held, there,
    SUM(there) OVER (
      PARTITION BY number, month ORDER BY value
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS up_to,
    SUM(there) OVER (PARTITION BY number, month) AS present_rows,
    MAX(there) OVER (PARTITION BY number, month) AS most
  FROM present
)
SELECT number, month, SUM(held) AS stored_rows, SUM(there) AS present_rows,
  COUNT(value) AS distinct_values, MAX(there) AS most,
  MIN(IF(there = most, value, NULL)) AS favourite,
  MIN(value) AS lowest,
  MIN(IF(up_to * 4 >= present_rows, value, NULL)) AS lower_quartile,
  MIN(IF(up_to * 2 >= present_rows, value, NULL)) AS median,
  MIN(IF(up_to * 4 >= present_rows * 3, value, NULL)) AS upper_quartile,
  MAX(value) AS highest
FROM placed
GROUP BY number, month
"""


def as_real(feature: Feature) -> str:
    """Features of one statement have one type."""
    return f"CAST({feature.name} AS FLOAT64)" if feature.whole else feature.name
