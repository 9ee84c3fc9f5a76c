"""A statement as the linters read it: its tree, places of tables, lineage and types of columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, ScopeType, traverse_scope
from sqlglot.schema import MappingSchema

from processors.contract import Contract, Cutoff
from processors.registry import Processor
from processors.statement import Statement
from processors.syntax import table_name
from processors.window import Window

from .place import ASOF, Origin, Place

NOTHING: frozenset[Origin] = frozenset()


class Reading:
    """A statement beside its contract, with all contracts that it may read from."""

    def __init__(
        self, statement: Statement, contract: Contract, contracts: Mapping[str, Contract]
    ) -> None:
        self.statement = statement
        self.tree = statement.tree
        self.contract = contract
        self.contracts = contracts
        self._lineage: dict[tuple[int, str, str], frozenset[Origin]] = {}

    @classmethod
    def of(cls, processor: Processor, contracts: Mapping[str, Contract]) -> Reading:
        return cls(processor.statement, processor.contract, contracts)

    @property
    def is_before_tipoff(self) -> bool:
        return self.contract.cutoff is Cutoff.BEFORE_TIPOFF

    def window(self, place: Place) -> Window | None:
        """Which dates of it the contract lets the statement read; None also where undeclared."""
        declared = (one for one in self.contract.inputs if one.table == place.table)
        return next((one.window for one in declared), None)

    @property
    def is_asof(self) -> bool:
        return self.contract.table in ASOF

    @cached_property
    def qualified(self) -> exp.Expression:
        """The tree with every column qualified by its source."""
        return qualify(
            self.tree.copy(),
            schema=_schema(tuple(self.contracts.values())),
            dialect="bigquery",
            expand_alias_refs=False,
            validate_qualify_columns=False,
            quote_identifiers=False,
        )

    @cached_property
    def typed(self) -> exp.Expression:
        """The qualified tree with the type of each expression, where it can be told."""
        schema = _schema(tuple(self.contracts.values()))
        return annotate_types(self.qualified, schema=schema, dialect="bigquery")

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """Every SELECT, what it reads from before itself."""
        return tuple(
            scope
            for scope in traverse_scope(self.qualified)
            if isinstance(scope.expression, exp.Select)
        )

    @cached_property
    def places(self) -> tuple[Place, ...]:
        return tuple(
            Place(scope, alias, self.contracts[table_name(source)])
            for scope in self.scopes
            for alias, (_, source) in scope.selected_sources.items()
            if isinstance(source, exp.Table)
        )

    @cached_property
    def _place_at(self) -> dict[tuple[int, str], Place]:
        return {(id(place.scope), place.alias): place for place in self.places}

    def place(self, scope: Scope, alias: str) -> Place | None:
        return self._place_at.get((id(scope), alias))

    def plain(self, scope: Scope, node: exp.Expression) -> frozenset[Origin]:
        """The stored columns that a column hands on unchanged; nothing where it is computed."""
        if not isinstance(node, exp.Column):
            return NOTHING
        owner, source = _source(scope, node.table)
        if owner is None or source is None:
            return NOTHING
        if isinstance(source, exp.Table):
            place = self.place(owner, node.table)
            return frozenset({(place, node.name)}) if place else NOTHING
        found = [self.plain(branch, one) for branch, one in outputs(source, node.name)]
        return frozenset().union(*found) if all(found) else NOTHING

    def made_of(self, scope: Scope, node: exp.Expression) -> frozenset[Origin]:
        """All stored columns that an expression depends on, through every step."""
        found: set[Origin] = set()
        for column in node.find_all(exp.Column):
            found |= self._made_of(scope, column)
        return frozenset(found)

    def _made_of(self, scope: Scope, column: exp.Column) -> frozenset[Origin]:
        key = (id(scope), column.table, column.name)
        if key not in self._lineage:
            owner, source = _source(scope, column.table)
            if isinstance(source, Scope):
                parts = [self.made_of(inner, one) for inner, one in outputs(source, column.name)]
                self._lineage[key] = frozenset().union(*parts)
            else:
                self._lineage[key] = self.plain(owner, column) if owner else NOTHING
        return self._lineage[key]

    def is_date_of_the_slate(self, scope: Scope, node: exp.Expression) -> bool:
        """Whether a column is the date to be predicted, handed on unchanged."""
        found = self.plain(scope, node)
        return bool(found) and all(_is_slate(origin) for origin in found)

    def touches_the_cutoff(self, scope: Scope, node: exp.Expression) -> bool:
        asked = ("start_date", "end_date")
        return any(one.name in asked for one in node.find_all(exp.Parameter)) or any(
            _is_slate(origin) for origin in self.made_of(scope, node)
        )

    def holds_a_past_date(self, scope: Scope, node: exp.Expression) -> bool:
        """Whether an expression is made of the date of a game that is over."""
        return any(
            (place.is_history and place.contract.column(name).type == "DATE")
            or (place.table in ASOF and name == "last_game_date")
            for place, name in self.made_of(scope, node)
        )

    def is_last_game_date(self, scope: Scope, node: exp.Expression) -> bool:
        found = self.plain(scope, node)
        return bool(found) and all(
            place.table in ASOF and name == "last_game_date" for place, name in found
        )


@cache
def _schema(contracts: tuple[Contract, ...]) -> MappingSchema:
    tables: dict[str, dict[str, dict[str, str]]] = {}
    for contract in contracts:
        columns = {column.name: column.type.value for column in contract.stored_columns}
        tables.setdefault(contract.dataset, {})[contract.name] = columns
    return MappingSchema(tables, dialect="bigquery")


def _is_slate(origin: Origin) -> bool:
    place, name = origin
    return not place.is_history and name == place.date_column and place.is_of_the_day


def _source(scope: Scope | None, alias: str) -> tuple[Scope | None, exp.Table | Scope | None]:
    """What an alias stands for, here or (in a correlated subquery) further out."""
    while scope is not None:
        if alias in scope.selected_sources:
            return scope, scope.selected_sources[alias][1]
        scope = scope.parent
    return None, None


def branches(scope: Scope) -> Iterator[Scope]:
    """The SELECTs of a UNION, or the one SELECT."""
    if isinstance(scope.expression, exp.SetOperation):
        for one in scope.set_operation_scopes:
            yield from branches(one)
    else:
        yield scope


def outputs(scope: Scope, name: str) -> Iterable[tuple[Scope, exp.Expression]]:
    """The expression behind an output's name, in each SELECT of a UNION."""
    every = list(branches(scope))
    names = every[0].expression.named_selects
    if name not in names:
        return []
    at = names.index(name)
    return [(one, one.expression.selects[at].unalias()) for one in every]


def is_final(scope: Scope) -> bool:
    """Whether no later SELECT can still bound what this one lets through."""
    while scope.scope_type is ScopeType.SET_OPERATION and scope.parent is not None:
        scope = scope.parent
    return scope.scope_type in (ScopeType.ROOT, ScopeType.SUBQUERY)
