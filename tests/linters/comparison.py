"""Conditions: which of them bind a table's rows, and which side of a comparison comes first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope


def conjuncts(scope: Scope, alias: str) -> Iterator[exp.Expression]:
    """What must be true of each row of a source: WHERE, its own ON, and the ON of inner joins."""
    select = scope.expression
    if select.args.get("where"):
        yield from flat(select.args["where"].this)
    for join in select.args.get("joins") or ():
        own = join.alias_or_name == alias
        if join.args.get("on") and (join.side == "" or (own and join.side == "LEFT")):
            yield from flat(join.args["on"])


def flat(node: exp.Expression) -> Iterator[exp.Expression]:
    """The parts that AND holds together."""
    node = node.unnest()
    if isinstance(node, exp.And):
        yield from flat(node.this)
        yield from flat(node.expression)
    else:
        yield node


Ordered = tuple[exp.Expression, exp.Expression, bool]


def ordered(node: exp.Expression) -> Ordered | None:
    """A comparison as (smaller side, greater side, whether strictly); NOT is worked in."""
    node = node.unnest()
    if isinstance(node, exp.Not):
        inner = ordered(node.this)
        return (inner[1], inner[0], not inner[2]) if inner else None
    if isinstance(node, exp.LT | exp.LTE):
        return node.this.unnest(), node.expression.unnest(), isinstance(node, exp.LT)
    if isinstance(node, exp.GT | exp.GTE):
        return node.expression.unnest(), node.this.unnest(), isinstance(node, exp.GT)
    return None


def is_column(node: exp.Expression, alias: str, names: Collection[str | None]) -> bool:
    return isinstance(node, exp.Column) and node.table == alias and node.name in names


def is_parameter(node: exp.Expression, name: str | None = None) -> bool:
    return isinstance(node, exp.Parameter) and name in (None, node.name)


def bounds(
    conditions: Iterable[exp.Expression], alias: str, names: Collection[str | None]
) -> Iterator[tuple[exp.Expression, str, bool]]:
    """What a bare column is compared with: (the other side, lower or upper, strictly)."""
    for condition in conditions:
        found = ordered(condition)
        if found is None:
            continue
        low, high, strict = found
        if is_column(high, alias, names):
            yield low, "lower", strict
        if is_column(low, alias, names):
            yield high, "upper", strict


def equals(
    conditions: Iterable[exp.Expression], alias: str, names: Collection[str | None]
) -> Iterator[exp.Expression]:
    """What a bare column of a source is equal to."""
    for condition in conditions:
        if isinstance(condition, exp.EQ):
            sides = (condition.this.unnest(), condition.expression.unnest())
            for one, other in (sides, sides[::-1]):
                if is_column(one, alias, names):
                    yield other


def days_before(node: exp.Expression) -> tuple[exp.Expression, int] | None:
    """DATE_SUB(x, INTERVAL n DAY) as (x, n)."""
    if not isinstance(node, exp.DateSub) or node.text("unit").upper() != "DAY":
        return None
    number = node.expression
    if not isinstance(number, exp.Literal) or not number.name.isdigit():
        return None
    return node.this.unnest(), int(number.name)


def shown(node: exp.Expression) -> str:
    """The offending SQL, short enough for a message."""
    text = node.sql(dialect="bigquery", comments=False)
    return text if len(text) <= 160 else f"{text[:157]}..."
