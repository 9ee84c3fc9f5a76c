"""Adding rows to a table whose rows are kept: which of those that arrive are new there.

Whether one is new is decided in the transaction that adds it, beside what stands at that moment:
of two who bring the same at the same time, the second brings nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processors.contract import Contract, Kept

ARRIVING, LATEST, SAME = "arriving", "latest", "same"


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """The texts for one table, in words that both engines read alike."""

    contract: Contract
    kept: Kept
    arriving: str
    """Where the rows that arrive stand."""
    stored: str
    """The table."""
    bounds: Sequence[str] = ()
    """Of the stored rows, called `stored`, that may be of arriving keys."""
    only: Sequence[str] = ()
    """Of the arriving rows, called `arriving`, those that are meant."""

    @property
    def added(self) -> str:
        columns = self.contract.column_names
        picked = ", ".join(f"{ARRIVING}.{name}" for name in columns)
        return (
            f"INSERT INTO {self.stored} ({', '.join(columns)})\n"
            f"SELECT {picked}\n{self._beside}\nWHERE {' AND '.join((*self.only, self._is_new))}"
        )

    def left(self, *, named: str) -> str:
        """How many are not new, as a row that begins with a name."""
        return (
            f"SELECT '{named}' AS loaded, COUNT(*) AS replaced\n{self._beside}\n"
            f"WHERE NOT ({self._is_new})"
        )

    @property
    def _things(self) -> tuple[str, ...]:
        return tuple(name for name in self.contract.key if name != self.kept.moment)

    @property
    def _beside(self) -> str:
        """What arrives, with the latest that stands of the same thing and the row of its key."""
        where = f"\n  WHERE {' AND '.join(self.bounds)}" if self.bounds else ""
        things, moment = ", ".join(f"stored.{name}" for name in self._things), self.kept.moment
        says = ", ".join(f"stored.{name}" for name in self.kept.says)
        return (
            f"FROM {self.arriving} AS {ARRIVING}\n"
            f"LEFT JOIN (\n"
            f"  SELECT {things}, stored.{moment}, {says}, ROW_NUMBER() OVER (\n"
            f"    PARTITION BY {things} ORDER BY stored.{moment} DESC) AS place\n"
            f"  FROM {self.stored} AS stored{where}\n"
            f") AS {LATEST} ON {self._equal(LATEST, self._things)} AND {LATEST}.place = 1\n"
            f"LEFT JOIN (\n"
            f"  SELECT {things}, stored.{moment}\n"
            f"  FROM {self.stored} AS stored{where}\n"
            f") AS {SAME} ON {self._equal(SAME, self.contract.key)}"
        )

    @property
    def _is_new(self) -> str:
        """Never NULL."""
        moment = self.kept.moment
        differs = " OR ".join(
            f"{ARRIVING}.{name} IS DISTINCT FROM {LATEST}.{name}" for name in self.kept.says
        )
        return (
            f"{SAME}.{moment} IS NULL\n"
            f"  AND ({LATEST}.{moment} IS NULL OR {LATEST}.{moment} > {ARRIVING}.{moment}"
            f" OR {differs})"
        )

    def _equal(self, other: str, names: Sequence[str]) -> str:
        return " AND ".join(f"{other}.{name} = {ARRIVING}.{name}" for name in names)
