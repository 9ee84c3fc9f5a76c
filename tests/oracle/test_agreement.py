"""The product's tables equal the oracle's, row for row and column for column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from league.importing import import_folder
from pipeline.calendar import read_calendar
from pipeline.plan import make_request
from pipeline.run import Pipeline
from tests.oracle import DATASET, KEYS, compute
from tests.oracle.compare import differences
from tests.worlds import open_memory, stored_rows

DATA = Path(__file__).parents[3] / "shared" / "data"

needs_real_data = pytest.mark.skipif(
    not (DATA / "games.parquet").exists(), reason=f"no real data in {DATA}"
)

FIRST_WEEK = (date(2023, 10, 24), date(2023, 10, 30))
"""Players are expected by their games of the season before; there are no points lines yet."""
WEEK_WITH_LINES = (date(2024, 2, 5), date(2024, 2, 11))
"""Points lines of three kinds, the median among them, and the trade deadline."""


def test_oracle_knows_every_analytics_table(registry):
    contracts = [one.contract for one in registry if one.table.startswith(DATASET)]
    assert {one.name: one.key for one in contracts} == KEYS


@pytest.fixture(scope="module")
def season_by_oracle(season, raw_rows):
    dates = read_calendar(season).game_dates
    return compute(raw_rows(season), list(KEYS), dates[0], dates[-1])


@pytest.mark.parametrize("name", KEYS)
def test_sample_season(name, season_by_oracle, season, registry):
    agree(season_by_oracle[name], stored_rows(season, DATASET + name), registry, name)


@pytest.fixture(scope="module")
def real(tmp_path_factory, registry):
    """Real seasons imported, and two weeks computed with all that they stand on."""
    report = import_folder(DATA, out=tmp_path_factory.mktemp("imported"))
    warehouse = open_memory()
    warehouse.load(report.files, registry.contracts)
    pipeline = Pipeline(warehouse, registry)
    for start, end in (FIRST_WEEK, WEEK_WITH_LINES):
        pipeline.run(make_request(registry, tables=KEYS, start=start, end=end))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def weeks_by_oracle(real, raw_rows):
    raw = raw_rows(real)
    return {week: compute(raw, list(KEYS), *week) for week in (FIRST_WEEK, WEEK_WITH_LINES)}


@needs_real_data
@pytest.mark.parametrize("name", [name for name in KEYS if name != "player_lines"])
def test_real_first_week(name, weeks_by_oracle, real, registry):
    agree(weeks_by_oracle[FIRST_WEEK][name], within(real, name, FIRST_WEEK), registry, name)


@needs_real_data
@pytest.mark.parametrize("name", KEYS)
def test_real_week_with_lines(name, weeks_by_oracle, real, registry):
    expected = weeks_by_oracle[WEEK_WITH_LINES][name]
    agree(expected, within(real, name, WEEK_WITH_LINES), registry, name)


def within(warehouse, name, dates):
    """A table's stored rows of the dates."""
    rows = stored_rows(warehouse, DATASET + name)
    return [row for row in rows if dates[0] <= row[KEYS[name][0]] <= dates[1]]


def agree(expected, found, registry, name):
    """Assert that there are rows, that they hold every column, and that they are the same."""
    assert expected
    columns = registry.contracts[DATASET + name].column_names
    assert all(tuple(row) == columns for row in expected)
    assert differences(expected, found, KEYS[name]) == []
