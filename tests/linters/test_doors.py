"""History by games comes through the doors, and through nothing else."""

from __future__ import annotations

import pytest

from processors.window import SEASON_BEFORE, days_before

from .doors import history_through_the_doors
from .planted import ASOF, PLAYERS, TEAM_ASOF, TEAMS, assert_caught, read
from .rules import RULES

LATEST_FORM = "form.game_date = latest.last_game_date AND form.player_lookup"


class TestHistoryThroughTheDoors:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            # The day itself instead of the latest game before it.
            (
                PLAYERS,
                "form.game_date = latest_games.last_game_date",
                "form.game_date = slate.game_date",
            ),
            # Not on the latest game but on every one up to it.
            (TEAMS, LATEST_FORM, LATEST_FORM.replace(" = ", " <= ", 1)),
            # The right equality, where it no longer must hold.
            (
                TEAMS,
                LATEST_FORM,
                "(form.game_date = latest.last_game_date OR TRUE) AND form.player_lookup",
            ),
            # A computed date is no as-of row's date.
            (
                TEAMS,
                LATEST_FORM,
                "form.game_date = DATE_ADD(latest.last_game_date, INTERVAL 1 DAY)"
                " AND form.player_lookup",
            ),
            # No upper end of a day window; an upper end that takes in D; another day's upper end.
            (PLAYERS, "AND past.game_date < standings.game_date\n", "\n"),
            (
                PLAYERS,
                "past.game_date < standings.game_date",
                "past.game_date <= standings.game_date",
            ),
            (
                PLAYERS,
                "past.game_date < standings.game_date",
                "past.game_date < DATE_ADD(standings.game_date, INTERVAL 1 DAY)",
            ),
            (PLAYERS, "past.game_date < standings.game_date", "past.game_date < @end_date"),
            (
                PLAYERS,
                "past.game_date < standings.game_date",
                "NOT past.game_date >= standings.last_game_date",
            ),
            # A day window that reaches further back than declared, or to no declared end.
            (
                TEAMS,
                "past.game_date >= DATE_SUB(slate.game_date, INTERVAL 14 DAY)",
                "past.game_date >= DATE_SUB(slate.game_date, INTERVAL 15 DAY)",
            ),
            (
                TEAMS,
                "    AND past.game_date >= DATE_SUB(slate.game_date, INTERVAL 14 DAY)\n",
                "",
            ),
            # A companion of a row that came through no door.
            (PLAYERS, "form.game_date = past.game_date", "form.game_date >= past.game_date"),
            # The as-of statements' own `<`.
            (ASOF, "latest_games.game_date < slate", "latest_games.game_date <= slate"),
            (TEAM_ASOF, "latest_games.game_date < slate", "latest_games.game_date != slate"),
            # A LEFT JOIN's condition holds nothing of the side that is kept.
            (
                ASOF,
                "FROM slate\nJOIN latest_games",
                "FROM latest_games\nLEFT JOIN slate",
            ),
            # Rows not yet held to before D: the latest of all, not the latest before D.
            (
                ASOF,
                "AND NOT is_dnp\n",
                "AND NOT is_dnp\n  QUALIFY ROW_NUMBER() OVER"
                " (PARTITION BY player_lookup ORDER BY game_date DESC) = 1\n",
            ),
            # A sum over games, with the last one's date.
            (
                TEAMS,
                "recent_games AS (",
                """totals AS (
                  SELECT team_abbr, MAX(game_date) AS game_date, SUM(points_scored) AS points
                  FROM `nba_analytics.team_offense_game_summary`
                  WHERE game_date >= @history_start AND game_date < @end_date
                  GROUP BY team_abbr
                ),
                recent_games AS (""",
            ),
            # In a subquery, where no later SELECT can bound it.
            (
                TEAMS,
                "WHERE step != 5",
                """WHERE step != (
                  SELECT COUNT(*) FROM `nba_analytics.team_form` WHERE game_date < @end_date)""",
            ),
            # The box score of the day, straight from the source.
            (
                PLAYERS,
                "SELECT DISTINCT game_date, player_lookup FROM lines",
                "SELECT DISTINCT game_date, player_lookup FROM `nba_raw.player_boxscores`"
                " WHERE game_date >= @start_date AND game_date <= @end_date",
            ),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(history_through_the_doors, read(name, (old, new)))

    def test_names_the_table(self):
        reading = read(TEAMS, (LATEST_FORM, "form.player_lookup"))
        assert_caught(history_through_the_doors, reading, naming="nba_analytics.player_form")

    def test_two_games_at_once(self):
        """Of two dates that are handed on, whoever comes later may bound only one."""
        both = read(
            ASOF,
            (
                "SELECT player_lookup, team_abbr, season_year, game_date,",
                "SELECT own.player_lookup, own.team_abbr, other.season_year, own.game_date,"
                " other.game_date AS other_date,",
            ),
            (
                "LEAD(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date)",
                "LEAD(own.game_date) OVER (PARTITION BY own.player_lookup ORDER BY own.game_date)",
            ),
            (
                "FROM `nba_analytics.player_game_summary`\n"
                "  WHERE game_date >= @history_start AND game_date < @end_date\n"
                "    AND NOT is_dnp",
                "FROM `nba_analytics.player_game_summary` AS own"
                " JOIN `nba_analytics.player_form` AS other"
                " ON other.player_lookup = own.player_lookup",
            ),
        )
        assert_caught(history_through_the_doors, both, naming="other and own stay open")

    def test_season_is_no_window_of_days(self):
        table = "nba_analytics.team_offense_game_summary"
        assert history_through_the_doors(read(TEAMS, window=(table, SEASON_BEFORE)))
        assert not history_through_the_doors(read(TEAMS, window=(table, days_before(20))))

    def test_daily_sums_in_a_window_of_days(self):
        """Sums of each day may be made before they are held to a window."""
        daily = """daily AS (
          SELECT team_abbr, season_year, game_date, SUM(points_scored) AS points
          FROM `nba_analytics.team_offense_game_summary`
          WHERE game_date >= DATE_SUB(@start_date, INTERVAL 14 DAY) AND game_date < @end_date
          GROUP BY team_abbr, season_year, game_date
        ),
        recent_games AS ("""
        changes = [
            ("recent_games AS (", daily),
            (
                "LEFT JOIN `nba_analytics.team_offense_game_summary` AS past",
                "LEFT JOIN daily AS past",
            ),
            (
                "    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 14 DAY)"
                " AND past.game_date < @end_date\n",
                "",
            ),
        ]
        good = read(TEAMS, *changes)
        assert [rule(good) for rule in RULES] == [[] for _ in RULES]
        mixed = read(
            TEAMS,
            *changes,
            ("GROUP BY team_abbr, season_year, game_date\n", "GROUP BY team_abbr, season_year\n"),
        )
        assert_caught(history_through_the_doors, mixed, naming="grouped over games")
        leaking = read(TEAMS, *changes, ("past.game_date < slate.", "past.game_date <= slate."))
        assert_caught(history_through_the_doors, leaking, naming="history in past")
