"""Worlds for tests: warehouses filled from rows built in code, or from the sample league."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
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


WRITING = threading.Lock()
"""The desk is one session, and there are tests whose threads load."""


@cache
def _desk() -> Desk:
    """For all tests of a process: to open and close one takes as long as writing a table or two."""
    return Desk()


def load_rows(
    warehouse: Warehouse,
    tables: Mapping[str, Rows],
    contracts: Mapping[str, Contract] | None = None,
) -> list[Loaded]:
    """Rows as dicts into raw tables, ours unless others are said; columns that a row lacks are
    NULL."""
    contracts = contracts or load().contracts
    files = {}
    with TemporaryDirectory() as folder:
        with WRITING:
            for table, rows in tables.items():
                files[table] = Path(folder) / f"{contracts[table].name}.parquet"
                _write(rows, contracts[table], files[table])
        return warehouse.load(files, contracts)


def _write(rows: Rows, contract: Contract, path: Path) -> None:
    shape = json.dumps([{one.name: DUCKDB_TYPES[one.type] for one in contract.columns}])
    _desk().run(
        f"CREATE OR REPLACE TABLE arriving AS SELECT unnest(from_json($rows, '{shape}'),"
        " recursive := true)",
        {"rows": json.dumps([dict(row) for row in rows], default=str)},
    )
    _desk().write("SELECT * FROM arriving", contract, path)


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
