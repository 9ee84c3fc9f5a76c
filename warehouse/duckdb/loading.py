"""Loading raw tables on DuckDB, checked first, then all files in one transaction; and writing a
table as such a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from processors.contract import Contract
from processors.errors import LoadRefused
from warehouse.duckdb.arriving import EXAMPLES, misfits, parquet
from warehouse.files import DUCKDB_TYPES
from warehouse.interface import Loaded
from warehouse.texts import row_checks


def load(
    connection: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    contracts: Mapping[str, Contract],
) -> list[Loaded]:
    """Rows replace stored rows of the same key; identical rows of a file collapse."""
    faults: list[str] = []
    loads: list[Loaded] = []
    connection.execute("BEGIN")
    for table, path in files.items():
        contract = contracts[table]
        unfit = misfits(connection, contract, path)
        faults += unfit
        if unfit:
            continue
        read = _stage(connection, contract, path)
        faults += _faults(connection, contract, path)
        if not faults:
            loads.append(_replace(connection, contract, read))
    if faults:
        raise LoadRefused(
            f"nothing was loaded, {len(faults)} faults: " + "; ".join(faults), faults=faults
        )
    connection.execute("COMMIT")
    return loads


def _stage(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> int:
    columns = ", ".join(
        f"CAST({one.name} AS {DUCKDB_TYPES[one.type]}) AS {one.name}" for one in contract.columns
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE arriving AS SELECT DISTINCT {columns} FROM {parquet(path)}"
    )
    return _count(connection, f"SELECT count(*) FROM {parquet(path)}")


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


def _replace(connection: duckdb.DuckDBPyConnection, contract: Contract, read: int) -> Loaded:
    same = " AND ".join(f"arriving.{name} = stored.{name}" for name in contract.key)
    columns = ", ".join(contract.column_names)
    order = contract.date_column or contract.key[0]
    replaced = _count(
        connection, f"DELETE FROM {contract.table} AS stored USING arriving WHERE {same}"
    )
    arrived = _count(
        connection,
        f"INSERT INTO {contract.table} ({columns}) SELECT {columns} FROM arriving ORDER BY {order}",
    )
    return Loaded(table=contract.table, read=read, collapsed=read - arrived, replaced=replaced)


def export(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> int:
    columns = ", ".join(contract.column_names)
    file = str(path).replace("'", "''")
    return _count(
        connection, f"COPY (SELECT {columns} FROM {contract.table}) TO '{file}' (FORMAT parquet)"
    )


def _count(connection: duckdb.DuckDBPyConnection, text: str) -> int:
    row = connection.execute(text).fetchone()
    return int(row[0]) if row else 0
