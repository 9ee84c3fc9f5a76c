"""Publishing on BigQuery: its dates and no others, whole or not at all, once whatever is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest

from processors.errors import UsageError, WarehouseFailed, WarehouseTransient
from tests.bigquery import scripts
from tests.bigquery.errors import ApiError
from tests.bigquery.preparing import Prepared
from tests.bigquery.server import BigQueryServer
from tests.bigquery.statements import Outcome
from tests.warehouse.bigquery.conftest import OpenShop, sent
from tests.warehouse.toys import (
    D1,
    D2,
    D3,
    TOYS,
    by_hand,
    dead_runs,
    publish,
    stage,
    stored,
    toy,
)
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.interface import Row

JOBS = "/projects/{project}/jobs"
ABORTED = "Transaction is aborted due to concurrent update against table p:d.toys_seen"
BAD = toy(D2, "bad", weight=-1)
SAID = {"quarantined": [D2], "ledger": {"nba_ops.runs": dead_runs(2)}}

Another = Callable[..., BigQueryWarehouse]
Fail = Callable[[int, str, str], None]


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """The n-th statement of a script fails for that reason, once."""

    def planted(nth: int, reason: str, message: str) -> None:
        left = [nth]
        execute = scripts.execute

        def failing(prepared: Prepared) -> Outcome:
            left[0] -= 1
            if left[0] == 0:
                raise ApiError(reason, message)
            return execute(prepared)

        monkeypatch.setattr(scripts, "execute", failing)

    return planted


def last_modified(warehouse: BigQueryWarehouse) -> dict[str, datetime]:
    """By partition of the published table."""
    place = warehouse._place.table(TOYS.table)
    project, dataset, table = place.split(".")
    rows = warehouse.rows(
        "SELECT partition_id, last_modified_time FROM"
        f" `{project}.{dataset}.INFORMATION_SCHEMA.PARTITIONS` WHERE table_name = '{table}'"
    )
    return dict(rows)


def kept(warehouse: BigQueryWarehouse) -> tuple[list[Row], int, int]:
    """Published rows, how many were set aside, how many rows the ledger has."""
    ((aside,),) = warehouse.rows("SELECT COUNT(*) FROM `nba_ops.quarantine`")
    ((told,),) = warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`")
    return stored(warehouse), aside, told


class TestOneDay:
    def test_by_its_partition(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop([toy(day, "ann") for day in (D1, D2, D3)])
        stage(shop)
        publish(shop, D1, D2, D3)
        before = last_modified(shop)
        by_hand(shop, "UPDATE `nba_raw.toys` SET wheels = 2 WHERE made_on >= '2024-11-01'")
        stage(shop)
        server.requests.clear()
        publish(shop, D2)
        assert sent(server) == ["query"]
        job_id, job = list(server.jobs.items())[-1]
        assert job_id.startswith("tipoff-publish-toys_seen-20241102-20241102-")
        assert job.specific["destinationTable"]["tableId"] == "toys_seen$20241102"
        assert job.specific["writeDisposition"] == "WRITE_TRUNCATE"
        assert job.specific["createDisposition"] == "CREATE_NEVER"
        assert job.configuration["labels"]["tipoff_run"] == "run"
        assert stored(shop) == [(D1, "ann", 4), (D2, "ann", 2), (D3, "ann", 4)]
        after = last_modified(shop)
        assert [day for day in after if after[day] != before[day]] == ["20241102"]

    def test_that_comes_out_empty(self, open_shop: OpenShop) -> None:
        shop = open_shop([toy(D1, "ann"), toy(D2, "ann")])
        stage(shop)
        publish(shop, D1, D2)
        before = last_modified(shop)
        by_hand(shop, "DELETE FROM `nba_raw.toys` WHERE made_on = '2024-11-02'")
        stage(shop)
        publish(shop, D2)
        assert stored(shop) == [(D1, "ann", 4)]
        assert last_modified(shop)["20241101"] == before["20241101"]

    def test_then_its_ledger(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        """Two jobs: a destination is no part of a transaction."""
        shop = open_shop([toy(D2, "ann"), BAD])
        stage(shop)
        steps: list[str] = []
        server.requests.clear()
        publish(shop, D2, step=steps.append, **SAID)
        assert sent(server) == ["query"] * 2
        assert steps == ["begun", "inserted", "quarantined", "remembered", "committed"]
        assert kept(shop) == ([(D2, "ann", 4)], 1, 2)

    def test_a_ledger_that_is_refused(self, open_shop: OpenShop, fail: Fail) -> None:
        """The rows say whose they are; ledger and quarantine say nothing of it, together."""
        shop = open_shop([toy(D2, "ann"), BAD])
        stage(shop)
        fail(2, "invalidQuery", "no such ledger")
        with pytest.raises(WarehouseFailed, match="no such ledger"):
            publish(shop, D2, **SAID)
        assert kept(shop) == ([(D2, "ann", 4)], 0, 0)


class TestSeveralDays:
    def test_one_transaction(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop([toy(D1, "ann"), toy(D2, "ann"), toy(D3, "ann"), BAD])
        stage(shop)
        steps: list[str] = []
        server.requests.clear()
        publish(shop, D1, D2, step=steps.append, **SAID)
        assert sent(server) == ["query"]
        assert steps == ["begun", "quarantined", "remembered", "committed"]
        job = [one for one in server.jobs.values() if one.parent is None][-1]
        asked = " ".join(job.specific["query"].split())
        turn = f"`{shop._place.table('nba_ops.turns')}`"
        assert asked.startswith(f"BEGIN TRANSACTION; MERGE {turn} AS turns")
        assert kept(shop) == ([(D1, "ann", 4), (D2, "ann", 4)], 1, 2)

    @pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
    def test_a_fault_in_the_middle(self, open_shop: OpenShop, fail: Fail, nth: int) -> None:
        """Of the turn, the emptying, the filling, the quarantine, the ledger."""
        shop = open_shop([toy(D1, "ann"), toy(D2, "ann"), BAD])
        stage(shop)
        publish(shop, D1, D2)
        by_hand(shop, "UPDATE `nba_raw.toys` SET wheels = 2 WHERE made_on >= '2024-11-01'")
        stage(shop)
        fail(nth, "invalidQuery", "planted")
        with pytest.raises(WarehouseFailed, match="planted"):
            publish(shop, D1, D2, **SAID)
        assert kept(shop) == ([(D1, "ann", 4), (D2, "ann", 4)], 0, 0)
        publish(shop, D1, D2, **SAID)
        assert kept(shop) == ([(D1, "ann", 2), (D2, "ann", 2)], 1, 2)

    def test_one_row_is_everybody_s_turn(
        self, open_shop: OpenShop, another: Callable[..., BigQueryWarehouse]
    ) -> None:
        """Each changes it: BigQuery lets no two transactions do so at once."""
        first, second = open_shop([toy(D1, "ann"), toy(D2, "ann")]), another()
        for shop in (first, second, first):
            stage(shop)
            publish(shop, D1, D2)
        assert first.rows("SELECT name, taken_by FROM `nba_ops.turns`") == [("all", "run")]

    @pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
    def test_aborted_for_another_s_change(
        self, open_shop: OpenShop, fail: Fail, server: BigQueryServer, nth: int
    ) -> None:
        shop = open_shop([toy(D1, "ann"), toy(D2, "ann"), BAD])
        stage(shop)
        server.requests.clear()
        fail(nth, "invalidQuery", ABORTED)
        publish(shop, D1, D2, **SAID)
        assert sent(server) == ["query"] * 2
        assert kept(shop) == ([(D1, "ann", 4), (D2, "ann", 4)], 1, 2)

    def test_aborted_again_and_again(
        self, open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = open_shop([toy(D1, "ann"), toy(D2, "ann")])
        stage(shop)

        def failing(_: Prepared) -> Outcome:
            raise ApiError("invalidQuery", ABORTED)

        monkeypatch.setattr(scripts, "execute", failing)
        with pytest.raises(WarehouseTransient, match="aborted due to concurrent update"):
            publish(shop, D1, D2)


class TestAtOnce:
    @pytest.mark.parametrize("days", [[D2], [D1, D2]])
    def test_two_of_the_same_dates(
        self, open_shop: OpenShop, another: Another, days: list[date]
    ) -> None:
        """The rows of one of them, whole; the ledger knows both."""
        raw = open_shop([toy(day, name) for day in days for name in ("ann", "bob")])
        shops = [another(), another()]
        stage(shops[0])
        by_hand(raw, "UPDATE `nba_raw.toys` SET wheels = 2 WHERE made_on >= '2024-11-01'")
        stage(shops[1])
        told = {"nba_ops.runs": dead_runs(1)}
        threads = [
            threading.Thread(target=publish, args=(one, *days), kwargs={"ledger": told})
            for one in shops
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join(30)
        rows, _, remembered = kept(raw)
        assert rows in (
            [(day, name, wheels) for day in days for name in ("ann", "bob")] for wheels in (4, 2)
        )
        assert remembered == 2


class TestLost:
    @pytest.mark.parametrize(("days", "nth"), [([D2], 1), ([D2], 2), ([D1, D2], 1)])
    def test_answers(
        self, open_shop: OpenShop, server: BigQueryServer, days: list[date], nth: int
    ) -> None:
        """The job was taken, and is known again by its id."""
        shop = open_shop([*(toy(day, "ann") for day in days), BAD])
        stage(shop)
        before = len(server.jobs)
        server.requests.clear()
        server.faults.reset(after=True, nth=nth, method="POST", route=JOBS)
        publish(shop, *days, **SAID)
        assert kept(shop) == ([(day, "ann", 4) for day in days], 1, 2)
        assert [one.status for one in server.requests if one.method == "POST"].count(409) == 1
        assert len([one for one in list(server.jobs.values())[before:] if not one.parent]) == (
            (2 if len(days) == 1 else 1) + 3
        )

    def test_of_an_append(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop()
        server.faults.reset(after=True, method="POST", route=JOBS)
        shop.append({"nba_ops.runs": dead_runs(3)})
        assert kept(shop) == ([], 0, 3)

    @pytest.mark.parametrize("reason", ["rateLimitExceeded", "backendError"])
    @pytest.mark.parametrize("after", [False, True])
    def test_refused_for_now(
        self, open_shop: OpenShop, server: BigQueryServer, reason: str, *, after: bool
    ) -> None:
        shop = open_shop([toy(D1, "ann"), toy(D2, "ann"), BAD])
        stage(shop)
        server.faults.answer(reason, after=after, times=2, method="POST", route=JOBS)
        publish(shop, D1, D2, **SAID)
        assert kept(shop) == ([(D1, "ann", 4), (D2, "ann", 4)], 1, 2)


class TestAppend:
    def test_to_several_tables_or_to_none(self, open_shop: OpenShop, fail: Fail) -> None:
        shop = open_shop()
        rows = {"nba_ops.runs": dead_runs(1), "nba_ops.partitions": [{"run_id": "run"}]}
        fail(2, "invalidQuery", "planted")
        with pytest.raises(WarehouseFailed, match="planted"):
            shop.append(rows)
        for table in rows:
            assert shop.rows(f"SELECT COUNT(*) FROM `{table}`") == [(0,)]
        shop.append(rows)
        for table in rows:
            assert shop.rows(f"SELECT COUNT(*) FROM `{table}`") == [(1,)]

    def test_a_column_that_there_is_not(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop()
        with pytest.raises(UsageError, match="hold shoe_size, which has no column"):
            shop.append({"nba_ops.runs": [{"shoe_size": 1}]})
        assert sent(server) == []

    def test_of_nothing_asks_nothing(self, open_shop: OpenShop, server: BigQueryServer) -> None:
        shop = open_shop()
        shop.append({"nba_ops.runs": []})
        publish(shop, ledger={"nba_ops.runs": []})
        assert server.requests == []


def test_writes_grow_however_it_ended(open_shop: OpenShop, fail: Fail) -> None:
    shop = open_shop([toy(D1, "ann"), toy(D2, "ann")])
    stage(shop)
    before = shop.writes
    publish(shop, D1)
    assert shop.writes == before + 1
    fail(1, "invalidQuery", "planted")
    with pytest.raises(WarehouseFailed):
        publish(shop, D1, D2)
    assert shop.writes == before + 2
