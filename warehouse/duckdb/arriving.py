"""Files that arrive: whether one holds the columns of its contract, in values that fit."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import duckdb

from processors.columns import Column, Type
from processors.contract import Contract
from warehouse.files import DUCKDB_TYPES

EXAMPLES = 3
WIDER = {Type.INT64: "DOUBLE", Type.DATE: "TIMESTAMP"}
"""What shows of a text that more stands in it than the declared type can hold."""


def parquet(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"read_parquet('{text}')"


def misfits(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> list[str]:
    """What forbids reading the file as rows of this table; columns go by name, in any order."""
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {parquet(path)}").fetchall()
    except duckdb.InvalidInputException as error:
        reason = str(error).partition("\n")[0]
        return [f"{path.name} for {contract.table}: cannot be read as Parquet: {reason}"]
    held = {name.lower(): kind for name, kind, *_ in described}
    missing = [name for name in contract.column_names if name not in held]
    if missing:
        unknown = [name for name in held if name not in contract.column_names]
        named = ", ".join(_with_the_nearest(name, unknown) for name in missing)
        return [f"{path.name} for {contract.table}: no column {named}"]
    return list(_unfit(connection, contract, path, held))


def _with_the_nearest(name: str, unknown: list[str]) -> str:
    near = get_close_matches(name, unknown, n=1)
    return f"{name} (there is {near[0]})" if near else name


def _unfit(
    connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path, held: dict[str, str]
) -> Iterator[str]:
    """Columns with values that would be lost or changed on the way into the declared type."""
    key = ", ".join(contract.key)
    for column in contract.columns:
        if held[column.name] == DUCKDB_TYPES[column.type]:
            continue
        found = connection.execute(
            f"SELECT count(*) OVER (), CAST({column.name} AS VARCHAR), {key}"
            f" FROM {parquet(path)} WHERE {_is_unfit(column, held[column.name])} LIMIT {EXAMPLES}"
        ).fetchall()
        if found:
            shown = ", ".join(
                f"{value} at {' '.join(str(part) for part in row)}" for _, value, *row in found
            )
            yield (
                f"{path.name} for {contract.table}: {column.name} is {held[column.name]} and"
                f" {found[0][0]} values are no {column.type.value}, such as {shown}"
            )


def _is_unfit(column: Column, held: str) -> str:
    """The cast fails, or the way back does not lead to where it came from."""
    name, cast = column.name, f"TRY_CAST({column.name} AS {DUCKDB_TYPES[column.type]})"
    if held != "VARCHAR":
        lost = f"TRY_CAST({cast} AS {held}) IS DISTINCT FROM {name}"
    elif column.type in WIDER:
        lost = f"{cast} IS NULL OR {cast} <> TRY_CAST({name} AS {WIDER[column.type]})"
    else:
        lost = f"{cast} IS NULL"
    return f"{name} IS NOT NULL AND ({lost})"
