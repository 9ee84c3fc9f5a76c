"""The arithmetic that the warehouse builds on, where engines are known to part ways."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from processors.columns import Type
from tests.googlesql.evaluation import evaluate, value_of

GAMES = (("game_id", Type.STRING), ("game_date", Type.DATE), ("points", Type.INT64))
FOUR_GAMES = {
    "nba_raw.games": (
        GAMES,
        [
            ("a", date(2024, 1, 1), 10),
            ("b", date(2024, 1, 2), None),
            ("c", date(2024, 1, 5), 30),
            ("d", date(2024, 1, 6), 20),
        ],
    )
}


def column(expression: str, tail: str = "ORDER BY game_id"):
    """One value a game."""
    _, rows = evaluate(f"SELECT {expression} FROM `nba_raw.games` {tail}", FOUR_GAMES)
    return [row[0] for row in rows]


class TestSemantics:
    def test_nulls_first_when_ascending(self):
        assert column("points", "ORDER BY points") == [None, 10, 20, 30]
        assert column("points", "ORDER BY points DESC") == [30, 20, 10, None]

    def test_safe_divide(self):
        assert value_of("SAFE_DIVIDE(1, 4)") == 0.25
        assert value_of("SAFE_DIVIDE(1, 0)") is None
        assert value_of("SAFE_DIVIDE(0, 0)") is None

    def test_rows_frame(self):
        assert column(
            "SUM(points) OVER (ORDER BY game_date ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
        ) == [10, 10, 30, 50]

    def test_range_frame(self):
        assert column(
            "SUM(points) OVER (ORDER BY UNIX_DATE(game_date)"
            " RANGE BETWEEN 3 PRECEDING AND 1 PRECEDING)"
        ) == [None, 10, None, 30]

    def test_empty_frame(self):
        frame = "OVER (ORDER BY game_date ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)"
        assert column(f"SUM(points) {frame}") == [None, 10, 10, 30]
        assert column(f"COUNTIF(points > 0) {frame}") == [0, 1, 1, 1]

    def test_lag_and_lead(self):
        assert column("LAG(points) OVER (ORDER BY game_date)") == [None, 10, None, 30]
        assert column("LEAD(points, 2, -1) OVER (ORDER BY game_date)") == [30, 20, -1, -1]

    def test_qualify(self):
        assert column("game_id", "QUALIFY ROW_NUMBER() OVER (ORDER BY points DESC) = 1") == ["c"]

    def test_greatest_of_null_is_null(self):
        assert value_of("GREATEST(1, NULL)") is None
        assert value_of("LEAST(1, 2, NULL)") is None

    def test_any_value_having(self):
        assert column("ANY_VALUE(points HAVING MAX game_date)", "") == [20]
        assert column("ANY_VALUE(points HAVING MAX game_id)", "WHERE game_id < 'c'") == [None]


class TestHashing:
    def test_sha256(self):
        text = "Luka Dončić\x1f日本\x1f-1"
        assert (
            value_of("TO_HEX(SHA256(@text))", text=text)
            == hashlib.sha256(text.encode()).hexdigest()
        )
        assert value_of("CONCAT('a', CHR(31), 'b')") == "a\x1fb"
        assert value_of("CONCAT('a', NULL)") is None

    @pytest.mark.parametrize(
        ("expression", "text"),
        [
            ("-7", "-7"),
            ("TRUE", "true"),
            ("DATE '0999-01-05'", "0999-01-05"),
            ("UNIX_MICROS(TIMESTAMP '1960-01-05 12:00:00.123456+00')", "-315230399876544"),
        ],
    )
    def test_text(self, expression, text):
        assert value_of(f"CAST({expression} AS STRING)") == text

    def test_hexadecimal_to_integer(self):
        assert value_of("CAST(CONCAT('0x', SUBSTR('7fffffffffffffff', 1, 15)) AS INT64)") == (
            0x7FFFFFFFFFFFFFF
        )

    def test_bit_xor(self):
        assert column("BIT_XOR(points)", "") == [10 ^ 30 ^ 20]
        assert column("BIT_XOR(points)", "WHERE FALSE") == [None]


class TestRound:
    """Half-way goes away from zero; with digits, only what is half-way in binary is half-way."""

    @pytest.mark.parametrize(
        ("expression", "rounded"),
        [
            ("ROUND(2.5)", 3.0),
            ("ROUND(-2.5)", -3.0),
            ("ROUND(0.125, 2)", 0.13),
            ("ROUND(1 / 128, 6)", 0.007813),
            ("ROUND(0.15, 1)", 0.1),  # 0.15 is 0.1499999999999999944: DuckDB answers 0.2
            ("ROUND(43 / 640, 6)", 0.067187),  # DuckDB answers 0.067188
            ("ROUND(0.15 * 10) / 10", 0.2),  # multiplied by hand both answer alike
            ("ROUND(43 / 640 * 1e6) / 1e6", 0.067188),
        ],
    )
    def test_half_way(self, expression, rounded):
        assert value_of(expression) == rounded

    def test_to_integer(self):
        assert value_of("CAST(2.5 AS INT64)") == 3  # DuckDB answers 2
        assert value_of("CAST(ROUND(-0.0000004 * 1e6) AS INT64)") == 0
