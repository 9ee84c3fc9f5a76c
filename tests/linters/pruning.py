"""In every text of the product, each partitioned table is read by bare bounds of its partitions.

Its partition column stands alone on its side of a comparison with a parameter or a constant of its
own type: on BigQuery anything else, a cast or a function, reads all partitions. Rows of nba_ops are
partitioned by when they were recorded, which has no end; of other tables both ends are asked for.
What is staged is no partitioned table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from processors.columns import Type
from processors.contract import Contract, Layer
from processors.syntax import table_name
from warehouse.bigquery.names import STAGING
from warehouse.bigquery.schema import layout_of

from .comparison import bounds, conjuncts, days_before, equals, flat
from .product import KEYS, NAMED

LITERALS = {
    exp.DataType.Type.DATE: Type.DATE,
    exp.DataType.Type.TIMESTAMPTZ: Type.TIMESTAMP,
}


@dataclass(frozen=True)
class Read:
    """One spot where a stored table is read, with what must be true of each of its rows."""

    table: exp.Table
    conditions: tuple[exp.Expression, ...]
    aliases: tuple[str, ...]
    """What the table's columns may be called by here; alone, they need no name before them."""


def partitions_are_pruned(text: str, contracts: Mapping[str, Contract]) -> list[str]:
    return [
        fault
        for tree in sqlglot.parse(text, dialect="bigquery")
        if tree is not None
        for read in _reads(tree)
        for fault in _faults(read, contracts)
    ]


def _reads(tree: exp.Expression) -> Iterator[Read]:
    if isinstance(tree, exp.Update | exp.Delete):
        where = tree.args.get("where")
        conditions = tuple(flat(where.this)) if where else ()
        yield Read(tree.this, conditions, (tree.this.alias_or_name, ""))
    for query in _outermost(tree):
        for scope in traverse_scope(query):
            yield from _of_scope(scope)


def _outermost(tree: exp.Expression) -> Iterable[exp.Expression]:
    if isinstance(tree, exp.Query):
        return [tree]
    return [one for one in tree.find_all(exp.Query) if one.find_ancestor(exp.Query) is None]


def _of_scope(scope: Scope) -> Iterator[Read]:
    if not isinstance(scope.expression, exp.Select):
        return
    alone = len(scope.selected_sources) == 1
    for alias, (_, source) in scope.selected_sources.items():
        if isinstance(source, exp.Table):
            names = (alias, "") if alone else (alias,)
            yield Read(source, tuple(conjuncts(scope, alias)), names)


def _faults(read: Read, contracts: Mapping[str, Contract]) -> Iterator[str]:
    name = table_name(read.table)
    if name.startswith(f"{STAGING}."):
        return
    if name not in contracts:
        yield f"{name} is read, of which there is no contract"
        return
    partitioning = layout_of(contracts[name]).partitioning
    if partitioning is None or partitioning.column is None:
        return
    column = partitioning.column
    kind = contracts[name].column(column).type
    found = {
        side
        for alias in read.aliases
        for other, side in _compared(read, alias, column)
        if _constant(other) is kind
    }
    ends = contracts[name].layer is not Layer.OPS
    if not found & {"lower", "equal"}:
        yield f"{name}: no bare lower bound of {column} by a {kind}"
    if ends and not found & {"upper", "equal"}:
        yield f"{name}: no bare upper bound of {column} by a {kind}"


def _compared(read: Read, alias: str, column: str) -> Iterator[tuple[exp.Expression, str]]:
    for other, side, _ in bounds(read.conditions, alias, {column}):
        yield other, side
    for other in equals(read.conditions, alias, {column}):
        yield other, "equal"


def _constant(node: exp.Expression) -> Type | None:
    """The type of what is known before a row is read; None where it isn't, or is converted."""
    if isinstance(node, exp.Parameter):
        return (NAMED | KEYS)[node.name]
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return LITERALS.get(node.to.this)
    back = days_before(node)
    return Type.DATE if back and _constant(back[0]) is Type.DATE else None
