"""Nothing rolls before tip-off; nothing looks ahead after a game."""

from __future__ import annotations

import pytest

from .planted import ASOF, GAMES, OFFENSE, PLAYERS, TEAM_FORM, TEAMS, assert_caught, read
from .windows import no_frame_over_games, no_look_ahead


class TestNoFrameOverGames:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (
                ASOF,
                "LEAD(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date)",
                "MAX(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date"
                " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
            ),
            (ASOF, "LEAD(game_date) OVER", "LEAD(season_year) OVER"),
            (ASOF, "LEAD(game_date) OVER", "LAG(game_date) OVER"),
            (
                PLAYERS,
                "SELECT game_date, team_abbr, COUNTIF(is_star_out) AS stars_out\n  FROM standings\n"
                "  GROUP BY game_date, team_abbr",
                "SELECT game_date, team_abbr, COUNTIF(is_star_out) OVER running AS stars_out\n"
                "  FROM standings\n  WINDOW running AS (PARTITION BY team_abbr ORDER BY game_date)",
            ),
            (
                TEAMS,
                "COUNT(*) OVER (PARTITION BY last_words.game_id, last_words.market)",
                "COUNT(*) OVER (PARTITION BY last_words.game_id ROWS 9 PRECEDING)",
            ),
            (
                TEAMS,
                "form.win_streak,",
                "LAST_VALUE(form.win_streak) OVER"
                " (PARTITION BY form.team_abbr ORDER BY form.game_date) AS win_streak,",
            ),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(no_frame_over_games, read(name, (old, new)))


class TestNoLookAhead:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (TEAM_FORM, "LAG(games.game_date)", "LEAD(games.game_date)"),
            (TEAM_FORM, "LAG(games.game_date)", "LAG(games.game_date, -1)"),
            (
                TEAM_FORM,
                "ROWS BETWEEN 9 PRECEDING AND CURRENT ROW",
                "ROWS BETWEEN 9 PRECEDING AND 1 FOLLOWING",
            ),
            (
                TEAM_FORM,
                "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
                "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
            ),
            (
                TEAM_FORM,
                "ORDER BY games.game_date\n      ROWS",
                "ORDER BY games.game_date DESC\n      ROWS",
            ),
            (
                TEAM_FORM,
                "so_far AS (PARTITION BY team_abbr, season_year ORDER BY game_date",
                "so_far AS (PARTITION BY team_abbr, season_year ORDER BY win_flag",
            ),
            (TEAM_FORM, "COUNT(*) OVER season", "COUNT(*) OVER (PARTITION BY games.team_abbr)"),
            (TEAM_FORM, "COUNT(*) OVER season", "COUNT(*) OVER ()"),
            (
                OFFENSE,
                "NOT is_dnp\n  GROUP BY game_date, game_id, team_abbr",
                "NOT is_dnp\n  GROUP BY season_year, team_abbr",
            ),
            (
                GAMES,
                "SELECT DISTINCT game_id FROM shots",
                "SELECT MAX(game_id) AS game_id FROM shots",
            ),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(no_look_ahead, read(name, (old, new)))

    def test_the_game_itself(self):
        """Over the rows of one game a window may do as it likes."""
        whole = "SUM(points_scored) OVER (PARTITION BY game_id) AS points_of_both"
        reading = read(
            TEAM_FORM,
            (
                "SELECT game_date, team_abbr, season_year, win_flag,",
                f"SELECT {whole}, game_date, team_abbr, season_year, win_flag,",
            ),
        )
        assert no_look_ahead(reading) == []
