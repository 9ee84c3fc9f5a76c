"""A season's raw tables in memory, to be done with as one likes: a stored one's, or a sample's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from clients.options import settings_at
from clients.printing import say
from pipeline.audit.copying import copy_season
from pipeline.audit.demonstration import season_with_lines
from pipeline.calendar import read_calendar
from processors.errors import UsageError, WarehouseFailed
from processors.registry import Registry
from warehouse.interface import Warehouse
from warehouse.opening import SCHEME, open_warehouse

MEMORY = "duckdb://:memory:"


@contextmanager
def season_in_memory(
    registry: Registry, tables: Iterable[str], warehouse: str | None, wait: float
) -> Iterator[tuple[Warehouse, str | None]]:
    """The season with the most lines of the warehouse that is named, by an option or a setting;
    where none is, a sample league's. With the address that it came from."""
    settings = settings_at(warehouse)
    address = settings.warehouse if "warehouse" in settings.model_fields_set else None
    with closing(open_warehouse(MEMORY, wait=wait)) as own:
        own.migrate(list(registry.contracts.values()))
        if address:
            _copy(address, wait, own, registry, tables)
        else:
            _draw(own, registry)
        yield own, address


def _copy(
    address: str, wait: float, own: Warehouse, registry: Registry, tables: Iterable[str]
) -> None:
    if address.startswith(SCHEME) and not Path(address.removeprefix(SCHEME)).exists():
        raise UsageError(f"{address} is not there: leave out the warehouse to see a sample league")
    source = open_warehouse(address, wait=wait)
    try:
        year = _year(source, address)
        season = next((one for one in read_calendar(source).seasons if one.year == year), None)
        if season is None:
            raise UsageError(
                f"{address} holds no season with both lines from before tip-off and box scores:"
                " load one, or leave out the warehouse to see it on a sample league"
            )
        say(f"copying {season.label} of {address} into memory; nothing is written there")
        copy_season(source, own, registry, tables, season)
    finally:
        source.close()


def _year(source: Warehouse, address: str) -> int | None:
    try:
        return season_with_lines(source)
    except WarehouseFailed as error:
        if error.retryable:
            raise
        raise UsageError(f"{address} has no raw tables to read: {error.message}") from error


def _draw(own: Warehouse, registry: Registry) -> None:
    from league.sample import make_league, write

    say("drawing a sample league, in memory")
    with TemporaryDirectory() as folder:
        own.load(write(make_league(seasons=1, seed=7), Path(folder)), registry.contracts)
