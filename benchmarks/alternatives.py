"""What others would do instead: the daily cache's rolling part in polars, and a query a player."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.timing import timed

HISTORY = """
SELECT player_lookup, season_year, game_date, points, seconds_played, usage_rate
FROM nba_analytics.player_game_summary WHERE NOT is_dnp
"""
SLATES = "SELECT game_date AS analysis_date, player_lookup, season_year FROM {context}"
CONTEXT = "nba_analytics.upcoming_player_game_context"


def polars_rolling(file: Path) -> dict[str, float]:
    """Averages and deviation before each date for every expected player, all seasons."""
    with duckdb.connect(str(file), read_only=True) as connection:
        history = pl.DataFrame(connection.execute(HISTORY).fetchnumpy())
        slates = pl.DataFrame(connection.execute(SLATES.format(context=CONTEXT)).fetchnumpy())
    rows = 0

    def work() -> None:
        nonlocal rows
        rows = _rolled(history, slates).height

    return {"seconds": timed(work), "rows": rows}


def _rolled(history: pl.DataFrame, slates: pl.DataFrame) -> pl.DataFrame:
    career = ["player_lookup", "season_year"]
    form = history.sort("game_date").with_columns(
        pl.col("points").rolling_mean(5, min_samples=1).over(career).alias("points_avg_last_5"),
        pl.col("points").rolling_mean(10, min_samples=1).over(career).alias("points_avg_last_10"),
        pl.col("points").rolling_std(10, min_samples=2).over(career).alias("points_std_last_10"),
        pl.col("points").cum_sum().over(career).alias("points_season"),
        pl.int_range(1, pl.len() + 1).over(career).alias("games_played_season"),
        pl.col("seconds_played").rolling_mean(10, min_samples=1).over(career).alias("seconds"),
        pl.col("usage_rate").rolling_mean(10, min_samples=1).over(career).alias("usage"),
    )
    return slates.sort("analysis_date").join_asof(
        form,
        left_on="analysis_date",
        right_on="game_date",
        by=career,
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )


QUERY = """
SELECT avg(points) FILTER (n <= 5), avg(points) FILTER (n <= 10), avg(points),
  stddev_samp(points) FILTER (n <= 10), avg(seconds_played) FILTER (n <= 10)
FROM (
  SELECT points, seconds_played, row_number() OVER (ORDER BY game_date DESC) AS n
  FROM nba_analytics.player_game_summary
  WHERE player_lookup = $player AND season_year = $season AND game_date < $day AND NOT is_dnp
)
"""


def a_query_a_player(file: Path, day: date) -> dict[str, float]:
    """The same for one date, as people had it: each player a query of his own."""
    with duckdb.connect(str(file), read_only=True) as connection:
        players = connection.execute(
            f"SELECT player_lookup, season_year FROM {CONTEXT} WHERE game_date = $day", {"day": day}
        ).fetchall()

        def work() -> None:
            for player, season in players:
                connection.execute(
                    QUERY, {"player": player, "season": season, "day": day}
                ).fetchone()

        return {"seconds": timed(work), "rows": len(players)}
