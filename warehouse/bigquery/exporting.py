"""A table of BigQuery as a file of Parquet: its rows come page by page, and are lines of JSON in
between."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from processors.contract import Contract
from processors.errors import WarehouseFailed
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.request import Request
from warehouse.bigquery.schema import FIRST_DATE, requires_filter
from warehouse.files import DUCKDB_TYPES, Desk


def export(
    jobs: Jobs, place: Place, contract: Contract, path: Path, *, maximum_bytes: int | None = None
) -> int:
    """The contract's columns in its types; say how many rows there are."""
    request = Request(
        what=f"reading {contract.table}",
        text=placed(exported(contract), place, {}),
        maximum_bytes=maximum_bytes,
    )
    names = contract.column_names
    sent = 0
    with TemporaryDirectory() as folder, Desk() as desk:
        lines = Path(folder) / "rows.json"
        with lines.open("w") as file:
            for rows in jobs.pages(request):
                sent += len(rows)
                for row in rows:
                    named = dict(zip(names, row, strict=True))
                    file.write(json.dumps(named, default=_plain, ensure_ascii=False) + "\n")
        columns = {one.name: DUCKDB_TYPES[one.type] for one in contract.columns}
        quoted = str(lines).replace("'", "''")
        written = desk.write(
            f"SELECT * FROM read_json('{quoted}', format = 'newline_delimited',"
            f" columns = {json.dumps(columns)})",
            contract,
            path,
        )
    if written != sent:
        raise WarehouseFailed(f"of {sent} rows of {contract.table} {written} were written")
    return written


def exported(contract: Contract) -> str:
    """All rows; a table that refuses a query without dates is asked for all dates."""
    all_dates = f"\nWHERE {contract.date_column} >= {FIRST_DATE}"
    return (
        f"SELECT {', '.join(contract.column_names)}\nFROM `{contract.table}`"
        f"{all_dates if requires_filter(contract) else ''}"
    )


def _plain(value: object) -> str:
    """A date or an instant; nothing else of a contract's types is no JSON."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is of no type that contracts have")
