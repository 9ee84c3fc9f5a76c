"""Loading raw tables on DuckDB, checked first, then all files in one transaction; and writing a
table as such a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from processors.contract import Contract, Kept
from warehouse.duckdb.arriving import Arrived, arrivals
from warehouse.interface import Loaded
from warehouse.keeping import Keeping


def load(
    connection: duckdb.DuckDBPyConnection,
    files: Mapping[str, Path],
    contracts: Mapping[str, Contract],
) -> list[Loaded]:
    """Rows replace stored rows of the same key, or are added where rows are kept; identical rows of
    a file collapse."""
    connection.execute("BEGIN")
    loads = [
        _add(connection, arrived, kept)
        if (kept := arrived.contract.kept)
        else _replace(connection, arrived)
        for arrived in arrivals(connection, files, contracts)
    ]
    connection.execute("COMMIT")
    return loads


def _add(connection: duckdb.DuckDBPyConnection, arrived: Arrived, kept: Kept) -> Loaded:
    table = arrived.contract.table
    keeping = Keeping(contract=arrived.contract, kept=kept, arriving="arriving", stored=table)
    return Loaded(
        table=table,
        read=arrived.read,
        collapsed=arrived.read - arrived.held,
        replaced=0,
        left=arrived.held - _changed(connection, keeping.added),
    )


def _replace(connection: duckdb.DuckDBPyConnection, arrived: Arrived) -> Loaded:
    contract = arrived.contract
    same = " AND ".join(f"arriving.{name} = stored.{name}" for name in contract.key)
    columns = ", ".join(contract.column_names)
    order = contract.date_column or contract.key[0]
    replaced = _changed(
        connection, f"DELETE FROM {contract.table} AS stored USING arriving WHERE {same}"
    )
    connection.execute(
        f"INSERT INTO {contract.table} ({columns}) SELECT {columns} FROM arriving ORDER BY {order}"
    )
    return Loaded(
        table=contract.table,
        read=arrived.read,
        collapsed=arrived.read - arrived.held,
        replaced=replaced,
    )


def export(connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> int:
    columns = ", ".join(contract.column_names)
    file = str(path).replace("'", "''")
    return _changed(
        connection, f"COPY (SELECT {columns} FROM {contract.table}) TO '{file}' (FORMAT parquet)"
    )


def _changed(connection: duckdb.DuckDBPyConnection, text: str) -> int:
    row = connection.execute(text).fetchone()
    return int(row[0]) if row else 0
