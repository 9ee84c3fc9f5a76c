"""Drawing and writing a league: reproducible, independent of how many seasons, quick to write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from league.sample import CONTRACTS, League, make_league, write
from warehouse.files import DUCKDB_TYPES, Desk


def contents(league: League, table: str, *, year: int) -> list[np.ndarray]:
    """The table's columns, of the season's dates alone."""
    columns = league.tables[table]
    days = columns["game_date"]
    kept = (days >= np.datetime64(f"{year}-09-01")) & (days < np.datetime64(f"{year + 1}-09-01"))
    return [column[kept] for column in columns.values()]


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return all(
        left.tolist() == right.tolist()
        if left.dtype == object
        else np.array_equal(left, right, equal_nan=left.dtype.kind in "fM")
        for left, right in zip(one, other, strict=True)
    )


def test_same_seed(league: League) -> None:
    again = make_league()
    for table, columns in league.tables.items():
        assert same([*columns.values()], [*again.tables[table].values()]), table
    assert again.planted == league.planted
    assert again.report == league.report


def test_other_seed(league: League) -> None:
    scores = make_league(seed=8).tables["nba_raw.schedule"]["home_score"]
    assert scores.tolist() != league.tables["nba_raw.schedule"]["home_score"].tolist()


def test_seasons_before_change_nothing(league: League) -> None:
    two = make_league(seasons=2)
    assert two.seasons == (2024, 2025)
    for table in CONTRACTS:
        if table != "nba_raw.players":
            assert same(contents(two, table, year=2025), contents(league, table, year=2025)), table
            assert len(contents(two, table, year=2024)[0]) > 1000
    old, new = (set(one.tables["nba_raw.players"]["player_lookup"]) for one in (league, two))
    assert old < new
    assert len(new - old) >= 50


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seasons": 0}, "seasons=0: with last_season=2025 it is 1 to 5"),
        ({"seasons": 6}, "seasons=6: with last_season=2025 it is 1 to 5"),
        ({"seasons": 2, "last_season": 2021}, "seasons=2: with last_season=2021 it is 1 to 1"),
        ({"last_season": 2026}, "last_season=2026: the sample knows the seasons 2021 to 2025"),
        ({"seed": -1}, "seed=-1: it is 0 or more"),
    ],
)
def test_refused(arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_league(**arguments)


def test_written(league: League, tmp_path: Path) -> None:
    paths = write(league, tmp_path / "raw")
    assert list(paths) == list(CONTRACTS)
    with Desk() as desk:
        for table, path in paths.items():
            contract = CONTRACTS[table]
            desk.read("written", [path])
            desk.run("ALTER TABLE written DROP COLUMN _file")
            assert desk.columns("written") == {
                column.name: DUCKDB_TYPES[column.type] for column in contract.columns
            }
            keys = [contract.column_names.index(name) for name in contract.key]
            columns = [known(column) for column in league.tables[table].values()]
            drawn = sorted(
                zip(*columns, strict=True), key=lambda row, keys=keys: [row[key] for key in keys]
            )
            assert desk.rows(f"SELECT * FROM written ORDER BY {', '.join(contract.key)}") == drawn


def known(column: np.ndarray) -> list[object]:
    """The column's values, None for what is not known."""
    return [None if value != value else value for value in column.tolist()]
