"""Recomputing a date on the side, and comparing it with what is stored, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from processors.contract import Contract
from warehouse.interface import Row, Warehouse
from warehouse.texts import data_hash, staging

Hashes = Mapping[Row, str]
"""data_hash by key; of a stored row whose columns it isn't of, what no computed row has."""


@dataclass(frozen=True)
class Difference:
    """Keys at which two computations of one date differ."""

    changed: tuple[Row, ...]
    lost: tuple[Row, ...]
    new: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.lost or self.new)

    @property
    def first(self) -> Row:
        """One that differs, if possible one that both have."""
        return (*self.changed, *self.lost, *self.new)[0]

    @property
    def counts(self) -> dict[str, int]:
        return {"changed": len(self.changed), "lost": len(self.lost), "new": len(self.new)}


def difference(stored: Hashes, recomputed: Hashes) -> Difference:
    both = sorted(stored.keys() & recomputed.keys())
    return Difference(
        changed=tuple(key for key in both if stored[key] != recomputed[key]),
        lost=tuple(sorted(stored.keys() - recomputed.keys())),
        new=tuple(sorted(recomputed.keys() - stored.keys())),
    )


def stored_hashes(warehouse: Warehouse, contract: Contract, day: date) -> Hashes:
    return _by_key(warehouse, hashes_text(contract), day)


def staged_hashes(warehouse: Warehouse, contract: Contract, day: date) -> Hashes:
    return _by_key(warehouse, staged_hashes_text(contract), day)


def hashes_text(contract: Contract) -> str:
    # A row that somebody edited still holds the hash of what it was.
    found = data_hash(contract)
    return (
        f"SELECT {', '.join(contract.key)},"
        f" IF(data_hash = {found}, data_hash, CONCAT('edited ', {found})) AS row_hash"
        f" FROM `{contract.table}`"
        f" WHERE {contract.date_column} = @day"
    )


def staged_hashes_text(contract: Contract) -> str:
    return (
        f"SELECT {', '.join(contract.key)}, data_hash FROM {staging(contract)}"
        f" WHERE {contract.date_column} = @day AND quarantine_reason IS NULL"
    )


def _by_key(warehouse: Warehouse, text: str, day: date) -> dict[Row, str]:
    found: dict[Row, str] = {}
    for *parts, row_hash in sorted(warehouse.rows(text, day=day)):
        # A doubled key holds both: nobody may take one of them for the whole.
        found[tuple(parts)] = f"{found.get(tuple(parts), '')}{row_hash}"
    return found


def stored_row(warehouse: Warehouse, contract: Contract, key: Row) -> dict[str, object]:
    return _row(warehouse, contract, row_text(contract, f"`{contract.table}`"), key)


def staged_row(warehouse: Warehouse, contract: Contract, key: Row) -> dict[str, object]:
    return _row(warehouse, contract, row_text(contract, staging(contract)), key)


def differing_columns(
    contract: Contract, left: Mapping[str, object], right: Mapping[str, object]
) -> list[str]:
    """None where either row is missing: then it differs as a whole."""
    both = left and right
    return [name for name in contract.column_names if both and left[name] != right[name]]


def row_text(contract: Contract, source: str) -> str:
    same = " AND ".join(f"{name} = @key_{name}" for name in contract.key)
    return f"SELECT {', '.join(contract.column_names)} FROM {source} WHERE {same}"


def _row(warehouse: Warehouse, contract: Contract, text: str, key: Row) -> dict[str, object]:
    """Empty where there is none."""
    named = {f"key_{name}": value for name, value in zip(contract.key, key, strict=True)}
    rows = warehouse.rows(text, **named)
    return dict(zip(contract.column_names, rows[0], strict=True)) if rows else {}
