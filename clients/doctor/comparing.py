"""A date's rows of one table on two engines, by key and hash."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from clients.doctor.finding import Finding, failed, passed, undetermined
from pipeline.audit.recomputing import (
    Difference,
    difference,
    differing_columns,
    stored_hashes,
    stored_row,
)
from processors.contract import Contract
from warehouse.interface import Row, Warehouse

SHOWN = 3
REPORT = "don't trust this deployment, and report it: engines must agree to the last digit"


def compared(contract: Contract, day: date, here: Warehouse, there: Warehouse) -> Finding:
    """Rows here, on the engine that is examined, and there, on DuckDB."""
    name = f"rows {contract.name}"
    ours, theirs = stored_hashes(here, contract, day), stored_hashes(there, contract, day)
    found = difference(ours, theirs)
    if found:
        parts = ((found.changed, "differ"), (found.lost, "only here"), (found.new, "only there"))
        said = ", ".join(f"{len(keys)} {what}" for keys, what in parts if keys)
        rows = f"{len(ours)} rows here, {len(theirs)} on DuckDB, of which {said}"
        told = "; ".join(_told(contract, found, here, there))
        return failed(name, f"{rows}: {told}", REPORT)
    if not ours:
        return undetermined(name, f"both are empty on {day}", "name a --date that has rows")
    return passed(name, f"{len(ours):,} rows of {day}, equal on both engines")


def _told(
    contract: Contract, found: Difference, here: Warehouse, there: Warehouse
) -> Iterator[str]:
    for key in found.changed[:SHOWN]:
        ours, theirs = stored_row(here, contract, key), stored_row(there, contract, key)
        columns = differing_columns(contract, ours, theirs)
        values = ", ".join(f"{one} {ours[one]!r} here, {theirs[one]!r} there" for one in columns)
        yield f"{_named(contract, key)}: {values or 'equal values under other hashes'}"
    left = SHOWN - len(found.changed[:SHOWN])
    for key in found.lost[:left]:
        yield f"{_named(contract, key)}: only here"
    for key in found.new[: left - len(found.lost[:left])]:
        yield f"{_named(contract, key)}: only there"


def _named(contract: Contract, key: Row) -> str:
    return " ".join(f"{name}={value}" for name, value in zip(contract.key, key, strict=True))
