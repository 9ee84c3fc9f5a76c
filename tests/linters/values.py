"""Values: no date and no default stands in a statement, no float is summed, columns are named."""

from __future__ import annotations

import re

from sqlglot import exp

from processors.errors import ContractError

from .comparison import shown
from .reading import Reading

DATE_TEXT = re.compile(r"^\s*(19|20)\d\d-?\d\d-?\d\d|^\s*(19|20)\d\d-\d\d?\b")
INTEGERS = exp.DataType.INTEGER_TYPES
FLOAT_AGGREGATES = (
    exp.Avg,
    exp.Corr,
    exp.CovarPop,
    exp.CovarSamp,
    exp.Stddev,
    exp.StddevPop,
    exp.StddevSamp,
    exp.Variance,
    exp.VariancePop,
)
COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)


def no_date_literal(reading: Reading) -> list[str]:
    texts = [
        one
        for one in reading.tree.find_all(exp.Literal)
        if one.is_string and DATE_TEXT.match(one.name)
    ]
    made = [
        one
        for one in reading.tree.find_all(exp.DateFromParts, exp.TimestampFromParts)
        if not one.find(exp.Column, exp.Parameter)
    ]
    seasons = [
        one
        for one in reading.tree.find_all(*COMPARISONS, exp.In)
        if isinstance(one.this, exp.Column)
        and one.this.name == "season_year"
        and (one.args.get("expressions") or [one.args.get("expression")])[0].is_number
    ]
    return [f"a date literal: {shown(one)}" for one in (*texts, *made, *seasons)]


def no_star(reading: Reading) -> list[str]:
    return [
        f"{shown(one)} names no columns: {shown(select)}"
        for select in reading.tree.find_all(exp.Select)
        for one in select.expressions
        if one.is_star
    ]


def no_default(reading: Reading) -> list[str]:
    """No number or text stands for "unknown"; a test may come to FALSE."""
    defaults = [
        one
        for one in reading.tree.find_all(exp.Coalesce)
        if any(_is_default(one, fallback) for fallback in one.expressions)
    ]
    disguised = [one for one in reading.tree.find_all(exp.If) if _is_disguised(one)]
    return [f"a default for an unknown value: {shown(one)}" for one in (*defaults, *disguised)]


def _is_default(coalesce: exp.Coalesce, fallback: exp.Expression) -> bool:
    if isinstance(fallback, exp.Boolean):
        return isinstance(coalesce.this.unnest(), exp.Column)
    return _is_constant(fallback)


def _is_constant(node: exp.Expression) -> bool:
    return node.find(exp.Literal) is not None and not node.find(exp.Column, exp.Parameter)


def _is_disguised(node: exp.If) -> bool:
    """IF(x IS NULL, 0, x), IF(x IS NOT NULL, x, 0) and the same as a CASE."""
    case = node.parent if isinstance(node.parent, exp.Case) else None
    test, yes = node.this.unnest(), node.args.get("true")
    no = case.args.get("default") if case else node.args.get("false")
    if isinstance(test, exp.Not):
        test, yes, no = test.this.unnest(), no, yes
    return (
        isinstance(test, exp.Is)
        and isinstance(test.expression, exp.Null)
        and yes is not None
        and no == test.this
        and _is_constant(yes)
    )


def no_float_aggregate(reading: Reading) -> list[str]:
    """Sums run over INT64, so that no engine, thread or order of rows can change a bit."""
    found = [
        f"an aggregate of floats: {shown(one)}" for one in reading.typed.find_all(*FLOAT_AGGREGATES)
    ]
    for one in reading.typed.find_all(exp.Sum):
        kind = one.this.type
        if kind is None or kind.this not in INTEGERS:
            name = kind.sql("bigquery") if kind else "unknown"
            found.append(f"a sum over {name}, not INT64: {shown(one)}")
    return found


def columns_of_the_contract(reading: Reading) -> list[str]:
    try:
        reading.statement.check_columns(reading.contract)
    except ContractError as error:
        return [error.message]
    return []
