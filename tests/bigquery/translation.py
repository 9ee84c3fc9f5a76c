"""A statement as DuckDB text: the product's own rewrites, and what a server has to add."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp

from tests.bigquery.errors import not_implemented
from tests.bigquery.fields import REPEATED, Field
from tests.bigquery.spelling import parsed
from warehouse.duckdb.dialect import render

# what stands between quotes is passed over
PARAMETER = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w+)")
CHECKED = {exp.Div: "checked_divide", exp.IntDiv: "checked_div", exp.Mod: "checked_mod"}
"""By zero they are errors; DuckDB would answer NULL."""
MOMENT = "moment"
"""A variable of DuckDB's: the server's clock when the statement begins."""


@dataclass(frozen=True)
class Parameter:
    field: Field
    value: Any


@dataclass(frozen=True)
class Translated:
    """A DuckDB text with the values that it names."""

    text: str
    values: Mapping[str, Any]


@lru_cache(maxsize=512)
def duckdb_text(
    sql: str, tables: tuple[tuple[str, str], ...], records: frozenset[str] = frozenset()
) -> str:
    """Of a whole statement, which will come again with other values."""
    return rendered(parsed(sql), dict(tables), records)


def rendered(tree: exp.Expr, tables: Mapping[str, str], records: frozenset[str]) -> str:
    """`tables` are DuckDB's names by the names as the statement writes them; `records` are the
    parameters that are arrays of structs."""
    try:
        return render(_prepared(tree, tables, records))
    except (sqlglot.errors.SqlglotError, AttributeError) as error:
        raise not_implemented(f"translation of this statement: {error}") from error


def translated(text: str, parameters: Mapping[str, Parameter]) -> Translated:
    """With each parameter cast to its type, and the values of those that the text names."""
    used: dict[str, Any] = {}

    def typed(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        name = found[1].lower()
        used[name] = parameters[name].value
        return f"CAST(${name} AS {parameters[name].field.duckdb_type})"

    return Translated(PARAMETER.sub(typed, text), used)


def records(parameters: Mapping[str, Parameter]) -> frozenset[str]:
    fields = {name: one.field for name, one in parameters.items()}
    return frozenset(
        name for name, it in fields.items() if (it.mode, it.type) == (REPEATED, "STRUCT")
    )


def _prepared(tree: exp.Expr, tables: Mapping[str, str], records: frozenset[str]) -> exp.Expr:
    for table in list(tree.find_all(exp.Table)):
        stored = tables.get(written(table))
        if stored is not None:
            _store(table, stored)
    # leaves first: a divided division is copied into the call around it
    for one in sorted(tree.find_all(*CHECKED), key=lambda it: it.depth, reverse=True):
        divisor = one.expression.unnest()
        if not (divisor.is_number and float(divisor.name or 0)):
            checked = exp.Anonymous(this=CHECKED[type(one)], expressions=[one.this, divisor])
            one.replace(checked)
    for one in list(tree.find_all(exp.CurrentTimestamp)):
        one.replace(exp.Anonymous(this="getvariable", expressions=[exp.Literal.string(MOMENT)]))
    for call in list(tree.find_all(exp.FarmFingerprint)):
        call.replace(exp.Anonymous(this="farm_fingerprint", expressions=call.expressions))
    for array in list(tree.find_all(exp.Unnest)):
        if isinstance(array.parent, exp.From | exp.Join) and _of_records(array, records):
            array.replace(_columns(array))
    return tree


def _of_records(array: exp.Unnest, records: frozenset[str]) -> bool:
    source = array.expressions[0]
    if isinstance(source, exp.Array):
        return bool(source.expressions) and isinstance(source.expressions[0], exp.Struct)
    return isinstance(source, exp.Parameter) and source.name.lower() in records


def _columns(array: exp.Unnest) -> exp.Subquery:
    """UNNEST of an array of structs is a table with their fields as columns."""
    deep = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
    fields = exp.Anonymous(this="unnest", expressions=[array.expressions[0].copy(), deep])
    columns = array.args["alias"].columns if array.args.get("alias") else []
    return exp.select(fields).subquery(columns[0].name if columns else None)


def written(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts)


def _store(table: exp.Table, stored: str) -> None:
    if not table.alias and not isinstance(table.parent, exp.Schema | exp.Insert):
        last = table.name.rpartition(".")[2]
        table.set("alias", exp.TableAlias(this=exp.to_identifier(last, quoted=True)))
    found = sqlglot.parse_one(stored, into=exp.Table, dialect="duckdb")
    table.set("this", found.this)
    table.set("db", found.args.get("db"))
    table.set("catalog", None)


def several_sources(tree: exp.Merge | exp.Update) -> exp.Select | None:
    """Finds rows of the target that more than one source row would change, which is an error."""
    if isinstance(tree, exp.Merge):
        matched = [one for one in tree.args["whens"].expressions if one.args.get("matched")]
        if not matched:
            return None
        source, on = tree.args["using"], tree.args["on"]
        applies = exp.or_(*(one.args.get("condition") or exp.true() for one in matched))
    else:
        source = tree.args["from_"].this if tree.args.get("from_") else None
        if source is None:
            return None
        on, applies = tree.args["where"].this, exp.true()
    target = tree.this
    alias = target.alias or target.name
    plain = target.copy()
    plain.set("alias", None)
    numbered = exp.select("*", "rowid AS row_number_").from_(plain).subquery(alias)
    return (
        exp.select("1")
        .from_(numbered)
        .join(source.copy(), on=on.copy(), join_type="inner")
        .where(applies.copy())
        .group_by(f"`{alias}`.row_number_", dialect="bigquery")
        .having("COUNT(*) > 1", dialect="bigquery")
        .limit(1)
    )
