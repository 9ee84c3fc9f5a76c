"""A service over a copy of the sample season, asked without a network."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.office import opened
from service.settings import Settings
from tests.sharing import settle

Service = Callable[..., TestClient]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A client of a service over a copy of a file, with settings of its own."""
    with ExitStack() as stack:

        def start(file: Path, **settings: object) -> TestClient:
            copy = tmp_path_factory.mktemp("served") / "season.duckdb"
            shutil.copy(settle(file), copy)
            chosen = Settings(warehouse=f"duckdb://{copy}", **settings)  # type: ignore[arg-type]
            office = stack.enter_context(opened(chosen))
            return stack.enter_context(
                TestClient(create_app(office), raise_server_exceptions=False)
            )

        yield start


@pytest.fixture(scope="module")
def computed(serve: Service, computed_season_file: Path) -> TestClient:
    """Everything is there."""
    return serve(computed_season_file)


@pytest.fixture(scope="module")
def raw(serve: Service, raw_season_file: Path) -> TestClient:
    """Nothing is computed yet."""
    return serve(raw_season_file)
