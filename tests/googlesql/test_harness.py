"""The harness itself: what it refuses and what it answers."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import wasmtime

from processors.columns import Type
from processors.raw import schedule, shots
from tests.googlesql import engine
from tests.googlesql.analysis import analyse, analyse_statement
from tests.googlesql.catalog import columns_of
from tests.googlesql.engine import GoogleSqlError
from tests.googlesql.evaluation import evaluate, value_of

CONTRACTS = (schedule.CONTRACT, shots.CONTRACT)
DATES = {"start_date": Type.DATE, "end_date": Type.DATE}

GAMES = (("game_id", Type.STRING), ("game_date", Type.DATE), ("points", Type.INT64))


class TestAnalyse:
    def test_columns(self):
        assert analyse(
            "SELECT game_id, season_year / 2 AS half, tipoff_at, boxscore_expected, game_date,"
            " COUNT(*) OVER () AS n FROM `nba_raw.schedule`",
            CONTRACTS,
        ) == [
            ("game_id", Type.STRING),
            ("half", Type.FLOAT64),
            ("tipoff_at", Type.TIMESTAMP),
            ("boxscore_expected", Type.BOOL),
            ("game_date", Type.DATE),
            ("n", Type.INT64),
        ]

    def test_other_types(self):
        assert analyse("SELECT [1] AS a, STRUCT('x' AS s, 1) AS b, NUMERIC '1' AS n", ()) == [
            ("a", "ARRAY<INT64>"),
            ("b", "STRUCT<s STRING, INT64>"),
            ("n", "NUMERIC"),
        ]

    def test_join(self):
        assert analyse(
            "SELECT h.zone, g.status FROM `nba_raw.shots` AS h"
            " JOIN `nba_raw.schedule` AS g USING (game_id)",
            CONTRACTS,
        ) == [("zone", Type.STRING), ("status", Type.STRING)]

    def test_parameters(self):
        sql = (
            "SELECT game_id FROM `nba_raw.schedule`"
            " WHERE game_date BETWEEN @start_date AND @end_date"
        )
        assert analyse(sql, CONTRACTS, DATES) == [("game_id", Type.STRING)]
        with pytest.raises(GoogleSqlError, match="Query parameter 'start_date' not found"):
            analyse(sql, CONTRACTS)
        with pytest.raises(GoogleSqlError, match="BETWEEN"):
            analyse(sql, CONTRACTS, DATES | {"end_date": Type.INT64})

    def test_wrong_column(self):
        with pytest.raises(GoogleSqlError, match="Unrecognized name: game") as caught:
            analyse("SELECT\n  game\nFROM `nba_raw.schedule`", CONTRACTS)
        assert (caught.value.line, caught.value.column) == (2, 3)
        assert "  game\n  ^" in str(caught.value)

    def test_wrong_table(self):
        with pytest.raises(GoogleSqlError, match=r"Table not found: `nba_raw\.shots`"):
            analyse("SELECT 1 FROM `nba_raw.shots`", (schedule.CONTRACT,))

    @pytest.mark.parametrize(
        "expression",
        [
            "season_year = '2024'",
            "game_date + tipoff_at",
            "tipoff_at < game_date",
            "SUM(status)",
            "IF(season_year, 1, 2)",
            "COALESCE(status, season_year)",
        ],
    )
    def test_wrong_type(self, expression):
        with pytest.raises(GoogleSqlError):
            analyse(f"SELECT {expression} FROM `nba_raw.schedule`", CONTRACTS)

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT SUM(season_year) FILTER (WHERE TRUE) FROM `nba_raw.schedule`",
            "SELECT [1] = [1]",
            "SELECT CAST(1 AS INT32)",
            "SELECT CONCAT('a', season_year) FROM `nba_raw.schedule`",
            "SELECT SUM(1) OVER (ORDER BY game_date RANGE 1 PRECEDING) FROM `nba_raw.schedule`",
            "FROM `nba_raw.schedule` |> SELECT game_id",
            "SELECT 1; SELECT 2",
        ],
    )
    def test_not_in_bigquery(self, sql):
        with pytest.raises(GoogleSqlError):
            analyse(sql, CONTRACTS)

    def test_not_a_query(self):
        with pytest.raises(GoogleSqlError):
            analyse("DELETE FROM `nba_raw.schedule` WHERE TRUE", CONTRACTS)


class TestAnalyseStatement:
    @pytest.mark.parametrize(
        "sql",
        [
            "INSERT INTO `nba_raw.shots` (game_id, shot_number) VALUES ('a', 1)",
            "DELETE FROM `nba_raw.shots` WHERE game_date BETWEEN @start_date AND @end_date",
            "MERGE `nba_raw.shots` AS t USING `nba_raw.shots` AS s ON t.game_id = s.game_id"
            " WHEN MATCHED THEN UPDATE SET zone = s.zone"
            " WHEN NOT MATCHED THEN INSERT (game_id, zone) VALUES (s.game_id, s.zone)"
            " WHEN NOT MATCHED BY SOURCE AND t.game_date = @start_date THEN DELETE",
            "CREATE TABLE `nba_raw.new` (a STRING NOT NULL OPTIONS(description='x'), d DATE)"
            " PARTITION BY d CLUSTER BY a OPTIONS(require_partition_filter=TRUE)",
            "CREATE OR REPLACE TABLE `nba_raw.new` AS SELECT game_id FROM `nba_raw.shots`",
            "ALTER TABLE `nba_raw.shots` ADD COLUMN IF NOT EXISTS distance FLOAT64",
            "TRUNCATE TABLE `nba_raw.shots`",
            "SELECT zone FROM `nba_raw.shots`",
        ],
    )
    def test_valid(self, sql):
        analyse_statement(sql, CONTRACTS, DATES)

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("INSERT INTO `nba_raw.shots` (nope) VALUES (1)", "Column nope is not present"),
            ("INSERT INTO `nba_raw.shots` (zone) VALUES (1)", "cannot be inserted into column"),
            ("INSERT INTO `nba_raw.shots` VALUES ('a')", "must specify a column list"),
            ("DELETE FROM `nba_raw.shots`", "must have a WHERE clause"),
            ("UPDATE `nba_raw.shots` SET made = 1 WHERE TRUE", "cannot be assigned to made"),
            ("CREATE TABLE `nba_raw.new` (f FLOAT64) CLUSTER BY f", "CLUSTER BY"),
            ("BEGIN TRANSACTION", "not supported"),
        ],
    )
    def test_invalid(self, sql, message):
        with pytest.raises(GoogleSqlError, match=message):
            analyse_statement(sql, CONTRACTS, DATES)


class TestEvaluate:
    def test_columns(self):
        columns, rows = evaluate(
            "SELECT game_id, points / 4 AS quarter FROM `nba_raw.games` ORDER BY points DESC",
            {"nba_raw.games": (GAMES, [("a", None, 2), ("b", None, None), ("c", None, 10)])},
        )
        assert columns == [("game_id", Type.STRING), ("quarter", Type.FLOAT64)]
        assert rows == [("c", 2.5), ("a", 0.5), ("b", None)]

    def test_contract_columns(self):
        content = (("g", 1, date(2024, 1, 1), "p", "BOS", "paint", 3, False, True, None),)
        _, rows = evaluate(
            "SELECT * FROM `nba_raw.shots`",
            {"nba_raw.shots": (columns_of(shots.CONTRACT), content)},
        )
        assert rows == list(content)

    @pytest.mark.parametrize(
        "given",
        [
            "Jokić",
            -(2**63),
            0.1,
            True,
            date(1, 1, 1),
            datetime(2024, 2, 29, 23, 59, 59, 999999),
            datetime(1969, 12, 31, 23, 59, 59, 1),
        ],
    )
    def test_parameter(self, given):
        answered = value_of("@given", given=given)
        assert answered == given
        assert type(answered) is type(given)

    def test_other_values(self):
        assert value_of("[1, NULL]") == [1, None]
        assert value_of("STRUCT('x' AS s, DATE '2024-01-01' AS d)") == {
            "s": "x",
            "d": date(2024, 1, 1),
        }
        assert value_of("NUMERIC '-1.5'") == Decimal("-1.5")
        assert value_of("b'\\x00\\x01'") == b"\0\1"
        with pytest.raises(TypeError, match="interval_value"):
            value_of("DATE '2024-01-02' - DATE '2024-01-01'")
        with pytest.raises(TypeError, match="no parameter type for None"):
            value_of("@given", given=None)

    def test_timestamp_is_utc(self):
        aware = datetime(2024, 1, 1, 12, tzinfo=UTC)
        assert value_of("CAST(@at AS STRING)", at=aware) == "2024-01-01 12:00:00+00"
        assert value_of("DATE(@at, 'America/New_York')", at=datetime(2024, 1, 1, 3)) == date(
            2023, 12, 31
        )

    def test_error(self):
        with pytest.raises(GoogleSqlError, match="division by zero"):
            value_of("1 / 0")

    def test_falls_over_and_stands_up(self):
        with pytest.raises(GoogleSqlError, match="fell over"):
            value_of("+".join(["1"] * 5000))
        assert value_of("1") == 1

    def test_five_hundred_rows(self):
        """A self-join over windows, as every family is, at the size of their tests."""
        rows = [(f"{i // 20}", date.fromordinal(738000 + i // 20), i % 20) for i in range(500)]
        _, answered = evaluate(
            "WITH played AS (SELECT points AS player, game_date,"
            " COUNT(*) OVER (PARTITION BY points ORDER BY game_date) AS games,"
            " LEAD(game_date) OVER (PARTITION BY points ORDER BY game_date) AS until"
            " FROM `nba_raw.games`)"
            " SELECT g.game_date, SUM(p.games) FROM `nba_raw.games` AS g JOIN played AS p"
            " ON p.player = g.points AND p.game_date < g.game_date AND g.game_date <= p.until"
            " GROUP BY g.game_date ORDER BY g.game_date",
            {"nba_raw.games": (GAMES, rows)},
        )
        assert answered == [(date.fromordinal(738000 + day), 20 * day) for day in range(1, 25)]


class TestCompiledModule:
    def test_compiled_once(self, tmp_path, monkeypatch):
        wasm = tmp_path / "empty.wasm"
        wasm.write_bytes(wasmtime.wat2wasm("(module)"))
        compiled = []
        compile_ = engine._compile
        monkeypatch.setattr(
            engine, "_compile", lambda *given: (compiled.append(given), compile_(*given))
        )

        def load(_):
            return engine.compiled_module(wasmtime.Engine(), wasm, tmp_path / "cache")

        with ThreadPoolExecutor(8) as pool:
            assert len(list(pool.map(load, range(16)))) == 16
        assert len(compiled) == 1
        name = re.compile(r"zetasql-[\d.]+-wasmtime-[\d.]+-[0-9a-f]{16}\.cwasm")
        assert [bool(name.fullmatch(file.name)) for file in (tmp_path / "cache").iterdir()].count(
            True
        ) == 1

    def test_directory(self, tmp_path, monkeypatch):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert engine.cache_directory() == tmp_path / "tipoff" / "googlesql"
        monkeypatch.delenv("XDG_CACHE_HOME")
        assert engine.cache_directory() == engine.REPOSITORY / ".cache" / "googlesql"
