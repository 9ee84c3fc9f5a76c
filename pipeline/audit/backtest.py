"""A backtest of plain means against the lines: how often the side that a mean takes wins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from warehouse.interface import Warehouse

BREAK_EVEN = 110 / 210
"""At odds of -110 a stake of 110 wins 100."""
Z = 1.959963984540054
"""95 % of a normal distribution lie within so many deviations."""

BETS = """
WITH offers AS (
  SELECT line.game_date, line.player_lookup, line.current_points_line AS line, played.points,
    cache.games_played_season, cache.points_avg_last_5, cache.points_avg_last_10,
    cache.points_avg_season
  FROM `nba_analytics.player_lines` AS line
  JOIN `nba_analytics.player_game_summary` AS played
    ON played.game_date = line.game_date AND played.player_lookup = line.player_lookup
    AND played.game_id = line.game_id
    AND NOT played.is_dnp
  JOIN `nba_precompute.player_daily_cache` AS cache
    ON cache.analysis_date = line.game_date AND cache.player_lookup = line.player_lookup
  WHERE line.game_date >= @first_date AND line.game_date <= @last_date
    AND played.game_date >= @first_date AND played.game_date <= @last_date
    AND cache.analysis_date >= @first_date AND cache.analysis_date <= @last_date
),
-- A mean of N games wants N games.
means AS (
  SELECT game_date, player_lookup, line, points, 'five games' AS mean_of,
    points_avg_last_5 AS mean
  FROM offers
  WHERE games_played_season >= 5
  UNION ALL
  SELECT game_date, player_lookup, line, points, 'ten games' AS mean_of,
    points_avg_last_10 AS mean
  FROM offers
  WHERE games_played_season >= 10
  UNION ALL
  SELECT game_date, player_lookup, line, points, 'the season' AS mean_of,
    points_avg_season AS mean
  FROM offers
  WHERE games_played_season >= 10
),
-- The over where the mean is far above the line, the under where it is far below.
bets AS (
  SELECT game_date, player_lookup, mean_of, mean, line, points,
    SIGN(mean - line) * SIGN(points - line) AS result
  FROM means
  WHERE ABS(mean - line) >= @edge
)
"""

RATES = f"""{BETS}
SELECT mean_of, COUNTIF(result > 0) AS won, COUNTIF(result < 0) AS lost,
  COUNTIF(result = 0) AS pushed
FROM bets
GROUP BY mean_of
ORDER BY mean_of
"""

BUSIEST = f"""{BETS}
SELECT game_date
FROM bets
GROUP BY game_date
ORDER BY COUNT(*) DESC, game_date
LIMIT 1
"""

FORESIGHT = """
WITH means AS (
  SELECT cache.analysis_date, after.player_lookup IS NOT NULL AS counts_the_evening
  FROM `nba_precompute.player_daily_cache` AS cache
  LEFT JOIN `nba_analytics.player_form` AS after
    ON after.game_date = cache.analysis_date AND after.player_lookup = cache.player_lookup
    AND after.games_played_season = cache.games_played_season
    AND after.game_date >= @first_date AND after.game_date <= @last_date
  WHERE cache.analysis_date >= @first_date AND cache.analysis_date <= @last_date
)
SELECT COUNTIF(counts_the_evening) AS means, COUNT(*) AS of_means,
  COUNT(DISTINCT IF(counts_the_evening, analysis_date, NULL)) AS dates,
  COUNT(DISTINCT analysis_date) AS of_dates
FROM means
"""

EVENINGS = """
SELECT cache.player_lookup, cache.points_avg_last_5, line.current_points_line, played.points
FROM `nba_precompute.player_daily_cache` AS cache
JOIN `nba_analytics.player_game_summary` AS played
  ON played.player_lookup = cache.player_lookup AND played.game_date = @day
LEFT JOIN `nba_analytics.player_lines` AS line
  ON line.player_lookup = cache.player_lookup AND line.game_date = @day
WHERE cache.analysis_date = @day
"""


def wilson(won: int, decided: int) -> tuple[float, float]:
    """Wilson's interval, 95 %; everything is possible where nothing was decided."""
    if not decided:
        return 0.0, 1.0
    n, p = decided, won / decided
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    # Where all were won, or none, the end is exact.
    return middle - half if won else 0.0, middle + half if won < decided else 1.0


@dataclass(frozen=True)
class Rate:
    """Bets of one mean, settled."""

    mean_of: str
    won: int
    lost: int
    pushed: int

    @property
    def bets(self) -> int:
        return self.won + self.lost

    @property
    def share(self) -> float:
        """Of those that were decided."""
        return self.won / self.bets if self.bets else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson(self.won, self.bets)


def backtest(warehouse: Warehouse, first: date, last: date, edge: float) -> dict[str, Rate]:
    """By what the mean is of."""
    rows = warehouse.rows(RATES, first_date=first, last_date=last, edge=edge)
    return {row[0]: Rate(*row) for row in rows}


def busiest_date(warehouse: Warehouse, first: date, last: date, edge: float) -> date | None:
    """The one with the most bets."""
    rows = warehouse.rows(BUSIEST, first_date=first, last_date=last, edge=edge)
    return rows[0][0] if rows else None


@dataclass(frozen=True)
class Foresight:
    """Stored means that count the evening they are to predict: as many games as after it."""

    means: int
    of_means: int
    dates: int
    of_dates: int


def foresight(warehouse: Warehouse, first: date, last: date) -> Foresight:
    """Seen in the cache itself, whatever the gates or the door say."""
    return Foresight(*warehouse.rows(FORESIGHT, first_date=first, last_date=last)[0])


@dataclass(frozen=True)
class Evening:
    """One player's five-game mean as the cache has it, his line, and what he scored."""

    mean: float
    line: float | None
    points: int


def evenings(warehouse: Warehouse, day: date) -> dict[str, Evening]:
    """By player."""
    return {row[0]: Evening(*row[1:]) for row in warehouse.rows(EVENINGS, day=day)}
