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
    # By columns: a row as an object would name each of them again.
    shape = json.dumps({one.name: [DUCKDB_TYPES[one.type]] for one in contract.columns})
    values = ", ".join(f"unnest(held.{name}) AS {name}" for name in names)
    for start in range(0, len(rows), BATCH):
        columns = zip(*rows[start : start + BATCH], strict=True)
        desk.run(
            f"INSERT INTO arriving BY NAME SELECT {values}"
            f" FROM (SELECT from_json($columns, '{shape}') AS held)",
            {"columns": json.dumps(dict(zip(names, columns, strict=True)), default=str)},
        )
