"""One drawn league for the whole session, and its rows as plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from league.sample import League, make_league

Row = dict[str, Any]


@pytest.fixture(scope="session")
def league() -> League:
    return make_league()


@pytest.fixture(scope="session")
def broken() -> League:
    return make_league(faults=True)


@pytest.fixture(scope="session")
def rows(league: League) -> Callable[[str], list[Row]]:
    """The rows of a table of the league, by its short name."""
    made: dict[str, list[Row]] = {}

    def of(name: str) -> list[Row]:
        if name not in made:
            made[name] = rows_of(league, name)
        return made[name]

    return of


@pytest.fixture(scope="session")
def games(rows: Callable[[str], list[Row]]) -> dict[str, Row]:
    return {row["game_id"]: row for row in rows("schedule")}


def rows_of(league: League, name: str) -> list[Row]:
    columns = league.tables[f"nba_raw.{name}"]
    values = [column.tolist() for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
