"""The day itself, and what lies after tip-off, stay unread."""

from __future__ import annotations

import pytest

from processors.window import SEASON_THROUGH

from .cutoff import (
    history_leaves_out_the_day,
    no_results_of_the_schedule,
    snapshots_from_before_tipoff,
    strictly_before_the_cutoff,
)
from .days import days_are_not_mixed
from .planted import ASOF, LINES, PLAYERS, SAID, SYSTEMS, TEAM_ASOF, TEAMS, assert_caught, read


class TestHistoryLeavesOutTheDay:
    def test_fault(self):
        reading = read(PLAYERS, window=("nba_analytics.player_form", SEASON_THROUGH))
        assert_caught(history_leaves_out_the_day, reading, naming="nba_analytics.player_form")


class TestDaysAreNotMixed:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (TEAMS, "ON latest.analysis_date = slate.game_date AND latest", "ON latest"),
            (
                PLAYERS,
                "lines.game_date = standings.game_date AND lines.game_id = standings.game_id\n",
                "TRUE\n",
            ),
            (LINES, "ON teams.game_id = winners.game_id AND teams", "ON teams"),
            (LINES, "games.game_id = odds.game_id AND games.game_date = odds.game_date", "TRUE"),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(days_are_not_mixed, read(name, (old, new)))


class TestStrictlyBeforeTheCutoff:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (ASOF, "latest_games.game_date < slate", "latest_games.game_date <= slate"),
            (TEAM_ASOF, "game_date < @end_date", "game_date <= @end_date"),
            (ASOF, "AND game_date < @end_date", "AND NOT game_date > @end_date"),
            (ASOF, "AND game_date < @end_date", "AND @end_date >= game_date"),
            (
                ASOF,
                "game_date >= @history_start AND game_date < @end_date",
                "game_date BETWEEN @history_start AND @end_date",
            ),
            (
                PLAYERS,
                "past.game_date < standings.game_date",
                "standings.game_date >= past.game_date",
            ),
            (PLAYERS, "past.game_date < @end_date", "past.game_date <= @end_date"),
            (
                TEAMS,
                "COUNT(past.game_date) AS games_in_last_14_days",
                "COUNTIF(past.game_date <= slate.game_date) AS games_in_last_14_days",
            ),
            (
                TEAMS,
                "past.game_date < slate.game_date",
                "slate.game_date BETWEEN past.game_date AND @end_date",
            ),
            (SAID, "past.game_date < dates.game_date", "past.game_date <= dates.game_date"),
            (SAID, "past.game_date < @end_date", "past.game_date <= @end_date"),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(strictly_before_the_cutoff, read(name, (old, new)), naming="the day itself")


class TestSnapshotsFromBeforeTipoff:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (LINES, "    AND odds.captured_at < games.tipoff_at\n", ""),
            (LINES, "odds.captured_at < games.tipoff_at", "odds.captured_at <= games.tipoff_at"),
            (TEAMS, "odds.captured_at < games.tipoff_at", "odds.captured_at > games.tipoff_at"),
            (
                TEAMS,
                "    AND odds.captured_at < games.tipoff_at\n    AND odds.total",
                "    AND odds.total",
            ),
            (TEAMS, "report.reported_at < games.tipoff_at", "report.reported_at IS NOT NULL"),
            (PLAYERS, "    AND report.reported_at < games.tipoff_at\n", ""),
            (
                PLAYERS,
                "report.reported_at < games.tipoff_at",
                "report.reported_at < TIMESTAMP_ADD(games.tipoff_at, INTERVAL 1 HOUR)",
            ),
            (
                PLAYERS,
                "report.reported_at < games.tipoff_at",
                "(report.reported_at < games.tipoff_at OR games.tipoff_at IS NULL)",
            ),
            # The tip-off of any game of the day is not that of this game.
            (
                PLAYERS,
                "ON games.game_id = report.game_id AND games.game_date = report.game_date",
                "ON games.game_date = report.game_date",
            ),
            # A LEFT JOIN's condition keeps what came later.
            (
                LINES,
                "JOIN games ON games.game_id = odds.game_id AND games.game_date = odds.game_date\n"
                "  WHERE",
                "LEFT JOIN games ON games.game_id = odds.game_id"
                " AND odds.captured_at < games.tipoff_at\n  WHERE TRUE OR",
            ),
            # What was told, or said by models, from tip-off on.
            (SAID, "told.as_of < games.tipoff_at", "told.as_of <= games.tipoff_at"),
            (SYSTEMS, "said.as_of < games.tipoff_at", "said.as_of IS NOT NULL"),
            # Without a tip-off the morning is the end, and of that game's own date.
            (SYSTEMS, "games.tipoff_at IS NULL AND said.as_of", "said.as_of"),
            (SYSTEMS, " AND said.as_of <= games.morning", ""),
            (SYSTEMS, "INTERVAL 10 HOUR", "INTERVAL 34 HOUR"),
            (SYSTEMS, "said.as_of <= games.morning", "said.as_of >= games.morning"),
            (
                SAID,
                "told.as_of < games.tipoff_at",
                "games.tipoff_at IS NULL"
                " AND told.as_of <= TIMESTAMP_ADD(TIMESTAMP(games.game_date), INTERVAL 10 HOUR)",
            ),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(snapshots_from_before_tipoff, read(name, (old, new)), naming="nba_raw.")


class TestNoResultsOfTheSchedule:
    @pytest.mark.parametrize("column", ["home_score", "away_score", "overtime_periods"])
    def test_score(self, column):
        reading = read(
            TEAMS, ("tipoff_at, home_team, away_team", f"tipoff_at, home_team, away_team, {column}")
        )
        assert_caught(no_results_of_the_schedule, reading, naming=column)

    @pytest.mark.parametrize("name", [ASOF, TEAM_ASOF, LINES, PLAYERS, TEAMS])
    def test_status(self, name):
        reading = read(
            name, ("AND boxscore_expected", "AND status = 'final' AND boxscore_expected")
        )
        assert_caught(no_results_of_the_schedule, reading, naming="status")
