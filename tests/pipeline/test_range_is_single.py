"""A season in one pass is the same as its dates one by one in no order, hash for hash."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from pipeline.run import Pipeline
from processors.registry import load
from tests.ranges import PRECOMPUTE, SEVEN, assert_range_is_single
from warehouse.duckdb.engine import DuckDBWarehouse


@pytest.fixture(scope="module")
def pipeline(computed_season_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("ranges") / "season.duckdb"
    shutil.copy(computed_season_file, path)
    warehouse = DuckDBWarehouse(path)
    yield Pipeline(warehouse, load())
    warehouse.close()
    path.unlink()


MONTH = (date(2025, 12, 1), date(2025, 12, 31))


@pytest.mark.parametrize("table", sorted({*SEVEN} - {*PRECOMPUTE}))
def test_a_month(pipeline, table):
    assert_range_is_single(pipeline, table, *MONTH, at_least=28)


@pytest.mark.parametrize("table", PRECOMPUTE)
def test_the_season(pipeline, table):
    """And a month of it. The bootstrap days too: what isn't published must not depend on the range
    either."""
    dates = pipeline.assessor.calendar.game_dates
    assert_range_is_single(pipeline, table, dates[0], dates[-1], at_least=197, inner=MONTH)
