"""From a column rule to SQL: one value, and the conditions under which it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from league.importing.rules import ColumnRule, Value
from processors.columns import Column, Type
from warehouse.files import DUCKDB_TYPES

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
FLOATING = ("FLOAT", "DOUBLE")
ZONED = "TIMESTAMP WITH TIME ZONE"
READ_AS_IT_IS: dict[Type, tuple[str, ...]] = {
    Type.INT64: WHOLE,
    Type.BOOL: ("BOOLEAN",),
    Type.DATE: ("DATE",),
    Type.TIMESTAMP: ("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", ZONED),
}
EASTERN = "America/New_York"


@dataclass(frozen=True)
class Reading:
    """A column's value in SQL, what stood there, and what may be wrong with it."""

    value: str
    raw: str = "NULL"
    faults: tuple[tuple[str, str], ...] = ()


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text_of(name: str, kind: str) -> str:
    """What stands in a source column, as text: blanks and NaN are NULL, 34.0 is `34`."""
    column = identifier(name)
    if kind in FLOATING:
        whole = f"{column} = floor({column}) AND abs({column}) < 1e15"
        return (
            f"CASE WHEN isnan({column}) THEN NULL WHEN {whole}"
            f" THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
        )
    if kind == ZONED:
        return f"CAST(CAST({column} AS TIMESTAMP) AS VARCHAR)"
    return f"NULLIF(trim(CAST({column} AS VARCHAR)), '')"


def reading(
    column: Column,
    rule: ColumnRule,
    kinds: Dictionary[str, str],
    *,
    shared: Dictionary[str, Dictionary[str, Value]],
) -> Reading:
    """The reading of one contract column; `kinds` are the source's columns with their types."""
    stored = DUCKDB_TYPES[column.type]
    if rule.constant is not None:
        return Reading(converted(column, rule, quoted(in_text(rule.constant))))
    if rule.number_within is not None:
        group = identifier(rule.number_within)
        return Reading(f"row_number() OVER (PARTITION BY {group} ORDER BY _row)")
    name = rule.column or ""
    kind = kinds.get(name.casefold())
    if kind is None:
        return Reading(f"CAST(NULL AS {stored})")
    plain = rule.pattern is None and rule.values is None and rule.format is None
    if plain and rule.transform is None and kind in READ_AS_IT_IS.get(column.type, ()):
        return Reading(f"CAST({identifier(name)} AS {stored})", raw=text_of(name, kind))
    if plain and column.type is Type.DATE and kind == ZONED:
        return Reading(f"CAST(timezone('{EASTERN}', {identifier(name)}) AS DATE)")
    return from_text(column, rule, text_of(name, kind), shared=shared)


def from_text(
    column: Column,
    rule: ColumnRule,
    raw: str,
    *,
    shared: Dictionary[str, Dictionary[str, Value]],
) -> Reading:
    """Text through pattern, values, transform and conversion, with what can fail on the way."""
    faults: list[tuple[str, str]] = []
    text = raw
    if rule.pattern is not None:
        text = f"NULLIF(regexp_extract({raw}, {quoted(rule.pattern)}, 1), '')"
        faults.append((f"{rule.column} does not fit the mapping's pattern", f"{text} IS NULL"))
    if rule.values is not None:
        values = shared[rule.values] if isinstance(rule.values, str) else rule.values
        cases = " ".join(
            f"WHEN {quoted(key)} THEN {quoted(in_text(value))}" for key, value in values.items()
        )
        text = f"CASE {text} {cases} ELSE {text if rule.others == 'keep' else 'NULL'} END"
        faults.append((f"{rule.column} holds a value unknown to the mapping", f"{text} IS NULL"))
    if rule.transform == "given":
        return Reading(f"({text} IS NOT NULL)", raw=raw)
    value = converted(column, rule, transformed(rule, text))
    faults.append((f"{rule.column} is no {MEANS[column.type]}", f"{value} IS NULL"))
    present = tuple((reason, f"({raw}) IS NOT NULL AND {fault}") for reason, fault in faults)
    return Reading(value, raw=raw, faults=() if plain_text(column, rule) else present)


MEANS = {
    Type.STRING: "text",
    Type.INT64: "whole number",
    Type.FLOAT64: "number",
    Type.BOOL: "true or false",
    Type.DATE: "date",
    Type.TIMESTAMP: "instant",
}


def plain_text(column: Column, rule: ColumnRule) -> bool:
    """Whether nothing can go wrong: text that stays as it is."""
    return column.type is Type.STRING and rule.pattern is None and rule.values is None


def in_text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def transformed(rule: ColumnRule, text: str) -> str:
    if rule.transform in ("upper", "lower"):
        return f"{rule.transform}({text})"
    if rule.transform == "minutes":
        return rf"regexp_replace({text}, '^(\d+)\.0+:', '\1:')"
    return text


def converted(column: Column, rule: ColumnRule, text: str) -> str:
    """Text as the column's type, NULL where it isn't one; a number is never rounded to fit."""
    if column.type is Type.STRING:
        return text
    if column.type is Type.BOOL:
        return f"TRY_CAST({text} AS BOOLEAN)"
    number = f"TRY_CAST({text} AS DOUBLE)"
    sign = "-" if rule.transform == "negate" else ""
    if column.type is Type.INT64:
        return f"CASE WHEN {number} = floor({number}) THEN {sign}TRY_CAST({number} AS BIGINT) END"
    if column.type is Type.FLOAT64:
        return f"CASE WHEN isfinite({number}) THEN round({sign}{number}, {column.digits}) END"
    if rule.format is not None:
        moment = f"try_strptime({text}, {quoted(rule.format)})"
    elif rule.transform == "eastern":
        moment = f"TRY_CAST({text} AS TIMESTAMP)"
    else:
        moment = f"TRY_CAST({text} AS {'DATE' if column.type is Type.DATE else 'TIMESTAMPTZ'})"
    if rule.transform == "eastern":
        moment = f"timezone('{EASTERN}', {moment})"
    return f"CAST({moment} AS {DUCKDB_TYPES[column.type]})"
