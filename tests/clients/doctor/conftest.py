"""A deployment with two tables to compute, on the tests' BigQuery and well in all respects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from clients.doctor.deployment import OnBigQuery
from processors.contract import Layer
from processors.registry import Registry, load
from service.settings import Settings
from tests.bigquery.server import BigQueryServer
from tests.pipeline.small import GAMES, PLAYER_ASOF, Small
from tests.worlds import load_rows
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.engine import BigQueryWarehouse

NUMBERS = count()
COMPUTED = (GAMES, PLAYER_ASOF)
Deploy = Callable[..., OnBigQuery]


def two_tables() -> Registry:
    """Each statement takes the analyser its time."""
    whole = load()
    kept = {
        table: one
        for table, one in whole.contracts.items()
        if one.layer in (Layer.RAW, Layer.OPS) or table in (GAMES, PLAYER_ASOF)
    }
    return Registry(
        contracts=kept, processors={t: whole.processors[t] for t in (GAMES, PLAYER_ASOF)}
    )


def played() -> Small:
    """Three dates, the last of them after the bootstrap days."""
    small = Small()
    for number in (0, 1, 14):
        small.play_two(number)
    return small


@pytest.fixture(scope="module")
def shared_server() -> Iterator[BigQueryServer]:
    with BigQueryServer() as server:
        yield server


@pytest.fixture
def server(
    shared_server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BigQueryServer]:
    monkeypatch.setenv(EMULATOR, shared_server.endpoint)
    monkeypatch.delenv("TIPOFF_WAREHOUSE", raising=False)
    yield shared_server
    shared_server.faults.clear()


@pytest.fixture(scope="module")
def well(shared_server: BigQueryServer) -> Address:
    """Its schema is applied and its raw tables are loaded: to be examined, not to be changed."""
    address = Address(shared_server.project, "US", f"d{next(NUMBERS)}_")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(EMULATOR, shared_server.endpoint)
        warehouse = BigQueryWarehouse(address)
        warehouse.migrate(list(two_tables().contracts.values()))
        load_rows(warehouse, played().filled)
        warehouse.close()
    return address


@pytest.fixture
def deploy(server: BigQueryServer, well: Address) -> Iterator[Deploy]:
    """A deployment there, with settings or a registry of its own; it sleeps for nobody."""
    with ExitStack() as stack:

        def made(
            address: Address = well, registry: Registry | None = None, **settings: object
        ) -> OnBigQuery:
            connection = Connection(address, attempts=2, sleep=lambda _: None)
            warehouse = BigQueryWarehouse(address, connection=connection)
            stack.callback(warehouse.close)
            return OnBigQuery(
                settings=Settings(warehouse=str(address), **settings),  # type: ignore[arg-type]
                registry=registry or two_tables(),
                warehouse=warehouse,
                connection=connection,
            )

        yield made


@pytest.fixture
def deployment(deploy: Deploy) -> OnBigQuery:
    return deploy()


def standing(connection: Connection) -> dict[str, tuple[str | None, int | None]]:
    """Every table that there is, with how it stands and how many rows it has."""
    client = connection.client
    names = [
        f"{one.project}.{one.dataset_id}.{table.table_id}"
        for one in client.list_datasets(timeout=60)
        for table in client.list_tables(one, timeout=60)
    ]
    found = {name: client.get_table(name, timeout=60) for name in names}
    return {name: (one.etag, one.num_rows) for name, one in found.items()}
