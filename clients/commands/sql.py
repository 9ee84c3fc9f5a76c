"""`tipoff sql`: the users' own BigQuery queries, read-only."""

from __future__ import annotations

import csv
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, asking
from clients.printing import put_json, put_table, say

if TYPE_CHECKING:
    from service.models.answers import Rows


class Format(StrEnum):
    """How the rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


LIMIT = 10_000


def sql(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="BigQuery SQL, one SELECT.")],
    output: Annotated[
        Format, typer.Option("--format", help="How to print the rows.")
    ] = Format.TABLE,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows at most.")] = LIMIT,
    warehouse: WarehouseOption = None,
    wait: WaitOption = WAIT,
    json: JsonOption = False,
) -> int:
    """Run one SELECT over our tables and print its rows."""
    found = asking(warehouse, wait).query(text, limit)
    show(found, Format.JSON if json else output)
    if found.truncated:
        say(f"only the first {len(found.rows):,} rows: {_advice(len(found.rows), limit)}")
    return 0


def _advice(rows: int, limit: int) -> str:
    if rows < limit:
        return "TIPOFF_QUERY_MAX_ROWS allows no more"
    return "give --limit for more"


def show(found: Rows, output: Format) -> None:
    match output:
        case Format.JSON:
            put_json([dict(zip(found.columns, row, strict=True)) for row in found.rows])
        case Format.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(found.columns)
            writer.writerows(found.rows)
        case Format.TABLE:
            put_table(f"{len(found.rows):,} rows", found.columns, found.rows)
