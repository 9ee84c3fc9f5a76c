"""A BigQuery for the tests, and a toy shop on either engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.bigquery.server import BigQueryServer
from tests.warehouse import toys
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.engine import OWN, BigQueryWarehouse
from warehouse.interface import Warehouse

Shop = Callable[..., Warehouse]


@pytest.fixture(scope="session")
def shared_server() -> Iterator[BigQueryServer]:
    with BigQueryServer() as server:
        yield server


@pytest.fixture
def server(
    shared_server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BigQueryServer]:
    """As if new, but for the datasets of other tests. Faults that nobody met go with their test:
    what a whole module or session sets up asks no fixture of a test's."""
    monkeypatch.setenv(EMULATOR, shared_server.endpoint)
    shared_server.requests.clear()
    yield shared_server
    shared_server.faults.clear()


def quickly(seconds: float) -> None:
    """Sleeps, so that others may work, and not for long."""
    time.sleep(seconds / 50)


@pytest.fixture(scope="session")
def bigquery_shop(shared_server: BigQueryServer) -> Iterator[BigQueryWarehouse]:
    """One for all tests: its texts are read by Google's analyser once."""
    address = Address(shared_server.project, "US", "toys_")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, shared_server.endpoint)
        connection = Connection(address, sleep=quickly)
        opened = BigQueryWarehouse(address, connection=connection)
        opened.migrate(toys.CONTRACTS)
        yield opened
        opened.close()


def shop_on_bigquery(opened: BigQueryWarehouse, rows: toys.Rows = ()) -> BigQueryWarehouse:
    """The same tables with these raw toys and nothing else, and nothing known of them."""
    tables = [one.table for one in (*toys.CONTRACTS, *OWN)]
    toys.by_hand(opened, "".join(f"TRUNCATE TABLE `{one}`;\n" for one in tables))
    opened._adopt(toys.CONTRACTS)
    opened.append({toys.RAW.table: rows})
    return opened


@pytest.fixture(params=["duckdb", "bigquery"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A warehouse with these raw toys. On BigQuery it is the same one each time, so that of two
    the first is looked at before the second is opened."""
    if request.param == "duckdb":
        return toys.shop
    request.getfixturevalue("server")
    opened = request.getfixturevalue("bigquery_shop")
    return lambda rows=(): shop_on_bigquery(opened, rows)
