"""Fixtures that many tests share; the sample season is made and computed once for all workers."""

from __future__ import annotations

import gc
import pickle
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from httpx import create_ssl_context

from league.importing import import_folder
from league.sample import make_league, write
from pipeline.plan import make_request
from pipeline.run import Pipeline, Report
from processors.registry import Registry, load
from tests.missing_modules import look_no_more_for
from tests.sharing import made_once, own_copy, settling
from warehouse.duckdb.engine import DuckDBWarehouse

look_no_more_for("pandas")

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LONGEST = (
    "tests/clients/backfill/test_faults.py",
    "tests/service/bigquery/test_flow.py",
    "tests/service/push/test_broker.py",
    "tests/service/test_under_load.py",
    "tests/clients/test_demonstrate.py",
    "tests/league/test_real_seasons.py",
    "tests/pipeline/test_on_bigquery.py",
    "tests/pipeline/audit/test_season_even.py",
    "tests/pipeline/audit/test_season_odd.py",
    "tests/service/test_document.py",
    "tests/clients/backfill/test_two_seasons.py",
)
"""Begun first: a file goes to one worker, and the others wait for the one that is begun last."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What thousands of tests are made of is no garbage: looking through it again and again took a
    third of their collection and a fifth of their run. It is looked for in what comes after."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {file: number for number, file in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """DuckDB's, where a test doesn't ask for more: the workers are as many as the cores, and second
    threads would take them from each other. Services in processes of their own are left theirs.
    What is written stays in the log when a file is closed, which nearly always is thrown away then:
    whoever wants to copy it has it `settled`."""
    connect = partial(duckdb.connect, config={"threads": 1})

    def connected(*arguments: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        opened = connect(*arguments, **named)
        opened.execute("PRAGMA disable_checkpoint_on_shutdown")
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", connected)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_reading_of_certificates() -> Iterator[None]:
    """A new httpx client reads all that the machine trusts, for 20 ms, and tests make thousands of
    them: each `httpx.get`, of addresses that have no certificate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", lru_cache(create_ssl_context))
        yield


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load()


@pytest.fixture(scope="session")
def season_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Parquet of the sample league's season 2025-26."""
    folder = made_once(
        tmp_path_factory, "season", lambda path: write(make_league(seasons=1, seed=7), path)
    )
    return _by_table(folder)


@pytest.fixture(scope="session")
def raw_season_file(
    season_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A DuckDB file with the sample season's raw tables and nothing computed: copy it to write."""

    def make(path: Path) -> None:
        with settling(DuckDBWarehouse(path)) as warehouse:
            contracts = load().contracts
            warehouse.migrate(list(contracts.values()))
            warehouse.load(season_files, contracts)

    return own_copy(made_once(tmp_path_factory, "raw.duckdb", make), tmp_path_factory)


@pytest.fixture(scope="session")
def computed_season_file(raw_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with every table computed for the whole season: copy it to write. Two threads did
    it, so that whoever computes a part again and compares shows that their number is nothing."""

    def make(path: Path) -> None:
        shutil.copy(raw_season_file, path)
        with settling(DuckDBWarehouse(path, threads=2)) as warehouse:
            pipeline = Pipeline(warehouse, load())
            dates = pipeline.assessor.calendar.game_dates
            pipeline.run(make_request(pipeline.registry, start=dates[0], end=dates[-1]))

    return own_copy(made_once(tmp_path_factory, "computed.duckdb", make), tmp_path_factory)


@pytest.fixture(scope="session")
def real_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Parquet of the three real seasons, imported."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real seasons are not beside this checkout (../shared/data)")
    folder = made_once(
        tmp_path_factory, "imported", lambda path: import_folder(REAL_DATA, out=path)
    )
    return _by_table(folder)


@pytest.fixture(scope="session")
def real_seasons(
    real_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Pipeline, Report]]:
    """The three real seasons run over every date: to be read, not to be changed. One worker runs
    them for all, for half a minute."""

    def make(folder: Path) -> None:
        folder.mkdir()
        with settling(DuckDBWarehouse(folder / "real.duckdb", threads=2)) as warehouse:
            contracts = load().contracts
            warehouse.migrate(list(contracts.values()))
            warehouse.load(real_files, contracts)
            pipeline = Pipeline(warehouse, load())
            dates = pipeline.assessor.calendar.game_dates
            request = make_request(pipeline.registry, start=dates[0], end=dates[-1])
            report = pipeline.run(request)
        (folder / "report").write_bytes(pickle.dumps(report))

    folder = made_once(tmp_path_factory, "real", make)
    file = own_copy(folder / "real.duckdb", tmp_path_factory)
    with closing(DuckDBWarehouse(file)) as warehouse:
        yield Pipeline(warehouse, load()), pickle.loads((folder / "report").read_bytes())  # noqa: S301
    file.unlink()


def _by_table(folder: Path) -> dict[str, Path]:
    by_name = {one.name: table for table, one in load().contracts.items()}
    return {by_name[path.stem]: path for path in sorted(folder.glob("*.parquet"))}
