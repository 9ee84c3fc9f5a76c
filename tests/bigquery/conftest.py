"""A server and the real client, without credentials; each test has a dataset of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from tests.bigquery.server import BigQueryServer
from tests.bigquery.state import WAIT

NUMBERS = itertools.count()
GAMES = [
    bigquery.SchemaField("game_id", "STRING"),
    bigquery.SchemaField("game_date", "DATE"),
    bigquery.SchemaField("points", "INT64"),
    bigquery.SchemaField("pace", "FLOAT64"),
]
FIRST, SECOND, THIRD = (date(2024, 1, day) for day in (1, 2, 3))
ROWS: list[dict[str, Any]] = [
    {"game_id": "a", "game_date": "2024-01-01", "points": 3, "pace": 99.5},
    {"game_id": "b", "game_date": "2024-01-02", "points": 4, "pace": None},
    {"game_id": "c", "game_date": "2024-01-02", "points": 5, "pace": 101.0},
    {"game_id": "d", "game_date": "2024-01-03", "points": None, "pace": 100.25},
]

Rows = list[tuple[Any, ...]]
Ask = Callable[..., Rows]
Run = Callable[..., bigquery.QueryJob]


def connected(server: BigQueryServer) -> bigquery.Client:
    return bigquery.Client(
        project=server.project,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": server.endpoint},
    )


@pytest.fixture(scope="session")
def shared_server() -> Iterator[BigQueryServer]:
    with BigQueryServer() as server:
        yield server


@pytest.fixture
def server(shared_server: BigQueryServer) -> Iterator[BigQueryServer]:
    """As if new, but for the datasets of other tests."""
    shared_server.requests.clear()
    shared_server.wait = WAIT
    yield shared_server
    shared_server.faults.clear()


@pytest.fixture(scope="session")
def session_client(shared_server: BigQueryServer) -> Iterator[bigquery.Client]:
    with connected(shared_server) as client:
        yield client


@pytest.fixture
def client(server: BigQueryServer, session_client: bigquery.Client) -> bigquery.Client:
    return session_client


@pytest.fixture
def dataset(client: bigquery.Client, server: BigQueryServer) -> str:
    name = f"d{next(NUMBERS)}"
    client.create_dataset(name)
    server.requests.clear()
    return name


@pytest.fixture
def games(client: bigquery.Client, server: BigQueryServer, dataset: str) -> str:
    """A table by days of `game_date` with four rows: one, two, one."""
    table = bigquery.Table(f"{client.project}.{dataset}.games", schema=GAMES)
    table.time_partitioning = bigquery.TimePartitioning(field="game_date")
    table.clustering_fields = ["game_id"]
    client.create_table(table)
    client.load_table_from_json(ROWS, table).result()
    server.requests.clear()
    return f"{dataset}.games"


def given(**values: tuple[str, Any]) -> list[Any]:
    """Query parameters: a type with a value, or with a list of them."""
    return [
        bigquery.ArrayQueryParameter(name, kind, value)
        if isinstance(value, list)
        else bigquery.ScalarQueryParameter(name, kind, value)
        for name, (kind, value) in values.items()
    ]


@pytest.fixture
def run(client: bigquery.Client) -> Run:
    """The job of a statement, once it is done."""

    def ran(sql: str, **values: tuple[str, Any]) -> bigquery.QueryJob:
        config = bigquery.QueryJobConfig(query_parameters=given(**values))
        job = client.query(sql, job_config=config)
        job.result()
        return job

    return ran


@pytest.fixture
def ask(run: Run) -> Ask:
    """The rows of a statement."""
    return lambda sql, **values: [tuple(row) for row in run(sql, **values).result()]


@pytest.fixture
def partitions(ask: Ask, dataset: str) -> Callable[[str], dict[str, tuple[int, Any]]]:
    """Rows and time of the last change, by partition, as INFORMATION_SCHEMA says."""

    def asked(table: str) -> dict[str, tuple[int, Any]]:
        rows = ask(
            "SELECT partition_id, total_rows, last_modified_time"
            f" FROM `{dataset}.INFORMATION_SCHEMA.PARTITIONS` WHERE table_name = @name",
            name=("STRING", table.rpartition(".")[2]),
        )
        return {part: (count, at) for part, count, at in rows}

    return asked


@pytest.fixture
def wire(server: BigQueryServer) -> Iterator[httpx.Client]:
    """The routes without the client."""
    with httpx.Client(base_url=f"{server.endpoint}/bigquery/v2") as made:
        yield made
