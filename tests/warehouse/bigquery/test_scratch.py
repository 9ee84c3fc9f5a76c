"""Forks on BigQuery: changed at will and taken back, and the warehouse hears nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from processors.contract import Contract
from processors.errors import ContractError, TooCostly, WarehouseFailed
from tests.bigquery.server import BigQueryServer
from tests.warehouse import toys
from tests.warehouse.toys import D1, D2, D3, OPS, RAW, TOYS, shop, toy
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.layout import table_found
from warehouse.bigquery.schema import layout_of
from warehouse.interface import FORK_ROW, Row, Scratch, Warehouse

NAMED = replace(RAW, table="nba_raw.named", key=("name",), date_column=None)
"""A list of things: without dates, read whole."""
ROWS = [toy(D1, "a"), toy(D2, "b", wheels=3), toy(D2, "c", weight=None), toy(D3, "d")]
SINCE = {RAW: D2, TOYS: D1, NAMED: D2}
JOBS = "/projects/{project}/jobs"
OF_RAW = f"`{RAW.table}` AS held WHERE held.made_on >= @day"


def filled(warehouse: Warehouse) -> None:
    """Raw toys of three dates, of which two are published."""
    warehouse.append({RAW.table: ROWS, NAMED.table: ROWS})
    toys.stage(warehouse)
    toys.publish(warehouse, D1, D2)


@pytest.fixture(scope="module")
def stored(shared_server: BigQueryServer) -> Iterator[BigQueryWarehouse]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, shared_server.endpoint)
        opened = BigQueryWarehouse(Address(shared_server.project, "US", "forked_"))
        opened.migrate([RAW, NAMED, TOYS, *OPS])
        filled(opened)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def opened(stored: BigQueryWarehouse) -> Iterator[Scratch]:
    found = stored.fork(SINCE, last=D2)
    yield found
    found.close()


@pytest.fixture
def warehouse(server: BigQueryServer, stored: BigQueryWarehouse) -> BigQueryWarehouse:
    return stored


@pytest.fixture
def scratch(warehouse: BigQueryWarehouse, opened: Scratch) -> Scratch:
    """As it was when it was forked."""
    opened.restore()
    return opened


@pytest.fixture
def tables(warehouse: BigQueryWarehouse) -> Callable[[], dict[str, datetime | None]]:
    """When the tables of forks expire, by their whole names."""
    client, scratch = warehouse._connection.client, warehouse._where.scratch

    def found() -> dict[str, datetime | None]:
        listed = client.list_tables(scratch, timeout=60)
        return {one.full_table_id: one.expires for one in listed if "_fork_" in one.table_id}

    return found


def raw(warehouse: Warehouse) -> list[Row]:
    text = f"SELECT made_on, name, wheels FROM {OF_RAW} ORDER BY made_on, name, wheels"
    return warehouse.rows(text, day=D1)


def sent(server: BigQueryServer, kind: str) -> int:
    return sum(one.kind == kind and one.method == "POST" for one in server.requests)


class TestCopied:
    def test_rows_of_its_dates(self, scratch: Scratch) -> None:
        assert raw(scratch) == [(D2, "b", 3), (D2, "c", 4)]
        assert toys.stored(scratch) == [(D1, "a", 4), (D2, "b", 3), (D2, "c", 4)]
        assert len(toys.stored(scratch, NAMED.table)) == len(ROWS)

    def test_all_columns_and_a_number(self, scratch: Scratch, warehouse: BigQueryWarehouse) -> None:
        names = ", ".join(one.name for one in TOYS.stored_columns)
        text = f"SELECT {names} FROM `{TOYS.table}` ORDER BY made_on, name"
        assert scratch.rows(text) == warehouse.rows(text)
        numbers = scratch.rows(f"SELECT {FORK_ROW} FROM `{TOYS.table}` ORDER BY 1")
        assert numbers == [(1,), (2,), (3,)]

    @pytest.mark.parametrize("contract", [RAW, TOYS, NAMED], ids=lambda one: one.name)
    def test_laid_out_as_the_original(
        self, scratch: Scratch, warehouse: BigQueryWarehouse, contract: Contract
    ) -> None:
        """What BigQuery refuses there is refused here."""
        whole = scratch._place.table(contract.table)
        table = warehouse._connection.client.get_table(whole, timeout=60)
        found, wanted = table_found(contract.table, table.to_api_repr()), layout_of(contract)
        assert found.partitioning == wanted.partitioning
        assert found.clustering == wanted.clustering
        assert found.requires_filter == wanted.requires_filter
        assert found.expires is not None

    def test_a_query_must_name_dates_after_a_restoration_too(self, scratch: Scratch) -> None:
        scratch.change(f"DELETE FROM {OF_RAW}", day=D1)
        scratch.restore()
        with pytest.raises(WarehouseFailed, match="without a filter over column"):
            scratch.rows(f"SELECT COUNT(*) FROM `{RAW.table}`")

    def test_what_is_not_forked_is_not_there(self, scratch: Scratch) -> None:
        with pytest.raises(WarehouseFailed, match=r"nba_ops\.runs is not in the fork"):
            scratch.rows("SELECT run_id FROM `nba_ops.runs`")
        with pytest.raises(ContractError, match="no contract says"):
            scratch.append({"nba_ops.runs": toys.dead_runs(1)})
        with pytest.raises(ContractError, match="the tables that it was made of"):
            scratch.migrate([RAW])


class TestChanged:
    def test_and_taken_back(self, scratch: Scratch, warehouse: BigQueryWarehouse) -> None:
        before, stored = raw(scratch), raw(warehouse)
        for _ in range(2):
            assert scratch.change(f"DELETE FROM {OF_RAW} AND held.wheels = 3", day=D2) == 1
            assert raw(scratch) == [(D2, "c", 4)]
            changed = f"UPDATE `{RAW.table}` AS held SET wheels = 9 WHERE held.made_on = @day"
            assert scratch.change(changed, day=D2) == 1
            inserted = f"INSERT INTO `{RAW.table}` (made_on, name) SELECT made_on, name FROM "
            assert scratch.change(inserted + OF_RAW, day=D2) == 1
            assert raw(scratch) == [(D2, "c", None), (D2, "c", 9)]
            scratch.restore()
            assert raw(scratch) == before
        assert raw(warehouse) == stored

    def test_nothing_is_copied_of_what_was_not_changed(
        self, scratch: Scratch, server: BigQueryServer
    ) -> None:
        server.requests.clear()
        scratch.restore()
        assert server.requests == []
        scratch.change(f"DELETE FROM {OF_RAW}", day=D2)
        scratch.restore()
        scratch.restore()
        assert sent(server, "copy") == 1

    @pytest.mark.parametrize("days", [[D1], [D1, D2]])
    def test_published_and_taken_back(self, scratch: Scratch, days: list[date]) -> None:
        """Whatever it is changed by; nobody else waits for a turn to change a fork."""
        before = toys.stored(scratch)
        toys.stage(scratch, D2, D2)
        scratch.publish(toys.publication(*days), lambda _: None)
        assert toys.stored(scratch) != before
        scratch.restore()
        assert toys.stored(scratch) == before

    def test_staged_rows_are_let_go_of(self, scratch: Scratch) -> None:
        toys.stage(scratch)
        scratch.rows("SELECT name FROM `staging.toys_seen`")
        scratch.restore()
        with pytest.raises(ContractError, match="what is staged is nothing"):
            scratch.rows("SELECT name FROM `staging.toys_seen`")

    def test_as_on_duckdb(self, scratch: Scratch) -> None:
        """Recomputed upon changed rows, the good ones and those out of range are kept, doubled
        ones aren't."""
        other = shop()
        other.migrate([NAMED])
        filled(other)
        beside = other.fork(SINCE, last=D2)

        def played(fork: Scratch) -> list[Row]:
            fork.change(f"UPDATE {OF_RAW.replace('WHERE', 'SET weight = -1.0 WHERE')}", day=D2)
            twice = f"INSERT INTO `{RAW.table}` (made_on, name) SELECT made_on, name FROM {OF_RAW}"
            assert fork.change(f"{twice} AND held.name = 'b'", day=D2) == 1
            good = twice.replace("SELECT made_on, name", "SELECT made_on, 'e'")
            assert fork.change(f"{good} AND held.name = 'c'", day=D2) == 1
            toys.stage(fork, D2, D2)
            assert fork.change(f"DELETE FROM `{TOYS.table}` WHERE made_on >= @day", day=D2) == 2
            fork.keep_staged(TOYS)
            text = f"SELECT made_on, name, wheels, weight, data_hash FROM `{TOYS.table}`"
            return fork.rows(f"{text} ORDER BY made_on, name")

        found = played(scratch)
        assert [row[1] for row in found] == ["a", "c", "e"]
        assert found == played(beside)
        beside.close()
        other.close()


class TestJobs:
    def test_as_many_for_many_rows_and_dates(
        self, warehouse: BigQueryWarehouse, server: BigQueryServer
    ) -> None:
        def forked(last: date) -> tuple[int, int]:
            server.requests.clear()
            with_rows = warehouse.fork(SINCE, last=last)
            with_rows.change(f"DELETE FROM {OF_RAW}", day=D1)
            with_rows.restore()
            found = sent(server, "query"), sent(server, "copy")
            with_rows.close()
            return found

        few = forked(D2)
        later = [D3 + timedelta(number) for number in range(60)]
        warehouse.append({RAW.table: [toy(day, name) for day in later for name in "abc"]})
        assert forked(later[-1]) == few == (len(SINCE) + 1, len(SINCE) + 1)

    def test_labels_ids_and_the_most_bytes(
        self, warehouse: BigQueryWarehouse, server: BigQueryServer
    ) -> None:
        where = warehouse._where
        limited = BigQueryWarehouse(where, maximum_bytes=10**8)
        known = set(server.jobs)
        with_limit = limited.fork({RAW: D2}, last=D3)
        with_limit.change(f"DELETE FROM {OF_RAW}", day=D2)
        with_limit.close()
        own = [job for name, job in server.jobs.items() if name not in known]
        assert {job.kind for job in own} == {"query", "copy"}
        for job in own:
            assert job.job_id.startswith("tipoff-")
            assert job.configuration["labels"]["tipoff_table"] == RAW.name
            assert job.kind == "copy" or job.specific["maximumBytesBilled"] == str(10**8)
        with pytest.raises(TooCostly):
            BigQueryWarehouse(where, maximum_bytes=1).fork({RAW: D2}, last=D3)

    def test_a_lost_answer_copies_once(
        self, scratch: Scratch, server: BigQueryServer, warehouse: BigQueryWarehouse
    ) -> None:
        before = raw(scratch)
        scratch.change(f"DELETE FROM {OF_RAW}", day=D2)
        known = set(server.jobs)
        server.faults.reset(after=True, method="POST", route=JOBS, kind="copy")
        scratch.restore()
        assert raw(scratch) == before
        copies = [one for name, one in server.jobs.items() if name not in known]
        assert [one.kind for one in copies].count("copy") == 1


class TestClosed:
    def test_nothing_is_left(self, warehouse: BigQueryWarehouse, tables) -> None:
        before, stored = tables(), raw(warehouse)
        first, second = (warehouse.fork({RAW: D2}, last=D2) for _ in range(2))
        assert len(tables()) == len(before) + 4
        first.close()
        assert len(tables()) == len(before) + 2
        assert raw(second) == [(D2, "b", 3), (D2, "c", 4)]
        second.close()
        assert tables() == before
        assert raw(warehouse) == stored

    def test_a_fork_that_fails_leaves_nothing(self, warehouse: BigQueryWarehouse, tables) -> None:
        before = tables()
        missing = replace(RAW, table="nba_raw.lost")
        with pytest.raises(WarehouseFailed, match="lost"):
            warehouse.fork({RAW: D2, missing: D2}, last=D2)
        assert tables() == before

    def test_what_cannot_be_dropped_expires(
        self, warehouse: BigQueryWarehouse, server: BigQueryServer, tables
    ) -> None:
        before = tables()
        left = warehouse.fork({RAW: D2}, last=D2)
        server.faults.answer("accessDenied", method="DELETE", times=2)
        left.close()
        expiring = [when for name, when in tables().items() if name not in before]
        assert len(expiring) == 2
        assert None not in expiring
