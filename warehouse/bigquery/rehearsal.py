"""A rehearsal: datasets of its own beside the warehouse's, over the same raw tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from processors.contract import Contract, Layer
from warehouse.bigquery.engine import BigQueryWarehouse
from warehouse.bigquery.names import Place
from warehouse.bigquery.wanted import ALL_LAYERS, Wanted

RAW = "nba_raw."


@dataclass(frozen=True)
class Between:
    """Raw tables are the warehouse's, all others the rehearsal's."""

    raw: Place
    own: Place

    def table(self, name: str) -> str:
        return (self.raw if name.startswith(RAW) else self.own).table(name)


class BigQueryRehearsal(BigQueryWarehouse):
    """It sends by the warehouse's connection. Of layers it owns all but raw, also where the
    deployment owns fewer: what it stands on it has made itself."""

    def __init__(self, main: BigQueryWarehouse, prefix: str) -> None:
        self._main = main
        self._known_of_main = main.writes
        super().__init__(
            main._where.beside(prefix),
            owned=ALL_LAYERS - {Layer.RAW},
            maximum_bytes=main._maximum_bytes,
            connection=main._connection,
        )
        # One lane for both: nothing is loaded into a raw table while it is read here.
        self.lane = main.lane
        self._place = Between(raw=main._place, own=self._where)
        self._adopt(self._contracts)

    @property
    def writes(self) -> int:
        """What is loaded into the raw tables counts too."""
        return self._own_writes + self._main.writes

    @writes.setter
    def writes(self, value: int) -> None:
        self._own_writes = value - self._main.writes

    def look(self, *, older_than: float = 0) -> None:
        """What was loaded meanwhile by way of the warehouse is looked at however soon."""
        known = self._main.writes
        super().look(older_than=0 if known != self._known_of_main else older_than)
        self._known_of_main = known

    def close(self) -> None:
        self._known.keep()

    def _is_ours(self, contract: Contract) -> bool:
        """Raw tables are the warehouse's, those that Tipoff writes itself with them."""
        return contract.layer is not Layer.RAW

    def _wanted(self, contracts: Sequence[Contract]) -> Wanted:
        """Whether the raw tables are as they should be, the warehouse itself has looked."""
        own = [one for one in contracts if self._is_ours(one)]
        return replace(super()._wanted(own), read={})
