"""Every dated input is read between bare bounds of the declared window."""

from __future__ import annotations

import dataclasses

import pytest

from .partitions import partitions_are_bounded
from .planted import ASOF, GAMES, LINES, TEAM_FORM, TEAMS, assert_caught, read


class TestPartitionsAreBounded:
    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            # No bound at all, a lower one alone, an upper one alone.
            (
                GAMES,
                "  WHERE game_date >= @start_date AND game_date <= @end_date\n),\nclock",
                "),\nclock",
            ),
            (
                TEAM_FORM,
                "AND defense.game_date >= @history_start AND defense.game_date <= @end_date",
                "AND defense.game_date >= @history_start",
            ),
            (
                ASOF,
                "game_date >= @history_start AND game_date < @end_date",
                "game_date < @end_date",
            ),
            # Where they need not hold.
            (
                ASOF,
                "game_date >= @history_start AND",
                "(game_date >= @history_start OR is_dnp) AND",
            ),
            # Not bare, not of the column's type.
            (
                LINES,
                "odds.game_date >= @start_date",
                "CAST(odds.game_date AS STRING) >= @start_date",
            ),
            (
                LINES,
                "odds.game_date >= @start_date",
                "DATE_ADD(odds.game_date, INTERVAL 0 DAY) >= @start_date",
            ),
            (LINES, "odds.game_date >= @start_date", "odds.game_date >= CAST(@start_date AS DATE)"),
            # Further back than declared.
            (LINES, "odds.game_date >= @start_date", "odds.game_date >= @history_start"),
            (
                TEAMS,
                "DATE_SUB(@start_date, INTERVAL 14 DAY)",
                "DATE_SUB(@start_date, INTERVAL 15 DAY)",
            ),
            (
                TEAMS,
                "DATE_SUB(@start_date, INTERVAL 14 DAY)",
                "DATE_SUB(@start_date, INTERVAL 1 MONTH)",
            ),
            # D itself, where the contract leaves it out.
            (ASOF, "AND game_date < @end_date", "AND game_date <= @end_date"),
        ],
    )
    def test_fault(self, name, old, new):
        assert_caught(partitions_are_bounded, read(name, (old, new)))

    def test_both_ways_round(self):
        reading = read(LINES, ("odds.game_date >= @start_date", "@start_date <= odds.game_date"))
        assert partitions_are_bounded(reading) == []

    def test_undeclared_window(self):
        reading = read(LINES)
        reading.contract = dataclasses.replace(reading.contract, inputs=())
        assert_caught(partitions_are_bounded, reading, naming="without a declared window")
