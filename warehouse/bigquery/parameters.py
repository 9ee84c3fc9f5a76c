"""Values for a text's named parameters, as BigQuery's API takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from processors.columns import Type
from processors.errors import UsageError
from warehouse.bigquery.lexing import parameters_of

# A datetime is a date and a bool is an int: the narrower comes first.
TYPES: tuple[tuple[type, Type], ...] = (
    (bool, Type.BOOL),
    (int, Type.INT64),
    (float, Type.FLOAT64),
    (str, Type.STRING),
    (datetime, Type.TIMESTAMP),
    (date, Type.DATE),
)
LONGEST = 63
"""Bits of an INT64 besides its sign."""


@dataclass(frozen=True)
class Typed:
    """A value whose type can't be told from it: None, or an empty list."""

    value: object
    type: Type
    is_list: bool = False


@dataclass(frozen=True)
class Records:
    """Rows as an array of structs; what a row doesn't name is NULL."""

    types: Mapping[str, Type]
    rows: Sequence[Mapping[str, object]]


def query_parameters(text: str, values: Mapping[str, object]) -> list[dict[str, Any]]:
    """Those that the text uses, no others, by name; missing ones are refused."""
    wanted = parameters_of(text)
    missing = sorted(wanted - set(values))
    if missing:
        raise UsageError(f"the text wants the parameters {', '.join(missing)}")
    return [_parameter(name, values[name]) for name in sorted(wanted)]


def _parameter(name: str, given: object) -> dict[str, Any]:
    if isinstance(given, Records):
        return _records(name, given)
    typed = given if isinstance(given, Typed) else _typed(name, given)
    if typed.is_list:
        return {
            "name": name,
            "parameterType": {"type": "ARRAY", "arrayType": {"type": typed.type.value}},
            "parameterValue": {
                "arrayValues": [
                    {"value": _scalar(name, one, typed.type)} for one in _listed(name, typed.value)
                ]
            },
        }
    return {
        "name": name,
        "parameterType": {"type": typed.type.value},
        "parameterValue": {"value": _scalar_or_null(name, typed.value, typed.type)},
    }


def record_values(name: str, given: Records) -> list[dict[str, Any]]:
    """Each row as it is sent."""
    strangers = sorted({key for row in given.rows for key in row} - set(given.types))
    if strangers:
        raise UsageError(f"the rows of @{name} hold {', '.join(strangers)}, which has no column")
    return [
        {
            "structValues": {
                field: {"value": _scalar_or_null(name, row.get(field), kind)}
                for field, kind in given.types.items()
            }
        }
        for row in given.rows
    ]


def _records(name: str, given: Records) -> dict[str, Any]:
    fields = [{"name": field, "type": {"type": kind.value}} for field, kind in given.types.items()]
    return {
        "name": name,
        "parameterType": {"type": "ARRAY", "arrayType": {"type": "STRUCT", "structTypes": fields}},
        "parameterValue": {"arrayValues": record_values(name, given)},
    }


def _scalar_or_null(name: str, value: object, kind: Type) -> str | None:
    return None if value is None else _scalar(name, value, kind)


def _typed(name: str, value: object) -> Typed:
    if isinstance(value, list | tuple):
        kinds = {_type(name, one) for one in value}
        if len(kinds) != 1:
            found = ", ".join(sorted(kinds)) or "nothing"
            raise UsageError(f"the list @{name} holds {found}: declare its type with Typed")
        return Typed(value, kinds.pop(), is_list=True)
    return Typed(value, _type(name, value))


def _type(name: str, value: object) -> Type:
    for kind, ours in TYPES:
        if isinstance(value, kind):
            return ours
    if value is None:
        raise UsageError(f"the parameter @{name} is None: declare its type with Typed")
    raise UsageError(f"the parameter @{name} is a {type(value).__name__}, which has no type here")


def _listed(name: str, value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise UsageError(f"the parameter @{name} is no list but a {type(value).__name__}")
    return value


def _scalar(name: str, value: object, kind: Type) -> str:
    if value is None or (_type(name, value) is not kind and not _widens(value, kind)):
        raise UsageError(f"the parameter @{name} holds a {type(value).__name__}, not a {kind}")
    match value:
        case bool():
            return "true" if value else "false"
        case int() if kind is Type.INT64 and not -(2**LONGEST) <= value < 2**LONGEST:
            raise UsageError(f"the parameter @{name} is {value}, too large for an INT64")
        case int() if kind is Type.FLOAT64:
            return repr(float(value))
        case float():
            return repr(value)
        case datetime():
            utc = value.astimezone(UTC) if value.tzinfo else value
            return f"{utc.replace(tzinfo=None).isoformat(sep=' ', timespec='microseconds')}+00:00"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _widens(value: object, kind: Type) -> bool:
    return kind is Type.FLOAT64 and isinstance(value, int) and not isinstance(value, bool)
