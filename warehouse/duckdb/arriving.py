"""Files that arrive: each held to its contract, its rows then standing in `arriving`.

What arrives is checked here for every engine, so that each refuses the same files in the same
words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import duckdb

from processors.columns import Column, Type
from processors.contract import Contract
from processors.errors import LoadRefused
from warehouse.files import DUCKDB_TYPES
from warehouse.texts import row_checks

EXAMPLES = 3
WIDER = {Type.INT64: "DOUBLE", Type.DATE: "TIMESTAMP"}
"""What shows of a text that more stands in it than the declared type can hold."""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A file without fault: `held` of its rows are different ones, and stand in `arriving`."""

    contract: Contract
    read: int
    held: int


def arrivals(
    connection: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    contracts: Mapping[str, Contract],
) -> Iterator[Arrived]:
    """File by file until one has a fault; the others are checked too, and all faults are told at
    the end. Only who has come to the end may keep what was given."""
    faults: list[str] = []
    for table, path in files.items():
        contract = contracts[table]
        unfit = _misfits(connection, contract, path)
        faults += unfit
        if unfit:
            continue
        read = _stage(connection, contract, path)
        faults += _faults(connection, contract, path)
        if not faults:
            held = _count(connection, "SELECT count(*) FROM arriving")
            yield Arrived(contract=contract, read=read, held=held)
    if faults:
        raise LoadRefused(
            f"nothing was loaded, {len(faults)} faults: " + "; ".join(faults), faults=faults
        )


def _stage(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> int:
    """Identical rows collapse."""
    columns = ", ".join(
        f"CAST({one.name} AS {DUCKDB_TYPES[one.type]}) AS {one.name}" for one in contract.columns
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE arriving AS SELECT DISTINCT {columns} FROM {_parquet(path)}"
    )
    return _count(connection, f"SELECT count(*) FROM {_parquet(path)}")


def _faults(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> list[str]:
    key = ", ".join(contract.key)
    faults = []
    for check in row_checks(contract):
        found = connection.execute(
            f"SELECT count(*) OVER (), {key} FROM arriving WHERE {check.bad_when} LIMIT {EXAMPLES}"
        ).fetchall()
        if found:
            faults.append(
                _fault(path, contract, check.name, found[0][0], [one[1:] for one in found])
            )
    doubled = connection.execute(
        f"SELECT count(*) OVER (), {key} FROM arriving GROUP BY {key} HAVING count(*) > 1"
        f" LIMIT {EXAMPLES}"
    ).fetchall()
    if doubled:
        examples = [one[1:] for one in doubled]
        faults.append(_fault(path, contract, "contradicting rows", doubled[0][0], examples))
    return faults


def _fault(
    path: Path, contract: Contract, what: str, found: int, examples: list[tuple[object, ...]]
) -> str:
    shown = ", ".join(" ".join(str(value) for value in one) for one in examples)
    return f"{path.name} for {contract.table}: {what} at {found} keys, such as {shown}"


def _count(connection: duckdb.DuckDBPyConnection, text: str) -> int:
    row = connection.execute(text).fetchone()
    return int(row[0]) if row else 0


def _parquet(path: Path) -> str:
    text = str(path).replace("'", "''")
    return f"read_parquet('{text}')"


def _misfits(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> list[str]:
    """What forbids reading the file as rows of this table; columns go by name, in any order."""
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {_parquet(path)}").fetchall()
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
            f" FROM {_parquet(path)} WHERE {_is_unfit(column, held[column.name])} LIMIT {EXAMPLES}"
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
