"""Two computations of one date, row by row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clients.doctor.comparing import compared
from clients.doctor.finding import Finding, Verdict
from tests.pipeline.small import GAMES, by_hand, day, league, nth, run
from warehouse.duckdb.engine import DuckDBWarehouse

CHANGED = f"UPDATE {GAMES} SET points = 99, data_hash = 'x' WHERE player_lookup = '{nth('BOS', 1)}'"
GONE = f"DELETE FROM {GAMES} WHERE player_lookup = '{nth('NYK', 2)}'"
HASHES = f"UPDATE {GAMES} SET data_hash = 'x'"


@pytest.fixture(scope="module")
def here() -> Iterator[DuckDBWarehouse]:
    pipeline = league(1).pipeline()
    run(pipeline, 0, 0, GAMES)
    yield pipeline.warehouse
    pipeline.warehouse.close()


def beside(here: DuckDBWarehouse, *changes: str, number: int = 0) -> Finding:
    pipeline = league(1).pipeline()
    run(pipeline, 0, 0, GAMES)
    for change in changes:
        by_hand(pipeline, change)
    contract = pipeline.registry.contracts[GAMES]
    found = compared(contract, day(number), here, pipeline.warehouse)
    pipeline.warehouse.close()
    return found


def test_equal(here: DuckDBWarehouse) -> None:
    found = beside(here)
    assert (found.verdict, found.says) == (
        Verdict.PASSED,
        "16 rows of 2024-10-22, equal on both engines",
    )


def test_empty(here: DuckDBWarehouse) -> None:
    """Nothing is equal to nothing, and proves nothing."""
    assert beside(here, number=1).verdict is Verdict.UNDETERMINED


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([CHANGED], "of which 1 differ: game_date=2024-10-22 player_lookup=bos1: points 11 here"),
        ([GONE], "16 rows here, 15 on DuckDB, of which 1 only here: game_date=2024-10-22"),
        ([CHANGED, GONE], "of which 1 differ, 1 only here"),
        ([HASHES], "of which 16 differ: game_date=2024-10-22 player_lookup=bos0: equal values"),
    ],
)
def test_differing(here: DuckDBWarehouse, changes: list[str], said: str) -> None:
    found = beside(here, *changes)
    assert (found.verdict, said in found.says) == (Verdict.FAILED, True), found.says
    assert found.says.count("player_lookup=") <= 3


def test_the_other_way_round(here: DuckDBWarehouse) -> None:
    pipeline = league(1).pipeline()
    run(pipeline, 0, 0, GAMES)
    by_hand(pipeline, GONE)
    found = compared(pipeline.registry.contracts[GAMES], day(0), pipeline.warehouse, here)
    assert "1 only there: game_date=2024-10-22 player_lookup=nyk2: only there" in found.says
    pipeline.warehouse.close()
