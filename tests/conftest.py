"""Fixtures that many tests share; the sample season is made and computed once a session."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from league.sample import make_league, write
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.registry import Registry, load
from warehouse.duckdb.engine import DuckDBWarehouse

LONGEST = (
    "tests/clients/backfill/test_faults.py",
    "tests/service/push/test_broker.py",
    "tests/service/test_under_load.py",
    "tests/clients/test_demonstrate.py",
    "tests/league/test_real_seasons.py",
    "tests/pipeline/audit/test_season_even.py",
    "tests/pipeline/audit/test_season_odd.py",
    "tests/service/test_document.py",
    "tests/clients/backfill/test_two_seasons.py",
)
"""Begun first: a file goes to one worker, and the others wait for the one that is begun last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {file: number for number, file in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def season_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Parquet of the sample league's season 2025-26."""
    return write(make_league(seasons=1, seed=7), tmp_path_factory.mktemp("season"))


@pytest.fixture(scope="session")
def raw_season_file(
    season_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A DuckDB file with the sample season's raw tables and nothing computed: copy it to write."""
    path = tmp_path_factory.mktemp("raw") / "season.duckdb"
    warehouse = DuckDBWarehouse(path)
    contracts = load().contracts
    warehouse.migrate(list(contracts.values()))
    warehouse.load(season_files, contracts)
    warehouse.close()
    return path


@pytest.fixture(scope="session")
def computed_season_file(raw_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with every table computed for the whole season: copy it to write."""
    path = tmp_path_factory.mktemp("computed") / "season.duckdb"
    shutil.copy(raw_season_file, path)
    warehouse = DuckDBWarehouse(path)
    pipeline = Pipeline(warehouse, load())
    dates = pipeline.assessor.calendar.game_dates
    pipeline.run(make_request(pipeline.registry, start=dates[0], end=dates[-1]))
    warehouse.close()
    return path
