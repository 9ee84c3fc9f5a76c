"""What BigQuery and DuckDB answer differently, or one of them differently from run to run."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from .comparison import shown
from .reading import Reading
from .values import COMPARISONS, INTEGERS

APART = {
    exp.FarmFingerprint: "FARM_FINGERPRINT is of one engine only",
    exp.RangeBucket: "RANGE_BUCKET is of one engine only",
    exp.SafeFunc: "SAFE.f() is of one engine only",
    exp.Format: "FORMAT is translated wrongly",
    exp.Pow: "POW differs in the last bit: multiply",
    exp.TimestampDiff: "TIMESTAMP_DIFF counts differently: DATE_DIFF of dates",
    exp.ArgMax: "MAX_BY skips NULLs on one engine: ANY_VALUE(x HAVING MAX y)",
    exp.ArgMin: "MIN_BY skips NULLs on one engine: ANY_VALUE(x HAVING MIN y)",
    exp.Filter: "an aggregate's FILTER is of one engine only: COUNTIF or SUM(IF())",
    exp.Div: "a bare / fails or not on a divisor of 0: SAFE_DIVIDE",
    exp.CurrentDate: "now is injected, never asked for",
    exp.CurrentDatetime: "now is injected, never asked for",
    exp.CurrentTime: "now is injected, never asked for",
    exp.CurrentTimestamp: "now is injected, never asked for",
    exp.Rand: "another value in each run",
    exp.Uuid: "another value in each run",
}
APART_BY_NAME = {
    "IEEE_DIVIDE": "IEEE_DIVIDE is of one engine only: SAFE_DIVIDE",
    "GENERATE_UUID": "another value in each run",
    "SESSION_USER": "another value for each user",
}
EXTREMES = (exp.Greatest, exp.Least)


def portable(reading: Reading) -> list[str]:
    tree, typed = reading.tree, reading.typed
    found = list(_aliases(tree))
    for node in tree.walk():
        found += [f"{reason}: {shown(node)}" for reason in _apart(node)]
    for node in typed.walk():
        found += [f"{reason}: {shown(node)}" for reason in _by_type(node)]
    found += _shadowing_groups(reading)
    return found


def _aliases(tree: exp.Expression) -> Iterator[str]:
    names = [one.alias for one in tree.find_all(exp.Alias, exp.TableAlias, exp.CTE, exp.Table)]
    if "asof" in (name.lower() for name in names):
        yield "the alias asof is a keyword of one engine"


def _apart(node: exp.Expression) -> Iterator[str]:
    if type(node) in APART:
        yield APART[type(node)]
    name = node.name.upper() if isinstance(node, exp.Anonymous) else ""
    if isinstance(node, exp.Func) and not name:
        name = node.sql_names()[0].upper()
    if name in APART_BY_NAME:
        yield APART_BY_NAME[name]
    if name.startswith("APPROX"):
        yield "an approximation"
    yield from _in_form(node)


def _in_form(node: exp.Expression) -> Iterator[str]:
    if isinstance(node, exp.Join) and (node.args.get("using") or node.method):
        yield "USING and NATURAL hide which columns are read: ON"
    if isinstance(node, exp.Unnest) and node.args.get("offset"):
        yield "WITH OFFSET counts from 1 on one engine"
    if isinstance(node, exp.Var | exp.Literal) and node.name.upper().startswith("ISOWEEK"):
        yield "ISOWEEK is translated wrongly"
    if isinstance(node, exp.Round) and node.args.get("decimals"):
        yield "ROUND to digits differs: ROUND(x * scale)"
    if isinstance(node, exp.TryCast) and node.to.this in INTEGERS:
        yield "SAFE_CAST to INT64 reads '1.5' differently"
    if isinstance(node, exp.IntDiv | exp.Mod) and node.expression.find(exp.Column, exp.Parameter):
        yield "DIV and MOD fail or not on a divisor of 0: a constant divisor"
    if isinstance(node, EXTREMES) and _depth(node) > 2:
        yield "GREATEST and LEAST nested more than two deep double the text"


def _depth(node: exp.Expression) -> int:
    inner = [_depth(one) for one in node.find_all(*EXTREMES) if one is not node]
    return 1 + max(inner, default=0)


def _by_type(node: exp.Expression) -> Iterator[str]:
    if type(node) is exp.Cast and _is_real(node.this):
        if node.to.this in exp.DataType.TEXT_TYPES:
            yield "a float's text differs"
        if node.to.this in INTEGERS and not isinstance(
            node.this.unnest(), exp.Round | exp.Floor | exp.Ceil
        ):
            yield "a cast rounds halves differently: CAST(ROUND(x) AS INT64)"
    if isinstance(node, COMPARISONS):
        yield from _mixed(node.this, node.expression)
    if isinstance(node, exp.In):
        for one in node.expressions:
            yield from _mixed(node.this, one)


def _mixed(left: exp.Expression, right: exp.Expression) -> Iterator[str]:
    kinds = [one.type.this if one.type else None for one in (left, right)]
    texts = [kind in exp.DataType.TEXT_TYPES for kind in kinds]
    numbers = [kind in exp.DataType.NUMERIC_TYPES for kind in kinds]
    if any(texts) and any(numbers):
        yield "a number is compared with a text"


def _is_real(node: exp.Expression) -> bool:
    return bool(node.type) and node.type.this in exp.DataType.REAL_TYPES


def _shadowing_groups(reading: Reading) -> Iterator[str]:
    """GROUP BY a name that is both an output and a column: each engine takes another."""
    for select in reading.tree.find_all(exp.Select):
        group = select.args.get("group")
        if not group:
            continue
        computed = {
            one.alias
            for one in select.selects
            if isinstance(one, exp.Alias) and one.this.name != one.alias
        }
        columns = _columns(reading, select)
        for key in group.expressions:
            bare = isinstance(key, exp.Column) and not key.table
            if bare and key.name in computed and key.name in columns:
                yield f"GROUP BY {key.name} is an output and a column: {shown(select)}"


def _columns(reading: Reading, select: exp.Select) -> set[str]:
    """Every column that the SELECT's sources have."""
    common = {one.alias: one.this.named_selects for one in reading.tree.find_all(exp.CTE)}
    found: set[str] = set()
    for table in select.find_all(exp.Table):
        name = f"{table.db}.{table.name}"
        if table.db and name in reading.contracts:
            found.update(one.name for one in reading.contracts[name].stored_columns)
        found.update(common.get(table.name, ()) if not table.db else ())
    return found
