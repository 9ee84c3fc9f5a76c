"""The queries that users come with, as they stand: names in backticks, with a project, and all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from clients.command import execute

FIRST_PROCESSED = "2025-11-04"
DATES = {
    "nba_analytics.player_game_summary": "game_date",
    "nba_analytics.upcoming_player_game_context": "game_date",
    "nba_precompute.team_defense_zone_analysis": "analysis_date",
    "nba_precompute.player_shot_zone_analysis": "analysis_date",
    "nba_precompute.player_daily_cache": "analysis_date",
    "nba_precompute.player_composite_factors": "game_date",
    "nba_predictions.ml_feature_store_v2": "game_date",
}
PRECOMPUTE = [table for table in DATES if not table.startswith("nba_analytics")]


@pytest.fixture
def ask(
    computed_season_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    """The rows of a query by `tipoff sql --json`."""
    monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{computed_season_file}")

    def rows(text: str) -> list[dict]:
        assert execute(["sql", text, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return rows


@pytest.mark.parametrize("table", PRECOMPUTE)
def test_dates(ask, table: str) -> None:
    """How many dates, from when to when: what was processed is the same for all five."""
    column = DATES[table]
    (found,) = ask(
        f"SELECT COUNT(DISTINCT {column}) AS dates, MIN({column}) AS first, MAX({column}) AS last"
        f" FROM `nba-props-platform.{table}`"
    )
    (played,) = ask(
        "SELECT COUNT(DISTINCT game_date) AS dates, MAX(game_date) AS last"
        " FROM `nba-props-platform.nba_analytics.player_game_summary`"
        f' WHERE game_date >= "{FIRST_PROCESSED}"'
    )
    assert found == {"dates": played["dates"], "first": FIRST_PROCESSED, "last": played["last"]}
    assert found["dates"] > 150


@pytest.mark.parametrize("table", [table for table in DATES if table not in PRECOMPUTE])
def test_dates_of_analytics(ask, table: str) -> None:
    (found,) = ask(
        "SELECT COUNT(DISTINCT game_date) AS dates, MIN(game_date) AS first,"
        f" MAX(game_date) AS last FROM `nba-props-platform.{table}`"
    )
    assert found["dates"] > 200
    assert found["first"] <= "2025-10-22"


def test_games(ask) -> None:
    """Of the games that were played, all but those of the bootstrap days have factors."""
    (found,) = ask(
        """
        SELECT
          (SELECT COUNT(DISTINCT game_id)
           FROM `nba-props-platform.nba_analytics.player_game_summary`
           WHERE game_date >= "2025-11-04") AS played,
          (SELECT COUNT(DISTINCT game_id)
           FROM `nba-props-platform.nba_precompute.player_composite_factors`) AS with_factors
        """
    )
    assert found["with_factors"] == found["played"] > 1_100


def test_games_by_date(ask) -> None:
    """The same side by side; a date without factors is one of the bootstrap days."""
    lacking = ask(
        """
        WITH played AS (
          SELECT game_date, COUNT(DISTINCT game_id) AS games
          FROM `nba_analytics.player_game_summary` GROUP BY 1
        ), factors AS (
          SELECT game_date, COUNT(DISTINCT game_id) AS games
          FROM `nba_precompute.player_composite_factors` GROUP BY 1
        )
        SELECT played.game_date, played.games, COALESCE(factors.games, 0) AS done
        FROM played LEFT JOIN factors USING (game_date)
        WHERE COALESCE(factors.games, 0) < played.games
        ORDER BY 1
        """
    )
    assert len(lacking) == 14
    assert max(row["game_date"] for row in lacking) < FIRST_PROCESSED
    assert {row["done"] for row in lacking} == {0}


def test_ready(ask) -> None:
    """Rows without a missing feature, by date: some from the first date, nearly all later on."""
    found = ask(
        """
        SELECT game_date, COUNT(*) AS total,
          COUNTIF(COALESCE(required_default_count, 0) = 0) AS ready
        FROM `nba-props-platform.nba_predictions.ml_feature_store_v2`
        WHERE game_date >= "2025-10-01"
        GROUP BY game_date
        ORDER BY game_date
        """
    )
    assert found[0]["game_date"] == FIRST_PROCESSED
    assert all(0 < row["ready"] <= row["total"] for row in found)
    late = [row for row in found if row["game_date"] >= "2025-11-20"]
    assert sum(row["ready"] for row in late) > 0.9 * sum(row["total"] for row in late)


def test_spreads(ask) -> None:
    """A spread for all but few, in every month that was played in."""
    found = ask(
        """
        SELECT FORMAT_DATE("%Y-%m", game_date) AS month, COUNT(*) AS total,
          COUNTIF(game_spread IS NOT NULL) AS with_spread
        FROM `nba-props-platform.nba_analytics.upcoming_player_game_context`
        GROUP BY month
        ORDER BY month
        """
    )
    months = [row["month"] for row in found]
    assert months[0] == "2025-10"
    assert {"2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04"} <= set(months)
    assert all(row["with_spread"] >= 0.95 * row["total"] for row in found)


def test_spreads_by_truncated_month(ask) -> None:
    found = ask(
        "SELECT DATE_TRUNC(game_date, MONTH) AS month, COUNTIF(game_spread IS NOT NULL) AS spreads"
        " FROM `nba_analytics.upcoming_player_game_context` GROUP BY 1 ORDER BY 1"
    )
    assert {date.fromisoformat(row["month"][:10]).day for row in found} == {1}
    assert all(row["spreads"] > 0 for row in found)


@pytest.mark.parametrize(
    ("table", "least", "most"),
    [("player_shot_zone_analysis", 200, 530), ("team_defense_zone_analysis", 30, 30)],
)
def test_rows_by_date(ask, table: str, least: int, most: int) -> None:
    found = ask(
        f"""
        SELECT analysis_date, COUNT(*) AS total
        FROM `nba-props-platform.nba_precompute.{table}`
        WHERE analysis_date BETWEEN "{FIRST_PROCESSED}" AND DATE "2026-04-12"
        GROUP BY analysis_date
        ORDER BY analysis_date
        """
    )
    assert len(found) > 140
    assert all(least <= row["total"] <= most for row in found)
