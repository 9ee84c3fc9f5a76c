"""A condition on one column and constants: what a partition's day is asked."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.bigquery.resolved import Node
from tests.googlesql.values import EPOCH_DAY

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "$equal": operator.eq,
    "$less": operator.lt,
    "$less_or_equal": operator.le,
    "$greater": operator.gt,
    "$greater_or_equal": operator.ge,
}
TURNED = {
    "$equal": "$equal",
    "$less": "$greater",
    "$less_or_equal": "$greater_or_equal",
    "$greater": "$less",
    "$greater_or_equal": "$less_or_equal",
}
Values = Mapping[str, Any]
UNKNOWN = object()


@dataclass(frozen=True)
class Predicate:
    """A condition that can tell days apart by `column`; in the condition it is called `told`."""

    column: int
    told: int
    condition: Node

    def of(self, column: int) -> Predicate:
        return replace(self, column=column)

    def may_hold(self, day: date | None, parameters: Values) -> bool:
        """Whether a row of that day can pass; True where a constant isn't understood."""
        return _holds(self.condition, self.told, day, parameters) is not False


def predicates(condition: Node) -> tuple[Predicate, ...]:
    """One for each column by whose bare comparisons with constants the condition can be told."""
    return tuple(Predicate(one, one, condition) for one in sorted(_columns(condition)))


def _function(node: Node) -> str:
    return node["function"].name.removeprefix("ZetaSQL:") if node.kind == "FunctionCall" else ""


def _columns(node: Node) -> frozenset[int]:
    function, arguments = _function(node), node.all("argument_list")
    if function in ("$or", "$and"):
        found = [_columns(one) for one in arguments]
        return frozenset.union(*found) if function == "$and" else frozenset.intersection(*found)
    if function in ("$between", "$in", "$in_array", "$is_null") or function in COMPARED:
        if function in COMPARED and arguments[1].kind == "ColumnRef":
            arguments = arguments[::-1]
        first, *others = arguments
        if first.kind == "ColumnRef" and all(map(_constant, others)):
            return frozenset([int(first["column"].column_id)])
    return frozenset()


def _constant(node: Node) -> bool:
    return not any(
        one.kind in ("ColumnRef", "SubqueryExpr", "AggregateFunctionCall") for one in node.walk()
    )


def _holds(node: Node, told: int, day: date | None, parameters: Values) -> bool | None:
    """None where it can't be told."""
    function, arguments = _function(node), node.all("argument_list")
    if function in ("$or", "$and"):
        found = [_holds(one, told, day, parameters) for one in arguments]
        decisive = function == "$or"
        return decisive if decisive in found else None if None in found else not decisive
    if told not in _columns(node):
        return None
    if function == "$is_null":
        return day is None
    if function in COMPARED and arguments[1].kind == "ColumnRef":
        function, arguments = TURNED[function], arguments[::-1]
    values = [value_of(one, parameters) for one in arguments[1:]]
    return None if UNKNOWN in values else _passes(function, day, values)


def _passes(function: str, day: date | None, values: Sequence[Any]) -> bool:
    """A comparison with NULL, or of NULL, isn't true."""
    if function == "$in_array":
        values = values[0] or ()
    if function in ("$in", "$in_array"):
        return day is not None and day in values
    if day is None or None in values:
        return False
    if function == "$between":
        return bool(values[0] <= day <= values[1])
    return COMPARED[function](day, values[0])


def value_of(node: Node, parameters: Values) -> Any:
    """Of a literal, a parameter, or a day some days from one; UNKNOWN otherwise."""
    if node.kind == "Literal":
        value = node["value"].value
        match value.WhichOneof("value"):
            case "date_value":
                return EPOCH_DAY + timedelta(days=value.date_value)
            case "int64_value":
                return value.int64_value
            case None:
                return None
        return UNKNOWN
    if node.kind == "Parameter":
        given = parameters.get(node["name"].lower(), UNKNOWN)
        # the days of a TIMESTAMP are not told from an instant
        return UNKNOWN if isinstance(given, datetime) else given
    if _function(node) in ("date_add", "date_sub"):
        first, days = (value_of(one, parameters) for one in node.all("argument_list")[:2])
        if isinstance(first, date) and isinstance(days, int) and _counts_days(node):
            return first + timedelta(days=days if _function(node) == "date_add" else -days)
    return UNKNOWN


def _counts_days(node: Node) -> bool:
    part = node.all("argument_list")[2]
    return bool(part.kind == "Literal" and part["value"].value.enum_value == DAY)


DAY = 3
"""zetasql.functions.DateTimestampPart.DAY"""
