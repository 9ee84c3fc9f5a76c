"""Worlds for tests: warehouses filled from rows built in code, or from the sample league."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.run import Pipeline
from processors.contract import Contract
from processors.registry import Registry, load
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.files import DUCKDB_TYPES, Desk
from warehouse.interface import Loaded, Warehouse

Rows = Sequence[Mapping[str, object]]


def open_memory(*, threads: int | None = None) -> DuckDBWarehouse:
    warehouse = DuckDBWarehouse(None, threads=threads)
    warehouse.migrate(list(load().contracts.values()))
    return warehouse


def load_rows(
    warehouse: Warehouse,
    tables: Mapping[str, Rows],
    contracts: Mapping[str, Contract] | None = None,
) -> list[Loaded]:
    """Rows as dicts into raw tables, ours unless others are said; columns that a row lacks are
    NULL."""
    contracts = contracts or load().contracts
    with TemporaryDirectory() as folder, Desk() as desk:
        files = {}
        for table, rows in tables.items():
            contract = contracts[table]
            shape = json.dumps([{one.name: DUCKDB_TYPES[one.type] for one in contract.columns}])
            desk.run(
                f"CREATE OR REPLACE TABLE arriving AS SELECT unnest(from_json($rows, '{shape}'),"
                " recursive := true)",
                {"rows": json.dumps([dict(row) for row in rows], default=str)},
            )
            files[table] = Path(folder) / f"{contract.name}.parquet"
            desk.write("SELECT * FROM arriving", contract, files[table])
        return warehouse.load(files, contracts)


def stored_rows(
    warehouse: Warehouse, table: str, dates: tuple[date, date] = (date.min, date.max)
) -> list[dict[str, object]]:
    """All rows of a table as dicts, or those of some dates, contract columns and data_hash, ordered
    by key."""
    contract = load().contracts[table]
    names = [*contract.column_names, *(["data_hash"] if contract.is_computed else [])]
    day = contract.date_column
    where = f" WHERE {day} >= @first AND {day} <= @last" if day else ""
    text = f"SELECT {', '.join(names)} FROM `{table}`{where} ORDER BY {', '.join(contract.key)}"
    found = warehouse.rows(text, first=dates[0], last=dates[1])
    return [dict(zip(names, row, strict=True)) for row in found]


def pipeline_over(tables: Mapping[str, Rows], registry: Registry | None = None) -> Pipeline:
    warehouse = open_memory()
    load_rows(warehouse, tables)
    return Pipeline(warehouse, registry or load())
