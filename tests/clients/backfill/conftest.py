"""Two sample seasons, of whose first 235 game dates 207 are processed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from league.sample import make_league, write
from pipeline.calendar import Kind, read_calendar
from processors.registry import load
from tests.sharing import made_once, own_copy, settling
from warehouse.duckdb.engine import DuckDBWarehouse


@dataclass(frozen=True)
class TwoSeasons:
    """Copy the file to write."""

    file: Path
    """Raw tables and nothing computed."""
    days: tuple[date, ...]
    """All of the season 2024-25 and the first of 2025-26."""
    processed: tuple[date, ...]
    """Those that aren't left out by design."""


@pytest.fixture(scope="session")
def two_seasons(tmp_path_factory: pytest.TempPathFactory) -> TwoSeasons:
    def make(path: Path) -> None:
        with settling(DuckDBWarehouse(path)) as warehouse:
            contracts = load().contracts
            warehouse.migrate(list(contracts.values()))
            files = write(make_league(seasons=2), tmp_path_factory.mktemp("seasons"))
            warehouse.load(files, contracts)

    file = own_copy(made_once(tmp_path_factory, "two.duckdb", make), tmp_path_factory)
    with closing(DuckDBWarehouse(file)) as warehouse:
        calendar = read_calendar(warehouse)
    days = calendar.game_dates[:235]
    processed = (day for day in days if calendar.expect(day, bootstrap=True).kind is Kind.PROCESS)
    return TwoSeasons(file, days, tuple(processed))
