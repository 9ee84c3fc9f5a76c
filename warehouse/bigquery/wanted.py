"""What a deployment wants to find: its own layers whole, of others' tables what it reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from processors.contract import Contract, Layer
from processors.raw import schedule
from processors.registry import Registry
from warehouse.bigquery.address import Address
from warehouse.bigquery.layout import ColumnLayout, DatasetLayout, TableLayout
from warehouse.bigquery.schema import datasets_of, layout_of

ALL_LAYERS = frozenset(Layer)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Datasets and tables of ours; of each table of others' the columns that we read."""

    datasets: tuple[DatasetLayout, ...]
    tables: tuple[TableLayout, ...]
    read: Mapping[str, tuple[ColumnLayout, ...]]


def wanted(registry: Registry, address: Address, owned: Collection[Layer] = ALL_LAYERS) -> Wanted:
    """Of all contracts that there are."""
    return wanted_of(list(registry.contracts.values()), registry, address, owned)


def wanted_of(
    contracts: Sequence[Contract], registry: Registry, address: Address, owned: Collection[Layer]
) -> Wanted:
    """nba_ops and scratch are always ours: they are where this deployment works. Of raw tables
    those that it writes itself are, and their dataset is others'."""
    layers = {*owned, Layer.OPS}
    ours = [one for one in contracts if one.is_ours(owned)]
    return Wanted(
        datasets=tuple(datasets_of([one for one in ours if one.layer in layers], address)),
        tables=tuple(layout_of(one) for one in ours),
        read={
            table: tuple(one for one in layout_of(contract).columns if one.name in names)
            for table, names in _read(registry, layers).items()
            if not (contract := registry.contracts[table]).is_ours(owned)
        },
    )


def _read(registry: Registry, layers: Collection[Layer]) -> dict[str, set[str]]:
    """The columns that our statements read, and those by which the machinery knows rows."""
    found: dict[str, set[str]] = {}
    for processor in registry.statements:
        if processor.contract.layer in layers:
            for table, names in processor.statement.reads.items():
                found.setdefault(table, set()).update(names)
    for table, known in found.items():
        known.update(_known_by(registry.contracts[table]))
    if schedule.CONTRACT.table in registry.contracts:
        # The calendar is made from it, whatever is computed.
        found[schedule.CONTRACT.table] = set(schedule.CONTRACT.column_names)
    return found


def _known_by(contract: Contract) -> set[str]:
    names = {*contract.key}
    if contract.date_column:
        names.add(contract.date_column)
    if contract.presence:
        names.add(contract.presence.team_column)
        if contract.presence.points_column:
            names.add(contract.presence.points_column)
    return names
