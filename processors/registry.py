"""Every contract of the house, found by folder, checked, in dependency order."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from importlib import resources

from processors.contract import Contract
from processors.errors import ContractError
from processors.statement import Statement

LAYERS = ("raw", "analytics", "precompute", "predictions", "ops")


@dataclass(frozen=True)
class Processor:
    """A computed table: its contract and its statement; also that of the rows that hold the place
    of its rows in the bootstrap days, where it has one."""

    contract: Contract
    statement: Statement
    placeholders: Statement | None = None

    @property
    def table(self) -> str:
        return self.contract.table

    @cached_property
    def logic_version(self) -> str:
        return self.statement.logic_version(self.contract)

    @cached_property
    def in_bootstrap(self) -> Processor:
        """The same table made by the statement of its placeholders."""
        if self.placeholders is None:
            raise ContractError(f"{self.table} has no placeholders for the bootstrap days")
        return Processor(self.contract, self.placeholders)


@dataclass(frozen=True)
class Registry:
    """All tables by name; the computed ones in an order in which each follows its inputs."""

    contracts: Mapping[str, Contract]
    processors: Mapping[str, Processor]

    def __iter__(self) -> Iterator[Processor]:
        return iter(self.processors.values())

    @property
    def statements(self) -> Iterator[Processor]:
        """Each statement of the house with its contract, those of placeholders too."""
        for one in self:
            yield one
            if one.placeholders:
                yield one.in_bootstrap

    def consumers(self, table: str) -> tuple[Processor, ...]:
        return tuple(
            one for one in self if any(feed.table == table for feed in one.contract.inputs)
        )

    def upstream(self, tables: Iterable[str]) -> tuple[Processor, ...]:
        """The named processors and all that they stand on, in dependency order."""
        wanted = set(tables)
        for one in reversed(tuple(self)):
            if one.table in wanted:
                wanted.update(feed.table for feed in one.contract.inputs)
        return tuple(one for one in self if one.table in wanted)

    def replaced(self, processor: Processor) -> Registry:
        """The same house with one processor exchanged: for audits and drills. Placeholders stay
        as they are where the new one brings none."""
        held = self.processors[processor.table].placeholders
        if processor.placeholders is None and held is not None:
            processor = replace(processor, placeholders=held)
        return Registry(
            contracts={**self.contracts, processor.table: processor.contract},
            processors={**self.processors, processor.table: processor},
        )


def assemble(
    contracts: Iterable[Contract],
    statements: Mapping[str, Statement],
    placeholders: Mapping[str, Statement] | None = None,
) -> Registry:
    """Check every contract against its statement and its inputs, and order them."""
    by_table: dict[str, Contract] = {}
    for contract in contracts:
        if contract.table in by_table:
            raise ContractError(f"{contract.table} has two contracts; one must go")
        by_table[contract.table] = contract
    for contract in by_table.values():
        if contract.is_computed:
            _check(contract, statements, by_table)
    for table in sorted(set(statements) - set(by_table)):
        raise ContractError(f"{table} has a statement but no contract")
    held = placeholders or {}
    for table, statement in held.items():
        statement.check_columns(by_table[table])
        strangers = sorted(set(statement.reads) - set(statements[table].reads))
        if strangers:
            raise ContractError(
                f"the placeholders of {table} read {', '.join(strangers)}, which its statement"
                " does not"
            )
    graph = {
        contract.table: {feed.table for feed in contract.inputs if by_table[feed.table].is_computed}
        for contract in by_table.values()
        if contract.is_computed
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ContractError(
            f"tables wait for each other: {' -> '.join(error.args[1])}; one input must go"
        ) from error
    return Registry(
        contracts=by_table,
        processors={
            table: Processor(by_table[table], statements[table], held.get(table)) for table in order
        },
    )


def _check(
    contract: Contract, statements: Mapping[str, Statement], known: Mapping[str, Contract]
) -> None:
    if contract.table not in statements:
        raise ContractError(f"{contract.table} has a contract but no statement {contract.name}.sql")
    if contract.cutoff is None:
        raise ContractError(f"{contract.table} is computed and so must declare its cutoff")
    statements[contract.table].check_columns(contract)
    declared = {feed.table for feed in contract.inputs}
    for table in sorted(declared - set(known)):
        raise ContractError(f"{contract.table} declares the input {table}, which no contract knows")
    read = set(statements[contract.table].reads)
    for table in sorted(read - declared):
        raise ContractError(
            f"{contract.table} reads {table} but does not declare it: add it to the inputs"
        )
    for table in sorted(declared - read):
        raise ContractError(
            f"{contract.table} declares the input {table} but does not read it: drop it"
        )
    for table, columns in statements[contract.table].reads.items():
        strangers = sorted(set(columns) - set(known[table].column_names))
        if strangers:
            raise ContractError(
                f"{contract.table} reads {', '.join(strangers)} of {table}: no such column there"
            )


@cache
def load() -> Registry:
    """The registry of everything under processors/raw, processors/analytics and so on."""
    contracts: list[Contract] = []
    statements: dict[str, Statement] = {}
    placeholders: dict[str, Statement] = {}
    for layer in LAYERS:
        package = importlib.import_module(f"processors.{layer}")
        for module in pkgutil.iter_modules(package.__path__):
            found = importlib.import_module(f"processors.{layer}.{module.name}")
            if not hasattr(found, "CONTRACT"):
                continue  # what several contracts of the layer share
            contract = found.CONTRACT
            contracts.append(contract)
            if contract.is_computed:
                source = resources.files(package).joinpath(f"{contract.name}.sql")
                statements[contract.table] = Statement(source.read_text())
                held = resources.files(package).joinpath(f"{contract.name}_placeholders.sql")
                if held.is_file():
                    placeholders[contract.table] = Statement(held.read_text())
    return assemble(contracts, statements, placeholders)
