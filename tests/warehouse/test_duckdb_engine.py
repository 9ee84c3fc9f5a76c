"""What is DuckDB's own: threads and files, and one transaction from the first step to the last."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from processors.errors import WarehouseFailed, WarehouseTransient
from tests.warehouse.toys import D1, D2, ROWS, dead_runs, prints, publish, shop, stage, stored, toy
from warehouse.duckdb.engine import DuckDBWarehouse

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


class TestFingerprints:
    @pytest.mark.parametrize("threads", [1, 2, 4])
    def test_order_and_threads(self, threads):
        one, other = shop(ROWS), shop(ROWS[::-1], threads=threads)
        assert prints(one) == prints(other)

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


class TestPublish:
    def test_steps(self):
        warehouse = shop([toy(D1, "ann")])
        stage(warehouse)
        steps: list[str] = []
        publish(warehouse, D1, step=steps.append)
        assert steps == ["begun", "deleted", "inserted", "quarantined", "remembered", "committed"]

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

    def test_on_file_after_closing(self, tmp_path):
        path = tmp_path / "toys.duckdb"
        warehouse = shop(ROWS, path=path)
        stage(warehouse)
        publish(warehouse, D1, D2, ledger={"nba_ops.runs": dead_runs(2)})
        before = stored(warehouse)
        warehouse.close()
        warehouse = DuckDBWarehouse(path)
        assert stored(warehouse) == before
        assert len(before) == 20
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(2,)]
        warehouse.close()


class TestAppend:
    def test_many(self):
        warehouse = shop()
        warehouse.append({"nba_ops.runs": dead_runs(5000)})
        assert warehouse.rows("SELECT COUNT(DISTINCT run_id) FROM `nba_ops.runs`") == [(5000,)]


class TestErrors:
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
                if warehouse.rows("SELECT COUNT(*) FROM `nba_raw.toys`") != [(20,)]:
                    wrong.append(number)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert wrong == []
        assert len(stored(warehouse)) == 20
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(240,)]
