"""Raw tables from one warehouse to another, whatever engines they are on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

from processors.contract import Contract, Layer
from processors.errors import SchemaConflict, UsageError
from warehouse.differences import Kind
from warehouse.interface import Loaded, Step, Warehouse

UNREADABLE = (Kind.TABLE_MISSING, Kind.COLUMN_MISSING, Kind.TYPE)


def copied_tables(names: Iterable[str], contracts: Mapping[str, Contract]) -> tuple[Contract, ...]:
    """Raw tables by name or by layer, none for all of them; what is computed is refused."""
    raw = tuple(one for one in contracts.values() if one.layer is Layer.RAW)
    asked = set(names) or {Layer.RAW.value}
    others = [
        one
        for one in contracts.values()
        if one.layer is not Layer.RAW and asked & {one.layer.value, one.dataset, *_names(one)}
    ]
    if others:
        named = ", ".join(one.table for one in others)
        raise UsageError(
            f"{named} can't be copied: only raw tables are. The others are computed where they are"
            " to stand, because the ledger there has to prove them: copy raw, then run or backfill"
        )
    known = {spelling: one for one in raw for spelling in _names(one)}
    layers = {Layer.RAW.value, *(one.dataset for one in raw)}
    for name in sorted(asked - known.keys() - layers):
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise UsageError(f"no raw table is called {name!r}{hint}", name=name)
    return tuple(one for one in raw if asked & {*layers, *_names(one)})


def _names(contract: Contract) -> tuple[str, str]:
    return contract.name, contract.table


def copy(
    source: Warehouse,
    target: Warehouse,
    tables: Sequence[Contract],
    contracts: Mapping[str, Contract],
    step: Step,
) -> list[Loaded]:
    """Rows of the source replace the target's rows of equal key: all tables or none. What stands
    in the target and not in the source stays."""
    _refuse_unreadable(source, tables)
    target.migrate(list(contracts.values()))
    step("made ready")
    with TemporaryDirectory() as folder:
        files = {}
        for contract in tables:
            files[contract.table] = Path(folder) / f"{contract.name}.parquet"
            source.export(contract, files[contract.table])
            step(f"read {contract.table}")
        loaded = target.load(files, contracts)
    step("loaded")
    return loaded


def _refuse_unreadable(source: Warehouse, tables: Sequence[Contract]) -> None:
    """The source is only read: what it lacks is not made there."""
    found = source.differences(tables)
    lacking = [
        each.says for one in tables for each in found.get(one.table, ()) if each.kind in UNREADABLE
    ]
    if lacking:
        raise SchemaConflict(
            f"{source.address} can't be copied from, nothing was copied: {'; '.join(lacking)}."
            f" `tipoff schema apply --warehouse {source.address}` makes what is missing",
            conflicts=lacking,
        )
