"""What is done to forbidden rows: they are deleted, falsified, or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache

from pipeline.audit.cutoff import Forbidden
from processors.columns import Column, Type
from processors.contract import Contract, Layer

ABSURD_NUMBER = 9999
ABSURD_TEXT = "99:59"
"""Nobody's name, and as minutes still a number of minutes."""

PLACE = ("season_year", "season_phase", "boxscore_expected")
"""What these say decides whether a row is looked at; falsified they would hide it."""


class Operation(StrEnum):
    """Each must leave the recomputed rows as they are."""

    DELETE = "delete"
    FALSIFY = "falsify"
    DUPLICATE = "duplicate"


@cache
def texts(operation: Operation, what: Forbidden) -> tuple[str, ...]:
    """The statements that do it, with `AND_ONLY` where a narrower choice of rows may stand."""
    return tuple(_texts(operation, what))


def _texts(operation: Operation, what: Forbidden) -> Iterator[str]:
    where = f"WHERE {what.condition} AND_ONLY"
    contract = what.contract
    if operation is Operation.FALSIFY:
        values = ", ".join(
            f"{column.name} = {_absurd(column)}" for column in _falsified(contract, what.columns)
        )
        yield f"UPDATE `{what.table}` AS held SET {values} {where}"
    elif what.columns is not None:
        return
    elif operation is Operation.DELETE:
        yield f"DELETE FROM `{what.table}` AS held {where}"
    else:
        names = [one.name for one in contract.stored_columns]
        other = _another_key(contract)
        # A computed table's keys are unique by construction, and its readers multiply by them.
        copies = ({}, other) if contract.layer is Layer.RAW else (other,)
        for changed in copies:
            picked = ", ".join(changed.get(name, f"held.{name}") for name in names)
            # Copies have no number, and so are not copied again.
            yield (
                f"INSERT INTO `{what.table}` ({', '.join(names)})"
                f" SELECT {picked} FROM `{what.table}` AS held {where}"
                " AND held.row_in_fork IS NOT NULL"
            )


def _falsified(contract: Contract, columns: tuple[str, ...] | None) -> list[Column]:
    kept = {*contract.key, contract.date_column, *PLACE}
    return [
        one
        for one in contract.columns
        if one.name not in kept and (columns is None or one.name in columns)
    ]


def _absurd(column: Column) -> str:
    name = f"held.{column.name}"
    match column.type:
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
