"""`tipoff sql`: the users' own BigQuery queries, read-only."""

from __future__ import annotations

import csv
import sys
from enum import StrEnum
from typing import Annotated

import typer

from clients.options import WAIT, JsonOption, WaitOption, WarehouseOption, warehouse_at
from clients.printing import put_json, put_table, say
from processors.registry import load
from warehouse.interface import Answer


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
    with warehouse_at(warehouse, wait) as store:
        store.migrate(list(load().contracts.values()))
        answer = store.query(text, limit=limit)
    _show(answer, Format.JSON if json else output)
    if answer.truncated:
        say(f"only the first {limit:,} rows: give --limit for more")
    return 0


def _show(answer: Answer, output: Format) -> None:
    match output:
        case Format.JSON:
            put_json([dict(zip(answer.columns, row, strict=True)) for row in answer.rows])
        case Format.CSV:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(answer.columns)
            writer.writerows(answer.rows)
        case Format.TABLE:
            put_table(f"{len(answer.rows):,} rows", answer.columns, answer.rows)
