"""The product's tables equal the oracle's, row for row and column for column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.oracle import DATASET, KEYS, PRECOMPUTE_KEYS, compute
from tests.oracle.compare import differences
from tests.worlds import stored_rows

DATA = Path(__file__).parents[3] / "shared" / "data"

needs_real_data = pytest.mark.skipif(
    not (DATA / "games.parquet").exists(), reason=f"no real data in {DATA}"
)

FIRST_WEEK = (date(2023, 10, 24), date(2023, 10, 30))
"""Players are expected by their games of the season before; there are no points lines yet."""
WEEK_WITH_LINES = (date(2024, 2, 5), date(2024, 2, 11))
"""Points lines of three kinds, the median among them, and the trade deadline."""
MONTH = (date(2024, 2, 1), date(2024, 2, 29))
"""The precompute tables: full windows, the deadline's new teams, and the pause of the All-Stars."""
TWO_SEASONS = (date(2022, 7, 1), date(2024, 6, 30))
"""All that the month reaches back to, with 365 days of meetings: the seasons 2022 and 2023."""

ALL_KEYS = KEYS | PRECOMPUTE_KEYS


def test_oracle_knows_every_computed_table(registry):
    assert {one.contract.name: one.contract.key for one in registry} == ALL_KEYS


def test_analytics_tables_are_those_of_their_dataset(registry):
    analytics = {one.contract.name for one in registry if one.table.startswith(DATASET)}
    assert analytics == set(KEYS)


@pytest.mark.parametrize("name", ALL_KEYS)
def test_sample_season(name, season_by_oracle, season, processors_by_name):
    processor = processors_by_name[name]
    agree(season_by_oracle[name], stored_rows(season, processor.table), processor.contract)


@pytest.fixture(scope="module")
def real(real_seasons):
    """Real seasons, imported and computed."""
    pipeline, _ = real_seasons
    return pipeline.warehouse


@pytest.fixture(scope="module")
def real_rows(real, raw_rows):
    return raw_rows(real)


@pytest.fixture(scope="module")
def weeks_by_oracle(real_rows):
    return {week: compute(real_rows, list(KEYS), *week) for week in (FIRST_WEEK, WEEK_WITH_LINES)}


@pytest.fixture(scope="module")
def month_by_oracle(real_rows):
    first, last = TWO_SEASONS
    rows = {
        table: [row for row in rows if "game_date" not in row or first <= row["game_date"] <= last]
        for table, rows in real_rows.items()
    }
    return compute(rows, list(PRECOMPUTE_KEYS), *MONTH)


@needs_real_data
@pytest.mark.parametrize("name", [name for name in KEYS if name != "player_lines"])
def test_real_first_week(name, weeks_by_oracle, real, processors_by_name):
    contract = processors_by_name[name].contract
    agree(weeks_by_oracle[FIRST_WEEK][name], within(real, contract, FIRST_WEEK), contract)


@needs_real_data
@pytest.mark.parametrize("name", KEYS)
def test_real_week_with_lines(name, weeks_by_oracle, real, processors_by_name):
    contract = processors_by_name[name].contract
    expected = weeks_by_oracle[WEEK_WITH_LINES][name]
    agree(expected, within(real, contract, WEEK_WITH_LINES), contract)


@needs_real_data
@pytest.mark.parametrize("name", PRECOMPUTE_KEYS)
def test_real_month(name, month_by_oracle, real, processors_by_name):
    contract = processors_by_name[name].contract
    agree(month_by_oracle[name], within(real, contract, MONTH), contract)


def within(warehouse, contract, dates):
    """A table's stored rows of the dates."""
    return stored_rows(warehouse, contract.table, dates)


def agree(expected, found, contract):
    """Assert that there are rows, that they hold every column, and that they are the same."""
    assert expected
    assert all(tuple(row) == contract.column_names for row in expected)
    assert differences(expected, found, ALL_KEYS[contract.name]) == []
