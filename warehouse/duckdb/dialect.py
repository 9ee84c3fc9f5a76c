"""BigQuery text as DuckDB text; docs/sql.md lists what is left different."""

from __future__ import annotations

from collections.abc import Callable

import sqlglot
from sqlglot import exp

from processors.errors import QueryRefused

Node = exp.Expr
Rewrite = Callable[[Node], Node]

REWRITES: dict[type[Node], Rewrite] = {}  # each says what BigQuery does
UTC = exp.Literal.string("UTC")
WHITESPACE = "".join(map(chr, (*range(9, 14), 32, 133, 160, *range(0x2000, 0x200B), 0x3000)))
TYPES = {exp.DataType.Type.DECIMAL: "DECIMAL(38, 9)", exp.DataType.Type.TIMESTAMPTZ: "TIMESTAMP"}
WEEKS = {"WEEK": "%U", "WEEK(SUNDAY)": "%U", "WEEK(MONDAY)": "%W", "ISOWEEK": "%V"}
FRACTIONS = {"MILLISECOND": exp.Literal.number(1000), "MICROSECOND": exp.Literal.number(1_000_000)}


def to_duckdb(text: str) -> str:
    """One BigQuery statement as one DuckDB statement."""
    try:
        return render(sqlglot.parse_one(text, read="bigquery"))
    except sqlglot.errors.SqlglotError as error:
        raise QueryRefused(f"this is not BigQuery SQL that DuckDB can run: {error}") from error


def render(tree: Node) -> str:
    # Leaves first: a rewritten argument must not be visited again through its parent.
    for node in reversed(list(tree.bfs())):
        new = REWRITES[type(node)](node) if type(node) in REWRITES else node
        if node is tree:
            tree = new
        elif new is not node:
            node.replace(new)
    # The tree was rewritten and is nobody's any more, so writing it needs no copy.
    return tree.sql(
        "duckdb", comments=False, unsupported_level=sqlglot.ErrorLevel.RAISE, copy=False
    )


def _of(*kinds: type[Node]) -> Callable[[Rewrite], Rewrite]:
    def kept(rewrite: Rewrite) -> Rewrite:
        REWRITES.update(dict.fromkeys(kinds, rewrite))
        return rewrite

    return kept


def _call(name: str, *arguments: Node | str | int) -> Node:
    return exp.Anonymous(this=name, expressions=[exp.convert(one, copy=True) for one in arguments])


def _in_zone(value: Node, *zones: Node) -> Node:
    for zone in zones:
        value = exp.paren(exp.AtTimeZone(this=exp.paren(value), zone=zone.copy()))
    return value


@_of(exp.Literal)
def _float_literals(node: Node) -> Node:
    """0.5 is FLOAT64; DuckDB would read a DECIMAL."""
    if node.is_string or "." not in node.this or "e" in node.this.lower():
        return node
    return exp.Literal.number(f"{node.this}e0")


@_of(exp.Add, exp.Sub, exp.Mul, exp.BitwiseLeftShift)
def _wide_constants(node: Node) -> Node:
    """60 * 60 is INT64; DuckDB takes 32 bits where no column is in sight."""
    if all(side.unnest().is_int for side in (node.this, node.expression)):
        node.set("this", exp.cast(node.this.copy(), "BIGINT"))
    return node


@_of(exp.DataType)
def _types(node: Node) -> Node:
    """NUMERIC has 38 digits, 9 of them after the point; TIMESTAMP is stored as UTC, no zone."""
    name = None if node.expressions else TYPES.get(node.this)
    return exp.DataType.build(name) if name else node


@_of(exp.Cast, exp.TryCast)
def _cast(node: Node) -> Node:
    """To INT64, half goes away from zero and not to even; a TIMESTAMP's text may hold a zone."""
    value = node.this
    if node.is_type("timestamp") and value.is_string:
        instant = exp.DataType.build("TIMESTAMPTZ")
        return _in_zone(type(node)(this=value.copy(), to=instant), UTC)
    if not node.is_type("bigint") or value.is_string or isinstance(value, exp.Round):
        return node
    rounded = node.copy()
    rounded.set("this", exp.Round(this=exp.cast(value.copy(), "DOUBLE")))
    # Nothing is left of this CASE when rows are read: DuckDB decides it while it binds the query.
    double = exp.If(this=exp.Literal.string("DOUBLE"), true=rounded)
    return exp.Case(this=_call("typeof", value), ifs=[double], default=node.copy())


@_of(exp.Like)
def _like(node: Node) -> Node:
    """A backslash in a LIKE pattern takes the next character as it is."""
    if isinstance(node.expression, exp.Any):
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


@_of(exp.Format)
def _format(node: Node) -> Node:
    """FORMAT is printf; DuckDB's format() knows other marks and would return the pattern."""
    pattern = node.name.replace("%'", "%,") if node.this.is_string else node.this
    return _call("printf", pattern, *node.expressions)


@_of(exp.Trim)
def _trim(node: Node) -> Node:
    """TRIM(x) takes off every kind of white space; DuckDB's only blanks."""
    if not node.expression:
        node.set("expression", exp.Literal.string(WHITESPACE))
    return node


@_of(exp.Concat)
def _concat(node: Node) -> Node:
    """CONCAT of parts that can't be NULL: DuckDB's concat is far faster than a chain of ||."""
    for part in node.expressions:
        last = part.expressions[-1] if isinstance(part, exp.Coalesce) else part
        if not isinstance(last, exp.Literal | exp.Chr):
            return node
    return _call("concat", *node.expressions)


@_of(exp.DateAdd, exp.DateSub, exp.DateTrunc, exp.DateFromUnixDate)
def _as_date(node: Node) -> Node:
    """DATE_ADD, DATE_SUB and DATE_TRUNC of a date are dates."""
    return exp.cast(node.copy(), "DATE")


@_of(exp.Extract)
def _extract(node: Node) -> Node:
    """Sunday is 1; weeks count from 0, from Sunday; milliseconds are those of the second."""
    part = node.this.sql("bigquery").upper()
    if part in WEEKS:
        return exp.cast(_call("strftime", node.expression, WEEKS[part]), "BIGINT")
    if part in ("DATE", "TIME"):
        return exp.cast(node.expression.copy(), part)
    if part == "DAYOFWEEK":
        return exp.paren(exp.Add(this=node.copy(), expression=exp.Literal.number(1)))
    if part in FRACTIONS:
        return exp.paren(exp.Mod(this=node.copy(), expression=FRACTIONS[part].copy()))
    return node


@_of(exp.AtTimeZone)
def _local(node: Node) -> Node:
    """What clocks in the zone show; an instant is stored as UTC, without a zone."""
    return _in_zone(node.this, UTC, node.args["zone"])


@_of(exp.TimeToStr, exp.StrToTime, exp.TimestampTrunc)
def _with_zone(node: Node) -> Node:
    """FORMAT_, PARSE_TIMESTAMP and TIMESTAMP_TRUNC in a zone work on what its clocks show."""
    zone = node.args.get("zone")
    if not zone:
        return node
    node.set("zone", None)
    if not isinstance(node, exp.StrToTime):
        node.set("this", _in_zone(node.this, UTC, zone))
    return node if isinstance(node, exp.TimeToStr) else _in_zone(node, zone, UTC)


@_of(exp.Timestamp)
def _timestamp(node: Node) -> Node:
    """TIMESTAMP('…') without a zone is UTC."""
    zone, local = node.args.get("zone"), exp.cast(node.this.copy(), "TIMESTAMP")
    return _in_zone(local, zone, UTC) if zone else _cast(local)


@_of(exp.CurrentTimestamp, exp.CurrentDate, exp.CurrentDatetime)
def _now(node: Node) -> Node:
    """CURRENT_TIMESTAMP is an instant; CURRENT_DATE is UTC's unless a zone is named."""
    now = _in_zone(exp.CurrentTimestamp(), node.this or UTC)
    return exp.cast(now, "DATE") if isinstance(node, exp.CurrentDate) else now


@_of(exp.CountIf)
def _count_if(node: Node) -> Node:
    """COUNTIF is INT64; DuckDB's count_if is 128 bits wide and slower."""
    if isinstance(node.this, exp.Distinct):
        return node
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=node.this.copy()))


@_of(exp.ArrayAgg)
def _array_agg(node: Node) -> Node:
    """ARRAY_AGG(x ORDER BY y LIMIT n) keeps the first n."""
    if not isinstance(node.this, exp.Limit):
        return node
    return _call("list_slice", exp.ArrayAgg(this=node.this.this.copy()), 1, node.this.expression)


@_of(exp.IgnoreNulls, exp.RespectNulls)
def _nulls(node: Node) -> Node:
    """ARRAY_AGG(x IGNORE NULLS …) leaves them out before it orders and cuts."""
    array = node.find(exp.ArrayAgg)
    if array and isinstance(node, exp.IgnoreNulls):
        value = array.this
        while isinstance(value, exp.Order | exp.Distinct):
            value = value.this or value.expressions[0]
        known = exp.Where(this=exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())))
        array.replace(exp.Filter(this=array.copy(), expression=known))
    return node.this.copy() if array else node


@_of(exp.Group)
def _group(node: Node) -> Node:
    """GROUP BY takes a name as the SELECT list's before a column's."""
    items = node.parent.expressions if isinstance(node.parent, exp.Select) else []
    places = {item.alias: place for place, item in enumerate(items, 1) if item.alias}
    if not any(item.is_star for item in items):
        for one in node.expressions:
            if isinstance(one, exp.Column) and not one.table and one.name in places:
                one.replace(exp.Literal.number(places[one.name]))
    return node


@_of(exp.Table)
def _staging(node: Node) -> Node:
    """Staging is a temporary table of the connection: it goes with it."""
    if node.text("db") == "staging":
        node.set("this", exp.to_identifier(f"staging_{node.name}"))
        node.set("db", None)
    return node


REWRITES |= {
    exp.ArgMax: lambda it: _call("arg_max_null", it.this, it.expression),
    exp.ArgMin: lambda it: _call("arg_min_null", it.this, it.expression),
    exp.SafeFunc: lambda it: _call("try", it.this),
    # DIV becomes an operator: it and its operands keep together.
    exp.IntDiv: lambda it: exp.paren(
        exp.IntDiv(this=exp.paren(it.this), expression=exp.paren(it.expression))
    ),
    # TIMESTAMP_DIFF counts whole units gone by; DuckDB's date_diff counts boundaries crossed.
    exp.TimestampDiff: lambda it: _call("date_sub", it.text("unit"), it.expression, it.this),
    exp.UnixToTime: lambda it: it if it.args.get("scale") else _in_zone(it, UTC),
    exp.LowerHex: lambda it: _call("sha256", it.this.this) if it.this.key == "sha2digest" else it,
}
