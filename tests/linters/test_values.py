"""No date, default or summed float stands in a statement; columns are named."""

from __future__ import annotations

import pytest

from .planted import LINES, OFFENSE, TEAM_FORM, assert_caught, beside, read
from .values import (
    columns_of_the_contract,
    no_date_literal,
    no_default,
    no_float_aggregate,
    no_star,
)


class TestNoDateLiteral:
    @pytest.mark.parametrize(
        "condition",
        [
            "game_date >= DATE '2024-10-22'",
            "game_date >= '2024-10-22'",
            "tipoff_at >= TIMESTAMP '2024-10-22 23:30:00+00'",
            "tipoff_at >= TIMESTAMP('2024-10-22')",
            "game_date >= PARSE_DATE('%Y%m%d', '20241022')",
            "game_date >= DATE(2024, 10, 22)",
            "season_year >= 2024",
            "season_year IN (2024, 2025)",
        ],
    )
    def test_fault(self, condition):
        reading = read(LINES, ("AND boxscore_expected", f"AND boxscore_expected AND {condition}"))
        assert_caught(no_date_literal, reading, naming="a date literal")


class TestNoStar:
    @pytest.mark.parametrize("star", ["*", "odds.*", "* EXCEPT (game_date)"])
    def test_fault(self, star):
        reading = read(LINES, ("SELECT game_id, player_lookup, team\n", f"SELECT {star}\n"))
        assert_caught(no_star, reading)


class TestNoDefault:
    @pytest.mark.parametrize(
        "expression",
        [
            "COALESCE(points, 0)",
            "COALESCE(points, ft_made, -1)",
            "COALESCE(season_year, 10.5)",
            "COALESCE(team_abbr, 'unknown')",
            "COALESCE(points, CAST('0' AS INT64))",
            "IFNULL(points, 0)",
            "COALESCE(has_shots, FALSE)",
            "IF(points IS NULL, 0, points)",
            "IF(points IS NOT NULL, points, 0)",
            "CASE WHEN points IS NULL THEN 0 ELSE points END",
        ],
    )
    def test_fault(self, expression):
        reading = beside(expression)
        assert_caught(no_default, reading, naming="a default")

    @pytest.mark.parametrize(
        "expression",
        ["COALESCE(points, ft_made)", "COALESCE(points > 3, FALSE)", "IF(has_shots, 1, 0)"],
    )
    def test_no_fault(self, expression):
        reading = beside(expression)
        assert no_default(reading) == []


class TestNoFloatAggregate:
    @pytest.mark.parametrize(
        "call",
        [
            "AVG(points)",
            "STDDEV(points)",
            "STDDEV_POP(points)",
            "VAR_SAMP(points)",
            "VAR_POP(points)",
            "CORR(points, ft_made)",
            "COVAR_POP(points, ft_made)",
        ],
    )
    def test_of_anything(self, call):
        reading = beside(f"{call} OVER ()")
        assert_caught(no_float_aggregate, reading, naming=call.split("(")[0][:3])

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            # A float column of an input, straight and through a CTE.
            (TEAM_FORM, "CAST(ROUND(1000000 * offense.pace) AS INT64)", "offense.pace"),
            (
                TEAM_FORM,
                "CAST(ROUND(1000000 * offense.pace) AS INT64)",
                "ROUND(offense.pace)",
            ),
            (LINES, "CAST(ROUND(100 * odds.points_line) AS INT64)", "100 * odds.points_line"),
            # An integer made a float on the way.
            (TEAM_FORM, "SUM(games.pace_micros)", "SUM(SAFE_DIVIDE(games.pace_micros, 2))"),
            (TEAM_FORM, "SUM(games.pace_micros)", "SUM(games.pace_micros * 0.5)"),
            (TEAM_FORM, "SUM(games.pace_micros)", "SUM(SQRT(games.pace_micros))"),
            (OFFENSE, "SUM(seconds_played)", "SUM(CAST(seconds_played AS FLOAT64))"),
            (OFFENSE, "SUM(seconds_played)", "SUM(IF(has_shots, minutes_played, seconds_played))"),
        ],
    )
    def test_sum(self, name, old, new):
        assert_caught(no_float_aggregate, read(name, (old, new)), naming="not INT64")


class TestColumnsOfTheContract:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("winners.game_date,\n  winners.game_id,", "winners.game_id,\n  winners.game_date,"),
            ("teams.team AS team_abbr,", "teams.team,"),
            ("teams.team AS team_abbr,\n", ""),
            ("  winners.game_date,", "  winners.game_date, 1 AS one,"),
        ],
    )
    def test_fault(self, old, new):
        assert_caught(columns_of_the_contract, read(LINES, (old, new)), naming="the contract has")
