"""From an address to a warehouse: duckdb:///path/file.duckdb or bigquery://project/location."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from processors.contract import Layer
from processors.errors import UsageError
from warehouse.bigquery.address import SHAPE, is_bigquery, parse_address
from warehouse.interface import Warehouse

DEFAULT_ADDRESS = "duckdb://data/tipoff.duckdb"
SCHEME = "duckdb://"


def open_warehouse(
    address: str,
    *,
    wait: float = 10,
    threads: int | None = None,
    memory_limit: str | None = None,
    url: str | None = None,
    owned: Collection[Layer] = frozenset(Layer),
    maximum_bytes: int | None = None,
) -> Warehouse:
    """Open what the address names; the engine is imported here and nowhere earlier. Who can be
    reached at a URL says so, for commands that find the file held. On BigQuery only the layers
    that are owned are created and extended, and no job may bill more than so many bytes."""
    if is_bigquery(address):
        place = parse_address(address)
        from warehouse.bigquery.engine import BigQueryWarehouse

        return BigQueryWarehouse(place, owned=owned, maximum_bytes=maximum_bytes)
    if not address.startswith(SCHEME):
        raise UsageError(
            f"{address!r} names no warehouse: write duckdb:///path/file.duckdb or {SHAPE}"
            " (TIPOFF_WAREHOUSE or --warehouse)"
        )
    path = address.removeprefix(SCHEME)
    if not path:
        raise UsageError(f"{address!r} names no file: write duckdb:///path/file.duckdb")
    if os.environ.get("K_SERVICE") and os.environ.get("TIPOFF_EPHEMERAL") != "yes":
        raise UsageError(
            "a duckdb:// warehouse on Cloud Run is lost with the instance; set"
            " TIPOFF_EPHEMERAL=yes if that is meant"
        )
    from warehouse.duckdb.engine import DuckDBWarehouse

    return DuckDBWarehouse(
        None if path == ":memory:" else Path(path),
        wait=wait,
        threads=threads,
        memory_limit=memory_limit,
        url=url,
    )
