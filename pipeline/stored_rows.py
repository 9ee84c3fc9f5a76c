"""The stored rows of a table's date, a page of them, found by player where it has players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from processors.contract import Contract
from processors.errors import ContractError, UsageError
from warehouse.interface import Row, Warehouse

PLAYER = "player_lookup"
PEOPLE = "nba_raw.players"


@dataclass(frozen=True, kw_only=True)
class StoredRows:
    """One page, and how many there are in all."""

    in_all: int
    """Rows of the date."""
    in_search: int
    """Of those, what was looked for."""
    rows: Sequence[Row]
    """Cells in the contract's order."""
    names: Sequence[str | None]
    """Of each row's player, as the table of players has it."""


def has_players(contract: Contract) -> bool:
    return PLAYER in contract.column_names


def read_rows(
    warehouse: Warehouse, contract: Contract, day: date, *, player: str, page: int, size: int
) -> StoredRows:
    """In the order of the key; `player` is a part of a name or a lookup, nothing of it is a
    pattern, and none means every row. A page after the last is empty."""
    if player and not has_players(contract):
        raise UsageError(
            f"{contract.table} holds no players: leave out player={player!r}, or choose a table"
            f" with a {PLAYER}"
        )
    found = warehouse.rows(
        rows_text(contract), day=day, player=player, most=size, after=(page - 1) * size
    )
    shown = [row for row in found if row[3] is not None]
    return StoredRows(
        in_all=found[0][0],
        in_search=found[0][1],
        rows=[row[4:] for row in shown],
        names=[row[2] for row in shown],
    )


@cache
def rows_text(contract: Contract) -> str:
    """One row at least, with the counts; its cells are NULL where the page is empty."""
    if contract.date_column is None:
        raise ContractError(f"{contract.table} has no dates: its rows are of no date")
    columns = ", ".join(f"shown.{name}" for name in contract.column_names)
    key = ", ".join(f"shown.{name}" for name in contract.key)
    person, join, found = "CAST(NULL AS STRING)", "", "TRUE"
    if has_players(contract):
        person = "people.player_name"
        join = f"\n  LEFT JOIN `{PEOPLE}` AS people ON people.{PLAYER} = stored.{PLAYER}"
        found = f"""@player = ''
    OR STRPOS(LOWER({PLAYER}), REPLACE(LOWER(@player), ' ', '')) > 0
    OR STRPOS(LOWER(COALESCE(known_as, '')), LOWER(@player)) > 0"""
    own = ", ".join(f"stored.{name}" for name in contract.column_names)
    names = ", ".join(contract.column_names)
    return f"""
WITH held AS (
  SELECT {person} AS known_as, {own}
  FROM `{contract.table}` AS stored{join}
  WHERE stored.{contract.date_column} = @day
),
found AS (
  SELECT known_as, {names}
  FROM held
  WHERE {found}
),
page AS (
  SELECT known_as, {names}
  FROM found
  ORDER BY {", ".join(contract.key)}
  LIMIT @most OFFSET @after
),
counted AS (
  SELECT (SELECT COUNT(*) FROM held) AS in_all, (SELECT COUNT(*) FROM found) AS in_search
)
SELECT counted.in_all, counted.in_search, shown.known_as,
  shown.{contract.date_column} AS is_there, {columns}
FROM counted
LEFT JOIN page AS shown ON TRUE
ORDER BY {key}"""
