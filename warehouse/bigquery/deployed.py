"""One deployment's tables on BigQuery: compared with its contracts, and made as they say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from processors.contract import Layer
from processors.registry import Registry, load
from warehouse.bigquery.address import parse_address
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.wanted import Wanted, wanted
from warehouse.differences import Difference


@dataclass(frozen=True)
class Deployed:
    """An address, and the layers that are owned there."""

    connection: Connection
    wanted: Wanted

    @classmethod
    def at(
        cls, address: str, owned: Collection[Layer], *, registry: Registry | None = None
    ) -> Deployed:
        place = parse_address(address)
        return cls(Connection(place), wanted(registry or load(), place, owned))

    def differences(self) -> list[Difference]:
        return Catalogue(self.connection).differences(self.wanted)

    def apply(self) -> list[str]:
        return Catalogue(self.connection).apply(self.wanted)

    def close(self) -> None:
        self.connection.close()
