"""Holdings: of a season's games that are over, how many each raw table knows, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.calendar import Calendar
from processors.contract import Contract, Layer
from warehouse.interface import Warehouse

SCHEDULE = "nba_raw.schedule"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One raw table in one season, or one column of it where it is named."""

    season: str
    table: str
    column: str | None
    found: int
    needed: int
    first: date | None
    last: date | None
    """Of the games that are found."""

    @property
    def share(self) -> float:
        return self.found / self.needed


def about_games(contracts: Iterable[Contract]) -> list[Contract]:
    """The raw tables that should say something of each game."""
    return [
        one
        for one in contracts
        if one.layer is Layer.RAW and one.table != SCHEDULE and "game_id" in one.column_names
    ]


def read_holdings(
    warehouse: Warehouse, calendar: Calendar, contracts: Iterable[Contract]
) -> list[Holding]:
    """By season; each table before its columns."""
    if not calendar.game_dates:
        return []
    labels = {season.year: season.label for season in calendar.seasons}
    dates = {"first_date": calendar.game_dates[0], "last_date": calendar.game_dates[-1]}
    found = [
        one
        for contract in about_games(contracts)
        for year, needed, *counts in warehouse.rows(holdings_text(contract), **dates)
        if year in labels
        for one in _of(labels[year], contract, needed, counts)
    ]
    return sorted(found, key=lambda one: one.season)


def _of(season: str, contract: Contract, needed: int, counts: list[object]) -> Iterator[Holding]:
    columns: tuple[str | None, ...] = (None, *contract.column_names)
    for at, column in enumerate(columns):
        games, first, last = counts[3 * at : 3 * at + 3]
        yield Holding(
            season=season,
            table=contract.table,
            column=column,
            found=int(str(games)),
            needed=needed,
            first=first if isinstance(first, date) else None,
            last=last if isinstance(last, date) else None,
        )


@cache
def holdings_text(contract: Contract) -> str:
    """A game counts for a column where any row of it holds a value."""
    names = ("any_row", *contract.column_names)
    counted = ",\n    ".join(f"COUNT({name}) AS {name}" for name in contract.column_names)
    facts = ",\n  ".join(
        f"COUNTIF(held.{name} > 0),\n"
        f"  MIN(IF(held.{name} > 0, games.game_date, NULL)),\n"
        f"  MAX(IF(held.{name} > 0, games.game_date, NULL))"
        for name in names
    )
    return f"""
WITH games AS (
  SELECT game_id, game_date, season_year
  FROM `{SCHEDULE}`
  WHERE game_date >= @first_date AND game_date <= @last_date
    AND status = 'final' AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
held AS (
  SELECT game_id AS game, COUNT(*) AS any_row,
    {counted}
  FROM `{contract.table}`
  WHERE {contract.date_column} >= @first_date AND {contract.date_column} <= @last_date
  GROUP BY game
)
SELECT games.season_year, COUNT(*),
  {facts}
FROM games
LEFT JOIN held ON held.game = games.game_id
GROUP BY games.season_year
ORDER BY games.season_year"""
