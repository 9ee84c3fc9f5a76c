"""Options that many commands share, and the values behind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.run import Pipeline
from processors.names import resolve_tables
from processors.registry import Registry, load
from warehouse.interface import Warehouse
from warehouse.opening import DEFAULT_ADDRESS, open_warehouse

if TYPE_CHECKING:
    from clients.asking import Asking
    from service.settings import Settings

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


def parse_tables(text: str | None, registry: Registry) -> tuple[str, ...]:
    """Names between commas; none means every computed table."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    return resolve_tables(names, registry) or tuple(one.table for one in registry)


def settings_at(address: str | None) -> Settings:
    """As the environment says, wrong ones refused; an address that was given comes first."""
    # They take their time to load, and who only asks for help needs none.
    from service.settings import load_settings

    settings = load_settings()
    return settings.model_copy(update={"warehouse": address}) if address else settings


def asking(address: str | None, wait: float) -> Asking:
    """Questions that a service answers too, where one holds the warehouse."""
    from clients.asking import Asking

    return Asking(settings_at(address), wait)


def opened(settings: Settings, wait: float) -> Warehouse:
    return open_warehouse(
        settings.warehouse,
        wait=wait,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        owned=settings.owned_layers,
        maximum_bytes=settings.maximum_bytes,
    )


@contextmanager
def warehouse_at(address: str | None, wait: float) -> Iterator[Warehouse]:
    """For what needs the warehouse itself: no service may hold it."""
    with closing(opened(settings_at(address), wait)) as warehouse:
        yield warehouse


@contextmanager
def pipeline_at(address: str | None, wait: float) -> Iterator[Pipeline]:
    settings = settings_at(address)
    with closing(opened(settings, wait)) as warehouse:
        yield Pipeline(
            warehouse,
            load(),
            bootstrap_placeholders=settings.bootstrap_placeholders,
            bytes_cap=settings.cap,
        )
