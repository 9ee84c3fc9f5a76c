"""Which raw columns the value of a column is made of, through every statement of the house.

Value lineage: what stands in an output's expression, the conditions of CASE and IF included. Which
rows there are (joins, filters, windows' names; a player expected because he has a line) is another
question, and the blindness audit's.
"""

from __future__ import annotations

from collections.abc import Mapping

from processors.registry import Registry
from tests.linters.reading import Reading, outputs

Node = tuple[str, str]
"""A table and one of its columns."""


def steps(registry: Registry) -> Mapping[Node, frozenset[Node]]:
    """Each computed column with the stored columns of its statement's expression."""
    found = {}
    for processor in registry:
        reading = Reading.of(processor, registry.contracts)
        final = reading.scopes[-1]
        for name in processor.contract.column_names:
            expressions = list(outputs(final, name))
            assert expressions, (processor.table, name)
            found[processor.table, name] = frozenset(
                (place.table, column)
                for scope, expression in expressions
                for place, column in reading.made_of(scope, expression)
            )
    return found


def origins(node: Node, known: Mapping[Node, frozenset[Node]]) -> frozenset[Node]:
    """All columns on the way back, raw ones among them."""
    seen: set[Node] = set()
    waiting = [node]
    while waiting:
        for one in known.get(waiting.pop(), frozenset()) - seen:
            seen.add(one)
            waiting.append(one)
    return frozenset(seen)
