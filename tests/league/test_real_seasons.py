"""Three real seasons, imported and computed: nothing comes out that isn't explained."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from statistics import stdev

import duckdb
import pytest

from pipeline.run import Pipeline, Report
from tests.ranges import SEVEN, assert_range_is_single

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

ROSTER_RULE = """
WITH season_starts AS (
  SELECT season_year, MIN(game_date) AS season_start
  FROM `nba_raw.schedule` WHERE season_phase = 'regular' GROUP BY season_year
)
SELECT played.season_year,
  DATE_DIFF(played.game_date, season_starts.season_start, DAY) < 14 AS in_bootstrap,
  COUNT(*) AS appearances, COUNTIF(expected.player_lookup IS NOT NULL) AS found
FROM `nba_analytics.player_game_summary` AS played
JOIN season_starts ON season_starts.season_year = played.season_year
LEFT JOIN `nba_analytics.upcoming_player_game_context` AS expected
  ON expected.game_date = played.game_date AND expected.player_lookup = played.player_lookup
  AND expected.game_id = played.game_id
WHERE NOT played.is_dnp
GROUP BY 1, 2 ORDER BY 1, 2
"""

PREDICTIONS = (
    *("system_predictions", "system_errors", "player_prop_predictions", "prediction_accuracy"),
)
PRECOMPUTE = (
    "team_defense_zone_analysis",
    "player_shot_zone_analysis",
    "player_daily_cache",
    "player_composite_factors",
    "ml_feature_store_v2",
)

ROW_COUNTS = """
WITH season_starts AS (
  SELECT season_year, MIN(game_date) AS season_start
  FROM `nba_raw.schedule` WHERE season_phase = 'regular' GROUP BY season_year
),
slate AS (
  SELECT season_year, game_date, COUNT(*) AS games
  FROM `nba_raw.schedule`
  WHERE boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
  GROUP BY season_year, game_date
),
counted AS (
  SELECT analysis_date AS day, 'teams' AS what
  FROM `nba_precompute.team_defense_zone_analysis`
  UNION ALL SELECT analysis_date, 'zones' FROM `nba_precompute.player_shot_zone_analysis`
  UNION ALL SELECT analysis_date, 'cache' FROM `nba_precompute.player_daily_cache`
  UNION ALL SELECT game_date, 'composite' FROM `nba_precompute.player_composite_factors`
  UNION ALL SELECT game_date, 'store' FROM `nba_predictions.ml_feature_store_v2`
  UNION ALL SELECT game_date, 'context' FROM `nba_analytics.upcoming_player_game_context`
)
SELECT slate.season_year, DATE_DIFF(slate.game_date, season_starts.season_start, DAY) AS season_day,
  slate.games, COUNTIF(what = 'teams'), COUNTIF(what = 'zones'), COUNTIF(what = 'cache'),
  COUNTIF(what = 'composite'), COUNTIF(what = 'store'), COUNTIF(what = 'context')
FROM slate
JOIN season_starts ON season_starts.season_year = slate.season_year
JOIN counted ON counted.day = slate.game_date
WHERE DATE_DIFF(slate.game_date, season_starts.season_start, DAY) >= 14
GROUP BY slate.season_year, season_day, slate.games
ORDER BY slate.season_year, season_day
"""

BOX_SCORES = f"""
SELECT game_date, points
FROM '{DATA / "player_boxscores.parquet"}'
WHERE player_name = $name AND season_year = $season AND minutes > 0 AND game_date < $day
ORDER BY game_date DESC
"""

STORED = """
SELECT cache.points_avg_last_5, cache.points_avg_last_10, cache.points_avg_season,
  cache.points_std_last_10, cache.games_played_season, cache.games_in_last_7_days,
  context.days_rest, context.back_to_back
FROM `nba_precompute.player_daily_cache` AS cache
JOIN `nba_analytics.upcoming_player_game_context` AS context
  ON context.game_date = cache.analysis_date AND context.player_lookup = cache.player_lookup
WHERE cache.analysis_date = @day AND cache.player_lookup = @player
"""

LEADERS = """
WITH totals AS (
  SELECT season_year, player_lookup, COUNT(*) AS games, SUM(points) AS points
  FROM `nba_analytics.player_game_summary`
  WHERE season_phase = 'regular' AND NOT is_dnp
  GROUP BY season_year, player_lookup
)
SELECT season_year, player_lookup, SAFE_DIVIDE(points, games) AS average
FROM totals WHERE games >= 58
QUALIFY ROW_NUMBER() OVER (PARTITION BY season_year ORDER BY SAFE_DIVIDE(points, games) DESC) = 1
ORDER BY season_year
"""


def test_outcomes(real_seasons: tuple[Pipeline, Report]) -> None:
    """Lines exist for half a season only; on the first night nobody has a past."""
    _, report = real_seasons
    seen = Counter(
        (one.table.partition(".")[2], one.status.value)
        for one in report.results
        if one.status.value not in ("success", "skipped_no_games")
    )
    assert seen == {
        ("player_lines", "blocked"): 515,
        ("player_asof", "skipped_bootstrap"): 1,
        ("upcoming_player_game_context", "skipped_bootstrap"): 2,
        # Days 0-13 of three seasons.
        **{(table, "skipped_bootstrap"): 42 for table in (*PRECOMPUTE, *PREDICTIONS)},
    }
    lines = [one for one in report.results if one.table == "nba_analytics.player_lines"]
    assert sum(one.status.value == "success" for one in lines) == 108


def test_roster_rule(real_seasons: tuple[Pipeline, Report]) -> None:
    """Those who played were expected: 98.7-99.2 % after day 14, 81-93 % in the days before."""
    pipeline, _ = real_seasons
    for season, in_bootstrap, appearances, found in pipeline.warehouse.rows(ROSTER_RULE):
        share = found / appearances
        low, high, digits = (0.81, 0.93, 2) if in_bootstrap else (0.987, 0.992, 3)
        assert low <= round(share, digits) <= high, (season, in_bootstrap, share)


def test_every_game(real_seasons: tuple[Pipeline, Report]) -> None:
    pipeline, _ = real_seasons
    counts = pipeline.warehouse.rows(
        "SELECT season_year, COUNT(DISTINCT game_id) AS games, COUNT(*) AS sides"
        " FROM `nba_analytics.team_offense_game_summary` GROUP BY 1 ORDER BY 1"
    )
    assert counts == [(2021, 1317, 2634), (2022, 1314, 2628), (2023, 1312, 2624)]


def test_leaders(real_seasons: tuple[Pipeline, Report]) -> None:
    """As everyone knows them."""
    pipeline, _ = real_seasons
    leaders = [(year, who, round(avg, 1)) for year, who, avg in pipeline.warehouse.rows(LEADERS)]
    assert leaders == [
        (2021, "joelembiid", 30.6),
        (2022, "joelembiid", 33.1),
        (2023, "lukadoncic", 33.9),
    ]


@pytest.fixture(scope="module")
def row_counts(real_seasons: tuple[Pipeline, Report]) -> dict[int, list[tuple]]:
    """By season, for each date from day 14: season day, games, rows of six tables."""
    pipeline, _ = real_seasons
    by_season: dict[int, list[tuple]] = {}
    for season, *counts in pipeline.warehouse.rows(ROW_COUNTS):
        by_season.setdefault(season, []).append(tuple(counts))
    return by_season


def test_row_counts_that_hang_together(row_counts: dict[int, list[tuple]]) -> None:
    assert {season: len(dates) for season, dates in row_counts.items()} == {
        2021: 196,
        2022: 195,
        2023: 190,
    }
    for dates in row_counts.values():
        for _, _, teams, _, cache, composite, store, context in dates:
            assert teams == 30
            assert composite == context
            assert cache <= context
            assert store <= composite


def test_shot_zone_rows(row_counts: dict[int, list[tuple]]) -> None:
    """361-365 on the first date, where users told of 210-260: by then so many have played three
    games. 400-530 from day 45, but for the last dates of the finals, when all but the playoffs'
    players have been away for 60 days."""
    first = {season: dates[0][3] for season, dates in row_counts.items()}
    assert first == {2021: 363, 2022: 365, 2023: 361}
    for dates in row_counts.values():
        outside = [day for day, _, _, zones, *_ in dates if day >= 45 and not 400 <= zones <= 530]
        assert len(outside) <= 4
        assert all(day >= 232 for day in outside)


def test_rows_a_game(row_counts: dict[int, list[tuple]]) -> None:
    """28-38 a game over a season and on nearly every date. Above it: days 14-20 of 2022 and 2023
    (38-49), when those of the season before are still among the expected, and 23 dates of the
    winter of 2021-22 (days 75-128, 38-40), when teams signed many for ten days; below it day 14 of
    2021 (27.4)."""
    means = {}
    outside = Counter()
    for season, dates in row_counts.items():
        in_all = sum(one[-1] for one in dates)
        means[season] = round(in_all / sum(one[1] for one in dates), 1)
        outside[season] = sum(not 28 <= one[-1] / one[1] <= 38 for one in dates)
    assert means == {2021: 33.9, 2022: 32.7, 2023: 34.0}
    assert outside == {2021: 24, 2022: 7, 2023: 6}


BY_HAND = [
    # Points newest first, games and points of the season before the date.
    ("Luka Don\u010di\u0107", "lukadoncic", date(2024, 1, 29),
     [28, 73, 34, 33, 33, 31, 34, 41, 19, 39], 39, 1343, 14.159802, 4, 1),
    ("Nikola Joki\u0107", "nikolajokic", date(2024, 1, 29),
     [26, 31, 31, 42, 34, 25, 25, 27, 27, 4], 46, 1210, 9.681598, 3, 1),
    ("Joel Embiid", "joelembiid", date(2023, 1, 25),
     [32, 41, 35, 30, 30, 36, 42, 16, 37, 48], 34, 1142, 8.680118, 1, 5),
    ("Stephen Curry", "stephencurry", date(2022, 11, 23),
     [33, 24, 50, 16, 27, 40, 47, 39, 23, 32], 16, 516, 10.938718, 3, 2),
    ("LeBron James", "lebronjames", date(2023, 1, 28),
     [20, 46, 37, 23, 32, 48, 35, 24, 37, 25], 39, 1168, 9.684466, 3, 2),
]  # fmt: skip


@pytest.mark.parametrize("known", BY_HAND, ids=lambda known: known[1])
def test_by_hand(real_seasons: tuple[Pipeline, Report], known: tuple) -> None:
    """Five well-known evenings, from the shared box scores themselves, without the import."""
    name, player, day, newest_first, games, points, deviation, in_week, rest = known
    season = day.year if day.month > 8 else day.year - 1
    with duckdb.connect() as connection:
        given = {"name": name, "season": season, "day": day}
        played = connection.execute(BOX_SCORES, given).fetchall()
    scored = [one for _, one in played]
    assert (scored[:10], len(scored), sum(scored)) == (newest_first, games, points)
    assert sum((day - one).days <= 7 for one, _ in played) == in_week
    assert (day - played[0][0]).days - 1 == rest
    assert round(stdev(newest_first), 6) == deviation
    pipeline, _ = real_seasons
    assert pipeline.warehouse.rows(STORED, day=day, player=player) == [
        (
            sum(newest_first[:5]) / 5,
            sum(newest_first) / 10,
            round(points / games, 6),
            deviation,
            games,
            in_week,
            rest,
            rest == 0,
        )
    ]


def test_range_is_single(real_seasons: tuple[Pipeline, Report]) -> None:
    """January 2024 at once and date by date, in no order."""
    pipeline, _ = real_seasons
    for table in SEVEN:
        assert_range_is_single(pipeline, table, date(2024, 1, 1), date(2024, 1, 31), at_least=28)
