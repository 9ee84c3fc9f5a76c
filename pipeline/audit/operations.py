"""What is done to forbidden rows: they are deleted, falsified, misplaced, duplicated or repeated.

A key and a date are what a row is known by, and are left alone: without its row a key is gone
(deleted), and with one more row there is another (duplicated). Not copied are the results of D in
the schedule: the rows that hold them are allowed, and a copy would be one more game.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from enum import StrEnum
from functools import cache

from pipeline.audit.cutoff import Forbidden
from processors.columns import Column, Type
from processors.contract import Contract
from warehouse.interface import FORK_ROW

ABSURD_NUMBER = 9999
"""Squared, summed over a season and put into millionths it is still an INT64."""
ABSURD_TEXT = "69:59"
"""Nobody's name, and as minutes the longest game that still counts as one."""

PLACE = (
    *("season_year", "season_phase", "boxscore_expected", "status", "is_dnp", "has_shots"),
    *("game_id", "home_team", "away_team"),
    *("team", "team_abbr", "opponent", "opponent_team_abbr"),
)
"""What these say decides whether a row is looked at and joined at all. Falsified together with the
others they would hide the others' falsehoods, so they have an operation of their own."""


class Operation(StrEnum):
    """Each must leave the recomputed rows as they are."""

    DELETE = "delete"
    FALSIFY = "falsify"
    MISPLACE = "misplace"
    DUPLICATE = "duplicate"
    """A copy under another key; of raw rows an identical one too."""
    REPEAT = "repeat"
    """Identical copies of computed rows. Whoever may read them joins many of them on equal keys and
    multiplies, so that only D itself is recomputed, which must not see them."""


def changed(operation: Operation, what: Forbidden) -> Set[str] | None:
    """The columns that it changes; None where whole rows come or go."""
    match operation:
        case Operation.FALSIFY:
            return {one.name for one in _told(what) if one.name not in PLACE}
        case Operation.MISPLACE:
            return {one.name for one in _told(what) if one.name in PLACE}
        case _:
            return set() if what.columns is not None else None


@cache
def texts(operation: Operation, what: Forbidden) -> tuple[str, ...]:
    """The statements that do it, with `AND_ONLY` where a narrower choice of rows may stand."""
    return tuple(_texts(operation, what))


def _texts(operation: Operation, what: Forbidden) -> Iterator[str]:
    where = f"WHERE {what.condition} AND_ONLY"
    columns = changed(operation, what)
    if columns is not None:
        values = ", ".join(
            f"{one.name} = {_absurd(one)}" for one in what.contract.columns if one.name in columns
        )
        if values:
            yield f"UPDATE `{what.table}` AS held SET {values} {where}"
    elif operation is Operation.DELETE:
        yield f"DELETE FROM `{what.table}` AS held {where}"
    else:
        names = [one.name for one in what.contract.stored_columns]
        for other in _copies(operation, what.contract):
            picked = ", ".join(other.get(name, f"held.{name}") for name in names)
            # Copies have no number, and so are not copied again.
            yield (
                f"INSERT INTO `{what.table}` ({', '.join(names)})"
                f" SELECT {picked} FROM `{what.table}` AS held {where}"
                f" AND held.{FORK_ROW} IS NOT NULL"
            )


def _copies(operation: Operation, contract: Contract) -> list[dict[str, str]]:
    if operation is Operation.REPEAT:
        return [{}] if contract.is_computed else []
    other = _another_key(contract)
    return [other] if contract.is_computed else [{}, other]


def _told(what: Forbidden) -> Iterator[Column]:
    """The forbidden columns that a row can be told otherwise in."""
    kept = {*what.contract.key, what.contract.date_column}
    for one in what.contract.columns:
        if one.name not in kept and (what.columns is None or one.name in what.columns):
            yield one


def _absurd(column: Column) -> str:
    name = f"held.{column.name}"
    match column.type:
        case Type.INT64 if column.name in PLACE:
            # The season before: nearer to the truth, some readers look there too.
            return f"{name} - 1"
        case Type.INT64:
            return str(ABSURD_NUMBER)
        case Type.FLOAT64:
            return f"{ABSURD_NUMBER}.0"
        case Type.BOOL:
            return f"COALESCE(NOT {name}, TRUE)"
        case Type.DATE:
            return f"DATE_SUB({name}, INTERVAL 1 DAY)"
        case Type.TIMESTAMP:
            return f"TIMESTAMP_SUB({name}, INTERVAL 1 HOUR)"
        case _ if column.one_of:
            first, second = column.one_of[:2]
            return f"IF({name} = '{first}', '{second}', '{first}')"
        case _:
            return f"'{ABSURD_TEXT}'"


def _another_key(contract: Contract) -> dict[str, str]:
    """The last word or number of the key: another player, another book, another shot."""
    column = [
        one
        for one in map(contract.column, contract.key)
        if one.type in (Type.STRING, Type.INT64) and one.name != contract.date_column
    ][-1]
    if column.type is Type.INT64:
        return {column.name: f"held.{column.name} + 1000000"}
    return {column.name: f"CONCAT(held.{column.name}, '_again')"}
