"""Options that many commands share, and the values behind them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Annotated

import typer

from pipeline.clock import today
from pipeline.plan import resolve_tables
from pipeline.run import Pipeline
from processors.errors import UsageError
from processors.registry import Registry, load
from warehouse.interface import Warehouse
from warehouse.opening import DEFAULT_ADDRESS, open_warehouse

WarehouseOption = Annotated[
    str | None,
    typer.Option(
        "--warehouse",
        metavar="ADDRESS",
        help=f"duckdb:///path/file.duckdb; else TIPOFF_WAREHOUSE, else {DEFAULT_ADDRESS}.",
    ),
]
WaitOption = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", help="How long to wait for another process."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
StartOption = Annotated[
    str, typer.Option("--start", metavar="DATE", help="First date: YYYY-MM-DD, TODAY, YESTERDAY.")
]
EndOption = Annotated[str | None, typer.Option("--end", metavar="DATE", help="Last date.")]
TablesOption = Annotated[
    str | None, typer.Option("--tables", metavar="A,B", help="Only these tables; else all.")
]

WAIT = 30.0
KEYWORDS = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1, "AUTO": -1}


def parse_day(text: str) -> date:
    """A date or one of the words for one, Eastern."""
    if text.upper() in KEYWORDS:
        return today() + timedelta(days=KEYWORDS[text.upper()])
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no date: write YYYY-MM-DD or one of {', '.join(KEYWORDS)}"
        ) from error


def parse_tables(text: str | None, registry: Registry) -> tuple[str, ...]:
    """Names between commas; none means every computed table."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    return resolve_tables(names, registry) or tuple(one.table for one in registry)


@contextmanager
def warehouse_at(address: str | None, wait: float) -> Iterator[Warehouse]:
    chosen = address or os.environ.get("TIPOFF_WAREHOUSE") or DEFAULT_ADDRESS
    warehouse = open_warehouse(chosen, wait=wait)
    try:
        yield warehouse
    finally:
        warehouse.close()


@contextmanager
def pipeline_at(address: str | None, wait: float) -> Iterator[Pipeline]:
    with warehouse_at(address, wait) as warehouse:
        wanted = os.environ.get("TIPOFF_BOOTSTRAP_PLACEHOLDERS") == "yes"
        yield Pipeline(warehouse, load(), bootstrap_placeholders=wanted)
