"""Value lineage: which stored columns the value of a column is made of, back to the raw tables.

What stands in an output's expression counts, the conditions of CASE and IF included. Which rows
there are (joins, filters) does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from processors.contract import Layer
from processors.errors import ContractError
from processors.registry import Registry
from processors.statement import Statement
from processors.syntax import table_name

Node = tuple[str, str]
"""A table and one of its columns."""


class Lineage:
    """Of all statements of a registry; each is read when it is first asked about."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._steps: dict[str, dict[str, frozenset[Node]]] = {}

    def raw_columns(self, table: str, column: str) -> frozenset[Node]:
        """The raw columns at the other end of every way back."""
        contracts = self._registry.contracts
        return frozenset(
            node for node in self._behind((table, column)) if contracts[node[0]].layer is Layer.RAW
        )

    def _behind(self, node: Node) -> set[Node]:
        seen: set[Node] = set()
        waiting = [node]
        while waiting:
            table, column = waiting.pop()
            if table not in self._registry.processors:
                continue
            fresh = self._step(table)[column] - seen
            seen |= fresh
            waiting += fresh
        return seen

    def _step(self, table: str) -> dict[str, frozenset[Node]]:
        if table not in self._steps:
            self._steps[table] = columns_made_of(self._registry.processors[table].statement)
        return self._steps[table]


def columns_made_of(statement: Statement) -> dict[str, frozenset[Node]]:
    """Each column that a statement yields with the stored columns that its value is made of."""
    root = build_scope(statement.tree)
    if root is None:
        raise ContractError("the statement is no SELECT that columns could be followed through")
    known: dict[tuple[int, str], frozenset[Node]] = {}

    def of_output(scope: Scope, name: str) -> frozenset[Node]:
        key = id(scope), name
        if key not in known:
            known[key] = frozenset(
                node
                for branch, expression in _outputs(scope, name)
                for column in expression.find_all(exp.Column)
                for node in of_column(branch, column)
            )
        return known[key]

    def of_column(scope: Scope, column: exp.Column) -> frozenset[Node]:
        here = scope.selected_sources
        alias = column.table or next(iter(here))
        source = here[alias][1] if alias in here else None
        if isinstance(source, exp.Table):
            return frozenset({(table_name(source), column.name)})
        return of_output(source, column.name) if isinstance(source, Scope) else frozenset()

    return {name: of_output(root, name) for name in statement.yields}


def _outputs(scope: Scope, name: str) -> Iterator[tuple[Scope, exp.Expr]]:
    """The expression behind an output's name, in each SELECT of a UNION; the first one names."""
    branches = list(_selects(scope))
    at = branches[0][1].named_selects.index(name)
    for branch, select in branches:
        yield branch, select.selects[at]


def _selects(scope: Scope) -> Iterator[tuple[Scope, exp.Select]]:
    if isinstance(scope.expression, exp.Select):
        yield scope, scope.expression
    for one in scope.set_operation_scopes:
        yield from _selects(one)
