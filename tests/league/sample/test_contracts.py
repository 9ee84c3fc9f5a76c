"""Every table keeps its contract, in leagues of different seeds and years."""

from __future__ import annotations

import numpy as np
import pytest

from league.sample import CONTRACTS, League, make_league
from processors.columns import Column, Type

KINDS = {
    Type.STRING: "O",
    Type.INT64: "iO",
    Type.FLOAT64: "f",
    Type.BOOL: "bO",
    Type.DATE: "M",
    Type.TIMESTAMP: "M",
}
CONSTANT_IN_A_SEASON = {"season_year"}


@pytest.fixture(scope="module", params=[(7, 2025), (11, 2021)], ids=str)
def drawn(request: pytest.FixtureRequest, league: League) -> League:
    seed, year = request.param
    return league if (seed, year) == (7, 2025) else make_league(seed=seed, last_season=year)


def nulls(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "M":
        return np.isnat(values)
    if values.dtype.kind == "f":
        return np.isnan(values)
    return np.equal(values, None) if values.dtype == object else np.zeros(len(values), bool)


def faults_of(column: Column, values: np.ndarray) -> list[str]:
    missing = nulls(values)
    present = values[~missing]
    found = []
    if values.dtype.kind not in KINDS[column.type]:
        found.append(f"{column.name} is {values.dtype}")
    if missing.any() and not column.nullable:
        found.append(f"{column.name} has NULLs")
    if column.one_of and not set(present.tolist()) <= set(column.one_of):
        found.append(f"{column.name} holds {set(present.tolist()) - set(column.one_of)}")
    if column.minimum is not None and (present < column.minimum).any():
        found.append(f"{column.name} is below {column.minimum}")
    if column.name not in CONSTANT_IN_A_SEASON and len(set(values.tolist())) == 1:
        found.append(f"{column.name} is constant")
    return found


@pytest.mark.parametrize("table", CONTRACTS)
def test_columns(drawn: League, table: str) -> None:
    columns = drawn.tables[table]
    assert tuple(columns) == CONTRACTS[table].column_names
    assert [
        fault
        for column in CONTRACTS[table].columns
        for fault in faults_of(column, columns[column.name])
    ] == []


@pytest.mark.parametrize("table", CONTRACTS)
def test_keys(drawn: League, table: str) -> None:
    columns = drawn.tables[table]
    keys = list(zip(*(columns[name].tolist() for name in CONTRACTS[table].key), strict=True))
    assert len(set(keys)) == len(keys) > 0


def test_volumes(league: League) -> None:
    count = {
        table: len(columns[CONTRACTS[table].key[0]]) for table, columns in league.tables.items()
    }
    assert 210_000 < count["nba_raw.shots"] < 250_000
    assert 150_000 < count["nba_raw.odds_player_points"] < 350_000
    assert 33_000 < count["nba_raw.player_boxscores"] < 40_000
    assert 10_000 < count["nba_raw.injury_report"] < 40_000


def test_same_games_everywhere(league: League) -> None:
    dates = dict(
        zip(
            league.tables["nba_raw.schedule"]["game_id"].tolist(),
            league.tables["nba_raw.schedule"]["game_date"].tolist(),
            strict=True,
        )
    )
    known = set(league.tables["nba_raw.players"]["player_lookup"].tolist())
    for table, columns in league.tables.items():
        if "game_id" in columns:
            pairs = zip(columns["game_id"].tolist(), columns["game_date"].tolist(), strict=True)
            assert all(dates[game] == day for game, day in pairs), table
        if "player_lookup" in columns:
            assert set(columns["player_lookup"].tolist()) <= known, table
