"""From settings to what is examined, and away again without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from clients.doctor.deployment import Deployment, OnBigQuery
from clients.options import opened
from processors.registry import load
from service.settings import Settings
from warehouse.bigquery.address import is_bigquery, parse_address
from warehouse.bigquery.connection import Connection

ATTEMPTS = 3
"""Who looks wants to know soon that nobody answers."""


@contextmanager
def deployment_at(settings: Settings, wait: float) -> Iterator[Deployment]:
    """Files that are left can go once the warehouse is closed, with what was not yet in them."""
    left: list[Path] = []
    try:
        with closing(opened(settings, wait)) as warehouse:
            if not is_bigquery(settings.warehouse):
                yield Deployment(settings=settings, registry=load(), warehouse=warehouse, left=left)
                return
            address = parse_address(settings.warehouse)
            with closing(Connection(address, attempts=ATTEMPTS)) as connection:
                yield OnBigQuery(
                    settings=settings,
                    registry=load(),
                    warehouse=warehouse,
                    left=left,
                    connection=connection,
                )
    finally:
        for path in left:
            path.unlink(missing_ok=True)
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
