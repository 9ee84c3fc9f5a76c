"""Rehearsals on BigQuery: datasets of their own, the warehouse's raw tables, one lane."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from processors.errors import WarehouseFailed
from tests.bigquery.server import BigQueryServer
from tests.warehouse import toys
from tests.warehouse.toys import D1, D2, OPS, RAW, TOYS, toy
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.interface import Errand, Warehouse

CONTRACTS = [RAW, TOYS, *OPS]


NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def stored(shared_server: BigQueryServer) -> Iterator[BigQueryWarehouse]:
    """Two raw toys."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, shared_server.endpoint)
        warehouse = BigQueryWarehouse(Address(shared_server.project, "US", "rehearsed_"))
        warehouse.migrate(CONTRACTS)
        warehouse.append({RAW.table: [toy(D1, "a"), toy(D2, "b")]})
        yield warehouse
        warehouse.close()


@pytest.fixture
def main(server: BigQueryServer, stored: BigQueryWarehouse) -> BigQueryWarehouse:
    return stored


@pytest.fixture
def prefix() -> str:
    """Another for each test."""
    return f"trial{next(NUMBERS)}"


@pytest.fixture
def rehearsal(main: BigQueryWarehouse, prefix: str) -> Warehouse:
    opened = main.rehearsal(prefix)
    opened.migrate(CONTRACTS)
    return opened


def published(warehouse: Warehouse, *days: object) -> list[tuple[object, ...]]:
    toys.stage(warehouse)
    toys.publish(warehouse, *days)
    return toys.stored(warehouse)


def datasets(main: BigQueryWarehouse) -> set[str]:
    return {str(one.dataset_id) for one in main._connection.client.list_datasets(timeout=60)}


def test_same_raw_tables_other_results(main: BigQueryWarehouse, rehearsal: Warehouse) -> None:
    before = toys.stored(main)
    assert published(rehearsal, D1, D2) == [(D1, "a", 4), (D2, "b", 4)]
    assert toys.stored(main) == before
    published(main, D2)
    assert len(toys.stored(rehearsal)) == 2


def test_datasets(main: BigQueryWarehouse, rehearsal: Warehouse, prefix: str) -> None:
    """None for raw tables, and what is there isn't made again. Another deployment may have a
    prefix that differs in the capitals alone: nothing of it is touched."""
    assert rehearsal.migrate(CONTRACTS) == []
    assert rehearsal.differences(CONTRACTS) == {}
    made = f"rehearsed_{prefix.upper()}_"
    assert {one for one in datasets(main) if one.lower().startswith(made.lower())} == {
        f"{made}nba_analytics",
        f"{made}nba_ops",
        f"{made}tipoff_scratch",
    }


def test_stays(main: BigQueryWarehouse, rehearsal: Warehouse, prefix: str) -> None:
    published(rehearsal, D1)
    rehearsal.close()
    again = main.rehearsal(prefix)
    assert again.migrate(CONTRACTS) == []
    assert toys.stored(again) == [(D1, "a", 4)]
    with pytest.raises(WarehouseFailed, match="OTHER_nba_analytics"):
        toys.stored(main.rehearsal("other"))


def test_closing_leaves_the_warehouse_open(main: BigQueryWarehouse, rehearsal: Warehouse) -> None:
    client = main._connection.client
    rehearsal.close()
    assert main._connection.client is client


def test_lane_and_writes_are_shared(main: BigQueryWarehouse, rehearsal: Warehouse) -> None:
    assert rehearsal.lane is main.lane
    before, of_main = rehearsal.writes, main.writes
    published(rehearsal, D1)
    assert (rehearsal.writes > before, main.writes) == (True, of_main)
    before = rehearsal.writes
    published(main, D1)
    assert rehearsal.writes > before


def test_what_is_loaded_is_seen_however_soon(
    main: BigQueryWarehouse, rehearsal: Warehouse, server: BigQueryServer
) -> None:
    """A look that was just taken does until something is loaded."""

    def content() -> object:
        rehearsal.look(older_than=600)
        return rehearsal.fingerprints(RAW, [("name",)], first=D1, last=D2)

    before = content()
    server.requests.clear()
    rehearsal.look(older_than=600)
    assert server.requests == []
    main.append({RAW.table: [toy(D1, "c")]})
    main.writes += 1
    assert content() != before


def test_the_same_statement_as_the_warehouse_s(
    main: BigQueryWarehouse, rehearsal: Warehouse
) -> None:
    """Over raw tables alone it is the same text for the same inputs, for another scratch."""
    errand = Errand(inputs="the same", run_id="run")
    staged = []
    for warehouse in (main, rehearsal):
        toys.stage(warehouse, errand=errand)
        staged.append(warehouse.rows("SELECT name FROM `staging.toys_seen` ORDER BY name"))
    assert staged[0] == staged[1] != []
