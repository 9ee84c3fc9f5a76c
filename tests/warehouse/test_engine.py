"""DuckDB as a warehouse: what is written is there, and a publication is all or nothing."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from processors.errors import UsageError, WarehouseFailed, WarehouseTransient
from tests.warehouse.toys import (
    D1,
    D2,
    D3,
    NOON,
    RAW,
    TOYS,
    dead_runs,
    publish,
    shop,
    stage,
    stored,
    toy,
)
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import NOTHING, Fingerprint, proven_columns

MANY = 300_000


def scanned(warehouse: DuckDBWarehouse) -> tuple[int, int, int]:
    """Rows as counted, as scanned one by one, and as grouped."""
    ask = warehouse._connection.execute
    counted = ask("SELECT count(*) FROM t").fetchone()[0]
    seen = len(ask("SELECT number FROM t").fetchnumpy()["number"])
    grouped = ask("SELECT sum(n) FROM (SELECT number % 7, count(*) AS n FROM t GROUP BY 1)")
    return counted, seen, int(grouped.fetchone()[0] or 0)


def with_source(path: Path | None, threads: int) -> DuckDBWarehouse:
    """Many rows in a stored table: several threads read them, which no generated rows need."""
    warehouse = DuckDBWarehouse(path, threads=threads)
    warehouse._connection.execute(
        f"CREATE TABLE source AS SELECT range AS number, 'toy ' || range AS name FROM range({MANY})"
    )
    return warehouse


class TestRowsAreKept:
    """DuckDB 2.0.0 loses them with two threads: its count is right and its scan finds nothing."""

    @pytest.mark.parametrize("threads", [1, 2, 4])
    @pytest.mark.parametrize("place", ["memory", "file"])
    def test_created_and_filled_in_one_transaction(self, tmp_path, place, threads):
        path = tmp_path / "t.duckdb" if place == "file" else None
        warehouse = with_source(path, threads)
        ask = warehouse._connection.execute
        ask("BEGIN")
        ask("CREATE TABLE t AS SELECT * FROM source LIMIT 0")
        ask("INSERT INTO t SELECT * FROM source")
        assert scanned(warehouse) == (MANY, MANY, MANY)
        ask("COMMIT")
        assert scanned(warehouse) == (MANY, MANY, MANY)
        warehouse.close()
        if path:
            warehouse = DuckDBWarehouse(path)
            assert scanned(warehouse) == (MANY, MANY, MANY)
            warehouse.close()

    @pytest.mark.parametrize("threads", [1, 4])
    def test_replaced_in_one_transaction(self, tmp_path, threads):
        warehouse = with_source(tmp_path / "t.duckdb", threads)
        ask = warehouse._connection.execute
        ask("CREATE TABLE t AS SELECT * FROM source")
        ask("BEGIN")
        ask("DELETE FROM t WHERE number % 3 = 0")
        ask("INSERT INTO t SELECT * FROM source WHERE number % 3 = 0")
        ask("COMMIT")
        assert scanned(warehouse) == (MANY, MANY, MANY)
        warehouse.close()


def prints(warehouse: DuckDBWarehouse, columns: tuple[str, ...] = RAW.column_names) -> dict:
    return warehouse.fingerprints(RAW, [columns], first=D1, last=D3)[0]


ROWS = [toy(day, f"toy {n}", wheels=n) for day in (D1, D2) for n in range(50)]


class TestFingerprints:
    @pytest.mark.parametrize("threads", [1, 2, 4])
    def test_order_and_threads(self, threads):
        one, other = shop(ROWS), shop(ROWS[::-1], threads=threads)
        assert prints(one) == prints(other)
        assert {day: found.rows for day, found in prints(one).items()} == {D1: 50, D2: 50}

    def test_many_rows_and_threads(self):
        """More than one row group, so that several threads do share the work."""
        found = []
        for threads, order in ((1, "n"), (4, "n DESC")):
            warehouse = shop(threads=threads)
            warehouse._connection.execute(
                "INSERT INTO nba_raw.toys SELECT DATE '2024-11-01', 'toy ' || n, n, n / 7.0, NULL,"
                f" NULL FROM (SELECT range AS n FROM range({MANY})) ORDER BY {order}"
            )
            found.append(prints(warehouse))
        assert found[0] == found[1]
        assert found[0][D1].rows == MANY

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "toy x"},
            {"wheels": 99},
            {"wheels": None},
            {"weight": 1.51},
            {"weight": None},
            {"is_red": False},
            {"is_red": None},
            {"seen_at": NOON + timedelta(microseconds=1)},
            {"seen_at": None},
        ],
    )
    def test_any_cell(self, change):
        before = prints(shop(ROWS))
        after = prints(shop([{**ROWS[0], **change}, *ROWS[1:]]))
        assert after[D1].content != before[D1].content
        assert after[D2] == before[D2]

    def test_values_that_change_places(self):
        rows = [{**ROWS[0], "wheels": 1}, {**ROWS[1], "wheels": 0}, *ROWS[2:]]
        assert prints(shop(rows))[D1] != prints(shop(ROWS))[D1]

    def test_a_doubled_row_shows(self):
        assert prints(shop([*ROWS, ROWS[0]]))[D1].rows == 51

    def test_only_the_named_columns(self):
        """Several views in one reading, each blind to the others' columns."""
        red = [{**ROWS[0], "is_red": False}, *ROWS[1:]]
        views = [("name", "wheels"), ("name", "is_red")]
        before = shop(ROWS).fingerprints(RAW, views, first=D1, last=D3)
        after = shop(red).fingerprints(RAW, views, first=D1, last=D3)
        assert before[0] == after[0]
        assert before[1][D1] != after[1][D1]

    def test_only_the_asked_dates(self):
        warehouse = shop(ROWS)
        assert warehouse.fingerprints(RAW, [("name",)], first=D2, last=D3)[0].keys() == {D2}

    def test_as_text(self):
        assert str(Fingerprint(3, 255)) == "3:00000000000000ff"
        assert str(Fingerprint(1, 2**64 - 1)) == "1:ffffffffffffffff"

    def test_whole(self):
        warehouse = shop(ROWS)
        by_day = prints(warehouse, ("name", "wheels"))
        found = warehouse.fingerprint(RAW, ("name", "wheels"))
        assert found == Fingerprint(100, by_day[D1].content ^ by_day[D2].content)
        assert shop().fingerprint(RAW, ("name",)) == NOTHING


class TestFingerprintsByKey:
    @pytest.mark.parametrize(
        ("changed", "seen"), [("ann", {D1}), ("bob", {D1, D2}), ("cat", {D2}), ("dan", set())]
    )
    @pytest.mark.parametrize("staged", [False, True])
    def test_as_far_as_the_reader_holds_the_key(self, changed, seen, staged):
        kinds = replace(RAW, table="nba_raw.kinds", key=("name",), date_column=None)
        warehouse = shop([toy(D1, "ann"), toy(D1, "bob"), toy(D2, "bob"), toy(D2, "cat")])
        warehouse.migrate([kinds])
        warehouse.append({kinds.table: [toy(None, name) for name in ("ann", "bob", "cat", "dan")]})
        stage(warehouse)
        publish(warehouse, D1, D2)

        def found() -> dict:
            return warehouse.fingerprints_by_key(
                kinds, ("name", "wheels"), reader=TOYS, staged=staged, first=D1, last=D3
            )

        before = found()
        warehouse._connection.execute(
            f"UPDATE nba_raw.kinds SET wheels = 9 WHERE name = '{changed}'"
        )
        after = found()
        assert {day: one.rows for day, one in before.items()} == {D1: 2, D2: 2}
        assert {day for day in (D1, D2) if before[day] != after[day]} == seen

    def test_bad_staged_rows_hold_nothing(self):
        """Published or staged, the same rows hold the same keys."""
        warehouse = shop([toy(D1, "ann"), toy(D1, "bob", weight=-1), toy(D1, "cat")])
        stage(warehouse)
        publish(warehouse, D1)
        found = [
            warehouse.fingerprints_by_key(
                RAW, ("name", "wheels"), reader=TOYS, staged=staged, first=D1, last=D3
            )
            for staged in (False, True)
        ]
        assert found[0] == found[1]
        assert found[0][D1].rows == 2


class TestStage:
    def test_rounded_and_hashed(self):
        warehouse = shop([toy(D1, "ann", weight=1.23456)])
        stage(warehouse)
        ((weight, hashed, reason),) = warehouse.rows(
            "SELECT weight, data_hash, quarantine_reason FROM `staging.toys_seen`"
        )
        assert (weight, len(hashed), reason) == (1.23, 64, None)

    def test_equal_rows_have_equal_hashes(self):
        found = []
        for row in (toy(D1, "ann", weight=1.5), toy(D1, "ann", weight=1.501), toy(D1, "bob")):
            warehouse = shop([row])
            stage(warehouse)
            found.append(warehouse.rows("SELECT data_hash FROM `staging.toys_seen`"))
        assert found[0] == found[1] != found[2]

    def test_only_the_span(self):
        warehouse = shop([toy(day, "ann") for day in (D1, D2, D3)])
        stage(warehouse, D2, D2)
        assert warehouse.rows("SELECT made_on FROM `staging.toys_seen`") == [(D2,)]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (toy(D1, "ann", weight=-0.01), "weight_out_of_range"),
            (toy(D1, "ann", weight=100.01), "weight_out_of_range"),
            (toy(D1, "ann", weight=-0.001), None),
            (toy(D1, None), "name_is_null"),
            (toy(D1, "ann", wheels=-1), "wheels_out_of_range"),
            (toy(D1, "ann", weight=None, wheels=None), None),
        ],
    )
    def test_bad_rows_are_marked(self, row, reason):
        warehouse = shop([row])
        stage(warehouse)
        found = warehouse.rows("SELECT quarantine_reason FROM `staging.toys_seen`")
        assert found == [(reason,)]

    def test_doubled_keys(self):
        rows = [toy(D1, "ann"), toy(D1, "ann", wheels=3), toy(D2, "ann"), toy(D1, "bob")]
        warehouse = shop(rows)
        stage(warehouse)
        assert warehouse.rows(
            "SELECT made_on, name, quarantine_reason FROM `staging.toys_seen`"
            " ORDER BY made_on, name"
        ) == [
            (D1, "ann", "key_doubled"),
            (D1, "ann", "key_doubled"),
            (D1, "bob", None),
            (D2, "ann", None),
        ]

    def test_doubled_nulls(self):
        warehouse = shop([toy(D1, None), toy(D1, None)])
        stage(warehouse)
        found = warehouse.rows("SELECT DISTINCT quarantine_reason FROM `staging.toys_seen`")
        assert found == [("key_doubled",)]

    def test_good_rows_are_fingerprinted_as_if_stored(self):
        warehouse = shop([*ROWS, toy(D1, "bad", weight=-1)])
        stage(warehouse)
        staged = warehouse.staged_fingerprints(TOYS)
        publish(warehouse, D1, D2)
        (found,) = warehouse.fingerprints(TOYS, [proven_columns(TOYS)], first=D1, last=D3)
        assert found == staged
        assert staged[D1].rows == 50

    def test_again_replaces_what_was_staged(self):
        warehouse = shop(ROWS)
        stage(warehouse, D1, D1)
        stage(warehouse, D2, D2)
        assert warehouse.staged_fingerprints(TOYS).keys() == {D2}


class TestPublish:
    def test_replaces_exactly_its_dates(self):
        warehouse = shop([toy(day, "ann") for day in (D1, D2, D3)])
        stage(warehouse)
        publish(warehouse, D1, D2, D3)
        warehouse._connection.execute("DELETE FROM nba_raw.toys")
        warehouse.append({RAW.table: [toy(day, "bob", wheels=2) for day in (D1, D2, D3)]})
        stage(warehouse)
        publish(warehouse, D2, run_id="second")
        assert stored(warehouse) == [(D1, "ann", 4), (D2, "bob", 2), (D3, "ann", 4)]

    def test_a_date_without_rows_is_emptied(self):
        warehouse = shop([toy(D1, "ann"), toy(D2, "ann")])
        stage(warehouse)
        publish(warehouse, D1, D2)
        warehouse._connection.execute("DELETE FROM nba_raw.toys WHERE made_on = '2024-11-01'")
        stage(warehouse)
        publish(warehouse, D1)
        assert stored(warehouse) == [(D2, "ann", 4)]

    def test_bookkeeping(self):
        warehouse = shop([toy(D1, "ann"), toy(D2, "ann")])
        stage(warehouse)
        publish(warehouse, D1, D2)
        assert warehouse.rows(
            "SELECT logic_version, input_fingerprint, run_id, processed_at"
            " FROM `nba_analytics.toys_seen` ORDER BY made_on"
        ) == [
            ("today", "inputs of 2024-11-01", "run", NOON),
            ("today", "inputs of 2024-11-02", "run", NOON),
        ]

    def test_steps(self):
        warehouse = shop([toy(D1, "ann")])
        stage(warehouse)
        steps: list[str] = []
        publish(warehouse, D1, step=steps.append)
        assert steps == ["begun", "deleted", "inserted", "quarantined", "remembered", "committed"]

    def test_bad_rows_are_kept_whole(self):
        warehouse = shop([toy(D1, "ann"), toy(D1, "it's", weight=-1, seen_at=None), toy(D2, None)])
        stage(warehouse)
        publish(warehouse, D1, quarantined=[D1])
        ((key, reason, text, recorded),) = warehouse.rows(
            "SELECT row_key, reason, row_text, recorded_at FROM `nba_ops.quarantine`"
        )
        assert (key, reason, recorded) == ("2024-11-01 it's", "weight_out_of_range", NOON)
        assert json.loads(text) == {
            "made_on": "2024-11-01",
            "name": "it's",
            "wheels": 4,
            "weight": -1.0,
            "is_red": True,
            "seen_at": None,
        }

    @pytest.mark.parametrize("at", ["begun", "deleted", "inserted", "quarantined", "remembered"])
    def test_an_error_in_the_middle(self, at):
        warehouse = shop([toy(D1, "ann"), toy(D1, "bad", weight=-1)])
        stage(warehouse)
        publish(warehouse, D1)
        before = stored(warehouse)
        warehouse._connection.execute("UPDATE nba_raw.toys SET wheels = 6")
        stage(warehouse)

        def step(name: str) -> None:
            if name == at:
                raise RuntimeError(name)

        with pytest.raises(RuntimeError):
            publish(
                warehouse, D1, step=step, quarantined=[D1], ledger={"nba_ops.runs": dead_runs(1)}
            )
        assert stored(warehouse) == before
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.quarantine`") == [(0,)]
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(0,)]
        # What was staged is still there, and can be published.
        publish(warehouse, D1, quarantined=[D1])
        assert stored(warehouse) == [(D1, "ann", 6)]

    def test_a_ledger_that_cannot_be_written(self):
        warehouse = shop([toy(D1, "ann")])
        stage(warehouse)
        with pytest.raises(WarehouseFailed, match=r"publishing nba_analytics\.toys_seen failed"):
            publish(warehouse, D1, ledger={"nba_ops.nothing": dead_runs(1)})
        assert stored(warehouse) == []

    def test_on_file_after_closing(self, tmp_path):
        path = tmp_path / "toys.duckdb"
        warehouse = shop(ROWS, path=path)
        stage(warehouse)
        publish(warehouse, D1, D2, ledger={"nba_ops.runs": dead_runs(2)})
        before = stored(warehouse)
        warehouse.close()
        warehouse = DuckDBWarehouse(path)
        assert stored(warehouse) == before
        assert len(before) == 100
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(2,)]
        warehouse.close()


class TestAppend:
    def test_words_of_all_kinds(self):
        warehouse = shop()
        said = 'it\'s "Dončić"\n\\N {"a": [1, null]} 😀'
        warehouse.append({"nba_ops.runs": [{**dead_runs(1)[0], "request": said, "status": None}]})
        assert warehouse.rows("SELECT request, status, recorded_at FROM `nba_ops.runs`") == [
            (said, None, NOON)
        ]

    def test_nothing(self):
        warehouse = shop()
        warehouse.append({"nba_ops.runs": []})
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(0,)]

    def test_many(self):
        warehouse = shop()
        warehouse.append({"nba_ops.runs": dead_runs(5000)})
        assert warehouse.rows("SELECT COUNT(DISTINCT run_id) FROM `nba_ops.runs`") == [(5000,)]


class TestRows:
    def test_only_the_parameters_that_it_wants(self):
        found = shop(ROWS).rows(
            "SELECT COUNT(*) FROM `nba_raw.toys` WHERE made_on = @day", day=D1, another=D2
        )
        assert found == [(50,)]

    def test_parameters_that_are_missing(self):
        with pytest.raises(UsageError, match="the text wants the parameters day, name"):
            shop().rows("SELECT 1 FROM `nba_raw.toys` WHERE made_on = @day AND name = @name")


class TestErrors:
    def test_of_the_engine(self):
        warehouse = shop(ROWS)
        with pytest.raises(WarehouseFailed, match=r"a read failed in duckdb \d") as caught:
            warehouse.rows("SELECT CAST(name AS INT64) FROM `nba_raw.toys`")
        assert not caught.value.retryable
        assert "toy " in caught.value.message
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_raw.toys`") == [(100,)]

    def test_memory_may_be_there_another_time(self):
        warehouse = DuckDBWarehouse(None, threads=1, memory_limit="30MB")
        with pytest.raises(WarehouseTransient, match="was given up by duckdb") as caught:
            warehouse.rows(
                "SELECT STRING_AGG(CAST(n AS STRING), ' ')"
                " FROM UNNEST(GENERATE_ARRAY(1, 4000000)) AS n"
            )
        assert caught.value.retryable
        assert caught.value.http_status == 503
        assert warehouse.rows("SELECT 1") == [(1,)]

    def test_a_transaction_is_not_left_open(self):
        warehouse = shop()
        warehouse._connection.execute("BEGIN")
        with pytest.raises(WarehouseFailed):
            warehouse.rows("SELECT nothing FROM `staging.toys_seen`")
        warehouse._connection.execute("BEGIN")
        warehouse._connection.execute("COMMIT")


class TestThreads:
    def test_calls_are_one_at_a_time(self):
        warehouse = shop(ROWS)
        stage(warehouse)
        wrong: list[object] = []

        def work(number: int) -> None:
            for _ in range(20):
                warehouse.append({"nba_ops.runs": dead_runs(3)})
                publish(warehouse, D1 if number % 2 else D2)
                if warehouse.rows("SELECT COUNT(*) FROM `nba_raw.toys`") != [(100,)]:
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert wrong == []
        assert len(stored(warehouse)) == 100
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(240,)]
