"""A season's raw tables from one warehouse into another, which may then be done with as one likes.

The rows go through the interface and a Parquet file, so that it works from any engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.calendar import Season
from processors.contract import Contract
from processors.registry import Registry
from warehouse.files import DUCKDB_TYPES, Desk
from warehouse.interface import Warehouse

BATCH = 50_000
"""Rows that stand in memory as text at once."""


def copy_season(
    source: Warehouse, target: Warehouse, registry: Registry, tables: Iterable[str], season: Season
) -> None:
    """What of these tables lies in the season; tables without dates as they are."""
    copy_dates(source, target, registry, dict.fromkeys(tables, (season.start, season.last)))


def copy_dates(
    source: Warehouse, target: Warehouse, registry: Registry, dates: Mapping[str, tuple[date, date]]
) -> None:
    """By table, its rows from a first date to a last one."""
    with TemporaryDirectory() as folder, Desk() as desk:
        files = {}
        for table, (first, last) in dates.items():
            contract = registry.contracts[table]
            files[table] = Path(folder) / f"{contract.name}.parquet"
            _put(source, desk, contract, first, last)
            desk.write("SELECT * FROM arriving", contract, files[table])
        target.load(files, registry.contracts)


def copied_text(contract: Contract) -> str:
    day = contract.date_column
    within = f" WHERE {day} >= @first_date AND {day} <= @last_date" if day else ""
    return f"SELECT {', '.join(contract.column_names)} FROM `{contract.table}`{within}"


def _put(source: Warehouse, desk: Desk, contract: Contract, first: date, last: date) -> None:
    names = contract.column_names
    rows = source.rows(copied_text(contract), first_date=first, last_date=last)
    typed = ", ".join(f"{one.name} {DUCKDB_TYPES[one.type]}" for one in contract.columns)
    desk.run(f"CREATE OR REPLACE TABLE arriving ({typed})")
    shape = json.dumps([{one.name: DUCKDB_TYPES[one.type] for one in contract.columns}])
    for start in range(0, len(rows), BATCH):
        batch = [dict(zip(names, row, strict=True)) for row in rows[start : start + BATCH]]
        desk.run(
            "INSERT INTO arriving BY NAME"
            f" SELECT unnest(from_json($rows, '{shape}'), recursive := true)",
            {"rows": json.dumps(batch, default=str)},
        )
