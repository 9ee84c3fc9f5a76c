"""Adding rows to a table whose rows are kept: which of those that arrive are new there.

Whether one is new is decided in the transaction that adds it, beside what stands at that moment:
of two who bring the same at the same time, the second brings nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from processors.contract import Contract, Kept

ARRIVING, SAID = "arriving", "said"


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
    def _beside(self) -> str:
        """What arrives, each row with whether its key is new, and with what was said before it of
        the same thing: by a row that stands, or by one that arrives along with it."""
        things = ", ".join(name for name in self.contract.key if name != self.kept.moment)
        window = f"OVER (PARTITION BY {things} ORDER BY {self.kept.moment})"
        before = ", ".join(f"LAG({name}) {window} AS before_{name}" for name in self._compared)
        stands = " AND ".join((*self.bounds, self._equal("stored")))
        return (
            f"FROM {self.arriving} AS {ARRIVING}\n"
            f"JOIN (\n"
            f"  SELECT {', '.join(self.contract.key)}, is_new, {before}\n"
            f"  FROM (\n"
            f"    SELECT {self._picked('stored')}, FALSE AS is_new\n"
            f"    FROM {self.stored} AS stored{self._where}\n"
            f"    UNION ALL\n"
            f"    SELECT {self._picked(ARRIVING)}, TRUE AS is_new\n"
            f"    FROM {self.arriving} AS {ARRIVING}\n"
            f"    WHERE NOT EXISTS (SELECT 1 FROM {self.stored} AS stored WHERE {stands})\n"
            f"  ) AS both_of_them\n"
            f") AS {SAID} ON {self._equal(SAID)}"
        )

    @property
    def _is_new(self) -> str:
        """Never NULL."""
        differs = " OR ".join(
            f"{ARRIVING}.{name} IS DISTINCT FROM {SAID}.before_{name}" for name in self.kept.says
        )
        return f"{SAID}.is_new AND ({SAID}.before_{self.kept.moment} IS NULL OR {differs})"

    @property
    def _compared(self) -> tuple[str, ...]:
        return (self.kept.moment, *self.kept.says)

    @property
    def _where(self) -> str:
        return f"\n    WHERE {' AND '.join(self.bounds)}" if self.bounds else ""

    def _picked(self, source: str) -> str:
        names = dict.fromkeys((*self.contract.key, *self.kept.says))
        return ", ".join(f"{source}.{name}" for name in names)

    def _equal(self, other: str) -> str:
        return " AND ".join(f"{other}.{name} = {ARRIVING}.{name}" for name in self.contract.key)
