"""The empty world that the oracle's own tests fill, and the season that the product computed."""

from __future__ import annotations

import pickle
import shutil

import pytest

from pipeline.calendar import read_calendar
from processors.contract import Layer
from tests.oracle import KEYS, PRECOMPUTE_KEYS, compute
from tests.oracle.tiny import Tiny
from tests.sharing import made_once
from tests.worlds import stored_rows
from warehouse.duckdb.engine import DuckDBWarehouse


@pytest.fixture
def tiny():
    """A league without a game."""
    return Tiny()


@pytest.fixture(scope="module")
def season(computed_season_file, tmp_path_factory):
    """A warehouse over a copy of the computed sample season."""
    path = tmp_path_factory.mktemp("oracle") / "season.duckdb"
    shutil.copy(computed_season_file, path)
    warehouse = DuckDBWarehouse(path)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def season_by_oracle(season, raw_rows, tmp_path_factory):
    """What the oracle makes of the whole season, by table: one worker asks it for all."""

    def make(path):
        dates = read_calendar(season).game_dates
        rows = compute(raw_rows(season), [*KEYS, *PRECOMPUTE_KEYS], dates[0], dates[-1])
        path.write_bytes(pickle.dumps(rows))

    return pickle.loads(made_once(tmp_path_factory, "oracle", make).read_bytes())  # noqa: S301


@pytest.fixture(scope="session")
def processors_by_name(registry):
    """The computed tables by the names that the oracle calls them by, without the dataset."""
    return {one.contract.name: one for one in registry}


@pytest.fixture(scope="session")
def raw_rows(registry):
    """What the oracle is given: all raw rows of a warehouse, by table."""

    def raw_rows(warehouse):
        tables = [one.table for one in registry.contracts.values() if one.layer is Layer.RAW]
        return {table: stored_rows(warehouse, table) for table in tables}

    return raw_rows
