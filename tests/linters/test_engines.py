"""What the two engines answer differently is caught."""

from __future__ import annotations

import pytest

from .engines import portable
from .planted import ASOF, LINES, PLAYERS, assert_caught, beside, read


class TestPortable:
    @pytest.mark.parametrize(
        ("expression", "naming"),
        [
            ("FORMAT('%t', points)", "FORMAT"),
            ("FORMAT('%d', points)", "FORMAT"),
            ("EXTRACT(ISOWEEK FROM game_date)", "ISOWEEK"),
            ("DATE_TRUNC(game_date, ISOWEEK)", "ISOWEEK"),
            ("CAST(points * 0.5 AS STRING)", "float's text"),
            ("CAST(points * 0.5 AS INT64)", "rounds halves"),
            ("CAST(SAFE_DIVIDE(points, 2) AS INT64)", "rounds halves"),
            ("SAFE_CAST(game_id AS INT64)", "SAFE_CAST"),
            ("ROUND(SAFE_DIVIDE(points, 3), 2)", "ROUND to digits"),
            ("points / 2", "bare /"),
            ("DIV(points, ft_made)", "DIV and MOD"),
            ("MOD(points, ft_made)", "DIV and MOD"),
            ("FARM_FINGERPRINT(game_id)", "FARM_FINGERPRINT"),
            ("IEEE_DIVIDE(points, ft_made)", "IEEE_DIVIDE"),
            ("RANGE_BUCKET(points, [0, 10])", "RANGE_BUCKET"),
            ("SAFE.SUBSTR(game_id, 0, -2)", "SAFE.f()"),
            ("POW(points, 2)", "POW"),
            ("POWER(points, 2)", "POW"),
            ("TIMESTAMP_DIFF(TIMESTAMP(game_date), TIMESTAMP(game_date), HOUR)", "TIMESTAMP_DIFF"),
            ("GREATEST(1, LEAST(2, GREATEST(3, points)))", "two deep"),
            ("LEAST(1, points + LEAST(2, LEAST(3, points)))", "two deep"),
            ("CURRENT_DATE('America/New_York')", "injected"),
            ("CURRENT_TIMESTAMP()", "injected"),
            ("RAND()", "each run"),
            ("GENERATE_UUID()", "each run"),
            ("game_id = points", "with a text"),
            ("game_id IN (1, 2)", "with a text"),
            ("points > '10'", "with a text"),
            ("ARRAY(SELECT x FROM UNNEST([1]) AS x WITH OFFSET AS at)", "WITH OFFSET"),
        ],
    )
    def test_expression(self, expression, naming):
        assert_caught(portable, beside(expression), naming=naming)

    @pytest.mark.parametrize(
        ("call", "naming"),
        [
            ("APPROX_QUANTILES(step, 2)", "approximation"),
            ("APPROX_COUNT_DISTINCT(step)", "approximation"),
            ("APPROX_TOP_COUNT(step, 1)", "approximation"),
            ("MAX_BY(step, captured_at)", "MAX_BY"),
            ("MIN_BY(step, captured_at)", "MIN_BY"),
            ("COUNT(step) FILTER (WHERE step < 3)", "FILTER"),
        ],
    )
    def test_aggregate(self, call, naming):
        assert_caught(
            portable,
            read(LINES, ("MAX(captured_at) AS captured_at", f"{call} AS captured_at")),
            naming=naming,
        )

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (PLAYERS, "`nba_analytics.team_asof` AS latest", "`nba_analytics.team_asof` AS asof"),
            (ASOF, "WITH slate AS", "WITH asof AS"),
            (LINES, "AS line_x100", "AS asof"),
        ],
    )
    def test_asof(self, name, old, new):
        changes = [(old, new)]
        if name == PLAYERS:
            changes += [("latest.", "asof.")] * 5
        elif name == ASOF:
            changes += [("FROM slate\n", "FROM asof AS slate\n")]
        assert_caught(portable, read(name, *changes), naming="asof")

    @pytest.mark.parametrize("join", ["JOIN", "LEFT JOIN"])
    def test_using(self, join):
        old = (
            "LEFT JOIN teams\n  ON teams.game_id = winners.game_id"
            " AND teams.player_lookup = winners.player_lookup"
        )
        new = f"{join} teams USING (game_id, player_lookup)"
        assert_caught(portable, read(LINES, (old, new)), naming="USING")

    def test_group_by_a_shadow(self):
        reading = read(
            PLAYERS,
            (
                "SELECT game_date, team_abbr, COUNTIF(",
                "SELECT game_date, UPPER(team_abbr) AS team_abbr, COUNTIF(",
            ),
        )
        assert_caught(portable, reading, naming="GROUP BY team_abbr")

    @pytest.mark.parametrize(
        "expression",
        [
            "CAST(ROUND(SAFE_DIVIDE(points, 3)) AS INT64)",
            "CAST(FLOOR(SAFE_DIVIDE(points, 3)) AS INT64)",
            "CAST(points AS STRING)",
            "LEAST(3, GREATEST(-3, points))",
            "DIV(points, 25 * 60)",
            "SAFE_DIVIDE(points, ft_made)",
        ],
    )
    def test_no_fault(self, expression):
        reading = beside(expression)
        assert portable(reading) == []
