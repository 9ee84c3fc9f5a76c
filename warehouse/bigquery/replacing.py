"""The texts by which rows that arrive take the place of stored rows of their keys.

The stored row of a key may be of any date: no key of ours holds the date, and a game that was moved
arrives under another than it is stored under. Dates that bound the search would leave its old row
behind, doubling the key. So the search names all dates, for tables that refuse a query without
any, and is bounded by the first column of the key instead: the tables are clustered by it, of what
is read most is left out, and of what is left only the key's columns are read. Where a key does hold
the date, its own bounds hold for the stored row as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from processors.contract import Contract, Kept
from warehouse.bigquery.schema import FIRST_DATE, requires_filter
from warehouse.keeping import ARRIVING, Keeping
from warehouse.texts import staging


@dataclass(frozen=True, kw_only=True)
class Part:
    """The dates that one statement changes: parameters that bound them, where there are any."""

    since: str | None = None
    before: str | None = None

    def of(self, column: str) -> list[str]:
        """As predicates."""
        found = [] if self.since is None else [f"{column} >= @{self.since}"]
        return found if self.before is None else [*found, f"{column} < @{self.before}"]


WHOLE = Part()


def counted(contracts: Sequence[Contract]) -> str:
    """By table, the stored rows that are about to go; where rows are kept, the arriving ones that
    aren't new."""
    return "\nUNION ALL\n".join(
        _keeping(one, one.kept).left(named=one.table) if one.kept else _going(one)
        for one in contracts
    )


def changes(contracts: Sequence[tuple[Contract, Part]]) -> Iterator[str]:
    """What goes of all of them, before anything comes."""
    yield from (deleted(one, part) for one, part in contracts if not one.kept)
    yield from (put(one, part) for one, part in contracts if not one.kept)
    yield from (_keeping(one, one.kept, part).added for one, part in contracts if one.kept)


def deleted(contract: Contract, part: Part = WHOLE) -> str:
    return f"DELETE FROM `{contract.table}` AS stored\n{_of_arriving_keys(contract, part)}"


def put(contract: Contract, part: Part = WHOLE) -> str:
    columns = ", ".join(contract.column_names)
    text = f"INSERT INTO `{contract.table}` ({columns})\nSELECT {columns} FROM {staging(contract)}"
    bounds = part.of(contract.date_column) if contract.date_column else []
    return f"{text}\nWHERE {' AND '.join(bounds)}" if bounds else text


def _going(contract: Contract) -> str:
    return (
        f"SELECT '{contract.table}' AS loaded, COUNT(*) AS replaced\n"
        f"FROM `{contract.table}` AS stored\n{_of_arriving_keys(contract)}"
    )


def _keeping(contract: Contract, kept: Kept, part: Part = WHOLE) -> Keeping:
    return Keeping(
        contract=contract,
        kept=kept,
        arriving=staging(contract),
        stored=f"`{contract.table}`",
        bounds=_bounds(contract, part),
        only=part.of(f"{ARRIVING}.{contract.date_column}"),
    )


def _of_arriving_keys(contract: Contract, part: Part = WHOLE) -> str:
    """The search for stored rows, bounded as it is said above."""
    bounds = _bounds(contract, part)
    same = " AND ".join(f"arriving.{name} = stored.{name}" for name in contract.key)
    return (
        f"WHERE {' AND '.join(bounds)}\n"
        f"  AND EXISTS (SELECT 1 FROM {staging(contract)} AS arriving WHERE {same})"
    )


def _bounds(contract: Contract, part: Part) -> list[str]:
    bounds = part.of(f"stored.{contract.date_column}") + [
        f"stored.{name} >= @{contract.name}_least_{name}"
        f" AND stored.{name} <= @{contract.name}_most_{name}"
        for name in bounding(contract)
    ]
    if requires_filter(contract) and contract.date_column not in contract.key:
        bounds.insert(0, f"stored.{contract.date_column} >= {FIRST_DATE}")
    return bounds


def bounding(contract: Contract) -> tuple[str, ...]:
    """Of the key its first column, and the date if it is in it."""
    dates = [name for name in contract.key if name == contract.date_column]
    return tuple(dict.fromkeys((contract.key[0], *dates)))
