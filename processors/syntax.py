"""Syntax trees of BigQuery text: parsing, canonical text, which columns of which table are read."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from processors.errors import ContractError


def parse(text: str) -> exp.Query:
    try:
        tree = sqlglot.parse_one(text, read="bigquery")
    except sqlglot.errors.ParseError as error:
        raise ContractError(f"the statement cannot be parsed: {error}") from error
    if not isinstance(tree, exp.Query):
        raise ContractError(f"a statement is one SELECT, not {tree.key.upper()}")
    return tree


def canonical(tree: exp.Query) -> str:
    """One text for all spellings of one tree."""
    return tree.sql(dialect="bigquery", comments=False, pretty=False, identify=True)


def output_names(tree: exp.Query) -> tuple[str, ...]:
    return tuple(tree.named_selects)


def table_name(table: exp.Table) -> str:
    return f"{table.db}.{table.name}" if table.db else table.name


def columns_read(tree: exp.Query) -> Mapping[str, tuple[str, ...]]:
    """Each stored table with the columns that are read of it, both sorted."""
    found: dict[str, set[str]] = {}
    for scope in traverse_scope(tree):
        stored = {
            alias: table_name(source)
            for alias, source in scope.sources.items()
            if isinstance(source, exp.Table)
        }
        for name in stored.values():
            found.setdefault(name, set())
        for column in scope.columns:
            alias = column.table or _only_source(scope, column)
            if alias in stored:
                found[stored[alias]].add(column.name)
    return {table: tuple(sorted(found[table])) for table in sorted(found)}


def _only_source(scope: Scope, column: exp.Column) -> str:
    """An unqualified column belongs to the only source of its SELECT."""
    here = list(scope.selected_sources)
    if len(here) != 1:
        raise ContractError(
            f"column {column.name} is not qualified in a SELECT from {len(here)} sources"
            f" ({', '.join(sorted(here))}): write source.{column.name}"
        )
    return here[0]
