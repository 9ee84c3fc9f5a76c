"""The row that gave a leak away, found by halving the forbidden rows until one remains."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.audit.cutoff import Forbidden
from pipeline.audit.fork import Fork
from pipeline.audit.operations import Operation, texts
from pipeline.audit.recomputing import (
    Difference,
    Hashes,
    differing_columns,
    staged_row,
    stored_row,
)
from processors.contract import Contract, Cutoff
from processors.errors import WarehouseFailed
from processors.registry import Processor
from warehouse.interface import Row, Scratch

Shown = dict[str, object]


@dataclass(frozen=True)
class Search:
    """For what changes one table's date: the table computed by itself, the last of a chain of one,
    or with all that it stands on.

    Each look computes the chain once: at most one for each table and operation, and two for each
    halving of a table's forbidden rows.
    """

    fork: Fork
    chain: Sequence[Processor]

    @property
    def processor(self) -> Processor:
        return self.chain[-1]

    def expose(self, operation: Operation, what: Sequence[Forbidden], found: Difference) -> Shown:
        """One entity that differs, in which columns, and the forbidden row behind it."""
        key = found.first
        self.fork.scratch.restore()
        control = self.fork.recompute_all(self.chain, operation)
        self.fork.operate(operation, what)
        together = self.fork.recompute_all(self.chain, operation)
        shown = _entity(self.fork.scratch, self.processor.contract, key)
        # An entity that leaks even untouched isn't moved by every operation.
        others = [one for one in Operation if one not in (operation, Operation.REPEAT)]
        for tried in (operation, *(others if operation is not Operation.REPEAT else ())):
            for one in what:
                witness = self._narrowed(tried, one, key, control)
                if witness:
                    return shown | witness
        several = self._hash(together, key) != self._hash(control, key)
        return shown | {"input": "several together" if several else None, "row": None}

    def _narrowed(
        self, operation: Operation, one: Forbidden, key: Row, control: Mapping[str, Hashes]
    ) -> Shown | None:
        numbers = self.fork.numbers(one) if texts(operation, one) else []

        def moved(low: int, high: int) -> Mapping[str, Hashes] | None:
            self.fork.operate_between(operation, one, low, high)
            try:
                computed = self.fork.recompute_all(self.chain, operation)
            except WarehouseFailed:
                # Half a falsification can contradict itself so that the engine gives up.
                return None
            return computed if self._hash(computed, key) != self._hash(control, key) else None

        if not numbers or not moved(numbers[0], numbers[-1]):
            return None
        low, high = _halved(numbers, lambda low, high: moved(low, high) is not None)
        enters = self._entrance(control, moved(low, high) or {})
        row = self.fork.row(one.contract, low)
        return {
            "shown_by": operation.value,
            "enters": enters,
            "input": one.table,
            "row_key": {name: row[name] for name in one.contract.key},
            "rows_needed": sum(low <= number <= high for number in numbers),
            "row": row,
        }

    def _hash(self, computed: Mapping[str, Hashes], key: Row) -> str | None:
        return computed[self.processor.table].get(key)

    def _entrance(
        self, control: Mapping[str, Hashes], computed: Mapping[str, Hashes]
    ) -> str | None:
        """The first table whose own rows of the date may not move, and do."""
        cutoff = self.processor.contract.cutoff
        for one in self.chain:
            bound = cutoff in (one.contract.cutoff, Cutoff.AFTER_GAME)
            if bound and computed.get(one.table) != control[one.table]:
                return one.table
        return None


def _halved(numbers: Sequence[int], changes: Callable[[int, int], bool]) -> tuple[int, int]:
    """The narrowest range that still changes the entity; one row, unless it takes several."""
    while len(numbers) > 1:
        middle = len(numbers) // 2
        halves = (numbers[:middle], numbers[middle:])
        smaller = next((half for half in halves if changes(half[0], half[-1])), None)
        if smaller is None:
            break
        numbers = smaller
    return numbers[0], numbers[-1]


def _entity(scratch: Scratch, contract: Contract, key: Row) -> Shown:
    """What is staged against what is stored, both on the fork."""
    recomputed = staged_row(scratch, contract, key)
    scratch.restore()
    stored = stored_row(scratch, contract, key)
    columns = differing_columns(contract, stored, recomputed)
    return {
        "entity": dict(zip(contract.key, key, strict=True)),
        "columns": columns,
        "stored": {name: stored[name] for name in columns} if stored else None,
        "recomputed": {name: recomputed[name] for name in columns} if recomputed else None,
    }
