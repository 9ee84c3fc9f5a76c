"""A connection of ours to the server, that sleeps for nobody; each test has its own prefix."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession

from tests.bigquery.server import BigQueryServer
from tests.warehouse import toys
from tests.warehouse.conftest import quickly, shop_on_bigquery
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.jobs import Jobs

NUMBERS = itertools.count()


@pytest.fixture
def address(server: BigQueryServer) -> Address:
    return Address(server.project, "US", f"t{next(NUMBERS)}_")


@pytest.fixture(autouse=True)
def every_call_has_a_timeout(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Google's client waits for ever where it isn't told how long; held in all of these tests."""
    endless: list[str] = []
    asked = AuthorizedSession.request

    def watched(self: AuthorizedSession, method: str, url: str, *args: Any, **said: Any) -> Any:
        if said.get("timeout") is None:
            endless.append(f"{method} {url}")
        return asked(self, method, url, *args, **said)

    monkeypatch.setattr(AuthorizedSession, "request", watched)
    yield
    if "client" not in request.fixturenames:
        assert endless == []


class Naps(list[float]):
    """What a connection wanted to sleep."""


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def connection(address: Address, naps: Naps) -> Iterator[Connection]:
    opened = Connection(address, sleep=naps.append)
    yield opened
    opened.close()


@pytest.fixture
def jobs(connection: Connection) -> Jobs:
    return Jobs(connection)


OpenShop = Callable[..., BigQueryWarehouse]


@pytest.fixture
def open_shop(server: BigQueryServer, bigquery_shop: BigQueryWarehouse) -> OpenShop:
    """The toy shop with these raw toys; what was asked of the server before is forgotten."""

    def opened(rows: toys.Rows = ()) -> BigQueryWarehouse:
        shop_on_bigquery(bigquery_shop, rows)
        server.requests.clear()
        return bigquery_shop

    return opened


@pytest.fixture
def another(
    server: BigQueryServer, bigquery_shop: BigQueryWarehouse
) -> Iterator[Callable[..., BigQueryWarehouse]]:
    """Other processes at the same tables."""
    made: list[BigQueryWarehouse] = []

    def opened(**said: Any) -> BigQueryWarehouse:
        connection = Connection(bigquery_shop._where, sleep=quickly)
        made.append(BigQueryWarehouse(bigquery_shop._where, connection=connection, **said))
        made[-1]._adopt(toys.CONTRACTS)
        return made[-1]

    yield opened
    for one in made:
        one._connection.close()


def sent(server: BigQueryServer) -> list[str]:
    """The kinds of the jobs that came over the wire, whatever became of them; no dry runs."""
    return [
        one.kind for one in server.requests if one.kind and one.method == "POST" and not one.dry_run
    ]


def exchanged(server: BigQueryServer) -> int:
    """How many requests, but for looks whether a job is done: of those a busy machine has more."""
    looks = ("GET", "/projects/{project}/jobs/{job}")
    return len([one for one in server.requests if (one.method, one.route) != looks])
