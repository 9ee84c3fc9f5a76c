"""What is examined: a warehouse with its settings, and what several checks look up in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pipeline.calendar import Calendar, read_calendar
from processors.contract import Contract
from processors.errors import WarehouseDenied
from processors.registry import Registry
from service.settings import Settings
from warehouse.bigquery.address import SCRATCH
from warehouse.bigquery.connection import ONCE, Connection, Refused
from warehouse.bigquery.failures import as_ours
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.names import DATASETS
from warehouse.differences import Difference, Kind
from warehouse.interface import Warehouse

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

FILE = "duckdb://"
REHEARSAL = "doctor_"
"""What the prefix of a doctor's own begins with, and of nobody else's."""
MISSING = (Kind.DATASET_MISSING, Kind.TABLE_MISSING)


def own_prefix() -> str:
    """Another each time: one doctor must not drop what another is at work with."""
    return f"{REHEARSAL}{uuid4().hex[:6]}"


@dataclass(kw_only=True)
class Deployment:
    """Nothing here migrates or writes."""

    settings: Settings
    registry: Registry
    warehouse: Warehouse
    left: list[Path] = field(default_factory=list)
    """Files to be deleted."""
    prefix: str = field(default_factory=own_prefix)
    """Of the rehearsal."""

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        by_table = self.warehouse.differences(list(self.registry.contracts.values()))
        return tuple(one for several in by_table.values() for one in several)

    @cached_property
    def calendar(self) -> Calendar:
        return read_calendar(self.warehouse)

    def drop(self, rehearsal: Warehouse) -> None:
        """Its file is held as long as the warehouse's: it is deleted once that is closed."""
        self.left.append(Path(rehearsal.address.removeprefix(FILE)))

    def missing(self, tables: Iterable[str]) -> list[str]:
        """Those that are not there; none where that can't be looked up."""
        try:
            gone = {one.table for one in self.differences if one.kind in MISSING}
        except WarehouseDenied:
            return []
        return [one for one in tables if one in gone or one.partition(".")[0] in gone]


@dataclass(kw_only=True)
class OnBigQuery(Deployment):
    """With a connection of the doctor's own."""

    connection: Connection

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self.connection)

    @cached_property
    def locations(self) -> Mapping[str, str | WarehouseDenied | None]:
        """By dataset; None where it isn't there; or why it can't be looked up."""
        names = (*self.by_dataset, SCRATCH)
        return {name: _location(self.connection, name) for name in names}

    def drop(self, rehearsal: Warehouse) -> None:
        """No deployment's datasets are called so; raw ones a rehearsal doesn't have."""
        del rehearsal
        place = self.connection.address.beside(self.prefix)
        for name in (*DATASETS, SCRATCH):
            whole = f"{place.project}.{place.dataset(name)}"
            self.connection.call(f"dropping {whole}", partial(_drop, whole))

    @property
    def by_dataset(self) -> Mapping[str, list[Contract]]:
        found: dict[str, list[Contract]] = {}
        for contract in self.registry.contracts.values():
            found.setdefault(contract.dataset, []).append(contract)
        return found

    @property
    def written(self) -> Collection[str]:
        """Datasets that hold a table of ours."""
        return [
            name for name, contracts in self.by_dataset.items() if any(map(self.is_ours, contracts))
        ]

    def is_ours(self, contract: Contract) -> bool:
        return contract.is_ours(self.settings.owned_layers)


def _drop(whole: str, client: Client, seconds: float) -> None:
    client.delete_dataset(
        whole, delete_contents=True, not_found_ok=True, retry=ONCE, timeout=seconds
    )


def _location(connection: Connection, name: str) -> str | WarehouseDenied | None:
    whole = f"{connection.address.project}.{connection.address.dataset(name)}"
    what = f"looking up {whole}"
    try:
        found = connection.ask(
            what, lambda client, seconds: client.get_dataset(whole, retry=ONCE, timeout=seconds)
        )
    except Refused as error:
        if error.refusal.is_missing:
            return None
        ours = as_ours(what, error.refusal)
        if isinstance(ours, WarehouseDenied):
            return ours
        raise ours from error
    return str(found.location)
