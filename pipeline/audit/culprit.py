"""The row that gave a leak away, found by halving the forbidden rows until one remains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pipeline.audit.cutoff import Forbidden
from pipeline.audit.fork import Fork
from pipeline.audit.operations import Operation
from pipeline.audit.recomputing import Difference, staged_row, stored_row
from processors.contract import Contract
from processors.errors import WarehouseFailed
from processors.registry import Processor
from warehouse.interface import Row, Scratch

Shown = dict[str, object]


def expose(
    fork: Fork,
    processor: Processor,
    operation: Operation,
    what: Sequence[Forbidden],
    found: Difference,
) -> Shown:
    """One entity that differs, in which columns, and the forbidden row behind it."""
    key = found.first
    fork.scratch.restore()
    control = fork.recompute(processor).get(key)
    fork.operate(operation, what)
    if fork.recompute(processor).get(key) == control:
        shown = _entity(fork.scratch, processor.contract, key)
        return shown | {"input": None, "row": None}
    shown = _entity(fork.scratch, processor.contract, key)

    def changes(one: Forbidden, low: int, high: int) -> bool:
        fork.scratch.restore()
        fork.operate_between(operation, one, low, high)
        try:
            return fork.recompute(processor).get(key) != control
        except WarehouseFailed:
            # Half a falsification can contradict itself so that the engine gives up: no witness.
            return False

    for one in what:
        fork.scratch.restore()
        numbers = fork.numbers(one)
        if numbers and changes(one, numbers[0], numbers[-1]):
            low, high = _halved(numbers, partial(changes, one))
            fork.scratch.restore()
            return shown | {
                "input": one.table,
                "rows_needed": sum(low <= number <= high for number in numbers),
                "row": fork.row(one.contract, low),
            }
    return shown | {"input": "several together", "row": None}


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
    columns = [
        name
        for name in contract.column_names
        if stored and recomputed and stored[name] != recomputed[name]
    ]
    return {
        "entity": dict(zip(contract.key, key, strict=True)),
        "columns": columns,
        "stored": {name: stored[name] for name in columns} if stored else None,
        "recomputed": {name: recomputed[name] for name in columns} if recomputed else None,
    }
