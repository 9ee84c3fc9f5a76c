"""A server, and a connection of ours to it that sleeps for nobody; each test has its own prefix."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession

from tests.bigquery.server import BigQueryServer
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.jobs import Jobs

NUMBERS = itertools.count()


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
