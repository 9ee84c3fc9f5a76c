"""A feature store of a few rows, for tests of what is read from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from pipeline.readiness import STORE
from processors.features import FEATURES
from tests.worlds import open_memory
from warehouse.duckdb.engine import DuckDBWarehouse

FIRST, LAST = date(2025, 11, 4), date(2026, 1, 31)
NAMES = ("game_date", *(one.name for one in FEATURES))

Row = Mapping[str, object]


def rows_of(dates: int = 60) -> list[Row]:
    """Two rows a date and a bit of everything: ties, NULLs, a month without a value, a feature
    without any, one value only; and rows of another season, which nobody asks for."""
    made = []
    for number in range(dates):
        day = FIRST + timedelta(days=number)
        for player in (0, 1):
            seen = 2 * number + player
            row: dict[str, object] = {
                one.name: (seen * (one.index + 3)) % 11 - (0 if one.minimum == 0 else 4)
                if one.whole
                else round(((seen * (2 * one.index + 7)) % 97) / 7 - 3, 6)
                for one in FEATURES
            }
            row |= {"playoff_game": 1, "pace_score": -2.5, "usage_rate_last_5": None}
            if day.month == 12:
                row |= {"vegas_points_line": None}
            if seen % 3 == 0:
                row |= {"points_avg_last_5": None, "games_vs_opponent": None}
            made.append({"game_date": day, **row})
    return [*made, {**made[0], "game_date": FIRST - timedelta(days=200), "home_away": 77}]


def store_of(rows: Sequence[Row]) -> DuckDBWarehouse:
    """In memory, with nothing but these rows; the other columns are NULL."""
    warehouse = open_memory()
    marks = ", ".join("?" * len(NAMES))
    warehouse._connection.executemany(
        f"INSERT INTO {STORE} ({', '.join(NAMES)}) VALUES ({marks})",
        [[row[name] for name in NAMES] for row in rows],
    )
    return warehouse
