"""Values on the wire: rows as f and v, query parameters, both in text."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tests.bigquery.errors import invalid, invalid_query
from tests.bigquery.fields import NULLABLE, REPEATED, Field, field_from_api

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)


def rows_to_api(
    rows: Iterable[Sequence[Any]], schema: Sequence[Field], *, integer_timestamps: bool
) -> list[dict[str, Any]]:
    return [
        {
            "f": [
                {"v": encode(value, field, integer_timestamps=integer_timestamps)}
                for value, field in zip(row, schema, strict=True)
            ]
        }
        for row in rows
    ]


def encode(value: Any, field: Field, *, integer_timestamps: bool = True) -> Any:
    """Scalars travel as text, whatever they are; a NULL array is an empty one."""
    if field.mode == REPEATED:
        element = field.element
        return [
            {"v": encode(one, element, integer_timestamps=integer_timestamps)}
            for one in value or ()
        ]
    if value is None:
        return None
    if field.type == "STRUCT":
        return {
            "f": [
                {"v": encode(one, inner, integer_timestamps=integer_timestamps)}
                for one, inner in zip(value.values(), field.fields, strict=True)
            ]
        }
    if field.type == "TIMESTAMP":
        micros = (value - EPOCH) // MICROSECOND
        return str(micros) if integer_timestamps else repr(micros / 1e6)
    return _scalar(value, field.type)


def _scalar(value: Any, kind: str) -> str:
    match kind:
        case "BOOL":
            return "true" if value else "false"
        case "FLOAT64":
            if math.isfinite(value):
                return repr(float(value))
            return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
        case "BYTES":
            return base64.b64encode(value).decode()
        case "NUMERIC":
            text = format(Decimal(str(value)), "f")
            return text.rstrip("0").rstrip(".") if "." in text else text
        case "DATE" | "TIME" | "DATETIME":
            return str(value.isoformat())
        case _:
            return str(value)


def parameter_field(name: str, kind: Mapping[str, Any]) -> Field:
    """A QueryParameterType as a field."""
    if kind["type"] == "ARRAY":
        element = parameter_field(name, kind["arrayType"])
        if element.mode == REPEATED:
            raise invalid_query(f"Query parameter {name}: an ARRAY of ARRAYs has no type")
        return Field(name, element.type, REPEATED, fields=element.fields)
    if kind["type"] in ("STRUCT", "RECORD"):
        inner = (parameter_field(one.get("name", ""), one["type"]) for one in kind["structTypes"])
        return Field(name, "STRUCT", fields=tuple(inner))
    return field_from_api({"name": name, "type": kind["type"], "mode": NULLABLE})


def parameter_value(given: Mapping[str, Any], field: Field) -> Any:
    """A QueryParameterValue as what DuckDB is handed."""
    if field.mode == REPEATED:
        return [parameter_value(one, field.element) for one in given.get("arrayValues", ())]
    if field.type == "STRUCT":
        values = given.get("structValues", {})
        return {one.name: parameter_value(values.get(one.name, {}), one) for one in field.fields}
    text = given.get("value")
    return None if text is None else decode(text, field)


def decode(text: Any, field: Field) -> Any:
    """A scalar from its text, strictly of the field's type."""
    try:
        return READERS.get(field.type, str)(str(text))
    except (ValueError, KeyError, ArithmeticError) as error:
        raise invalid(
            f"Invalid value for type {field.type}: {text!r} (field {field.name})"
        ) from error


def _integer(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def _json(text: str) -> str:
    json.loads(text)
    return text


READERS: dict[str, Callable[[str], Any]] = {
    "INT64": _integer,
    "FLOAT64": float,
    "BOOL": lambda text: {"true": True, "false": False}[text.lower()],
    "NUMERIC": Decimal,
    "BYTES": lambda text: base64.b64decode(text, validate=True),
    "DATE": date.fromisoformat,
    "TIME": time.fromisoformat,
    "DATETIME": datetime.fromisoformat,
    "TIMESTAMP": _instant,
    "JSON": _json,
}
